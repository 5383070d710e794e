"""Dates that a heading begins and a line below it completes."""

from __future__ import annotations

import pytest

from ingest.partial_dates import Period, completed, period
from tests.ingest.test_facts import read


@pytest.mark.parametrize(
    ("headings", "time"),
    [
        (("竹编笔记（2024–2025）", "2024 年 7 月"), Period("2024", "07", alone=True)),
        (("Looms", "July 2024"), Period("2024", "07", alone=True)),
        (("2024", "三月"), Period("2024", "03", alone=True)),
        (("2024", "March"), Period("2024", "03", alone=True)),
        (("2024 年 11–12 月",), Period("2024", "", alone=True)),
        (("去年的账单（2023 年 11 月）",), Period("2023", "11", alone=False)),
        (("2024-12-14 买织机",), None),
        (("织机",), None),
    ],
)
def test_the_time_that_headings_give(headings: tuple[str, ...], time: Period | None) -> None:
    assert period(headings) == time


@pytest.mark.parametrize(
    ("heading", "line", "said"),
    [
        ("2024 年 7 月", "3 日，新织机到了", ["2024-07-03 新织机到了"]),
        (
            "2024 年 7 月",
            "5 日买梭子，19 日 Loom 2 到（缺零件）",
            ["2024-07-05 买梭子", "2024-07-19 Loom 2 到（缺零件）"],
        ),
        ("2024 年 7 月", "12 日新闻：停产。31 日收到信", ["2024-07-12 新闻：停产。", "2024-07-31 收到信"]),
        ("2024 年 7 月", "老周 6 日寄来样布", ["老周 2024-07-06 寄来样布"]),
        ("2024 年", "8 月 15 日，开展", ["2024-08-15 开展"]),
        ("2024 年", "3 月：开展", ["2024-03 开展"]),
        ("2024 年 11–12 月", "12 月 1 日换梭子", ["2024-12-01 换梭子"]),
        ("2024 年 7 月", "2 日断线，拖到 8 月 1 日才修", ["2024-07-02 断线，拖到 8 月 1 日才修"]),
        ("July 2024", "3rd: warp snapped", ["2024-07-03 warp snapped"]),
        ("July 2024", "3: warp snapped", ["2024-07-03 warp snapped"]),
        ("2024", "Jul 3 – warp snapped, 5 Jul mended", ["2024-07-03 warp snapped", "2024-07-05 mended"]),
        ("2024", "03-15：到货", ["2024-03-15 到货"]),
        ("2024 年 7 月", "3 号线开通", []),
        ("2024 年 7 月", "每 3 日一次", []),
        ("2024 年 11–12 月", "3 日到货", []),
        ("Plans for 2024", "3: buy yarn", []),
    ],
)
def test_a_line_is_dated_by_its_heading(heading: str, line: str, said: list[str]) -> None:
    time = period((heading,))

    assert time is not None
    assert list(completed(line, time)) == said


def test_events_of_one_line_are_facts_of_their_own_with_the_line_as_quote() -> None:
    found = read("# 布\n## 2024 年 9 月\n- 5 日 Loom 2，19 日 Shuttle X 到货\n")

    assert [(f.entity, f.date, f.quote) for f in found] == [
        ("Loom 2", "2024-09-05", "- 5 日 Loom 2，19 日 Shuttle X 到货"),
        ("Shuttle X", "2024-09-19", "- 5 日 Loom 2，19 日 Shuttle X 到货"),
    ]
