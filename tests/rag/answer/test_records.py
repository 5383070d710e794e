"""Lists by conditions on records: ticks, values, numbers within limits, several at once, denied, counted."""

from __future__ import annotations

import pytest

from rag import Assistant
from rag.answer.records import records, select
from rag.types import Kind
from tests.rag.survey import by_status, cited
from tests.rag.workshop import judged

VANS, GRINDERS, CREW = "vans.md", "grinders.md", "crew.md"


@pytest.mark.parametrize(
    ("question", "groups"),
    [
        (
            "Which vans have a tow bar?",
            {"yes": {"Mossback 3", "Mossback 4"}, "no": {"Galloper", "Puffin Bus"}},
        ),
        (
            "Which vans have a parking heater?",
            {"yes": {"Mossback 4", "Galloper", "Lowland"}, "no": {"Mossback 3", "Puffin Bus"}},
        ),
        ("哪些磨豆机可拆洗", {"yes": {"霜叶一号", "霜叶二号", "山猫"}, "no": {"小磨坊", "竹节"}}),
        ("哪些带收纳袋", {"yes": {"霜叶二号", "小磨坊"}, "no": {"霜叶一号", "竹节"}}),
    ],
)
def test_ticks_make_a_group_of_yes_and_one_of_no(
    workshop: Assistant, question: str, groups: dict[str, set[str]]
) -> None:
    answer = workshop.ask(question)

    assert answer.kind is Kind.LIST
    assert by_status(answer) == groups


def test_the_noes_stand_behind_the_yeses_each_cited_where_its_row_is(workshop: Assistant) -> None:
    answer = workshop.ask("Which vans have a tow bar?")

    assert answer.text.splitlines() == [
        "Yes (2):",
        "- Mossback 3: Tow bar: ✅ [1]",
        "- Mossback 4: Tow bar: ✅ [2]",
        "No (2):",
        "- Galloper: Tow bar: ❌ [3]",
        "- Puffin Bus: Tow bar: ❌ [4]",
    ]
    assert cited(answer) == [(VANS, 9), (VANS, 10), (VANS, 11), (VANS, 12)]


@pytest.mark.parametrize(
    ("question", "things"),
    [
        ("which vans are made by Hjelm", {"Galloper", "Puffin Bus"}),
        ("Which vans run on petrol?", {"Galloper", "Lowland"}),
        ("Which vans stand in Umeå?", {"Mossback 3", "Galloper"}),
        ("哪些是云岭做的", {"霜叶一号", "霜叶二号"}),
        ("哪些是陶瓷的", {"霜叶一号", "小磨坊"}),
    ],
)
def test_a_value_picks_out_all_that_have_it(workshop: Assistant, question: str, things: set[str]) -> None:
    answer = workshop.ask(question)

    assert answer.kind is Kind.LIST
    assert by_status(answer) == {"yes": things}


@pytest.mark.parametrize(
    ("question", "things"),
    [
        # the unit and its multiplier stand in the header, and in the question in another form
        ("which vans are under 150k EUR", {"Mossback 3", "Mossback 4", "Lowland"}),
        ("Which vans cost more than 100,000 EUR?", {"Mossback 4", "Galloper", "Puffin Bus"}),
        ("Which vans are heavier than 2.5 tonnes?", {"Mossback 4", "Puffin Bus"}),
        ("Which vans weigh more than 2500 kg?", {"Mossback 4", "Puffin Bus"}),
        ("500 克以下的有哪些", {"霜叶一号", "小磨坊", "竹节"}),
        ("哪些磨豆机重量低于 0.5 kg", {"霜叶一号", "小磨坊", "竹节"}),
        ("哪些不到 500 元", {"霜叶一号", "霜叶二号", "小磨坊"}),
    ],
)
def test_a_limit_picks_out_the_numbers_within_it(workshop: Assistant, question: str, things: set[str]) -> None:
    answer = workshop.ask(question)

    assert answer.kind is Kind.LIST
    assert by_status(answer) == {"yes": things}


@pytest.mark.parametrize(
    ("question", "groups"),
    [
        ("Which vans have a tow bar and a parking heater?", {"yes": {"Mossback 4"}, "no": {"Puffin Bus"}}),
        ("Which Hjelm vans are heavier than 2.3 tonnes?", {"yes": {"Galloper", "Puffin Bus"}}),
        (
            "Which vans cost less than 100k EUR and have a tow bar?",
            {"yes": {"Mossback 3"}},
        ),
        ("哪些可拆洗的磨豆机低于 600 元", {"yes": {"霜叶一号", "霜叶二号"}, "no": {"小磨坊"}}),
        ("哪些陶瓷刀盘的磨豆机可拆洗", {"yes": {"霜叶一号"}}),
    ],
)
def test_two_conditions_of_one_table_are_both_met(
    workshop: Assistant, question: str, groups: dict[str, set[str]]
) -> None:
    assert by_status(workshop.ask(question)) == groups


