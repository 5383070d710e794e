"""Makers that the names of rows begin with: "Foo" of "Foo X1" and "Foo X2"."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import Assistant
from rag.types import Status
from tests.rag.survey import opened

NOTE = """# 电饭煲机型

## 总览

| 机型 | 上市 | 容量 L | 首发价 | 预约 | 蒸笼 | 需要滤网 |
| --- | --- | --- | --- | --- | --- | --- |
| 禾穗 R1 | 2021-03 | 3 | 399 | ✅ | ❌ | ❌ |
| 禾穗 R2 Pro | 2022-09 | 4 | 699 | ✅ | ✅ | ✅ |
| 禾穗 R5 | 2024-05 | 5 | 1299 | ❌ | ✅ | ✅ |
| 炊岭 K8 | 2022-02 | 4 | 459 | ✅ | ❌ | ❌ |
| 炊岭 K9 | 2023-11 | 3 | 880 | ❌ | ❌ | ✅ |

## 炊岭 Cullen
总部：浙江宁波
成立：2009 年

## 禾穗 Hemu
总部：宁波
成立：2016 年
备注：炊岭 K8 也是它代工的
"""


@pytest.fixture(scope="module")
def cookers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("cookers"), cookers=NOTE) as assistant:
        yield assistant


def _named(assistant: Assistant, question: str) -> list[str]:
    return [item.entity for item in assistant.ask(question).items if item.status is not Status.NO]


@pytest.mark.parametrize("question", ["禾穗有哪些型号", "禾穗出过哪些机型？", "list all Hemu models", "禾穗都做了哪些"])
def test_the_rows_that_bear_a_makers_name_are_what_it_makes(cookers: Assistant, question: str) -> None:
    assert _named(cookers, question) == ["禾穗 R1", "禾穗 R2 Pro", "禾穗 R5"]


def test_they_are_counted(cookers: Assistant) -> None:
    assert cookers.ask("how many Cullen models are there").text.startswith("2 in all.")
    assert cookers.ask("炊岭一共有几款").text.startswith("共 2 个。")


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("禾穗首发价1000以下的有哪些", ["禾穗 R1", "禾穗 R2 Pro"]),
        ("炊岭哪些支持预约", ["炊岭 K8"]),
        ("禾穗有蒸笼但没有预约的", ["禾穗 R5"]),
    ],
)
def test_a_maker_narrows_down_what_else_is_asked(cookers: Assistant, question: str, expected: list[str]) -> None:
    assert _named(cookers, question) == expected


def test_a_question_for_what_the_makers_things_have_is_another(cookers: Assistant) -> None:
    assert _named(cookers, "禾穗总部在哪") == []
    assert "宁波" in cookers.ask("禾穗总部在哪").text


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("2022年起首发价900以内的有哪些", ["禾穗 R2 Pro", "炊岭 K8", "炊岭 K9"]),
        ("2022年以后上市、首发价900以内的", ["炊岭 K9"]),
        ("2022年之前上市又支持预约的有哪些", ["禾穗 R1"]),
    ],
)
def test_a_date_and_a_limit_are_both_met(cookers: Assistant, question: str, expected: list[str]) -> None:
    assert _named(cookers, question) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("支持预约但不支持蒸笼的", ["禾穗 R1", "炊岭 K8"]),
        ("有蒸笼没有预约的有哪些", ["禾穗 R5"]),
        ("预约有、蒸笼没有的是哪几款", ["禾穗 R1", "炊岭 K8"]),
        ("预约和蒸笼都没有的", ["炊岭 K9"]),
        ("没有预约和蒸笼的有哪些", ["炊岭 K9"]),
        ("蒸笼 ✅ 预约 ❌ 的机型", ["禾穗 R5"]),
        ("which have 预约 while 蒸笼 isn't there", ["禾穗 R1", "炊岭 K8"]),
        ("不需要滤网的有哪些", ["禾穗 R1", "炊岭 K8"]),
        ("不用滤网的", ["禾穗 R1", "炊岭 K8"]),
    ],
)
def test_one_mark_may_be_asked_for_and_another_denied(cookers: Assistant, question: str, expected: list[str]) -> None:
    assert _named(cookers, question) == expected


def test_a_seat_may_be_part_of_an_address(cookers: Assistant) -> None:
    assert _named(cookers, "总部在宁波的厂家") == ["炊岭 Cullen", "禾穗 Hemu"]
    assert _named(cookers, "总部只写宁波的厂家") == ["禾穗 Hemu"]


@pytest.mark.parametrize("question", ["价格上千的有哪些", "首发价破千的有哪些"])
def test_a_round_number_upwards_is_a_limit(cookers: Assistant, question: str) -> None:
    assert _named(cookers, question) == ["禾穗 R5"]


def test_what_a_number_names_is_no_limit(tmp_path: Path) -> None:
    note = "# Daemons\n\n| Daemon | Port |\n| --- | --- |\n| Tansy | 8800 |\n| Yarrow | 9900 |\n| Sorrel | 8800 |\n"
    with opened(tmp_path, daemons=note) as assistant:
        assert _named(assistant, "which ones fight over port 8800") == ["Tansy", "Sorrel"]
