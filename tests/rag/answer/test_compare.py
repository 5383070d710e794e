"""Two things side by side, and what follows from their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import Assistant
from rag.answer.sides import sides
from rag.types import Kind, Status
from tests.rag.survey import cited, opened, understood

CAMERAS, BICYCLES = "notes/cameras.md", "bicycles.md"


@pytest.mark.parametrize(
    ("question", "values", "ratio"),
    [
        ("Compare the price of Heron X1 and Osprey Z", {"Heron X1": "900 EUR", "Osprey Z": "2,700 EUR"}, "3"),
        ("Heron X1 和 Heron X2 的重量对比", {"Heron X1": "480 g", "Heron X2": "960 g"}, "2"),
        ("Which is heavier, Falke or Tern?", {"Falke": "13.5 kg", "Tern": "9 kg"}, "1.5"),
        ("Falke 和 Tern 哪个贵", {"Falke": "1,200 dollars", "Tern": "2,400 dollars"}, "2"),
        ("Falke 和 Tern 哪辆贵点", {"Falke": "1,200 dollars", "Tern": "2,400 dollars"}, "2"),
        ("Falke vs Tern: price", {"Falke": "1,200 dollars", "Tern": "2,400 dollars"}, "2"),
        ("What is the price of Falke and of Tern?", {"Falke": "1,200 dollars", "Tern": "2,400 dollars"}, "2"),
        ("the weight of Heron X1 and that of Heron X2", {"Heron X1": "480 g", "Heron X2": "960 g"}, "2"),
        ("Falke 的重量和 Tern 的重量", {"Falke": "13.5 kg", "Tern": "9 kg"}, "1.5"),
        ("Falke 的和 Tern 的重量", {"Falke": "13.5 kg", "Tern": "9 kg"}, "1.5"),
    ],
)
def test_both_values_and_their_ratio_are_told(
    survey: Assistant, question: str, values: dict[str, str], ratio: str
) -> None:
    answer = survey.ask(question)

    assert answer.kind is Kind.COMPARE
    told = {item.entity: item.value for item in answer.items}
    assert set(told) == set(values)
    assert [name for name, value in values.items() if value not in told[name]] == []
    assert ratio in answer.text.splitlines()[-1]
    assert all(item.citations for item in answer.items)


@pytest.mark.parametrize(
    ("question", "larger"),
    [
        ("Which is heavier, Falke or Tern?", "Falke"),
        ("Which is heavier, Tern or Falke?", "Falke"),
        ("Compare the price of Osprey Z and Heron X1", "Osprey Z"),
    ],
)
def test_the_larger_is_named_first_whichever_was_asked_first(survey: Assistant, question: str, larger: str) -> None:
    conclusion = survey.ask(question).text.splitlines()[-1]

    assert conclusion.startswith(larger)


def test_values_without_numbers_have_no_ratio(survey: Assistant) -> None:
    answer = survey.ask("Compare the battery of Heron X1 and Osprey Z")

    assert answer.kind is Kind.COMPARE
    assert "HB-11" in answer.text
    assert "FJ-7" in answer.text
    assert len(answer.text.splitlines()) == 2
    assert set(cited(answer)) == {(CAMERAS, 21)}


def test_a_thing_without_a_value_is_not_given_one(survey: Assistant) -> None:
    answer = survey.ask("Compare the weight of Falke, Tern and Ibis")

    unknown = [item for item in answer.items if item.status is Status.UNKNOWN]
    assert [(item.entity, item.value, item.citations) for item in unknown] == [("Ibis", "", ())]
    assert {item.entity for item in answer.items} == {"Falke", "Tern", "Ibis"}


def test_a_missing_value_is_told_where_each_is_asked_for(survey: Assistant) -> None:
    answer = survey.ask("Graphite 和 TreeBase 的开发语言分别是什么")

    assert [(item.entity, item.status) for item in answer.items] == [
        ("Graphite", Status.YES),
        ("TreeBase", Status.UNKNOWN),
    ]
    assert "Rust" in answer.text


def test_near_names_are_compared_with_their_own_values(survey: Assistant) -> None:
    answer = survey.ask("Graphite 和 Graphite-Lite 的许可证对比")

    told = {item.entity: item.value for item in answer.items}
    assert "Apache-2.0" in told["Graphite"]
    assert "MIT" in told["Graphite-Lite"]
    assert "木兰" not in answer.text


PLANS = """# Hosted plans

| Plan | Maker | Price | Storage |
| --- | --- | --- | --- |
| Brook Cloud Basic | Brook | ¥1,080 | 8 GB |
| Brook Cloud Gold | Brook | ¥24,000 | 64 GB |
| Fjord Cloud | Fjord | ¥2,000 | 16 GB |

## Vans

