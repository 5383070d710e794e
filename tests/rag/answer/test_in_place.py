"""Questions that name a table, section, list or note are asked of what stands there alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag import Assistant
from rag.types import Answer
from tests.rag.survey import opened

LOOMS = """# 织机年表和简介

# 重要织机年表

- 2019-02-24 北坊工作室推出 Havel
- 2019-03-13 Tolmin 大学推出 Rokko
- 2019-03-19 织联推出 Linde
- 2019-04-06 南庄推出 Rokko-Mini

# 其他的一些织机

- 2019-03-17 吴师傅推出 Kestel，只做了 7 台
- 2019-03-25 Ada Lorne 推出 Wren-Loom

# 织机简介

## Havel

| 综框 | 幅宽 | 保修 |
| --- | --- | --- |
| 8 片 | 60、90、120 cm | 未知 |

## Rokko

| 综框 | 幅宽 | 保修 |
| --- | --- | --- |
| 4 片 | 60、90 cm | 2 年 |

## Linde

| 综框 | 幅宽 | 保修 |
| --- | --- | --- |
| 8 片 | 60、90 cm | 未知 |
"""

MARKET = """# Loom market

## 国内织机

| 名字 | 上市日期 | 幅宽 | 是否开图 | 厂家 |
| --- | --- | --- | --- | --- |
| 青鸾 | 2019-04-11 | 90 cm | 是 | 云织 |
| 白泽机 | 2018-01-05 | 60 cm | 否 | 云织 |
| 玄圃 | 2020-06-01 | 120 cm | 否 | 山坊 |

## 国外织机

| 名字 | 上市日期 | 幅宽 | 是否开图 | 厂家 |
| --- | --- | --- | --- | --- |
| Havel | 2019-02-27 | 90 cm | 是 | Nordby |
| Sorrel | 2021-05-07 | 60 cm | 否 | Amsel |

## 工具

- 纱线计算组件：
  1、Skeincalc
  按公斤算纱，地址见下。
  2、wovenmath
  算经纬密度。
  3、TexTally
  只会算线号。
- 画图组件
  1、DraftPad
  画组织图。
  2、Pegboard
  画穿综图。

## 待看

### 1. Foldaway Loom
可以折起来。

### 2. Cobweb

### 3. Twinshaft
两根轴。
"""


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("looms"), **{"loom-timeline": LOOMS, "loom-market": MARKET}) as assistant:
        yield assistant


def named(answer: Answer) -> list[str]:
    return sorted(item.entity for item in answer.items)


@pytest.mark.parametrize(
    "question",
    [
        "重要织机年表里有哪些织机",
        "“重要织机年表”下面列的是哪几个",
    ],
)
def test_a_section_of_dated_lines_is_listed_whole(survey: Assistant, question: str) -> None:
    answer = survey.ask(question)

    assert [name for name in ("Havel", "Rokko", "Linde", "Rokko-Mini") if name not in answer.text] == []
    assert "Kestel" not in answer.text
    assert "Wren-Loom" not in answer.text


@pytest.mark.parametrize(
    ("question", "gold"),
    [
        ("which looms in the loom timeline note have 8 shafts", ["Havel", "Linde"]),
        ("织机年表那篇里，保修写未知的有哪几个", ["Havel", "Linde"]),
        ("国内织机那张表里，“是否开图”填的是“否”的有哪几个", ["玄圃", "白泽机"]),
        ("domestic looms table: which ones publish no drawings (是否开图: 否)", ["玄圃", "白泽机"]),
    ],
)
def test_conditions_hold_within_the_place_only(survey: Assistant, question: str, gold: list[str]) -> None:
    answer = survey.ask(question)

    yes = sorted(item.entity for item in answer.items if item.status.value == "yes")
    assert yes == gold, answer.text


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("last entry of the important loom timeline?", "Rokko-Mini"),
        ("国外织机表里最晚上市的是哪个", "Sorrel"),
        ("what is the most recent launch date in the table of foreign looms, and for which loom?", "Sorrel"),
    ],
)
def test_first_and_last_are_those_of_the_place(survey: Assistant, question: str, first: str) -> None:
    answer = survey.ask(question)

    assert named(answer)[:1] == [first], answer.text


def test_dates_are_limited_within_a_note_and_a_part_that_counts_too_is_not_left_out(survey: Assistant) -> None:
    question = (
        'what came out from march 14 2019 to march 19 2019 per the loom timeline note (incl. the "others" section)'
    )

    assert named(survey.ask(question)) == ["Kestel", "Linde"]


@pytest.mark.parametrize(
    ("question", "gold"),
    [
        ("纱线计算组件有哪些", ["Skeincalc", "TexTally", "wovenmath"]),
        ("list the yarn calculation libraries", ["Skeincalc", "TexTally", "wovenmath"]),
        ("画图组件有哪些", ["DraftPad", "Pegboard"]),
    ],
)
def test_things_below_a_label_are_what_it_says(survey: Assistant, question: str, gold: list[str]) -> None:
    assert named(survey.ask(question)) == gold


def test_a_heading_with_nothing_below_it_is_a_thing_of_its_section(survey: Assistant) -> None:
    answer = survey.ask("loom-market 里待看那节列了哪几个")

    assert ["Foldaway" in answer.text, "Cobweb" in answer.text, "Twinshaft" in answer.text] == [True, True, True]


def test_the_big_table_is_the_one_with_most_cells(survey: Assistant) -> None:
    answer = survey.ask("in the big table, which looms are wider than 80 cm")

    assert named(answer) == ["玄圃", "青鸾"], answer.text


def test_where_nothing_is_found_there_the_notes_are_asked_as_a_whole(survey: Assistant) -> None:
    answer = survey.ask("国外织机那张表里，玄圃的厂家是谁")

    assert "山坊" in answer.text


def test_a_place_that_no_note_has_narrows_nothing(survey: Assistant) -> None:
    answer = survey.ask("which looms in the pottery note have 8 shafts")

    assert answer.items == () or set(named(answer)) <= {"Havel", "Linde"}
