"""Questions to papers: which one is meant, the sentence or cell that answers, silence, and disagreement with notes."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.build import ingest
from rag.assistant import Assistant
from rag.config import Settings
from rag.types import Page
from tests.ingest.typeset import english
from tests.notes import write_notes

NOTE = """# Lenses

## Plover

- paper: [paper](papers/plover.pdf)

## Plover-50

- weight: 300 g

## Heron

- weight: 275 g
"""
PAPER = "papers/plover.pdf"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    corpus = write_notes(tmp_path_factory.mktemp("corpus"), {"lenses.md": NOTE})
    (corpus / "papers").mkdir()
    english(Path(corpus / PAPER))
    settings = Settings(corpus=corpus)
    ingest(settings)
    return Assistant.open(settings.index_path, settings=settings)


@pytest.mark.parametrize(
    ("question", "told", "page"),
    [
        ("how many sensors did the Plover paper use", "2048 sensors", 1),
        ("how many days did the measurements run in the Plover paper", "21 days", 1),
        ("Plover论文里用了多少个传感器", "2048 sensors", 1),
        ("what does the Plover-85 weigh according to the Plover paper", "540", 2),
        ("Plover论文里Plover-50的价格是多少", "899", 2),
        ("who are the authors of the Plover paper", "Mara Lindqvist", 1),
        ("on how many and what sensors was each lens of the Plover paper measured", "2048 sensors", 1),
    ],
)
def test_the_paper_answers_with_its_page(assistant: Assistant, question: str, told: str, page: int) -> None:
    answer = assistant.ask(question)

    assert told in answer.text
    assert {(c.source, c.location.number) for c in answer.citations if isinstance(c.location, Page)} == {(PAPER, page)}


@pytest.mark.parametrize(
    "question",
    [
        "what did the Plover paper cost in dollars to make",
        "Plover论文在DXOMark上得了几分",
        "how many sensors does the Plover paper use for the Osprey-Z9",
    ],
)
def test_what_the_paper_does_not_say_is_not_answered(assistant: Assistant, question: str) -> None:
    assert assistant.ask(question).abstained


def test_a_question_for_the_paper_itself_gets_its_address(assistant: Assistant) -> None:
    answer = assistant.ask("where is the Plover paper")

    assert "papers/plover.pdf" in answer.text


def test_notes_alone_are_asked_as_ever(assistant: Assistant) -> None:
    answer = assistant.ask("how heavy is the Heron")

    assert "275 g" in answer.text
    assert answer.citations[0].source == "lenses.md"


def test_a_note_and_the_paper_that_differ_are_both_told(assistant: Assistant) -> None:
    answer = assistant.ask("how heavy is the Plover-50")

    assert [value.value for value in answer.conflicts[0].values] == ["300 g", "310"]
    assert [citation.source for citation in answer.citations] == ["lenses.md", PAPER]
