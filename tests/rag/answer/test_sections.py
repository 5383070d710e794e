"""Lists that a heading announces: what stands in its section."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag import Assistant
from rag.types import Kind
from tests.rag.survey import cited, opened

NOTE = """# 骑行笔记

## 保养工具

- 链条清洁刷
- 六角扳手
- 气压表

## 长途装备

| 物品 | 重量 |
| --- | --- |
| 驮包 | 1.2 kg |
| 水壶架 | 80 g |

## 天气

下雨天尽量不骑。
"""


@pytest.fixture(scope="module")
def rides(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("rides"), rides=NOTE) as assistant:
        yield assistant


@pytest.mark.parametrize(
    ("question", "things", "lines"),
    [
        ("保养工具有哪些", ["链条清洁刷", "六角扳手", "气压表"], [5, 6, 7]),
        ("列出所有保养工具", ["链条清洁刷", "六角扳手", "气压表"], [5, 6, 7]),
        ("长途装备都有什么", ["驮包", "水壶架"], [13, 14]),
    ],
)
def test_a_section_is_listed_whole(rides: Assistant, question: str, things: list[str], lines: list[int]) -> None:
    answer = rides.ask(question)

    assert answer.kind is Kind.LIST
    assert [item.entity for item in answer.items] == things
    assert cited(answer) == [("rides.md", line) for line in lines]
