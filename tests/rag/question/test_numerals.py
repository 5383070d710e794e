"""Measures that a question writes in words."""

from __future__ import annotations

import pytest

from rag.question.numerals import in_digits


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("保五年的", "保5年的"),
        ("三百五十克以内", "350克以内"),
        ("十二个月", "12个月"),
        ("一吨重", "1吨重"),
        ("five years", "5 years"),
        ("四个九的可用性", "99.99%的可用性"),
        ("three nines", "99.9%"),
        ("under a minute", "under 1 minute"),
        ("with zero lost packets", "with 0 lost packets"),
        ("零次故障", "0次故障"),
        ("zero trust services", "zero trust services"),
        ("零件", "零件"),
        ("less than an hour", "less than 1 hour"),
        ("in half an hour", "in 0.5 hour"),
        ("半小时以内", "0.5 小时以内"),
        ("半个小时", "0.5 小时"),
        ("四月份上架的有哪些", "4月份上架的有哪些"),
        ("2023年三月五日", "2023年3月5日"),
        ("十二月三号之前", "12月3号之前"),
        ("八月瓜", "八月瓜"),
        ("至少一百万条", "至少100万条"),
        ("超过五千道题", "超过5000道题"),
        ("不超过三家", "不超过3家"),
        ("at least two gpus", "at least 2 gpus"),
        ("three or more cards", "3 or more cards"),
        ("百度和复旦", "百度和复旦"),
    ],
)
def test_measures_are_written_in_digits(written: str, digits: str) -> None:
    assert in_digits(written) == digits


@pytest.mark.parametrize(
    "text",
    [
        "哪一年",
        "第五天",
        "一天能做几个",
        "两个",
        "几十年",
        "二十多年",
        "一年半",
        "上半年",
        "a day in May",
    ],
)
def test_dates_and_ways_of_speaking_stay(text: str) -> None:
    assert in_digits(text) == text


@pytest.mark.parametrize(
    ("question", "digits"),
    [
        ("一刻钟以内能好的", "15分钟以内能好的"),
        ("星数过三万的", "星数过3万的"),
        ("below thirty quid", "below 30 quid"),
        ("under a hundred bucks", "under 100 bucks"),
        ("千万别买", "千万别买"),
    ],
)
def test_quarters_tens_of_thousands_and_english_tens_are_numbers(question: str, digits: str) -> None:
    assert in_digits(question) == digits
