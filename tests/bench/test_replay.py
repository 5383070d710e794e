"""Histories replayed: an index that was edited answers byte for byte as one made afresh, and embeds what is new."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.command import command
from bench.replay import ORDERS, Asked, Replay, Step, ordered, revisions, table
from eval.cases import load_cases
from tests.bench.histories import DOUGH, OVENS, QUESTIONS, states

ROOT = Path(__file__).resolve().parents[2]
HISTORY = ROOT / ".." / "shared" / "history"
MOST = 1.2
"""Chunks embedded for every chunk whose text is new."""


def proved(steps: list[Step]) -> list[Step]:
    """The steps, all of which answer as fresh indexes do and embed little more than what is new."""
    assert [(step.state, step.differing) for step in steps if step.differing] == []
    assert [step for step in steps if step.embedded > MOST * step.new_text] == []
    assert [step for step in steps if step.headings > step.new_headings] == []
    return steps


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Replay:
    return Replay(QUESTIONS, tmp_path_factory.mktemp("made"))


@pytest.mark.parametrize("order", ORDERS)
def test_a_made_history_answers_as_fresh_indexes_do(made: Replay, order: str) -> None:
    steps = proved(list(made.run(ordered(states(), order), order)))

    assert len(steps) == 15


def test_what_only_moves_is_not_embedded_again(tmp_path: Path) -> None:
    embedded = {step.state: step.embedded for step in Replay((), tmp_path).run(states(), "forward")}

    assert {name: embedded[name] for name in ("lines above", "sections moved", "a file renamed", "a copy")} == {
        "lines above": 1,
        "sections moved": 0,
        "a file renamed": 0,
        "a copy": 0,
    }
    assert (embedded["contents swapped"], embedded["taken back"]) == (0, 0)


def test_another_title_is_embedded_once_for_all_that_stands_under_it(tmp_path: Path) -> None:
    steps = {step.state: step for step in Replay((), tmp_path).run(states(), "forward")}

    titled = steps["another title"]
    assert (titled.new_text, titled.embedded) == (1, 1), "the heading itself is a text, too"
    assert (titled.new_headings, titled.headings) == (1, 1)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Replay:
    if not HISTORY.is_dir():
        pytest.skip("the shared history is not here")
    asked: dict[tuple[str, str], Asked] = {}
    for case in load_cases([ROOT / "eval" / "questions" / "shared-a.jsonl"]):
        asked.setdefault((case.language, case.type), (case.question, case.history))
    chosen = [
        ("zh", "lookup"),
        ("en", "list"),
        ("zh", "compare"),
        ("en", "timeline"),
        ("zh", "followup"),
        ("en", "none"),
    ]
    return Replay([asked[key] for key in chosen], tmp_path_factory.mktemp("real"))


@pytest.mark.parametrize("order", ORDERS)
def test_nineteen_revisions_of_a_note_answer_as_fresh_indexes_do(real: Replay, order: str) -> None:
    steps = proved(list(real.run(ordered(revisions(HISTORY), order), order)))

    assert len(steps) == 19


def test_a_difference_is_seen(tmp_path: Path) -> None:
    question: Asked = ("Kuppel 的价格是多少", ())
    replay = Replay([question], tmp_path)
    replay._fresh["first"] = ["another answer"]

    [step] = replay.run(states()[:1], "forward")

    assert (step.differing, step.embedded) == (("Kuppel 的价格是多少",), step.new_text)


def test_the_command_prints_a_table_and_fails_on_a_difference(tmp_path: Path) -> None:
    history = tmp_path / "history"
    history.mkdir()
    (history / "1.md").write_text(OVENS, encoding="utf-8")
    (history / "2.md").write_text(OVENS + DOUGH, encoding="utf-8")
    cases = tmp_path / "cases.jsonl"
    case = '{"id": "a", "lang": "zh", "type": "lookup", "question": "Kuppel 的价格是多少", "must": [["650"]], '
    evidence = (
        '"evidence": [{"file": "note.md", "quote": "650 EUR"}], "group": "any", "abstain": false, "split": "dev"}'
    )
    cases.write_text(case + evidence, encoding="utf-8")

    done = CliRunner().invoke(command, ["replay", str(history), "--cases", str(cases), "--order", "backward"])

    assert done.exit_code == 0, done.output
    assert done.output.startswith("backward\n\n| state | chunks |")
    assert "\n| all | |" in done.output


def test_the_table_counts_what_differs() -> None:
    steps = [Step("one", 4, 2, 3, 2, 1, ()), Step("two", 4, 0, 0, 0, 0, ("why",))]

    assert table(steps, 5).splitlines()[2:] == [
        "| one | 4 | 2 | 3 | 1.50 | 2 | 1 | 5 of 5 |",
        "| two | 4 | 0 | 0 | - | 0 | 0 | 4 of 5 |",
        "| all | | 2 | 3 | 1.50 | 2 | 1 | 9 of 10 |",
    ]
