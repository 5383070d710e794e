"""Quantities and dates in Chinese and English."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.dates import dates
from rag.text.values import (
    Quantity,
    cell_quantities,
    comparable,
    counts_in_words,
    header_unit,
    quantities,
    same_quantity,
    units_in_words,
)


def read(text: str) -> list[tuple[float, str]]:
    return [(quantity.value, quantity.unit) for quantity in quantities(text)]


def only(text: str) -> Quantity:
    found = quantities(text)
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("70亿", [(7e9, "")]),
        ("48 s", [(48, "second")]),
        ("39 sec", [(39, "second")]),
        ("1 min 50 s", [(110, "second")]),
        ("2h 10min", [(7800, "second")]),
        ("4 h 18", [(15480, "second")]),
        ("4h30", [(16200, "second")]),
        ("4 h 30 % load", [(4, "hour"), (30, "percent")]),
        ("95 度", [(95, "celsius")]),
        ("48 ppm", [(48, "ppm")]),
        ("CHF 5.75 or 6 chf", [(5.75, ""), (6, "chf")]),
        ("the 90s", [(90, "")]),
        ("5 分半", [(5.5, "minute")]),
        ("保修 3 年半", [(3.5, "year")]),
        ("1990年半决赛", []),
        ("4S 550 mAh", [(550, "milliamp_hour")]),  # cells in series
        ("5 lb", [(5, "pound")]),
        ("100 MW", [(100, "megawatt")]),
        ("35 dB", [(35, "decibel")]),
        ("7B", [(7e9, "")]),
        ("7 billion", [(7e9, "")]),
        ("52K", [(52e3, "")]),
        ("5.2万", [(52e3, "")]),
        ("5.2 万条", [(52e3, "piece")]),
        ("64,000", [(64000, "")]),
        ("1,200,000 rows", [(1.2e6, "")]),
        ("1.2万亿", [(1.2e12, "")]),
        ("1.4T tokens", [(1.4e12, "token")]),
        ("10w 行", [(1e5, "")]),
        ("$99", [(99, "usd")]),
        ("US$99", [(99, "usd")]),
        ("99美元", [(99, "usd")]),
        ("$1.2 million", [(1.2e6, "usd")]),
        ("￥238", [(238, "cny")]),
        ("318,000 日元", [(318000, "jpy")]),
        ("5,499 欧", [(5499, "eur")]),
        ("€349", [(349, "eur")]),
        ("8张", [(8, "piece")]),
        ("3小时", [(3, "hour")]),
        ("3个小时", [(3, "hour")]),
        ("6个月", [(6, "month")]),
        ("48 hours", [(48, "hour")]),
        ("0.02 ms", [(0.02, "millisecond")]),
        ("30GB", [(30, "gb")]),
        ("30 GiB", [(30, "gb")]),
        ("30G", [(30, "gb")]),
        ("8x80GB", [(8, ""), (80, "gb")]),
        ("658g", [(658, "g")]),
        ("2千克", [(2, "kilogram")]),
        ("3千米", [(3, "kilometre")]),
        ("3千", [(3000, "")]),
        ("10ml:0.1g", [(10, "millilitre"), (0.1, "g")]),
        ("28-75mm", [(28, ""), (75, "millimetre")]),
        ("30-60分钟", [(30, ""), (60, "minute")]),
        ("45%", [(45, "percent")]),
        ("百分之 45％", [(45, "percent")]),
        ("1.5倍", [(1.5, "times")]),
        ("24 layers", [(24, "layer")]),
        ("16 cores", [(16, "")]),
        ("1/8000", [(1, ""), (8000, "")]),
        ("Foo-7B", [(7e9, "")]),
    ],
)
def test_quantities(text: str, expected: list[tuple[float, str]]) -> None:
    found = read(text)
    assert [unit for _, unit in found] == [unit for _, unit in expected]
    assert [value for value, _ in found] == pytest.approx([value for value, _ in expected])


@pytest.mark.parametrize(
    "text",
    [
        "A100",
        "Z8",
        "F2.8",
        "EOS 5D Mark IV",
        "Foo-3.5-like",
        "GPL-3.0",
        "4bit",
        "v1.5",
        "K-3",
        "",
        "没有数",
        "x86",
    ],
)
def test_numbers_in_names_are_no_quantities(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize("text", ["2023-2-27", "2023年2月27日", "Feb 27, 2023", "2023年", "since 2023"])
def test_numbers_in_dates_are_no_quantities(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("重量（克）", (1, "gram")),
        ("价格（万元）", (1e4, "cny")),
        ("Price (k EUR)", (1e3, "eur")),
        ("Memory GB", (1, "gb")),
        ("Price / month", None),
        ("Port", None),
        ("备注（选填）", None),
    ],
)
def test_what_one_in_a_column_is(header: str, unit: tuple[float, str] | None) -> None:
    found = header_unit(header)

    assert (None if found is None else (found.value, found.unit)) == unit


@pytest.mark.parametrize(
    ("one", "other", "values"),
    [
        ("2.5 tonnes", "2400 kg", (2.5e6, 2.4e6)),
        ("500 克", "0.5 kg", (500, 500)),
        ("16g", "8 GB", (16_000, 8_000)),  # beside gigabytes a "g" is one
        ("16g", "8 kg", (16, 8_000)),  # and grams beside kilograms
        ("7B", "70亿", (7e9, 7e9)),
        ("100 元", "100", (100, 100)),  # a missing unit is that of the other
    ],
)
def test_values_are_compared_in_the_base_unit_of_both(one: str, other: str, values: tuple[float, float]) -> None:
    assert comparable(quantities(one)[0], quantities(other)[0]) == pytest.approx(values)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("70亿", "7B", True),
        ("7B", "7 billion", True),
        ("52K", "5.2万", True),
        ("64,000", "6.4万", True),
        ("$99", "99美元", True),
        ("$99", "99", True),
        ("30GB", "30G", True),
        ("30GB", "30g", True),
        ("30克", "30g", True),
        ("30GB", "30克", False),
        ("5万条", "50K tokens", True),
        ("$99", "99元", False),
        ("3小时", "3天", False),
        ("7B", "7", False),
        ("0元", "0", True),
    ],
)
def test_equal_quantities(one: str, other: str, same: bool) -> None:
    assert same_quantity(only(one), only(other)) is same
    assert same_quantity(only(other), only(one)) is same


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023-2-27", ["2023-02-27"]),
        ("2023-02-27", ["2023-02-27"]),
        ("2023/02/27", ["2023-02-27"]),
        ("2023.2.27", ["2023-02-27"]),
        ("2023年2月27日", ["2023-02-27"]),
        ("２０２３年２月２７日", ["2023-02-27"]),
        ("2023 年 2 月", ["2023-02"]),
        ("Feb 27, 2023", ["2023-02-27"]),
        ("27 February 2023", ["2023-02-27"]),
        ("27th of February 2023", ["2023-02-27"]),
        ("Sept. 3, 2024", ["2024-09-03"]),
        ("May 2024", ["2024-05"]),
        ("2023年", ["2023"]),
        ("in 2021", ["2021"]),
        ("从2023年2月27日到3月5日", ["2023-02-27", "2023-03-05"]),
        ("2023年2月3日至5日", ["2023-02-03", "2023-02-05"]),
        ("3 to 5 March 2023", ["2023-03-03", "2023-03-05"]),
        ("March 3-5, 2023", ["2023-03-03"]),
        ("2024-01-30，再到 2024-02-20", ["2024-01-30", "2024-02-20"]),
        ("market 2023", []),
        ("decided 2020", []),
        ("2021-2023", []),
        ("$2000 年费", []),
        ("12023-01", []),
        ("1080p", []),
    ],
)
def test_dates(text: str, expected: list[str]) -> None:
    assert [date.iso for date in dates(text)] == expected


@given(st.text(alphabet="0123456789.,-/年月日万亿千百$¥%x BKMGTwgmb个小时 to和Feb", max_size=40))
def test_spans_lie_in_the_text_in_order(text: str) -> None:
    found = quantities(text)
    assert all(0 <= q.start < q.end <= len(text) and text[q.start : q.end].strip() == q.text for q in found)
    assert [q.start for q in found] == sorted(q.start for q in found)
    assert all(0 <= date.start < date.end <= len(text) for date in dates(text))


@given(st.integers(1, 999_999_999))
def test_a_number_is_read_with_and_without_separators(number: int) -> None:
    assert [q.value for q in quantities(f"共 {number:,} 行")] == [number]
    assert [q.value for q in quantities(f"共 {number} 行")] == [number]


@pytest.mark.parametrize(
    ("header", "value", "expected"),
    [
        ("整备质量 kg", "2640", [(2640, "kilogram")]),
        ("指导价（万元）", "13.98", [(139800, "cny")]),
        ("Paid (k yuan)", "158.2", [(158200, "cny")]),
        ("价格/元", "1,299", [(1299, "cny")]),
        ("RAM (GB)", "24", [(24, "gb")]),
        ("Price ($)", "12", [(12, "usd")]),
        ("Kerb weight (t)", "2.4", [(2.4, "tonne")]),
        ("Tokens (T)", "1.2", [(1.2e12, "")]),
        ("Price / month", "499", [(499, "")]),  # a rate, not a number of months
        ("Price ($)", "€12", [(12, "eur")]),
        ("参数量", "7B", [(7e9, "")]),
        ("大小", "790M", [(790, "mb")]),
        ("File size", "1.3 G", [(1.3, "gb")]),
        ("模型参数大小", "770M", [(7.7e8, "")]),
    ],
)
def test_bare_cells_take_the_unit_of_their_header(header: str, value: str, expected: list[tuple[float, str]]) -> None:
    found = cell_quantities(header, value)

    assert [q.unit for q in found] == [unit for _, unit in expected]
    assert [q.value for q in found] == pytest.approx([number for number, _ in expected])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1 kg", "1000 g", True),
        ("2.5 tonnes", "2500 kg", True),
        ("2 小时", "120 minutes", True),
        ("16G", "16 GB", True),
        ("1 kg", "1 km", False),
        ("100 元", "100 usd", False),
    ],
)
def test_quantities_are_compared_in_base_units(one: str, other: str, same: bool) -> None:
    assert same_quantity(quantities(one)[0], quantities(other)[0]) is same


def test_a_year_of_two_digits_behind_a_month_is_a_date() -> None:
    assert [date.iso for date in dates("bought Nov '24, sold May ’25")] == ["2024-11", "2025-05"]


@pytest.mark.parametrize("text", ["支持三种方式", "用了一张显卡", "about eight of them", "十万条", "half of it"])
def test_numbers_in_words_count(text: str) -> None:
    assert counts_in_words(text)


@pytest.mark.parametrize(
    "text", ["一个较大的集合", "第三代", "参数和数据", "百科条目", "one of the first", "进一步统一", "几乎没有"]
)
def test_what_only_looks_like_a_number_in_words_does_not(text: str) -> None:
    assert not counts_in_words(text)


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("学半天就会", {"day"}),
        ("停了八个月", {"month"}),
        ("sent it back after nine days", {"day"}),
        ("half an hour or twenty minutes", {"hour", "minute"}),
        ("两个半小时", {"hour"}),
        ("一天一包", set()),
        ("第三天", set()),
        ("5 天", set()),
    ],
)
def test_units_of_numbers_in_words(text: str, units: set[str]) -> None:
    assert units_in_words(text) == units
