"""What a follow-up question takes over from the conversation, and what it does not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from rag import Assistant
from rag.question.followup import resolve
from rag.question.mentions import NameIndex
from rag.question.understand import Question
from rag.types import Turn
from tests.rag.survey import opened


def _resolve(survey: Assistant, text: str, history: Sequence[Turn]) -> Question:
    names = NameIndex.build(survey.snapshot.names())
    return resolve(text, history, names, lambda token: survey.snapshot.document_frequency(token) > 0)


@pytest.mark.parametrize(
    ("before", "text", "named"),
    [
        ("Graphite 的许可证是什么", "它的默认端口呢", ["Graphite"]),
        ("Who makes the Heron X1?", "How much does it cost?", ["Heron X1"]),
        ("Falke 和 Tern 的重量", "前者的价格", ["Falke"]),
        ("Falke 和 Tern 的重量", "后者的价格", ["Tern"]),
        ("Compare the weight of Falke and Tern", "price of the former", ["Falke"]),
        ("Compare the weight of Falke and Tern", "price of the latter", ["Tern"]),
        ("Graphite 的许可证是什么", "那 TreeBase 呢", ["TreeBase"]),
        ("Graphite 的许可证是什么", "Heron X1 多少钱", ["Heron X1"]),
    ],
)
def test_things_are_taken_over_only_where_none_is_named(
    survey: Assistant, before: str, text: str, named: list[str]
) -> None:
    question = _resolve(survey, text, [("user", before), ("assistant", "…")])

    assert [mention.entities[0].name for mention in question.mentions] == named


@pytest.mark.parametrize(
    ("before", "text", "concept"),
    [
        ("Graphite 的许可证是什么", "那 TreeBase 呢", "licence"),
        ("How heavy is the Falke?", "And the Tern?", "weight_mass"),
        ("How heavy is the Falke?", "What about the Tern?", "weight_mass"),
        ("Heron X1 多少钱", "Osprey Z 呢", "cost"),
    ],
)
def test_an_ellipsis_takes_over_what_was_asked(survey: Assistant, before: str, text: str, concept: str) -> None:
    question = _resolve(survey, text, [("user", before), ("assistant", "…")])

    assert concept in [unit.concept.name for unit in question.units if unit.concept]


@pytest.mark.parametrize(
    ("before", "text", "named", "concept"),
    [
        ("Graphite 的许可证是什么", "有哪些语言", ["Graphite"], "language"),
        ("How heavy is the Falke?", "which colours, and what price?", [], "cost"),
        ("How heavy is the Falke?", "what prices", ["Falke"], "cost"),
        ("Heron X1 多少钱", "许可证呢", ["Heron X1"], "licence"),
    ],
)
def test_an_attribute_alone_is_asked_of_the_thing_before(
    survey: Assistant, before: str, text: str, named: list[str], concept: str
) -> None:
    question = _resolve(survey, text, [("user", before), ("assistant", "…")])

    assert [mention.entities[0].name for mention in question.mentions] == named
    assert concept in [unit.concept.name for unit in question.units if unit.concept]
    assert bool(named) != question.asks("list")


def test_a_complete_question_takes_over_nothing(survey: Assistant) -> None:
    history = [("user", "How heavy is the Falke?"), ("assistant", "13.5 kg")]

    after = _resolve(survey, "What licence does Graphite use?", history)

    assert after == _resolve(survey, "What licence does Graphite use?", [])


def test_a_pronoun_reaches_over_several_turns(survey: Assistant) -> None:
    history = [
        ("user", "Who makes the Heron X1?"),
        ("assistant", "Lakeside Optics"),
        ("user", "What does it weigh?"),
        ("assistant", "480 g"),
    ]

    question = _resolve(survey, "And its price?", history)

    assert [mention.entities[0].name for mention in question.mentions] == ["Heron X1"]


def test_a_variant_of_the_thing_last_named_is_asked_the_same(survey: Assistant) -> None:
    history = [("user", "What licence does Graphite use?"), ("assistant", "MIT")]

    question = _resolve(survey, "and the Lite version of it?", history)

    assert [mention.entities[0].name for mention in question.mentions] == ["Graphite-Lite"]
    assert [unit.concept.name for unit in question.units if unit.concept] == ["licence"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("and the 4bit one?", "Ondra-7B-chat-4bit-g64"),
        ("那 4 bit 的呢", "Ondra-7B-chat-4bit-g64"),
        ("它的13B版呢", "Ondra-13B-chat"),
    ],
)
def test_a_variant_is_told_by_its_bits_or_its_size(tmp_path: Path, text: str, named: str) -> None:
    rows = ("Ondra-7B-chat | 17", "Ondra-7B-chat-4bit-g64 | 8", "Ondra-13B-chat | 30", "Pell-4bit | 5")
    note = "# 模型\n\n| 名字 | 内存 |\n| --- | --- |\n" + "".join(f"| {row} |\n" for row in rows)
    with opened(tmp_path, models=note) as assistant:
        question = _resolve(assistant, text, [("user", "Ondra-7B-chat 要多少内存")])

    assert [mention.entities[0].name for mention in question.mentions] == [named]


def test_a_count_of_what_a_pronoun_means_is_about_the_thing_last_named(survey: Assistant) -> None:
    history = [("user", "Who makes the Heron X1?"), ("assistant", "Lakeside Optics")]

    question = _resolve(survey, "How many lenses does it take?", history)

    assert [mention.entities[0].name for mention in question.mentions] == ["Heron X1"]


def test_a_bare_question_keeps_the_words_that_narrowed_the_last_one_down(survey: Assistant) -> None:
    history = [("user", "Heron X1 二手的多重"), ("assistant", "480 g")]

    question = _resolve(survey, "多少钱？", history)

    assert {unit.label: unit.weight for unit in question.units}["二手"] == 0.4


@pytest.mark.parametrize(
    ("before", "text", "value"),
    [
        ("tell me the Shots per charge of Heron X1", "Same for Osprey Z?", "290"),
        ("Heron X1 的 Shutter rated for 是多少", "换成 Osprey Z 呢", "300,000"),
        ("查一下 Heron X1 的 Battery", "Osprey Z 的呢？", "FJ-7"),
    ],
)
def test_another_thing_is_asked_in_the_words_of_the_question_before(
    survey: Assistant, before: str, text: str, value: str
) -> None:
    answer = survey.ask(text, [("user", before), ("assistant", "…")])

    assert not answer.abstained
    assert value in answer.text


@pytest.mark.parametrize(
    ("text", "value"), [("what is its maker", "Fjord Imaging"), ("那它的 Shots per charge 呢？", "290")]
)
def test_an_attribute_of_what_was_spoken_of_replaces_the_one_before(survey: Assistant, text: str, value: str) -> None:
    answer = survey.ask(text, [("user", "What is the weight of the Osprey Z?"), ("assistant", "720 g")])

    assert value in answer.text
    assert "720 g" not in answer.text


def test_a_list_price_is_no_list(survey: Assistant) -> None:
    question = _resolve(survey, "And its list price?", [("user", "How heavy is the Falke?"), ("assistant", "…")])

    assert [mention.entities[0].name for mention in question.mentions] == ["Falke"]
    assert not question.asks("list")
