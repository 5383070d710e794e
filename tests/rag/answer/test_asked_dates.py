"""Dates that questions state without their year, and words that only look like months."""

from __future__ import annotations

import pytest

from rag.answer.asked_dates import asked_dates, covers
from rag.question.mentions import NameIndex
from rag.question.understand import understand


def dates_of(text: str) -> tuple[str, ...]:
    return asked_dates(understand(text, NameIndex.build({}), lambda token: True))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("4月发布的有哪些", ("*-04",)),
        ("12月份的事", ("*-12",)),
        ("5月9日发生了什么", ("*-05-09",)),
        ("what came out in april", ("*-04",)),
        ("everything released during September", ("*-09",)),
        ("what came out on 9 May", ("*-05-09",)),
        ("23年4月的", ("2023-04",)),
    ],
)
def test_a_month_without_its_year_is_of_any_year(text: str, wanted: tuple[str, ...]) -> None:
    assert dates_of(text) == wanted


@pytest.mark.parametrize(
    "text", ["in marketing 5 people", "the decoder 3 heads", "battery lasts 4个月", "in maybe 7 days"]
)
def test_words_that_begin_as_months_do_are_none(text: str) -> None:
    assert dates_of(text) == ()


def test_a_month_of_any_year_covers_its_days() -> None:
    assert covers("*-04", "2023-04-19")
    assert not covers("*-04", "2023-05-19")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("everyone who joined in 22 or 23", ("2022", "2023")),
        ("first released between 07 and 09", ("2007", "2009")),
        ("what happened 2008 thru 2019", ("2008", "2019")),
        ("which weigh between 20 and 25 kg", ()),
        ("done in 10 or 15 minutes", ()),
    ],
)
def test_two_years_may_be_written_short(text: str, wanted: tuple[str, ...]) -> None:
    assert dates_of(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("24年下半年到手的", ("2024-07-01", "2024-12-31")),
        ("2024 年上半年入手的", ("2024-01-01", "2024-06-30")),
        ("what runs out in the 2nd half of 2025", ("2025-07-01", "2025-12-31")),
        ("anything from the 4th quarter of 2022", ("2022-10-01", "2022-12-31")),
        ("what came on line in '18", ("2018",)),
        ("arrived during '22 and '23", ("2022", "2023")),
        ("the h2 engine of 5 kg", ()),
    ],
)
def test_parts_of_a_year_reach_from_their_first_to_their_last_day(text: str, wanted: tuple[str, ...]) -> None:
    assert dates_of(text) == wanted
