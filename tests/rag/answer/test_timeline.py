"""What came first, last, before, after, between, and how long lay between."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import Assistant
from rag.types import Kind
from tests.rag.survey import cited, opened

CAMERAS = """# Cameras

| Model | Released |
| --- | --- |
| Heron X1 | 2019-05-02 |
| Osprey Z | 2020-02-14 |
| Swift 3 | 2018-03-20 |
| Heron X2 | 2021-08-30 |
| Kestrel Mini | 2022-11 |

## Others

| Model | Maker | Sensor |
| --- | --- | --- |
| Gannet | Lakeside Optics | 6 MP |
| Merlin | Brook & Sons | 50 MP |

## 时间线

- 2016-07-01：Gannet 发布
- 2023-01-09：Merlin 发布
"""


@pytest.fixture(scope="module")
def cameras(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("cameras"), cameras=CAMERAS) as assistant:
        yield assistant


@pytest.mark.parametrize(
    ("question", "items"),
    [
        ("Which camera was released first?", [("Gannet", "2016-07-01")]),
        ("哪款相机最早发布", [("Gannet", "2016-07-01")]),
        ("最晚发布的相机是哪款", [("Merlin", "2023-01-09")]),
        ("Which camera came right after the Heron X1?", [("Osprey Z", "2020-02-14")]),
        ("Which camera came right before the Heron X1?", [("Swift 3", "2018-03-20")]),
        ("Heron X1 之前发布的相机有哪些", [("Gannet", "2016-07-01"), ("Swift 3", "2018-03-20")]),
        ("2019 年以前发布的相机有哪些", [("Gannet", "2016-07-01"), ("Swift 3", "2018-03-20")]),
        ("Which cameras were released before 2019?", [("Gannet", "2016-07-01"), ("Swift 3", "2018-03-20")]),
        ("Which cameras were released after November 2022?", [("Merlin", "2023-01-09")]),
        (
            "Which cameras were released between 2019 and 2020?",
            [("Heron X1", "2019-05-02"), ("Osprey Z", "2020-02-14")],
        ),
        (
            "In what order were Osprey Z, Gannet and Heron X1 released?",
            [("Gannet", "2016-07-01"), ("Heron X1", "2019-05-02"), ("Osprey Z", "2020-02-14")],
        ),
        ("哪些相机在 Swift 3 之前发布", [("Gannet", "2016-07-01")]),
        ("Which cameras were released in 2021?", [("Heron X2", "2021-08-30")]),
        ("2020 年发布的相机有哪些", [("Osprey Z", "2020-02-14")]),
        (
            "2019 年到 2020 年发布的相机有哪些",
            [("Heron X1", "2019-05-02"), ("Osprey Z", "2020-02-14")],
        ),
        (
            "Which cameras came out between 2019-01 and 2020-12?",
            [("Heron X1", "2019-05-02"), ("Osprey Z", "2020-02-14")],
        ),
        (
            "List the cameras in order of release",
            [
                ("Gannet", "2016-07-01"),
                ("Swift 3", "2018-03-20"),
                ("Heron X1", "2019-05-02"),
                ("Osprey Z", "2020-02-14"),
                ("Heron X2", "2021-08-30"),
                ("Kestrel Mini", "2022-11"),
                ("Merlin", "2023-01-09"),
            ],
        ),
    ],
)
def test_things_stand_in_the_order_of_their_dates(
    cameras: Assistant, question: str, items: list[tuple[str, str]]
) -> None:
    answer = cameras.ask(question)

    assert answer.kind is Kind.TIMELINE
    assert [(item.entity, item.value) for item in answer.items] == items
    assert all(item.citations for item in answer.items)


@pytest.mark.parametrize(
    ("question", "days", "first"),
    [
        ("How many days lie between Heron X1 and Heron X2?", "851", "Heron X1"),
        ("Heron X2 和 Swift 3 的发布隔了几天", "1259", "Swift 3"),
        ("How many days are between Gannet and Swift 3?", "627", "Gannet"),
        ("Swift 3 比 Heron X1 早几天", "408", "Swift 3"),
        ("Swift 3 跟 Heron X1 隔几天", "408", "Swift 3"),
        ("Heron X1 比 Swift 3 晚多少天", "408", "Swift 3"),
        ("how many days after the Swift 3 was the Heron X1 released", "408", "Swift 3"),
    ],
)
def test_the_days_between_two_are_counted(cameras: Assistant, question: str, days: str, first: str) -> None:
    answer = cameras.ask(question)

    assert answer.kind is Kind.TIMELINE
    assert days in answer.text
    assert answer.items[0].entity == first
    assert len(cited(answer)) == 2


@pytest.mark.parametrize(
    ("question", "next_to"),
    [
        ("Swift 3 之后第一个发布的是什么", "Heron X1"),
        ("Heron X1 前一个发布的是谁", "Swift 3"),
        ("what was the first one after the Heron X1", "Osprey Z"),
    ],
)
def test_only_the_neighbour_is_told(cameras: Assistant, question: str, next_to: str) -> None:
    assert [item.entity for item in cameras.ask(question).items] == [next_to]


def test_days_are_not_counted_from_a_date_without_a_day(cameras: Assistant) -> None:
    answer = cameras.ask("How many days lie between Heron X2 and Kestrel Mini?")

    assert "2021-08-30" in answer.text
    assert "2022-11" in answer.text
    assert " days" not in answer.text


def test_which_of_two_came_first_is_said_with_both_dates(cameras: Assistant) -> None:
    answer = cameras.ask("Which came first, Osprey Z or Heron X1?")

    assert "2019-05-02" in answer.text
    assert "2020-02-14" in answer.text
    assert answer.items[0].entity == "Heron X1"


BOATS = """# Boats

