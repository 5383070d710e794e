"""Which table or sentence of a paper answers: a score and not a setting, days and not machine-hours, the row named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.build import ingest
from rag.answer.draft import Draft
from rag.answer.notes_first import is_likelier, suffices
from rag.answer.reading import holds_it_all
from rag.assistant import Assistant
from rag.config import Settings
from rag.question.papers import asks, telling
from rag.retrieve.paper_facts import WORDLESS_MALUS, Read, read
from rag.retrieve.paper_match import match
from rag.retrieve.papers import papers
from rag.types import Answer, Page
from tests.ingest.typeset import Sheet, library, save
from tests.notes import write_notes
from tests.rag.survey import understood
from tests.rag.workshop import judged

NOTE = """# Grinders

## Tern

- paper: [paper](papers/tern.pdf)
- maker: Fjord Works

## Chinese-Tern-33

- download: a link
- size: 12 GB
"""
PAPER = "papers/tern.pdf"
COLUMNS = [0.0, 90.0, 180.0, 270.0]
TABLES = (
    (
        "Table 1: The hyperparameters used for the Osprey mill with each method.",
        [
            ["Setting", "Full", "Strip", "Tern"],
            ["Feed rate", "5e-6", "5e-4", "2e-4"],
            ["Batch size", "128", "64", "32"],
            ["Weight decay", "0.1", "0.2", "0.3"],
        ],
    ),
    (
        "Table 2: The hyperparameters of the Osprey mill with Tern for each plate.",
        [
            ["Osprey Tern", "Moor", "Reed", "Fen"],
            ["Tern steps", "8", "16", "24"],
            ["Batch size", "4", "8", "12"],
        ],
    ),
    (
        "Table 3: Flatness of the plates by each method, higher is better.",
        [
            ["Mill", "Moor", "Reed", "Fen"],
            ["Osprey (Strip)", "71.5", "82.6", "93.1"],
            ["Osprey (Tern)", "74.8", "85.3", "96.2"],
        ],
    ),
    (
        "Table 4: Work that went into the plates.",
        [
            ["Plate", "Machine-hours", "Water (t)", "RACK-high"],
            ["Tern-33", "530,432", "233", "48.3"],
            ["Tern-65", "1,022,362", "449", "51.6"],
        ],
    ),
)
"""Captions and rows, each on a page of its own from the second on."""


def tern(path: Path) -> Path:
    """Five pages: what was done, and four tables."""
    document = library().open()
    first = Sheet(document)
    first.line("Tern: Grinding by Small Steps", 150, 20, font="hebo")
    first.y += 8
    first.line("Mara Lindqvist, Tomas Oyelaran", 200, 11)
    first.y += 14
    first.heading("Abstract")
    first.lines(
        [
            "We introduce Tern, a way of grinding glass by small steps. It grinds",
            "plates as flat as those of the Osprey mill and needs less water.",
        ]
    )
    first.heading("1 Method")
    first.lines(
        [
            "The plates were ground on 2048 Bosch wheels. This means that grinding",
            "the whole of them takes approximately 21 days. We use 300 polish passes",
            "for each of the plates.",
        ]
    )
    first.heading("2 Drift of the couplers")
    first.lines(
        [
            "Running the mill on a single GPU, we see a noticeable increase in drift",
            "when the couplers are in use. We measure the drift of a single pass on an",
            "NVIDIA Titan V by averaging over ten passes.",
        ]
    )
    first.heading("3 Damage")
    first.lines(
        [
            "The share of plates that broke in the furnace was 5% at first. In the",
            "second month only three plates broke.",
        ]
    )
    for caption, rows in TABLES:
        sheet = Sheet(document)
        sheet.heading("A Details")
        sheet.lines([caption], size=9)
        sheet.table(rows, COLUMNS)
    return save(document, path)


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    corpus = write_notes(tmp_path_factory.mktemp("corpus"), {"grinders.md": NOTE})
    (corpus / "papers").mkdir()
    tern(corpus / PAPER)
    settings = Settings(corpus=corpus)
    ingest(settings)
    with Assistant.open(settings.index_path, settings=settings) as opened:
        yield opened


def pages(answer: Answer) -> set[int]:
    return {c.location.number for c in answer.citations if isinstance(c.location, Page)}


def ranked(assistant: Assistant, text: str) -> list[Read]:
    question = understood(assistant, text)
    (paper,) = papers(assistant.snapshot)
    return read(question, asks(question), assistant.snapshot, {paper: 1.0})


@pytest.mark.parametrize(
    ("question", "told", "page"),
    [
        ("Osprey加Tern在Reed上的分数", "85.3", 4),
        ("what score does the Osprey reach on Reed with Tern", "85.3", 4),
        ("which batch size does the Osprey mill take with the Tern method on Reed", "8", 3),
    ],
)
def test_a_score_is_looked_for_in_no_table_of_settings(
    assistant: Assistant, question: str, told: str, page: int
) -> None:
    answer = assistant.ask(question)

    assert told in answer.text
    assert pages(answer) == {page}


@pytest.mark.parametrize(
    "question",
    [
        "how many wheels did the Tern paper use and how many days did it take",
        "how long did grinding take in the Tern paper",
    ],
)
def test_hours_times_machines_are_no_time_that_passed(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)

    assert "21 days" in answer.text
    assert "Machine-hours" not in answer.text
    assert pages(answer) == {1}


def test_an_amount_of_work_is_told_where_it_is_asked(assistant: Assistant) -> None:
    answer = assistant.ask("how many machine-hours did the Tern-65 take in the Tern paper")

    assert "1,022,362" in answer.text
    assert pages(answer) == {5}


def test_what_stands_beside_the_sentence_that_holds_the_value_answers_the_other_part(assistant: Assistant) -> None:
    answer = assistant.ask("how many wheels did the Tern paper use and how many days did it take")

    assert "2048 Bosch wheels" in answer.text


def test_a_name_of_the_kind_asked_goes_before_the_word_for_the_kind(assistant: Assistant) -> None:
    answer = assistant.ask("which gpu did the Tern authors measure the drift of the couplers on")

    assert "NVIDIA Titan V" in answer.text.splitlines()[0]


def test_beside_the_very_cell_no_row_of_another_size_is_told(assistant: Assistant) -> None:
    answer = assistant.ask("RACK-high of Tern-33")

    assert answer.text == "Tern-33 – RACK-high: 48.3 [1]"
    assert pages(answer) == {5}


def test_a_percentage_counts_nothing(assistant: Assistant) -> None:
    counted, share = (
        assistant.ask("how many plates broke in the Tern paper"),
        "which share of plates broke in the paper",
    )

    assert "three plates" in counted.text.splitlines()[0]
    assert "5%" in assistant.ask(share).text.splitlines()[0]


def test_what_sentences_of_a_paper_name_by_the_way_is_no_other_reading(assistant: Assistant) -> None:
    answer = assistant.ask("which mills and plates does Tern speak of")

    assert not answer.abstained
    assert answer.otherwise is None


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("RACK-high of Tern-33", True),
        ("how many polish passes does Tern take", True),
        ("Reed of the Osprey mill", False),
        ("what does Tern-33 cost", False),
        ("how many owners does the Tern have", False),
    ],
)
def test_what_a_paper_says_just_as_asked_goes_before_silent_notes(
    assistant: Assistant, question: str, whole: bool
) -> None:
    context = replace(judged(assistant, question), ranked=[])
    silent = Draft(assistant.snapshot, "en", abstained=True)

    assert holds_it_all(context) is whole
    assert is_likelier((silent, context), context) is not whole


def test_sure_notes_do_not_suffice_where_the_paper_says_just_what_is_asked(assistant: Assistant) -> None:
    asked, other = (judged(assistant, text) for text in ("RACK-high of Tern-33", "who is the maker of Tern"))
    sure = [scored._replace(chance=1.0) for scored in other.ranked[:1]]
    draft = Draft(assistant.snapshot, "en")

    assert suffices((draft, replace(other, ranked=sure)), assistant.snapshot)
    assert not suffices((draft, replace(asked, ranked=sure)), assistant.snapshot)


def test_a_name_said_twice_tells_the_paper_once_and_is_asked_once(assistant: Assistant) -> None:
    found = ranked(assistant, "Tern论文里Osprey用Tern打磨的进给率")

    first, second = 0, 1
    assert second in found[0].matched
    assert not any(first in entry.matched for entry in found)


def test_a_cell_that_holds_but_the_names_falls_behind_one_that_holds_the_word_asked(assistant: Assistant) -> None:
    found = ranked(assistant, "Tern论文里Osprey用Tern打磨的进给率")

    assert found[0].fact.attribute == "Feed rate"
    of_names = next(entry for entry in found if isinstance(at := entry.fact.location, Page) and at.number == 3)
    assert of_names.score < found[0].score - WORDLESS_MALUS


@pytest.mark.parametrize(("question", "held"), [("how many days did it take", False), ("how many machine-hours", True)])
def test_a_cell_of_work_holds_no_duration(assistant: Assistant, question: str, held: bool) -> None:
    work = next(fact for fact in assistant.snapshot.facts_at(PAPER, 5, 5) if fact.attribute == "Machine-hours")
    (asked,) = (ask for ask in asks(understood(assistant, question)) if ask.concept is not None)

    assert (match(asked, work) > 0) is held


def test_a_sentence_holds_a_kind_by_how_its_names_look(assistant: Assistant) -> None:
    facts = assistant.snapshot.facts_at(PAPER, 1, 1)
    (asked,) = (ask for ask in asks(understood(assistant, "which gpu was it")) if ask.concept is not None)

    assert match(asked, next(fact for fact in facts if "Titan" in fact.value)) > 0.5
    assert match(asked, next(fact for fact in facts if "Bosch" in fact.value)) == 0.0


def test_what_stands_before_any_word_for_a_paper_tells_which_it_is(assistant: Assistant) -> None:
    question = understood(assistant, "Fjord那篇讲Tern的论文,Osprey打磨了多少片")

    assert {"fjord", "tern"} <= {ask.surface for ask in telling(question, asks(question))}
    assert "osprey" not in {ask.surface for ask in telling(question, asks(question))}
