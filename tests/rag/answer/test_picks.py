"""Ways to pick things out of a sheet: by a mark, a blank, a value, a number within a limit, a date, several at once."""

from __future__ import annotations

import pytest

from rag import Assistant
from rag.answer.choice import weigh
from rag.answer.matches import Op, includes_limit, slots
from rag.answer.sheets import Sort
from tests.rag.survey import understood
from tests.rag.workbench import read
from tests.rag.workshop import judged


@pytest.mark.parametrize(
    ("question", "op", "header", "things"),
    [
        ("Which presses are guarded?", Op.YES, "Guarded", ["Hollin 2", "Hollin 5"]),
        ("Which presses are not guarded?", Op.NO, "Guarded", ["Quern", "Tapper"]),
        ("带滤网的茶壶有哪些", Op.YES, "带滤网", ["栖云壶", "半山壶"]),
        ("哪些茶壶不带滤网", Op.NO, "带滤网", ["听松壶", "小满壶"]),
        ("Which presses have a weight?", Op.FILLED, "Weight (kg)", ["Hollin 2", "Hollin 5", "Quern"]),
    ],
)
def test_a_column_of_marks_picks_by_tick_and_by_cross(
    workbench: Assistant, question: str, op: Op, header: str, things: list[str]
) -> None:
    assert read(workbench, question, Sort.TABLE, (op, header)) == [things]


def test_things_with_the_opposite_mark_stand_beside(workbench: Assistant) -> None:
    weighed = weigh(judged(workbench, "Which presses are guarded?"))

    (candidate,) = [
        c for c in weighed.candidates
        if c.sheet.sort is Sort.TABLE and [(p.op, p.attribute) for p in c.picks] == [(Op.YES, "Guarded")]
    ]  # fmt: skip
    assert [candidate.sheet.names[key] for key in candidate.picks[0].opposite] == ["Quern", "Tapper"]


@pytest.mark.parametrize(
    ("question", "header", "things"),
    [
        ("Which presses have no weight?", "Weight (kg)", ["Tapper"]),
        ("For which presses is it unknown when they were serviced?", "Serviced", ["Tapper"]),
        ("哪些茶壶没写容量", "容量（毫升）", ["小满壶"]),
        ("哪些茶壶没写入手日期", "入手日期", ["半山壶"]),
    ],
)
def test_an_empty_cell_and_one_that_says_unknown_are_blank(
    workbench: Assistant, question: str, header: str, things: list[str]
) -> None:
    assert read(workbench, question, Sort.TABLE, (Op.BLANK, header)) == [things]


@pytest.mark.parametrize(
    ("question", "op", "header", "things"),
    [
        ("Which presses are grey?", Op.VALUE, "Finish", ["Hollin 5", "Quern"]),
        ("Which presses are not grey?", Op.NOT_VALUE, "Finish", ["Hollin 2"]),
        ("宜城产的茶壶有哪些", Op.VALUE, "产地", ["听松壶", "栖云壶"]),
        ("哪些茶壶没有宜城产的", Op.NOT_VALUE, "产地", ["半山壶", "小满壶"]),
    ],
)
def test_a_value_picks_what_has_it_and_denied_the_filled_rest(
    workbench: Assistant, question: str, op: Op, header: str, things: list[str]
) -> None:
    assert read(workbench, question, Sort.TABLE, (op, header)) == [things]


@pytest.mark.parametrize(
    ("question", "op", "header", "things"),
    [
        ("Which presses weigh less than 60 kg?", Op.BELOW, "Weight (kg)", ["Hollin 2"]),
        ("Which presses weigh at most 60 kg?", Op.BELOW, "Weight (kg)", ["Hollin 2", "Quern"]),
        ("Which presses weigh more than 60 kg?", Op.ABOVE, "Weight (kg)", ["Hollin 5"]),
        ("Which presses weigh at least 60 kg?", Op.ABOVE, "Weight (kg)", ["Hollin 5", "Quern"]),
        ("Which presses weigh 60 kg?", Op.EQUAL, "Weight (kg)", ["Quern"]),
        ("容量小于 300 毫升的茶壶有哪些", Op.BELOW, "容量（毫升）", ["听松壶"]),
        ("容量不超过 300 毫升的茶壶有哪些", Op.BELOW, "容量（毫升）", ["听松壶", "栖云壶"]),
        ("容量大于 300 毫升的茶壶有哪些", Op.ABOVE, "容量（毫升）", ["半山壶"]),
        ("容量至少 300 毫升的茶壶有哪些", Op.ABOVE, "容量（毫升）", ["栖云壶", "半山壶"]),
    ],
)
def test_a_limit_holds_the_number_itself_only_where_the_question_says_so(
    workbench: Assistant, question: str, op: Op, header: str, things: list[str]
) -> None:
    assert read(workbench, question, Sort.TABLE, (op, header)) == [things]


@pytest.mark.parametrize(
    ("text", "included"),
    [
        ("at least 60 kg", True),
        ("more than 60 kg", False),
        ("不超过 300 毫升", True),
        ("小于 300 毫升", False),
    ],
)  # fmt: skip
def test_words_that_include_the_limit(text: str, included: bool) -> None:
    assert includes_limit(text) is included


@pytest.mark.parametrize(
    ("question", "header", "things"),
    [
        ("Which presses were serviced in 2022?", "Serviced", ["Hollin 5", "Quern"]),
        ("Which presses were serviced between 2021 and 2022?", "Serviced", ["Hollin 2", "Hollin 5", "Quern"]),
        ("Which presses were serviced before 2022?", "Serviced", ["Hollin 2"]),
        ("2021 年入手的茶壶有哪些", "入手日期", ["栖云壶"]),
        ("2020 到 2021 年入手的茶壶有哪些", "入手日期", ["听松壶", "栖云壶"]),
    ],
)
def test_dates_within_what_is_asked(workbench: Assistant, question: str, header: str, things: list[str]) -> None:
    assert read(workbench, question, Sort.TABLE, (Op.DATE, header)) == [things]


@pytest.mark.parametrize(
    ("question", "chosen", "things"),
    [
        (
            "Which guarded presses have a foot pedal?",
            ((Op.YES, "Foot pedal"), (Op.YES, "Guarded")),
            ["Hollin 5"],
        ),
        ("可明火又带滤网的茶壶有哪些", ((Op.YES, "可明火"), (Op.YES, "带滤网")), ["半山壶"]),
        (
            "Which guarded presses weigh less than 60 kg?",
            ((Op.YES, "Guarded"), (Op.BELOW, "Weight (kg)")),
            ["Hollin 2"],
        ),
    ],
)
def test_two_picks_leave_what_both_pick(
    workbench: Assistant, question: str, chosen: tuple[tuple[Op, str], ...], things: list[str]
) -> None:
    assert read(workbench, question, Sort.TABLE, *chosen) == [things]


def test_no_value_is_denied_where_the_question_denies_nothing(workbench: Assistant) -> None:
    weighed = weigh(judged(workbench, "Which presses are grey?"))

    assert not [c for c in weighed.candidates if any(pick.op is Op.NOT_VALUE for pick in c.picks)]


@pytest.mark.parametrize(
    ("question", "more"),
    [("Which presses does Brandt make?", 0), ("Which presses were serviced in 2022?", 1), ("2022 年的 Hollin 5", 2)],
)
def test_names_are_slots_each_and_dates_one(workbench: Assistant, question: str, more: int) -> None:
    asked = understood(workbench, question)

    assert slots(asked) == len(asked.units) + more
