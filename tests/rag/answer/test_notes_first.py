"""Papers beside notes: what the notes answer is not drowned by what the papers say of the same words."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.build import ingest
from rag.answer.draft import Draft
from rag.answer.notes_first import may_differ
from rag.assistant import Assistant
from rag.config import Settings
from rag.types import Page
from tests.ingest.typeset import english
from tests.notes import write_notes
from tests.rag.workshop import weighed

NOTE = """# 镜头调研

| 镜头 | 重量 | 传感器 | 可租借 |
| --- | --- | --- | --- |
| Heron | 275 g | 12 sensors | ✅ |
| Osprey | 410 g | 16 sensors | ❌ |
| Bittern | 380 g | 12 sensors | ✅ |

## Plover

论文：[Plover](papers/plover.pdf)

为什么不用 Plover：熔炉太贵，而且边角不够锐利。
"""
QUESTIONS = (
    "哪些镜头可以租借",
    "which lenses have 12 sensors",
    "how heavy is the Osprey",
    "为什么不用 Plover",
    "Heron和Bittern哪个更重",
)


def opened(root: Path, *, papers: bool) -> Assistant:
    corpus = write_notes(root, {"lenses.md": NOTE})
    if papers:
        (corpus / "papers").mkdir()
        english(corpus / "papers" / "plover.pdf")
    settings = Settings(corpus=corpus)
    ingest(settings)
    return Assistant.open(settings.index_path, settings=settings)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return opened(tmp_path_factory.mktemp("alone"), papers=False)


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return opened(tmp_path_factory.mktemp("beside"), papers=True)


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_the_notes_answer_stays_when_a_paper_comes(alone: Assistant, beside: Assistant, question: str) -> None:
    answer, without = beside.ask(question), alone.ask(question)

    assert not answer.abstained
    assert [item.entity for item in answer.items] == [item.entity for item in without.items]
    assert answer.items or answer.text == without.text
    assert {citation.source for citation in answer.citations} == {"lenses.md"}


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("how many days did the measurements of Plover run", "21 days"),
        ("熔炉的温度 furnace temperature in degrees", "1430 degrees"),
        ("what does the Plover-85 weigh", "540"),
    ],
)
def test_where_the_notes_are_silent_the_paper_answers(beside: Assistant, question: str, told: str) -> None:
    answer = beside.ask(question)

    assert told in answer.text
    assert any(isinstance(citation.location, Page) for citation in answer.citations)


def test_neither_answers_what_neither_says(beside: Assistant) -> None:
    assert beside.ask("Osprey 是哪一年发布的").abstained


@pytest.mark.parametrize(("question", "differs"), [("Osprey 能租借吗", False), ("bench with five apertures", True)])
def test_papers_are_looked_at_where_they_hold_the_words(beside: Assistant, question: str, differs: bool) -> None:
    context, _ = weighed(beside, question)
    draft = Draft(beside.snapshot, "en")

    assert may_differ((draft, context), beside.snapshot) is differs
    draft.abstained = True
    assert may_differ((draft, context), beside.snapshot)


def test_new_notes_are_read_beside_the_paper(tmp_path: Path) -> None:
    assistant = opened(tmp_path, papers=True)
    assert "410 g" in assistant.ask("how heavy is the Osprey").text

    write_notes(tmp_path, {"lenses.md": NOTE.replace("410 g", "415 g")})
    ingest(assistant.settings)
    assistant.refresh()

    assert "415 g" in assistant.ask("how heavy is the Osprey").text
    assert "410 g" not in assistant.ask("how heavy is the Osprey").text