| Boat | Launched | Bought | Insured until |
| --- | --- | --- | --- |
| Skua | 2016-04-02 | 2021-06-01 | 2025-03 |
| Petrel | 2019-11-20 | 2022-07-09 | 2025-09 |
| Fulmar | 2017-08-15 | 2021-02-03 | 2026-03 |

## 时间线

- 2020-03-27: Skua loses its mast
- 2021-05-11: Petrel is painted red
- 2022-03-27: Fulmar wins the round of the islands
"""


@pytest.fixture(scope="module")
def boats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("boats"), boats=BOATS) as assistant:
        yield assistant


@pytest.mark.parametrize(
    ("question", "items"),
    [
        ("Which boats were launched between 2016 and 2018?", [("Skua", "2016-04-02"), ("Fulmar", "2017-08-15")]),
        ("2016 到 2018 年之间下水发布的船有哪些", [("Skua", "2016-04-02"), ("Fulmar", "2017-08-15")]),
        ("Which boats did we buy in 2021?", [("Fulmar", "2021-02-03"), ("Skua", "2021-06-01")]),
        ("21年5月发生了什么", [("Petrel", "2021-05-11")]),
        ("3月27号同一天发生的有哪些事", [("Skua", "2020-03-27"), ("Fulmar", "2022-03-27")]),
        ("3月发生的事有哪些", [("Skua", "2020-03-27"), ("Fulmar", "2022-03-27")]),
        ("what happened in march", [("Skua", "2020-03-27"), ("Fulmar", "2022-03-27")]),
    ],
)
def test_only_the_dates_that_are_asked_for_are_listed(
    boats: Assistant, question: str, items: list[tuple[str, str]]
) -> None:
    answer = boats.ask(question)

    assert answer.kind is Kind.TIMELINE
    assert [(item.entity, item.value) for item in answer.items] == items


@pytest.mark.parametrize(("question", "told"), [("2021年都出了什么事", 2), ("2021年都出了什么", 1)])
def test_what_happened_is_more_than_what_came_out(tmp_path: Path, question: str, told: int) -> None:
    text = "# Diary\n\n1998-02  Skua\n2021-03  Petrel, Fulmar and Gannet handed to the museum\n2021-09  Osprey 2.0\n"
    with opened(tmp_path, diary=text) as assistant:
        answer = assistant.ask(question)

    assert [item.value for item in answer.items] == ["2021-03", "2021-09"][-told:]


def test_each_thing_is_given_the_date_that_is_asked_for(boats: Assistant) -> None:
    answer = boats.ask("When did the Skua lose its mast and the Fulmar win the round of the islands, which came first?")

    assert "2020-03-27" in answer.text
    assert "2022-03-27" in answer.text


def test_a_timeline_keeps_to_the_note_that_the_question_names(tmp_path: Path) -> None:
    north = "# North shed\n\n- 2021-03-04: Vavra moved in\n- 2021-08-19: Sley got a new reed\n"
    south = "# South shed\n\n- 2021-05-06: Pinto burnt down\n"
    with opened(tmp_path, north=north, south=south) as assistant:
        answer = assistant.ask("in the south shed note, everything that happened in 2021")

    assert "Pinto burnt down" in answer.text
    assert "Sley" not in answer.text


LAMPS = """# Lamps