| Van | Seats | Length cm | Range km | Weight kg |
| --- | --- | --- | --- | --- |
| Lynxar | 5 | 480 | 410 | 1800 |
| Ottavo | 7 | 520 | 380 | 2100 |
| Ottavo-long | 9 | 590 | 360 | 2300 |
"""


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("plans"), plans=PLANS) as assistant:
        yield assistant


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which is longer, the Lynxar or the Ottavo?", ["lynxar", "ottavo"]),
        ("Lynxar, Ottavo and Ottavo-long: which one has more seats?", ["lynxar", "ottavo", "ottavo-long"]),
        ("brook cloud basic vs gold, difference in price", ["basic", "gold"]),
        ("Lynxar 和 Ottavo 差多少", ["lynxar", "ottavo"]),
        ("How many seats does the Lynxar have?", []),
        ("price and weight of the Lynxar", []),  # attributes, not things
        ("Lynxar 呢，价格和重量各多少", []),
    ],
)
def test_the_sides_are_what_the_question_joins(plans: Assistant, question: str, expected: list[str]) -> None:
    assert [side.surface.split()[-1] for side in sides(understood(plans, question))] == expected


@pytest.mark.parametrize(
    ("question", "difference"),
    [
        ("brook cloud basic vs gold, difference in price", "¥22,920"),
        ("Which has more storage, Brook Cloud Basic or Fjord Cloud?", "8 GB"),
        ("Lynxar 和 Ottavo 的重量差多少", "300"),
    ],
)
def test_the_difference_is_worked_out(plans: Assistant, question: str, difference: str) -> None:
    answer = plans.ask(question)

    assert answer.kind is Kind.COMPARE
    assert difference in answer.text.splitlines()[-1]
    assert answer.text.splitlines()[-1].endswith("]")


def test_a_comparing_word_tells_in_what_an_attribute_is_measured(plans: Assistant) -> None:
    answer = plans.ask("Is the Ottavo heavier than the Lynxar?")

    assert [item.value for item in answer.items] == ["Weight kg: 2100", "Weight kg: 1800"]


def test_what_two_things_have_in_common_is_shown_where_nothing_is_asked(plans: Assistant) -> None:
    answer = plans.ask("Compare Lynxar and Ottavo")

    assert answer.kind is Kind.COMPARE
    assert [line.split(":")[0] for line in answer.text.splitlines()] == [
        "- Seats", "- Length cm", "- Range km", "- Weight kg",
    ]  # fmt: skip
    assert {item.entity for item in answer.items} == {"Lynxar", "Ottavo"}


def test_three_values_are_put_in_order(plans: Assistant) -> None:
    answer = plans.ask("Compare the seats of Lynxar, Ottavo and Ottavo-long")

    assert answer.text.splitlines()[-1].startswith("Largest first: Ottavo-long (9) > Ottavo (7) > Lynxar (5)")


SEVERAL = """# Tents

| Tent | Weight kg | Height cm | Sleeps | Price EUR | Fabric | Opened |
| --- | --- | --- | --- | --- | --- | --- |
| Marsh 2 | 2 | 100 | 2 | 300 | nylon | 2019-04 |
| Marsh 4 | 5 | 150 | 4 | 450 | cotton | 2021-06 |
| Dune | 3 | 120 | 3 |  | nylon | 2020-05 |

# 保温杯

