"""Lists over one table, section or note that the question names, or that words the sort of thing asked for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag import Assistant
from rag.types import Kind
from tests.rag.survey import cited, opened

STUDIO = """# Pottery studio

Everything that is plugged in or pushed about.

## Kilns

| Kiln | Maker | Weight (kg) | Price | Vented | Warranty (yrs) |
| --- | --- | --: | --: | :-: | --: |
| Ember 40 | Torvald | 68 | 1,450 EUR | ✅ | 5 |
| Ember 90 | Torvald | 140 | 2,300 EUR | ❌ | 5 |
| Cinder S | Ash Works | 52 | 900 EUR | ✅ | 2 |
| Hearthbox | Ash Works | 95 | 1,700 EUR | ❌ | |

## Wheels

| Wheel | Maker | Weight (kg) | Price | Vented | Warranty (yrs) |
| --- | --- | --: | --: | :-: | --: |
| Spin One | Torvald | 41 | 800 EUR | ❌ | 5 |
| Spin Two | Rota | 70 | 1,250 EUR | ✅ | 3 |

## Racks

- Tall frame: birch, 12 kg, holds 80 kg
- Low frame: steel, 9 kg, holds 45 kg
- Wall frame: pine, 4 kg, holds 20 kg
"""

CLAYS = """# 泥料与釉料

## 泥料总表

| 泥料 | 产地 | 烧成温度 | 含砂 |
| --- | --- | --- | :-: |
| 白岭 | 景州 | 1280 ℃ | ❌ |
| 黑岩 | 宜水 | 1220 ℃ | ✅ |
| 赤陶 | 宜水 | 1100 ℃ | ✅ |

## 春季报价

| 供应商 | 产品 | 单价 |
| --- | --- | --- |
| 北坊 | 白岭 | 6 元 |
| 南坊 | 黑岩 | 9 元 |
| 西坊 | 赤陶 | 4 元 |

## 公共窑炉

| | 东郊 炉一 | 西郊 炉二 | 河边 炉三 |
| --- | --- | --- | --- |
| 还原气氛 | ✅ | ❌ | ✅ |
| 每炉价格 | 300 元 | 220 元 | 400 元 |
"""


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("studio"), studio=STUDIO, clays=CLAYS) as assistant:
        yield assistant


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("which kilns are not vented", {"Ember 90", "Hearthbox"}),
        ("which wheels are heavier than 50 kg", {"Spin Two"}),
        ("kilns from Torvald", {"Ember 40", "Ember 90"}),
        ("racks that hold more than 40 kg", {"Tall frame", "Low frame"}),
        ("in the wheels table, which have a warranty of five years", {"Spin One"}),
        ("泥料总表里含砂的有哪些", {"黑岩", "赤陶"}),
        ("哪些泥料没有含砂", {"白岭"}),
        ("春季报价里单价不到五元的有哪几家", {"西坊 赤陶"}),
        ("公共窑炉里能做还原气氛的有哪几个", {"东郊 炉一", "河边 炉三"}),
        ("which kilns or wheels are vented", {"Ember 40", "Cinder S", "Spin Two"}),
        ("which kilns are vented, not counting the small ones", {"Ember 40", "Cinder S"}),
        ("公共窑炉里能做还原气氛的有哪几个,太贵的不算", {"东郊 炉一", "河边 炉三"}),
    ],
)
def test_a_list_keeps_to_what_the_question_names(studio: Assistant, question: str, expected: set[str]) -> None:
    answer = studio.ask(question)

    assert answer.kind is Kind.LIST
    assert {item.entity for item in answer.items if item.status != "no"} == expected


def test_each_thing_of_a_region_is_cited_by_its_row(studio: Assistant) -> None:
    answer = studio.ask("which kilns are not vented")

    assert cited(answer) == [("studio.md", 10), ("studio.md", 12)]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        # no word of the question stands in the header, which is nearest in meaning of those with marks
        ("which kilns have a chimney for the smoke", {"Ember 40", "Cinder S"}),
        ("what is listed in the racks section", {"Tall frame", "Low frame", "Wall frame"}),
    ],
)
def test_what_is_asked_in_other_words_is_found_within_the_region(
    studio: Assistant, question: str, expected: set[str]
) -> None:
    answer = studio.ask(question)

    assert {item.entity for item in answer.items if item.status != "no"} == expected
