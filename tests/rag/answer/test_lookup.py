"""Single facts from rows, transposed and nested tables, keys and prose; silence where nothing is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from rag import Assistant
from rag.answer.lookup import AHEAD, AS_LIKELY, AS_SURE, ENOUGH_CHANCE, MOST_FACTS, SURE, WITH_ANOTHER, likely, pick
from rag.retrieve.evidence import Scored
from rag.types import FactKind, Kind
from tests.rag.survey import cited, opened
from tests.rag.workshop import judged

DATABASES, CAMERAS, BICYCLES = "notes/databases.md", "notes/cameras.md", "bicycles.md"
MEDICINES, SECOND = "notes/medicines.md", "notes/second-look.md"


@pytest.mark.parametrize(
    ("question", "value", "place"),
    [
        # a table of one row under the thing's heading
        ("Graphite 的许可证是什么", "Apache-2.0", (DATABASES, 11)),
        ("What licence does Graphite use?", "Apache-2.0", (DATABASES, 11)),
        ("Graphite-Lite 用什么语言写的", "Go", (DATABASES, 20)),
        ("Which language is Chinese-Graphite written in?", "C++", (DATABASES, 26)),
        ("What maximum number of nodes does Graphite hold?", "70亿", (DATABASES, 11)),
        # a table of many rows
        ("Who makes the Heron X2?", "Lakeside Optics", (CAMERAS, 10)),
        ("Heron X1 多重", "480 g", (CAMERAS, 9)),
        ("Osprey Z 多少钱", "2,700 EUR", (CAMERAS, 11)),
        ("Does Kestrel Mini have a price?", "450 EUR", (CAMERAS, 12)),
        ("Is Osprey Z weather sealed?", "no", (CAMERAS, 11)),
        # a transposed table: attributes down, things across
        ("Osprey Z battery", "FJ-7", (CAMERAS, 21)),
        ("How many shots per charge does the Swift 3 give?", "150", (CAMERAS, 22)),
        # keys with values
        ("Falke 车架", "steel", (BICYCLES, 5)),
        ("How heavy is the Falke?", "13.5 kg", (BICYCLES, 6)),
        ("TreeBase 的默认端口", "6100", (SECOND, 13)),
        ("清风片一次吃多少", "2片", (MEDICINES, 5)),
        ("What is the frame of the Falke?", "steel", (BICYCLES, 5)),
        # prose
        ("Who designed the Falke?", "Marta Lindqvist", (BICYCLES, 10)),
        ("Osprey Z overheats after how long?", "25 minutes", (CAMERAS, 15)),
        ("Riverlog 能商用吗", "不允许商用", (DATABASES, 48)),
        ("石墨海背后是哪家公司", "青岛海图科技", (DATABASES, 34)),
        ("Who is behind GraphSea?", "青岛海图科技", (DATABASES, 34)),
    ],
)
def test_the_asked_fact_is_said_and_cited(survey: Assistant, question: str, value: str, place: tuple[str, int]) -> None:
    answer = survey.ask(question)

    assert not answer.abstained
    assert value in answer.text[:500]
    assert place in cited(answer)
    assert any(value in claim.text for claim in answer.claims)


@pytest.mark.parametrize(
    ("question", "value", "others"),
    [
        ("Graphite 的默认端口", "7474", ["7475", "7476", "9100"]),
        ("Graphite-Lite 的默认端口", "7475", ["7474", "7476", "9100"]),
        ("Chinese-Graphite 的默认端口", "7476", ["7474", "7475", "9100"]),
        ("Graphite-Lite's licence", "MIT", ["Apache", "木兰"]),
        ("licence of Chinese-Graphite", "木兰协议", ["Apache", "MIT"]),
        ("Heron X2 price", "1,800 EUR", ["900 EUR", "2,700"]),
        ("Heron X1 price", "900 EUR", ["1,800", "2,700"]),
    ],
)
def test_things_with_near_names_are_kept_apart(survey: Assistant, question: str, value: str, others: list[str]) -> None:
    answer = survey.ask(question)

    assert value in answer.text
    assert [other for other in others if other in answer.text] == []


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("Graphit 的默认端口是多少", "7474"),  # a letter missing
        ("heron x2 wieght", "960 g"),  # letters of the attribute swapped, no capitals
        ("grpahite licence", "Apache-2.0"),  # letters of the name swapped
        ("GRAPHITE　的许可证", "Apache-2.0"),  # capitals, ideographic space
        ("osprey price?", "2,700 EUR"),  # part of the name
        ("ospreyz price", "2,700 EUR"),  # written together
        ("GraphSea 的默认端口", "9100"),  # the other script
        ("石墨海的默認端口", "9100"),  # traditional characters
    ],
)
def test_sloppy_names_are_understood(survey: Assistant, question: str, value: str) -> None:
    answer = survey.ask(question)

    assert not answer.abstained
    assert value in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "哪个数据库的最大节点数是 7B",
        "哪个数据库的最大节点数是 7,000,000,000",
        "Which database holds 7 billion nodes at most?",
    ],
)
def test_a_number_is_found_in_whatever_notation(survey: Assistant, question: str) -> None:
    answer = survey.ask(question)

    assert not answer.abstained
    assert "Graphite" in answer.text
    assert "70亿" in answer.text
    assert "Lite" not in answer.text
    assert (DATABASES, 11) in cited(answer)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """A table whose cells need three conditions: the engine, the disk, and one of two nested columns."""
    table = """# 压测