| 杯子 | 容量 mL | 吸管 | 首发价 | 保温 小时 | 端口 |
| --- | --- | --- | --- | --- | --- |
| 山泉杯 | 500 | 有 | 80 | 12 | 7001 |
| 海潮杯 | 750 | 无 | 120 | 6 | 8001 |
"""


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("several"), tents=SEVERAL) as assistant:
        yield assistant


@pytest.mark.parametrize(
    ("question", "lines"),
    [
        (
            "Marsh 2 vs Marsh 4 - weight and price?",
            [
                "- Weight kg: Marsh 2 2 [1]; Marsh 4 5 [2]",
                "Marsh 4 (5) exceeds Marsh 2 (2) by 3, about 2.5 times. [2][1]",
                "- Price EUR: Marsh 2 300 [1]; Marsh 4 450 [2]",
                "Marsh 4 (450) exceeds Marsh 2 (300) by 150, about 1.5 times. [2][1]",
            ],
        ),
        (
            "compare Marsh 2 and Marsh 4 on height, fabric and price",
            [
                "- Height cm: Marsh 2 100 [1]; Marsh 4 150 [2]",
                "Marsh 4 (150) exceeds Marsh 2 (100) by 50, about 1.5 times. [2][1]",
                "- Fabric: Marsh 2 nylon [1]; Marsh 4 cotton [2]",
                "- Price EUR: Marsh 2 300 [1]; Marsh 4 450 [2]",
                "Marsh 4 (450) exceeds Marsh 2 (300) by 150, about 1.5 times. [2][1]",
            ],
        ),
        (
            "山泉杯和海潮杯保温、价钱差多少",
            [
                "- 保温 小时：山泉杯 12 [1]；海潮杯 6 [2]",
                "山泉杯（12）比海潮杯（6）大 6，约为 2 倍。[1][2]",
                "- 首发价：山泉杯 80 [1]；海潮杯 120 [2]",
                "海潮杯（120）比山泉杯（80）大 40，约为 1.5 倍。[2][1]",
            ],
        ),
        (
            "山泉杯和海潮杯的吸管、端口对比",
            ["- 吸管：山泉杯 有 [1]；海潮杯 无 [2]", "- 端口：山泉杯 7001 [1]；海潮杯 8001 [2]"],
        ),
    ],
)
def test_every_attribute_asked_for_is_told_for_each(several: Assistant, question: str, lines: list[str]) -> None:
    answer = several.ask(question)

    assert answer.kind is Kind.COMPARE
    assert answer.text.splitlines() == lines


def test_a_value_that_is_blank_leaves_the_others_told(several: Assistant) -> None:
    answer = several.ask("Marsh 4 vs Dune: weight, price and fabric")

    assert answer.text.splitlines() == [
        "- Weight kg: Marsh 4 5 [1]; Dune 3 [2]",
        "Marsh 4 (5) exceeds Dune (3) by 2, about 1.7 times. [1][2]",
        "- Price EUR: Marsh 4 450 [1]",
        "- Fabric: Marsh 4 cotton [1]; Dune nylon [2]",
    ]


def test_one_attribute_alone_is_no_table(several: Assistant) -> None:
    told = several.ask("which is heavier, Marsh 2 or Dune?").text.splitlines()

    assert told == [
        "- Marsh 2: Weight kg: 2 [1]",
        "- Dune: Weight kg: 3 [2]",
        "Dune (3) exceeds Marsh 2 (2) by 1, about 1.5 times. [2][1]",
    ]


def test_a_follow_up_compares_the_same_things(several: Assistant) -> None:
    answer = several.ask("and their height and fabric?", history=[("user", "Marsh 2 vs Marsh 4 - weight?")])

    assert "- Height cm: Marsh 2 100 [1]; Marsh 4 150 [2]" in answer.text
    assert "- Fabric: Marsh 2 nylon [1]; Marsh 4 cotton [2]" in answer.text


FIRMS = """# Breweries

## Halm
Founded: 1972, in a cellar
Went public: 2015-04-02 in Oslo

## Torv
Founded: 1988
Went public: 1999-06-11 in Turin

## 合作社

| | Nordhus | Sjøbo | Elvik |
| --- | --- | --- | --- |
| founded | 2011 | 2017 | 2004 |
| barrels | 40 | 55 | 70 |

## Beers

| Beer | Released | Strength % |
| --- | --- | --- |
| Amber 4 | 2019-03 | 5 |
| Stout 9 | 2016-08 | 8 |
"""


@pytest.fixture(scope="module")
def firms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("firms"), firms=FIRMS) as assistant:
        yield assistant


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("halm or torv, which company is older", "Halm (1972 [1]) came before Torv (1988 [2])."),
        ("is Torv younger than Halm", "Halm (1972 [1]) came before Torv (1988 [2])."),
        ("nordhus or elvik - which is younger", "Elvik (2004 [1]) came before Nordhus (2011 [1])."),
        ("Amber 4 or Stout 9, which is older?", "Stout 9 (2016-08 [1]) came before Amber 4 (2019-03 [2])."),
    ],
)
def test_a_firm_is_as_old_as_its_founding_a_product_as_its_release(firms: Assistant, question: str, first: str) -> None:
    assert firms.ask(question).text.splitlines()[0] == first


def test_things_across_a_table_are_told_by_their_own_names(firms: Assistant) -> None:
    told = firms.ask("nordhus vs elvik: founded and barrels").text.splitlines()

    assert told[0] == "- founded: Nordhus 2011 [1]; Elvik 2004 [1]"
    assert told[1] == "Elvik (2004 [1]) came before Nordhus (2011 [1])."
    assert told[2] == "- barrels: Nordhus 40 [2]; Elvik 70 [2]"


INNS = """# Inns

| Inn | 开业 | Beds |
| --- | --- | --- |
| Gorm | 1926 | 40 |
| Ulda | 1921 | 55 |

## Log

- 2024-07-21: lightning hits Gorm, nobody hurt
"""


def test_a_house_is_as_old_as_its_opening_not_as_what_happened_there(tmp_path: Path) -> None:
    with opened(tmp_path, inns=INNS) as assistant:
        told = assistant.ask("Gorm or Ulda, which is the older house").text

    assert told.splitlines()[0] == "Ulda (1921 [1]) came before Gorm (1926 [2])."