| Lamp | First release | Tested |
| --- | --- | --- |
| Aster | 2012-04-01 | 2024-09-09 |
| Borage | 2018-06-02 | 2023-01-05 |
| Clover | 2016-02-03 | 2023-07-06 |
"""


@pytest.mark.parametrize(
    ("question", "name", "date", "others"),
    [
        ("Which one has the earliest First release?", "Aster", "2012-04-01", ["Borage", "Clover"]),
        ("What came last by First release?", "Borage", "2018-06-02", ["Aster", "Clover"]),
        ("按 Tested 算，谁最晚", "Aster", "2024-09-09", ["Borage", "Clover"]),
        ("Tested 最早的是哪个", "Borage", "2023-01-05", ["Aster", "Clover"]),
    ],
)
def test_first_and_last_are_by_the_header_that_is_named(
    tmp_path: Path, question: str, name: str, date: str, others: list[str]
) -> None:
    with opened(tmp_path, lamps=LAMPS) as assistant:
        answer = assistant.ask(question)

    assert answer.kind is Kind.TIMELINE
    assert name in answer.text
    assert date in answer.text
    assert [other for other in others if other in answer.text] == []


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Which lamps were first released on 2016-02-03 or after?", {"Borage", "Clover"}),
        ("Which lamps were first released after 2016-02-03?", {"Borage"}),
        ("2016年2月3日起首次发布的有哪些", {"Borage", "Clover"}),
    ],
)
def test_a_limit_belongs_to_the_range_where_that_is_said(tmp_path: Path, question: str, names: set[str]) -> None:
    with opened(tmp_path, lamps=LAMPS) as assistant:
        answer = assistant.ask(question)

    assert {item.entity for item in answer.items} == names


@pytest.mark.parametrize(
    "question",
    [
        "Which camera was released first?",
        "最晚发布的相机是哪款",
        "Which camera came right after the Heron X1?",
        "Heron X1 之前发布的相机有哪些",
        "Which cameras were released before 2019?",
        "2019 年发布的相机有哪些",
        "Which cameras were released between 2019 and 2020?",
        "Which came first, the Osprey Z or the Swift 3?",
        "Which cameras came out in August?",
        "List the cameras of the cameras note in order of release",
    ],
)
def test_dates_looked_up_give_what_dates_gone_through_give(
    cameras: Assistant, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    held = cameras.ask(question)
    monkeypatch.setattr("rag.index.seen_names.MOST_HELD", 0)
    with Assistant.open(cameras.snapshot.index) as large:
        looked_up = large.ask(question)

    assert large.snapshot.name_table is not None
    assert looked_up.text == held.text
    assert looked_up.citations == held.citations


LIFTS = """# Lifts and cranes

| Lift | Opened |
| --- | --- |
| Vinter | 1988-02 |
| Torne | 1994-05 |
| Abisko | 2003-11 |

## Milestones

- 1971: Halden works founded in a barn
- 1985: Halden H2, first time a lift was driven by a linear motor
- 1990-06: cabins with heated floors come to the Torne valley
- 1999：卡尔索缆车，首次装上太阳能顶棚
- 2004-03: Abisko closes for the winter
"""


@pytest.fixture(scope="module")
def lifts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("lifts"), lifts=LIFTS) as assistant:
        yield assistant


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("when did a linear motor first drive a lift & which one", ["1985", "H2"]),
        ("when did a cable car first get solar panels", ["1999", "卡尔索"]),
        ("最早用太阳能顶棚是哪年", ["1999", "卡尔索"]),
        ("when did heated floors first come", ["1990-06"]),
    ],
)
def test_the_first_time_is_that_of_the_line_which_words_it(lifts: Assistant, question: str, told: list[str]) -> None:
    answer = lifts.ask(question).text.splitlines()[0]

    assert [word for word in told if word not in answer] == []


@pytest.mark.parametrize(
    "question", ["when did underwater tunnels first open with radar & which one", "最早卖机器人玩具是什么时候"]
)
def test_no_first_is_told_of_what_no_line_words(lifts: Assistant, question: str) -> None:
    assert lifts.ask(question).kind is not Kind.TIMELINE


def test_a_year_before_a_colon_is_a_date(lifts: Assistant) -> None:
    told = lifts.ask("what happened in 1985").text

    assert "H2" in told


LANTERNS = """# 灯笼工坊

| 工坊 | 成立 | 员工 | 拿奖年份 |
| --- | --- | --- | --- |
| 赤溪 | 1998 | 12 | 2016 |
| 云岭 | 2012年 | 1999 | |
| Marlow | 2009 | 40 | 2021 |
| 山前 | 2021（重开） | 7 | 2016 |
"""


@pytest.fixture(scope="module")
def lanterns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("lanterns"), lanterns=LANTERNS) as assistant:
        yield assistant


@pytest.mark.parametrize(
    ("question", "gold"),
    [
        ("2010年以前成立的工坊有哪些", ["Marlow", "赤溪"]),
        ("which workshops were founded after 2010", ["云岭", "山前"]),
        ("workshops founded before 2010?", ["Marlow", "赤溪"]),
        ("2012 年成立的有几个", ["云岭"]),
    ],
)
def test_bare_years_under_headers_of_dates_are_dates(lanterns: Assistant, question: str, gold: list[str]) -> None:
    answer = lanterns.ask(question)

    assert sorted(item.entity for item in answer.items) == gold, answer.text


def test_all_that_came_in_a_month_is_listed_from_tables_and_dated_lines(cameras: Assistant) -> None:
    for question in (
        "list all models or brands with a launch date in 2019-05",
        "各篇笔记里标了2019年5月推出的型号列一下",
    ):
        assert [item.entity for item in cameras.ask(question).items] == ["Heron X1"]