## 结果

| 引擎 | 磁盘 | 读 |  | 写 |  |
| --- | --- | --- | --- | --- | --- |
|  |  | 延迟 | 吞吐 | 延迟 | 吞吐 |
| TreeBase | NVMe | 3毫秒 | 9000/秒 | 5毫秒 | 4000/秒 |
| TreeBase | SATA | 11毫秒 | 2500/秒 | 17毫秒 | 900/秒 |
| Riverlog | NVMe | 2毫秒 | 12000/秒 | 4毫秒 | 7000/秒 |
| Riverlog | SATA | 8毫秒 | 3100/秒 | 13毫秒 | 1200/秒 |
"""
    with opened(tmp_path_factory.mktemp("bench"), bench=table) as assistant:
        yield assistant


@pytest.mark.parametrize(
    ("question", "value", "line"),
    [
        ("TreeBase 用 NVMe 时写延迟是多少", "5毫秒", 8),
        ("TreeBase 在 SATA 盘上的写延迟", "17毫秒", 9),
        ("Riverlog 用 SATA 的读延迟", "8毫秒", 11),
        ("Riverlog NVMe 写吞吐", "7000/秒", 10),
    ],
)
def test_a_cell_is_found_by_three_conditions(bench: Assistant, question: str, value: str, line: int) -> None:
    answer = bench.ask(question)

    assert value in answer.text
    assert cited(answer) == [("bench.md", line)]


@pytest.mark.parametrize(
    ("question", "hidden"),
    [
        # a thing that the notes do not know
        ("Obsidianix 的默认端口是多少", ["7474", "9100"]),
        ("What is the price of the Nightjar Pro?", ["2,700", "5,000"]),
        # a thing that they know, an attribute that they do not state
        ("Pebblestore 的默认端口是多少", ["7474"]),
        ("What colour is the Falke?", ["steel", "kg"]),
        ("Tern 的设计师是谁", ["Marta"]),
        ("Which lens fits Heron X1?", ["HB-11"]),
        ("Who is the CEO of Fjord Imaging?", ["Marta"]),
        ("What does the Ibis weigh?", ["13.5", "9 kg"]),
        # a cell that says that it is not known
        ("石墨海的最大节点数是多少", ["70亿", "4亿"]),
        ("How much does the Swift 3 cost?", ["EUR"]),
        # an empty cell
        ("Chinese-Graphite 的最大节点数是多少", ["70亿", "4亿"]),
        ("How heavy is the Kestrel Mini?", ["480", "960", "720", "350"]),
        # another size or version than the notes know
        ("Heron X3 多重", []),
        ("How big is the sensor of Heron X9?", []),
        ("Falke 13 的重量", ["13.5 kg"]),
        # nothing that the notes speak of
        ("Who founded the Roman empire?", []),
        ("???", []),
    ],
)
def test_silence_of_the_notes_is_said_and_not_filled(survey: Assistant, question: str, hidden: list[str]) -> None:
    answer = survey.ask(question)

    assert answer.abstained
    assert answer.kind is Kind.NONE
    assert answer.text
    assert [text for text in hidden if text in answer.text] == []


@pytest.mark.parametrize(
    ("question", "named"),
    [("Obsidianix 的默认端口", "obsidianix"), ("What is the frame of the Obsidianix?", "obsidianix")],
)
def test_an_abstention_names_what_the_notes_do_not_know(survey: Assistant, question: str, named: str) -> None:
    assert named in survey.ask(question).text.lower()


@pytest.mark.parametrize(
    ("question", "nearest"),
    [
        ("Kestrel Mini 的重量", "“Weight”一格是空的"),  # the cell that is empty
        ("Who is the CEO of Fjord Imaging?", "Fjord Imaging"),  # the nearest fact
        ("石墨海的最大节点数是多少", "未知"),  # the cell as it reads
    ],
)
def test_an_abstention_names_the_closest_thing_that_the_notes_say(
    survey: Assistant, question: str, nearest: str
) -> None:
    answer = survey.ask(question)

    assert answer.abstained
    assert nearest in answer.text


PARTS = [
    ("Who makes the Heron X2 and how much does it cost?", ["Lakeside Optics", "1,800 EUR"]),
    ("What is the frame of the Ibis and how much does it cost?", ["carbon", "5,000 dollars"]),
    ("Heron X1 多重，卖多少钱？", ["480 g", "900 EUR"]),
    ("Graphite 的许可证是什么，默认端口是多少", ["Apache-2.0", "7474"]),
    ("Tern 多重、多少钱", ["9 kg", "2,400 dollars"]),
]


@pytest.mark.parametrize(("question", "values"), PARTS)
def test_both_parts_of_a_question_are_answered(survey: Assistant, question: str, values: list[str]) -> None:
    answer = survey.ask(question)

    assert [value for value in values if value not in answer.text[:500]] == []
    numbers = {n for claim in answer.claims for n in claim.citations}
    assert numbers == {citation.n for citation in answer.citations}


OTHER = "\n## Tern\n\n- Weight: 9 kg\n- Released: 2018-08-08\n- Price: 2,400 dollars\n"
DISAGREEING = {
    "first": "# First\n\n## Plover\n\n- Weight: 11 kg\n- Released: 2019-04-01\n- Price: 800 dollars\n" + OTHER,
    "second": "# Second\n\n## Plover\n\n- Weight: 12.5 kg\n- Released: 2019-06-30\n- Price: 800 dollars\n" + OTHER,
}


@pytest.fixture(scope="module")
def disagreeing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("disagreeing"), **DISAGREEING) as assistant:
        yield assistant


@pytest.mark.parametrize(
    ("question", "values", "lines"),
    [
        ("How heavy is the Plover?", ["11 kg", "12.5 kg"], [5, 5]),
        ("Plover 多重", ["11 kg", "12.5 kg"], [5, 5]),
        ("When was the Plover released?", ["2019-04-01", "2019-06-30"], [6, 6]),
    ],
)
def test_notes_that_disagree_are_both_told(
    disagreeing: Assistant, question: str, values: list[str], lines: list[int]
) -> None:
    answer = disagreeing.ask(question)

    assert [value for value in values if value not in answer.text] == []
    (conflict,) = answer.conflicts
    assert conflict.entity == "Plover"
    assert sorted(value.value for value in conflict.values) == values
    by_number = {c.n: c for c in answer.citations}
    places = [by_number[n].source for value in conflict.values for n in value.citations]
    assert sorted(places) == ["first.md", "second.md"]
    assert sorted(line for _, line in cited(answer)) == lines


def test_notes_that_agree_are_no_conflict(disagreeing: Assistant) -> None:
    answer = disagreeing.ask("What does the Plover cost?")

    assert "800 dollars" in answer.text
    assert answer.conflicts == ()


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Riverlog 的默认端口是多少", {"6200", "6300"}),
        ("What is the default port of Riverlog?", {"6200", "6300"}),
        ("Riverlog 的默认端口各篇说法一致吗", {"6200", "6300"}),
        ("Riverlog 的许可证", set()),
    ],
)
def test_values_of_any_attribute_can_disagree(tmp_path: Path, question: str, told: set[str]) -> None:
    notes = {
        "one": "# 引擎\n\n## Riverlog\n\n- 默认端口：6200\n- 许可证：MIT\n",
        "other": "# 再看引擎\n\n## Riverlog\n\n- 默认端口：6300\n- 许可证：MIT\n",
    }
    with opened(tmp_path, **notes) as assistant:
        answer = assistant.ask(question)

    assert {value.value for conflict in answer.conflicts for value in conflict.values} == told
    assert [value for value in told if value not in answer.text] == []
    assert [value for conflict in answer.conflicts for value in conflict.values if not value.citations] == []


def test_one_place_is_not_told_twice(survey: Assistant) -> None:
    lines = survey.ask("Tern 换链条要先运行什么命令").text.splitlines()

    assert sum("terntool pair --chain" in line for line in lines) == 1


def test_every_cell_and_key_can_be_asked_for(survey: Assistant) -> None:
    missed = []
    for fact in survey.snapshot.facts():
        if fact.kind not in (FactKind.CELL, FactKind.KEY) or fact.qualifiers or not fact.entity:
            continue
        for question in (f"{fact.entity} 的{fact.attribute}", f"What is the {fact.attribute} of {fact.entity}?"):
            answer = survey.ask(question)
            quotes = [citation.quote for citation in answer.citations]
            if fact.value not in answer.text or not any(fact.value in quote for quote in quotes):
                missed.append((question, fact.value, answer.text))

    assert missed == []


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("What is the Kind of Plover?", "touring"),
        ("Plover 的Kind", "touring"),
        ("What is the Used by of Tern?", "couriers"),
        ("Tern 的一天最多", "90 km"),
    ],
)
def test_headers_of_small_words_are_heard(tmp_path: Path, question: str, value: str) -> None:
    note = """# Bicycles

