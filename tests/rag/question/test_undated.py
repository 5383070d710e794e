"""Days and months of questions without their year."""

from __future__ import annotations

import pytest

from rag.question.undated import dated

SPOKEN_OF = ("3.5", "2023-4", "2023-3", "2022-12", "2021-4")


@pytest.mark.parametrize(
    ("question", "written"),
    [
        # the latest year of which the corpus speaks of that month
        ("4 月 15 号以后推出的", "2023年4月15日以后推出的"),
        ("12月份以前有什么", "2022年12月以前有什么"),
        ("3 月 17 号到 24 号之间", "2023年3月17日到24日之间"),
        ("3月30日到4月2日之间", "2023年3月30日到4月2日之间"),
        ("after april 9", "after april 9, 2023"),
        ("since 15th of april", "since 15th of april, 2023"),
        # a year of two digits
        ("23 年新出的车", "2023年新出的车"),
        ("23年4月", "2023年4月"),
        ("after apr 3, '23", "after apr 3, 2023"),
        ("launched after 20 apr 23, both", "launched after 20 apr 2023, both"),
        # a range whose first day only the second says to be one; a day with a point; a day in brackets
        ("3月25到27号都有谁", "2023年3月25日到27日都有谁"),
        ("4.15起发布的", "2023年4月15日起发布的"),
        ("4月中旬往后(4.15起)发布的", "2023年4月15日起发布的"),
        # what has its year, or is no date
        ("2021年4月9日", "2021年4月9日"),
        ("march 3, 2020", "march 3, 2020"),
        ("10 年质保的", "10 年质保的"),
        ("用了3个月", "用了3个月"),
        ("gpt 3.5 之后的", "gpt 3.5 之后的"),
        ("3.5之后的版本", "3.5之后的版本"),
        # on that day of any year
        ("3月27号发生的", "3月27号发生的"),
        ("on april 9", "on april 9"),
        ("before may 9", "before may 9"),  # no May in the corpus
    ],
)
def test_dates_are_written_out(question: str, written: str) -> None:
    assert dated(question, lambda token: token in SPOKEN_OF) == written
