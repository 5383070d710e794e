"""The things of one maker or brand in order of time, and no others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag import Assistant
from tests.rag.survey import opened

BOATS = """# 皮划艇

## 总表

| 艇 | 上市 | 长 cm |
| --- | --- | --- |
| 白鹭 A1 | 2018-04 | 310 |
| 白鹭 A3 | 2021-05 | 330 |
| 浪客 S | 2019-03 | 290 |
| 浪客 M | 2022-08 | 300 |
| 北岸 Solo | 2020-02 | 280 |

白鹭 折叠 200 还没试，2023-06 开卖，听说很轻。

## 折叠的

| 艇 | 重 kg |
| --- | --- |
| 白鹭 折叠 200 | 9 |
| 北岸 Pack | 7 |

## 白鹭 Egretta
成立：2012-09-01
总部：厦门

## 大事记

- 2017-01：白鹭换了船厂
- 2019-10：浪客 S 召回
- 2021-05：白鹭 A3 和北岸 Pack 同时亮相
"""

KETTLES = """# Kettles

| Kettle | Maker | Released | Litres |
| --- | --- | --- | --- |
| Plume 2 | Ashdown Works | 2016-03-01 | 1.0 |
| Cinder | Ashdown Works | 2014-07-01 | 1.7 |
| Brasso | Torvik | 2015-05-01 | 1.2 |
| Ember One | Torvik | 2019-02-01 | 0.8 |

## Ashdown Works

- Based in: Leeds
- Founder: Ida Marsh
"""


@pytest.fixture(scope="module")
def boats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("makers"), boats=BOATS, kettles=KETTLES) as assistant:
        yield assistant


def dated(text: str) -> list[str]:
    """The dates of the lines of a timeline."""
    return [line.split()[1] for line in text.splitlines()]


@pytest.mark.parametrize(
    ("question", "dates"),
    [
        ("浪客这些年出的艇按先后排一下", ["2019-03", "2019-10", "2022-08"]),
        ("浪客的东西按时间排", ["2019-03", "2019-10", "2022-08"]),
        ("白鹭出的艇按时间顺序", ["2018-04", "2021-05", "2023-06"]),
        ("Egretta's releases in order", ["2018-04", "2021-05", "2023-06"]),
        ("Ashdown Works: releases in chronological order", ["2014-07-01", "2016-03-01"]),
        ("timeline of Torvik kettles", ["2015-05-01", "2019-02-01"]),
    ],
)
def test_only_the_things_of_the_maker_are_put_in_order(boats: Assistant, question: str, dates: list[str]) -> None:
    assert dated(boats.ask(question).text) == dates


def test_a_maker_has_its_own_dates_where_its_story_is_asked_for(boats: Assistant) -> None:
    assert "2012-09-01" in boats.ask("timeline of Egretta").text


def test_without_a_maker_all_things_are_put_in_order(boats: Assistant) -> None:
    told = boats.ask("所有的艇按上市先后排一下").text

    assert all(name in told for name in ("A1", "A3", "浪客 S", "浪客 M", "Solo"))