@pytest.mark.parametrize(
    ("question", "things", "places"),
    [
        (
            "Which vans in Turku are heavier than 2.5 tonnes?",
            {"Mossback 4", "Puffin Bus"},
            {(VANS, 10), (VANS, 20), (VANS, 12), (VANS, 22)},
        ),
        ("哪些适合意式的是渡口做的", {"山猫"}, {(GRINDERS, 20), (GRINDERS, 10)}),
    ],
)
def test_conditions_of_two_tables_are_met_by_one_thing_and_both_cited(
    workshop: Assistant, question: str, things: set[str], places: set[tuple[str, int]]
) -> None:
    answer = workshop.ask(question)

    assert by_status(answer) == {"yes": things}
    assert set(cited(answer)) == places


@pytest.mark.parametrize(
    ("question", "without", "things"),
    [
        ("Which vans run only on petrol?", "Which vans run on petrol?", {"Lowland"}),
        ("Which vans are only electric?", "Which vans are electric?", {"Mossback 4"}),
        ("which vans does only Ragna drive", "which vans does Ragna drive", {"Mossback 4"}),
    ],
)
def test_only_leaves_out_what_has_other_values_too(
    workshop: Assistant, question: str, without: str, things: set[str]
) -> None:
    assert by_status(workshop.ask(question)) == {"yes": things}
    assert by_status(workshop.ask(without))["yes"] > things


@pytest.mark.parametrize(
    ("question", "things"),
    [
        ("Which vans have no parking heater?", {"Mossback 3", "Puffin Bus"}),
        ("Which vans don't have a tow bar?", {"Galloper", "Puffin Bus"}),
        ("Which vans are without a tow bar?", {"Galloper", "Puffin Bus"}),
        ("Which vans lack a tow bar?", {"Galloper", "Puffin Bus"}),
        ("哪些没有收纳袋", {"霜叶一号", "竹节"}),
        ("哪些不能拆洗", {"小磨坊", "竹节"}),
    ],
)
def test_a_denied_tick_picks_out_the_crosses_alone(workshop: Assistant, question: str, things: set[str]) -> None:
    assert by_status(workshop.ask(question)) == {"yes": things}


@pytest.mark.parametrize(
    ("question", "things", "lines"),
    [
        ("Who rides a Mossback 4?", ["Silas Brandt", "Ines Duarte"], [6, 7]),
        ("Who rides the Lowland?", ["Ines Duarte"], [7]),
    ],
)
def test_a_name_may_be_the_value_that_is_asked_for(
    workshop: Assistant, question: str, things: list[str], lines: list[int]
) -> None:
    answer = workshop.ask(question)

    assert answer.kind is Kind.LIST
    assert [item.entity for item in answer.items] == things
    assert cited(answer) == [(CREW, line) for line in lines]


@pytest.mark.parametrize(
    ("question", "first", "things"),
    [
        ("How many vans run on diesel?", "2 in all.", {"Mossback 3", "Puffin Bus"}),
        ("How many vans are over 100k EUR?", "3 in all.", {"Mossback 4", "Galloper", "Puffin Bus"}),
        ("How many vans have a tow bar?", "2 in all.", {"Mossback 3", "Mossback 4"}),
        ("有几款磨豆机可拆洗", "共 3 个。", {"霜叶一号", "霜叶二号", "山猫"}),
        ("有几款适合意式", "共 2 个。", {"霜叶二号", "山猫"}),
    ],
)
def test_a_count_is_of_those_that_meet_the_conditions(
    workshop: Assistant, question: str, first: str, things: set[str]
) -> None:
    answer = workshop.ask(question)

    assert answer.text.splitlines()[0] == first
    assert by_status(answer)["yes"] == things


def test_the_conditions_of_the_whole_list_are_told_with_their_share_of_the_question(workshop: Assistant) -> None:
    selection = select(judged(workshop, "Which Hjelm vans are heavier than 2.3 tonnes?"))

    assert selection is not None
    assert [record.name for record in selection.records] == ["Galloper", "Puffin Bus"]
    assert selection.denied == ()
    assert selection.share == pytest.approx(1.0)


def test_a_question_that_no_row_meets_selects_nothing(workshop: Assistant) -> None:
    assert select(judged(workshop, "Which vans are heavier than 9 tonnes?")) is None


def test_marks_alone_are_for_questions_of_what_is_not_so(workshop: Assistant) -> None:
    assert records(judged(workshop, "Which vans have a tow bar?"), by_marks=True) is None
    assert records(judged(workshop, "Which vans are without a tow bar?"), by_marks=True) is not None
    assert records(judged(workshop, "Which vans are not made by Hjelm?"), by_marks=True) is None


@pytest.mark.parametrize(
    "question",
    [
        "which vans are under 150k EUR",
        "哪些磨豆机重量低于 0.5 kg",
        "Which vans cost less than 100k EUR and have a tow bar?",
        "哪些可拆洗的磨豆机低于 600 元",
        "Which vans weigh at least 2.5 tonnes?",
    ],
)
def test_numbers_within_a_limit_are_found_under_their_headers_as_among_all_facts(
    workshop: Assistant, monkeypatch: pytest.MonkeyPatch, question: str
) -> None:
    held = workshop.ask(question)
    monkeypatch.setattr("rag.index.seen_names.MOST_HELD", 0)
    with Assistant.open(workshop.snapshot.index) as large:
        looked_up = large.ask(question)

    assert large.snapshot.name_table is not None
    assert by_status(looked_up) == by_status(held)
    assert looked_up.text == held.text
