"""List answers of the learned reader: whole lists, each thing cited where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag import Assistant
from rag.answer.choice import Readings
from rag.answer.listed import listed
from rag.types import Kind
from tests.rag.survey import by_status, cited, opened
from tests.rag.workshop import judged

BENCH, ATTIC, TEAPOTS = "workbench.md", "attic.md", "teapots.md"


@pytest.mark.parametrize(
    ("question", "groups"),
    [
        ("Which presses are guarded?", {"yes": {"Hollin 2", "Hollin 5"}, "no": {"Quern", "Tapper"}}),
        ("Which presses are not guarded?", {"yes": {"Quern", "Tapper"}}),
        ("带滤网的茶壶有哪些", {"yes": {"栖云壶", "半山壶"}, "no": {"听松壶", "小满壶"}}),
        ("Which presses are grey?", {"yes": {"Hollin 5", "Quern"}}),
        ("宜城产的茶壶有哪些", {"yes": {"听松壶", "栖云壶"}}),
        ("Which presses weigh less than 60 kg?", {"yes": {"Hollin 2"}}),
        ("Which presses weigh at most 60 kg?", {"yes": {"Hollin 2", "Quern"}}),
        ("容量至少 300 毫升的茶壶有哪些", {"yes": {"栖云壶", "半山壶"}}),
        ("Which presses have no weight?", {"yes": {"Tapper"}}),
        ("哪些茶壶没写容量", {"unknown": {"小满壶"}}),
        ("Which anvils are there?", {"yes": {"Stithy", "Bickern"}}),
        ("Which benches do we have?", {"yes": {"Oak bench", "Beech bench"}}),
        ("Which things are made by Brandt?", {"yes": {"Garret", "Hollin 2", "Hollin 5"}}),
        ("What formats are sold?", {"yes": {"tin", "drum", "tube"}}),
        ("茶叶的存法有哪些", {"yes": {"陶罐", "锡罐", "纸袋"}}),
    ],
)
def test_a_list_holds_what_is_asked_for_and_nothing_else(
    workbench: Assistant, question: str, groups: dict[str, set[str]]
) -> None:
    answer = workbench.ask(question)

    assert answer.kind is Kind.LIST
    assert by_status(answer) == groups
    assert all(item.citations for item in answer.items)


def test_what_picks_a_thing_out_stands_beside_it(workbench: Assistant) -> None:
    answer = workbench.ask("Which presses weigh at most 60 kg?")

    assert answer.text.splitlines() == ["- Hollin 2: Weight (kg): 40 [1]", "- Quern: Weight (kg): 60 [2]"]
    assert cited(answer) == [(BENCH, 9), (BENCH, 11)]


def test_those_with_the_opposite_mark_stand_in_a_group_of_their_own(workbench: Assistant) -> None:
    answer = workbench.ask("带滤网的茶壶有哪些")

    assert answer.text.splitlines() == [
        "是（2）：",
        "- 栖云壶：带滤网: ✅ [1]",
        "- 半山壶：带滤网: ✅ [2]",
        "否（2）：",
        "- 听松壶：带滤网: ❌ [3]",
        "- 小满壶：带滤网: ❌ [4]",
    ]
    assert cited(answer) == [(TEAPOTS, 8), (TEAPOTS, 9), (TEAPOTS, 7), (TEAPOTS, 10)]


def test_a_list_over_two_notes_cites_both(workbench: Assistant) -> None:
    answer = workbench.ask("Which things are made by Brandt?")

    assert {source for source, _ in cited(answer)} == {BENCH, ATTIC}


def test_the_parts_of_one_line_cite_it_together(workbench: Assistant) -> None:
    answer = workbench.ask("What formats are sold?")

    assert answer.text.splitlines() == ["- tin [1]", "- drum [1]", "- tube [1]"]
    assert cited(answer) == [(BENCH, 31)]


def test_a_value_of_one_thing_that_lists_what_is_asked_is_taken_apart(survey: Assistant) -> None:
    answer = survey.ask("安泰宁的不良反应有哪些")

    assert answer.text.splitlines() == ["- 胃部不适 [1]", "- 头晕 [1]"]
    assert cited(answer) == [("notes/medicines.md", 10)]


@pytest.mark.parametrize(
    "question", ["How heavy is the Quern?", "Who makes the Tapper?", "栖云壶的容量是多少", "半山壶是哪里产的"]
)
def test_a_plain_lookup_is_left_to_others(workbench: Assistant, question: str) -> None:
    context = judged(workbench, question)

    assert listed(context, Readings(context)) is None
    assert workbench.ask(question).kind is Kind.LOOKUP


def test_a_list_longer_than_the_reader_makes_is_not_given_up_for_a_shorter_one(tmp_path: Path) -> None:
    # given more things over a limit than the reader chooses among
    rows = "".join(f"| Winch {n:03d} | {900 + n} kW | grey |\n" for n in range(75))
    note = f"# Winches\n\n| Winch | Rated power | Colour |\n| --- | --- | --- |\n{rows}| Winch 900 | 20 kW | 890 |\n"
    with opened(tmp_path, winches=note) as assistant:
        # when all of them are asked for
        answer = assistant.ask("Which winches that we hoisted barges with have a rated power above 890 kW?")
    # then the first of all stand there and how many there are beside
    assert {item.entity for item in answer.items} == {f"Winch {n:03d}" for n in range(60)}
    assert answer.text.splitlines()[-1] == "15 more."
