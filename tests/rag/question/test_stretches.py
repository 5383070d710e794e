"""Parts of months and years as the days that they last."""

from __future__ import annotations

import pytest

from rag.question.stretches import stretched

SPOKEN_OF = ("2023-3", "2022-12", "2021-2")


@pytest.mark.parametrize(
    ("question", "written"),
    [
        ("三月下旬出的", "2023年3月21日到3月31日出的"),
        ("2021年2月底的", "2021年2月21日到2月28日的"),
        ("十二月初", "2022年12月1日到12月10日"),
        ("三月中旬(13号到16号)新出的", "2023年3月13日到3月16日新出的"),
        ("2023年上半年", "2023年1月1日到6月30日"),
        ("2023年第三季度", "2023年7月1日到9月30日"),
        ("last week of march 2023", "2023-03-25 to 2023-03-31"),
        ("early march", "2023-03-01 to 2023-03-10"),
        ("mid-march 2023 (13th to 16th)", "2023-03-13 to 2023-03-16"),
        ("24th-31st of march", "2023-03-24 to 2023-03-31"),
        ("march 24-31, 2023", "2023-03-24 to 2023-03-31"),
        ("q2 2023", "2023-04-01 to 2023-06-30"),
        ("2023 q2", "2023-04-01 to 2023-06-30"),
        ("second half of 2022", "2022-07-01 to 2022-12-31"),
        # what something comes before or after, and what has no year
        ("三月下旬以后", "三月下旬以后"),
        ("三月中旬往后", "三月中旬往后"),
        ("after late march", "after late march"),
        ("早 early may", "早 early may"),
        ("march 3, 2020", "march 3, 2020"),
    ],
)
def test_a_part_of_a_month_or_year_is_its_first_and_last_day(question: str, written: str) -> None:
    assert stretched(question, lambda token: token in SPOKEN_OF) == written
