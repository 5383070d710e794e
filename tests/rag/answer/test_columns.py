"""Lists by the columns that a question names: limits, ranges, dates, values, marks and blanks under a header."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import Assistant
from rag.types import Status
from tests.rag.survey import opened

NOTE = """# 浴缸船手册

## 船身

| 型号 | 船厂 | 船长 (m) | 重量(g) | 价格（万元） | 首航 | 甲板材料 | 带舵 | 编号规则 |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
| 白鹭 | 汀洲 | 0.4 | 320 | 1.2 | 2014 | 柚木 | ✅ | 3×2 |
| 苍鹭 | 汀洲 | 1.1 | 910 | 12 | 2017-05 | 柚木、铝 | ❌ | 按年份 |
| 夜鹭 | Norrvik | 0.7 | 480 | 3.5 | 2020 | 未知 | ✅ | |
| 池鹭 | Norrvik | 2.0 | 2300 | 38 | 2022-11 | 合成柚木 | ❌ | 按年份 |

## Engines

| Engine | Maker | Price (k) | Noise rate | Cooling type | 甲板材料 |
| --- | --- | --- | --- | --- | --- |
| Puffin 2 | Orrery | 96 | 61 | closed loop | 铸铁 |
| Puffin 4 | Orrery | 390 | 72 | closed loop | 铝 |
| Skua | Brantley | 12 | 58 | open loop | |
| Skua Max | Brantley | 20 | 77 | none | |

白鹭说明书里说 closed loop 的马达更吵。Petrel 也装过一台 open loop。
"""


@pytest.fixture(scope="module")
def ships(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("ships"), ships=NOTE) as assistant:
        yield assistant


def _named(assistant: Assistant, question: str) -> list[str]:
    return [item.entity for item in assistant.ask(question).items if item.status is not Status.NO]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("重量超过480的有哪些", ["苍鹭", "池鹭"]),
        ("哪些的重量(g)不到480", ["白鹭"]),
        ("重量(g) at most 480: which ones", ["白鹭", "夜鹭"]),
        ("which have 重量(g) between 400 and 1000?", ["苍鹭", "夜鹭"]),
        ("重量在0.4到1千克之间的有哪些", ["苍鹭", "夜鹭"]),
        ("价格低于10万的有哪些", ["白鹭", "夜鹭"]),
        ("价格（万元）至少12的都列出来", ["苍鹭", "池鹭"]),
        ("which have 船长 (m) over 0.7?", ["苍鹭", "池鹭"]),
        ("Price (k) below 96: which ones?", ["Skua", "Skua Max"]),
        ("which have a Noise rate of at least 61", ["Puffin 2", "Puffin 4", "Skua Max"]),
    ],
)
def test_a_limit_on_a_named_column_is_held_against_that_column_alone(
    ships: Assistant, question: str, expected: list[str]
) -> None:
    assert _named(ships, question) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("首航 between 2016 and 2021: which ones?", ["苍鹭", "夜鹭"]),
        ("which have a 首航 after 2017?", ["夜鹭", "池鹭"]),
    ],
)
def test_dates_of_a_named_column_may_be_bare_years(ships: Assistant, question: str, expected: list[str]) -> None:
    assert _named(ships, question) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("甲板材料是柚木的有哪些", ["白鹭", "苍鹭"]),
        ("甲板材料写“未知”的都有谁", ["夜鹭"]),
        ("哪些的甲板材料是铝", ["苍鹭", "Puffin 4"]),
        ("list everything whose Cooling type is closed loop", ["Puffin 2", "Puffin 4"]),
        ("how many have open loop as Cooling type", ["Skua"]),
        ("船厂是Norrvik、甲板材料是合成柚木的有哪些", ["池鹭"]),
        ("编号规则是按年份的有哪些", ["苍鹭", "池鹭"]),
    ],
)
def test_a_value_of_a_named_column_is_the_cell_or_a_part_of_it(
    ships: Assistant, question: str, expected: list[str]
) -> None:
    assert _named(ships, question) == expected


def test_a_column_of_marks_is_asked_by_its_name_alone(ships: Assistant) -> None:
    answer = ships.ask("哪些带舵")
    assert [(item.entity, item.status) for item in answer.items] == [
        ("白鹭", Status.YES), ("夜鹭", Status.YES), ("苍鹭", Status.NO), ("池鹭", Status.NO)
    ]  # fmt: skip
    assert _named(ships, "哪些没有带舵") == ["苍鹭", "池鹭"]


@pytest.mark.parametrize(
    "question", ["编号规则那一栏空着的有哪些", "哪些没写编号规则", "which have no 编号规则 noted?"]
)
def test_a_blank_of_a_named_column(ships: Assistant, question: str) -> None:
    assert _named(ships, question) == ["夜鹭"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("哪些是closed loop", ["Puffin 2", "Puffin 4"]),
        ("list all closed loop ones", ["Puffin 2", "Puffin 4"]),
        ("Brantley的有哪些", ["Skua", "Skua Max"]),
        ("which are 按年份?", ["苍鹭", "池鹭"]),
    ],
)
def test_a_whole_value_alone_names_what_has_just_that_value(
    ships: Assistant, question: str, expected: list[str]
) -> None:
    assert _named(ships, question) == expected


def test_what_else_the_question_says_must_be_met_as_well(ships: Assistant) -> None:
    assert _named(ships, "汀洲的船里，价格低于5万的有哪些") == ["白鹭"]


def test_a_size_in_a_cell_is_no_length_of_time(tmp_path: Path) -> None:
    note = (
        "# 训练\n\n| 模型 | 训练耗时 |\n| --- | --- |\n| Brindle | 21 天（60B 版） |\n| Dun | 3 小时（8B 版） |\n"
        "| Roan | 几个小时（8B 版） |\n"
    )
    with opened(tmp_path, training=note) as assistant:
        assert _named(assistant, "训练耗时超过1天的有哪些") == ["Brindle"]
        assert _named(assistant, "训练时长超过1天的有哪些") == ["Brindle"]


def test_some_small_tables_are_no_second_question(ships: Assistant) -> None:
    assert _named(ships, "船身那几张表，甲板材料写“未知”的是谁？") == ["夜鹭"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("whose deck material is unknown", ["夜鹭"]),
        ("deck material unknown: which ones?", ["夜鹭"]),
        ("哪些的冷却类型是“open loop”", ["Skua"]),
        ("which have no numbering rule noted?", ["夜鹭"]),
    ],
)
def test_a_header_may_be_said_in_the_other_language(ships: Assistant, question: str, expected: list[str]) -> None:
    assert _named(ships, question) == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("船身表里带舵标了“❌”的有哪些", ["苍鹭", "池鹭"]),
        ("甲板材料只写了柚木的有哪些", ["白鹭", "苍鹭"]),
        ("重量超过910（0.91千克）的有哪些", ["池鹭"]),
    ],
)
def test_what_is_filled_in_is_a_value_and_a_number_may_be_said_twice(
    ships: Assistant, question: str, expected: list[str]
) -> None:
    assert _named(ships, question) == expected
