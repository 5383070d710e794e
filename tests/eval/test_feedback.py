"""What a right answer must hold, taken from what people said."""

from __future__ import annotations

import json
from typing import Any

import pytest

from eval.feedback import Rated, UnusableError, case_line, telling
from rag.types import Source, SourceKind

NOTE = Source(
    "notes/vans.md", SourceKind.NOTE, "Vans", "d", "utf-8", "# Vans\n\n- Alder: 2.5 t, made in Turku\n- Birch: 3 t\n"
)
CITATION = {"source": "notes/vans.md", "quote": "- Alder: 2.5 t, made in Turku"}


def _rated(rating: str, correction: str | None = None, **answer: Any) -> Rated:
    given = {
        "language": "en",
        "kind": "lookup",
        "abstained": False,
        "claims": [{"text": "Alder: weight: 2.5 t [1]", "citations": [1]}],
        "items": [],
        "citations": [CITATION],
        "retrieved": [],
        **answer,
    }
    return Rated(7, rating, "how heavy is Alder", (), given, correction)


@pytest.mark.parametrize(
    ("statement", "question", "held"),
    [
        ("Alder: weight: 2.5 t [1]", "how heavy is Alder", ["2.5 t"]),
        ("Kestrel 50mm: price: 300 dollars [1][2]", "price of the Kestrel 50mm", ["300 dollars"]),
        ("流萤：发布于 2023-06-15 [1]", "流萤何时发布", ["2023-06-15"]),
        ("licence: Apache-2.0", "licence of Heron", ["Apache-2.0"]),
        ("f/1.8", "aperture of Merlin", ["f/1.8"]),
        ("Weather sealed: yes [3]", "is it sealed", ["yes"]),
        ("Heron: maker: " + "a long story " * 5, "who makes Heron", []),
    ],
)
def test_numbers_and_dates_tell_else_a_short_end(statement: str, question: str, held: list[str]) -> None:
    assert telling(statement, question) == held


def test_a_thumb_up_keeps_what_was_said() -> None:
    row = json.loads(case_line(_rated("up"), [NOTE], lambda name: ()))

    assert row == {
        "id": "feedback-7",
        "lang": "en",
        "type": "lookup",
        "question": "how heavy is Alder",
        "must": [["2.5 t"]],
        "evidence": [{"file": "notes/vans.md", "quote": "- Alder: 2.5 t, made in Turku"}],
        "group": "any",
        "abstain": False,
        "split": "dev",
    }


def test_a_list_keeps_its_items_under_all_their_names() -> None:
    items = [{"entity": "Alder", "status": "yes"}, {"entity": "Birch", "status": "no"}]

    row = json.loads(case_line(_rated("up", kind="list", items=items), [NOTE], lambda name: (name, name.lower())))

    assert (row["type"], row["entities"], row["must"]) == ("list", [["Alder", "alder"]], [])


def test_a_correction_outweighs_the_thumb_and_finds_its_line() -> None:
    row = json.loads(case_line(_rated("up", "It weighs 3 t."), [NOTE], lambda name: ()))

    assert (row["must"], row["evidence"]) == ([["3 t"]], [{"file": "notes/vans.md", "quote": "- Birch: 3 t"}])


def test_silence_that_was_right_is_a_case_of_silence() -> None:
    row = json.loads(case_line(_rated("up", abstained=True, kind="none", citations=[]), [NOTE], lambda name: ()))

    assert (row["type"], row["abstain"], row["must"], row["evidence"]) == ("none", True, [], [])


@pytest.mark.parametrize(
    ("rated", "reason"),
    [
        (_rated("down"), "it says that the answer was wrong, but not what is right"),
        (_rated("down", "9 t"), "no line of the notes holds 9 t"),
        (_rated("down", "a long story " * 5), "the correction holds no number or date and is long"),
        (_rated("up", claims=[{"text": "a long story " * 5}]), "the answer holds no number, date or short statement"),
        (_rated("up", citations=[{**CITATION, "quote": "- Alder: 9 t"}]), "the notes have changed since"),
        (_rated("up", citations=[{**CITATION, "source": "gone.md"}]), "the notes have changed since"),
    ],
)
def test_what_makes_no_case_says_why(rated: Rated, reason: str) -> None:
    with pytest.raises(UnusableError, match=reason):
        case_line(rated, [NOTE], lambda name: ())
