"""The ways to write a value, and an even choice."""

from __future__ import annotations

from eval.generate.draft import forms, spaced


def test_a_date_may_be_written_in_its_usual_ways() -> None:
    assert forms("2019-03-04") == ("2019-03-04", "2019-3-4", "2019/3/4", "2019年3月4日")
    assert forms("2019年3月") == ("2019年3月", "2019-03", "2019-3")


def test_a_number_may_lack_its_commas_and_a_name_stays() -> None:
    assert forms("31,500") == ("31,500", "31500")
    assert forms("Fjord Motors") == ("Fjord Motors",)


def test_items_are_chosen_evenly_from_first_to_last() -> None:
    assert spaced(range(3), 5) == [0, 1, 2]
    assert spaced(range(11), 3) == [0, 5, 10]
