"""What one thing has several of, or how many: told by the sentence about it, not as a list of other things."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag import Assistant
from rag.answer.of_one import enumerates
from rag.types import Kind
from tests.rag.survey import opened

DYES = """# 植物染料笔记

## Woadwell
Woadwell 的染料来自以下几种植物：菘蓝、蓼蓝、马蓝和木蓝。
Woadwell 的试用页里可以挑 Indra、Weldon、Madderly 这几个色卡。
媒染剂合计 22 种。

## Madderly
Madderly 用菘蓝打底，适合羊毛。

## Weldon
Weldon 只染丝绸，产地在德文郡。
"""

SCALES = """# 秤

## 天衡-7K
精度 0.1 克，内存 12 MB，支持三种单位。

## 天衡-13K
外壳是铝的，说明书写得一般。

## 天衡 PM-910
据说是第一个用麦秆外壳的，非常轻。
"""


@pytest.fixture(scope="module")
def dyes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("dyes"), dyes=DYES, scales=SCALES) as assistant:
        yield assistant


@pytest.mark.parametrize(
    "question",
    ["Woadwell 的染料来自哪些植物", "what plants does Woadwell take its dyes from? list them"],
)
def test_parts_of_one_thing_are_told_by_its_sentence(dyes: Assistant, question: str) -> None:
    answer = dyes.ask(question)

    assert all(plant in answer.text for plant in ("菘蓝", "蓼蓝", "马蓝", "木蓝")), answer.text


def test_of_whom_others_are_made_is_a_list_of_the_others(dyes: Assistant) -> None:
    answer = dyes.ask("哪些染料用菘蓝打底")

    assert "Madderly" in answer.text


def test_how_many_one_thing_has_is_told_by_its_sentence(dyes: Assistant) -> None:
    assert "22" in dyes.ask("Woadwell 的媒染剂有几种").text


@pytest.mark.parametrize(
    "question", ["天衡-13K 内存多少", "how much memory does the 天衡-13K have", "天衡 PM-910 有几种单位"]
)
def test_no_sentence_without_a_number_answers_what_asks_for_one(dyes: Assistant, question: str) -> None:
    answer = dyes.ask(question)

    assert answer.abstained, answer.text


def test_a_number_of_the_thing_asked_for_is_an_answer(dyes: Assistant) -> None:
    answer = dyes.ask("天衡-7K 内存多少")

    assert not answer.abstained
    assert "12 MB" in answer.text
    assert answer.kind is not Kind.LIST


@pytest.mark.parametrize(
    ("value", "lists"),
    [
        ("甲、乙和丙", True),
        ("red, green and blue", True),
        ("12,000 sheets", False),
        ("甲和乙", False),
        ("it came out in spring", False),
    ],
)
def test_three_parts_make_an_enumeration(value: str, lists: bool) -> None:
    assert enumerates(value) is lists