| Model | Kind | Used by | 一天最多 |
| --- | --- | --- | --- |
| Plover | touring | families | 60 km |
| Tern | folding | couriers | 90 km |
"""
    with opened(tmp_path, note=note) as assistant:
        answer = assistant.ask(question)

    assert value in answer.text
    assert len(answer.citations) == 1


@pytest.mark.parametrize("question", ["who won the world cup", "世界杯谁赢了", "今天天气怎么样", "capital of France"])
def test_a_question_of_something_else_is_not_answered_by_an_attribute_alone(survey: Assistant, question: str) -> None:
    assert survey.ask(question).abstained


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What is the price of the Galloper?", "Galloper – Price (k EUR): 155 [1]"),
        ("Kerb weight of the Puffin Bus", "Puffin Bus – Kerb weight (t): 3.4 [1]"),
        ("Does the Galloper have a tow bar?", "Galloper – Tow bar: ❌ [1]"),
        ("霜叶一号多重", "霜叶一号的重量（克）：420 [1]"),
        ("竹节适合什么", "竹节的适合：冷萃 [1]"),
    ],
)
def test_a_cell_that_is_exactly_asked_for_stands_alone(workshop: Assistant, question: str, text: str) -> None:
    assert workshop.ask(question).text == text


def scored(workshop: Assistant, *chances: float, value: str = "") -> list[Scored]:
    """Facts of different things with these chances; with a `value` all say that."""
    facts = [fact for fact in workshop.snapshot.facts() if fact.kind is FactKind.STATEMENT]
    return [
        Scored(replace(fact, value=value or fact.value), 0.0, 0.5, 0.5, frozenset(), None, relevance=-at, chance=chance)
        for at, (fact, chance) in enumerate(zip(facts, chances, strict=False))
    ]


@pytest.mark.parametrize(
    ("chances", "shown"),
    [
        ([SURE, 0.5, 0.4], 1),  # the first is sure
        ([SURE + AS_SURE, SURE, SURE - 0.01], 2),  # and the second as well
        ([SURE + 2 * AS_SURE, SURE, 0.5], 1),
        ([0.5, 0.4, 0.3], 3),
        ([0.5, 0.5 * AS_LIKELY, 0.5 * AS_LIKELY / 2], 2),  # others down to a share of the best
        ([0.3, 0.55, 0.3], 3),  # the best by chance need not come first
        ([0.5] * 6, MOST_FACTS),
        ([0.2], 1),
    ],
)
def test_as_many_facts_are_picked_as_may_be_the_answer(workshop: Assistant, chances: list[float], shown: int) -> None:
    found = scored(workshop, *chances)

    assert pick(found) == found[:shown]


def test_no_two_facts_that_say_the_same_are_picked(workshop: Assistant) -> None:
    found = scored(workshop, 0.5, 0.5, 0.5, value="It hangs in the kitchen.")

    assert pick(found) == found[:1]


@pytest.mark.parametrize(("lead", "shown"), [(AHEAD, 1), (AHEAD / 2, 2)])
def test_a_cell_that_holds_all_must_be_ahead_to_stand_alone(workshop: Assistant, lead: float, shown: int) -> None:
    first, second = [fact for fact in workshop.snapshot.facts() if fact.kind is FactKind.CELL][:2]
    found = [
        Scored(first, 0.0, 1.0, 1.0, frozenset(), None, relevance=1.0, chance=0.5),
        Scored(second, 0.0, 1.0, 1.0, frozenset(), None, relevance=1.0 - lead, chance=0.5),
    ]

    assert pick(found) == found[:shown]


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("How heavy is the Galloper?", ["2.4"]),
        ("How heavy is the Galloper XL?", []),  # another version
        ("How heavy is the Nordwind?", []),  # an unknown name
        ("Does the galloper hum?", []),  # nothing is likely enough
    ],
)
def test_the_facts_that_may_answer(workshop: Assistant, question: str, values: list[str]) -> None:
    found = likely(judged(workshop, question))

    assert [scored.fact.value for scored in found][:1] == values
    assert [scored.chance for scored in found if scored.chance < ENOUGH_CHANCE * WITH_ANOTHER] == []


@pytest.mark.parametrize(
    ("question", "value", "place"),
    [
        ("Where does the spare key of the Galloper hang?", "Its spare key hangs in the kitchen.", ("vans.md", 31)),
        ("What did the dealer ask for the work on the Galloper?", "340 EUR", ("vans.md", 31)),
        ("霜叶二号的外壳是什么做的", "外壳用胡桃木做成。", ("grinders.md", 25)),
        ("霜叶二号第一批有什么毛病", "第一批有漏粉的毛病。", ("grinders.md", 25)),
    ],
)
def test_what_a_paragraph_opens_with_its_later_sentences_are_about(
    workshop: Assistant, question: str, value: str, place: tuple[str, int]
) -> None:
    answer = workshop.ask(question)

    assert value in answer.text.splitlines()[0]
    assert cited(answer)[0] == place


def test_the_line_of_a_timeline_answers_when_something_happened(tmp_path: Path) -> None:
    note = """# Boat log

The old engine was a diesel of 1998, about 400 hours on the clock.

## Timeline

- 2023-04-02 – hull painted
- 2023-05-17 – engine lifted out
- 2023-06-30 – first sail
"""
    with opened(tmp_path, boat=note) as assistant:
        answer = assistant.ask("when did they lift out the old engine")

    assert "2023-05-17" in answer.text
