"""Papers that a question names without saying so: by what they go by, or by words that they alone hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.build import ingest
from rag.assistant import Assistant
from rag.config import Settings
from rag.retrieve.papers import papers
from rag.types import Page
from tests.ingest.typeset import english
from tests.notes import write_notes

NOTE = """# 镜头笔记

## 文献

1. [plv：紧凑镜头](papers/2401.pdf)，很长的一份报告，讲怎么测量、怎么称重，附录可以跳过。

## 对照

| 镜头 | 谁在用 | 用在哪 |
|---|---|---|
| plv | 何其峰 | 街拍，测量台上也用 |
| heron | 丁一帆 | 风景 |

## 记录

- plv：何其峰在测量台上看过 3 支，嫌它重。
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    corpus = write_notes(tmp_path_factory.mktemp("corpus"), {"lenses.md": NOTE})
    (corpus / "papers").mkdir()
    english(Path(corpus / "papers/2401.pdf"))
    settings = Settings(corpus=corpus)
    ingest(settings)
    return Assistant.open(settings.index_path, settings=settings)


def test_a_paper_goes_by_what_notes_call_it_and_by_its_title(assistant: Assistant) -> None:
    [paper] = papers(assistant.snapshot)

    assert paper.names == {"plv", "plover"}


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("plv 测量用了多少个传感器", "2048 sensors"),
        ("how hot did the furnace get for plover, in degrees", "1430 degrees"),
    ],
)
def test_a_paper_that_is_named_goes_before_notes_that_say_less(assistant: Assistant, question: str, told: str) -> None:
    answer = assistant.ask(question)

    assert told in answer.text
    assert isinstance(answer.citations[0].location, Page)


@pytest.mark.parametrize(("question", "told"), [("plv 谁在用", "何其峰"), ("何其峰在测量台上看过几支 plv", "3 支")])
def test_notes_that_say_what_is_asked_of_it_go_first(assistant: Assistant, question: str, told: str) -> None:
    answer = assistant.ask(question)

    assert told in answer.text
    assert answer.citations[0].source == "lenses.md"


def test_the_sentences_beside_the_best_one_are_told_too(assistant: Assistant) -> None:
    answer = assistant.ask("in the plv paper, what was done on a bench with 2048 sensors")

    assert "Each lens was measured at five apertures" in answer.text
    assert "21 days" in answer.text
    assert {c.location.number for c in answer.citations if isinstance(c.location, Page)} == {1}
