"""Two things side by side, and what follows from their numbers."""

from __future__ import annotations

from collections.abc import Iterator

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
