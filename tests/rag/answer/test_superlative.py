"""The most and least of an attribute that only the notes' own headers name, over all things or one thing's variants."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.build import ingest
from rag.assistant import Assistant
from rag.config import Settings
from tests.notes import write_notes

NOTE = """# 磨豆机调研

## 手动

| 型号 | 残粉率 | Burr diameter | 噪音 dB | 研磨用时 | 价格 |
| --- | --- | --- | --- | --- | --- |
| Lark | 0.42 | 38 mm | 51 | 大约 40 秒 | 480元 |
| Wren | 1.15 | 48 mm | 47 | 1 分钟 | 1,280元 |
| Swift | 0.87 | 40 mm | | 55 秒 | 900元 |

## 电动

| 型号 | 残粉率 | 噪音 dB | 研磨用时 | 价格 |
| --- | --- | --- | --- | --- |
| Heron | 2.31 | 78 | 12 秒 | 3,100元 |
| Egret | 0.35 | 71 | 9 秒 | 套机 5200元 + 底座 400元 |

## Heron 系列

| 版本 | 功率 W | 最大转速 |
| --- | --- | --- |
| Heron-mini | 120 | 1400 |
| Heron-pro | 350 | 1800 |

## 刻度

| 型号 | 刻度数 |
| --- | --- |
| Lark | 61=60+1（零位） |
| Wren | 45、90 |
| Swift | 72 |
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    corpus = write_notes(tmp_path_factory.mktemp("corpus"), {"grinders.md": NOTE})
    settings = Settings(corpus=corpus)
    ingest(settings)
    return Assistant.open(settings.index_path, settings=settings)


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("残粉率最低的是哪个", "Egret"),
        ("残粉率最高的是哪台", "Heron"),
        ("which grinder has the largest burr diameter", "Wren"),
        ("which grinder has the smallest burr diameter", "Lark"),
        ("哪个研磨用时最长", "Wren"),
        ("哪个研磨用时最短", "Egret"),
        ("手动里残粉率最低的是哪个", "Lark"),
        ("最贵的是哪个", "Egret"),
        ("which one is the cheapest", "Lark"),
        ("噪音最低的是哪个", "Wren"),
        ("Heron 哪个版本功率最小", "Heron-mini"),
        ("刻度数最少的是哪个", "Wren"),
        ("刻度数最多的是哪个", "Wren"),
    ],
)
def test_the_extreme_stands_first(assistant: Assistant, question: str, first: str) -> None:
    answer = assistant.ask(question)

    assert [item.entity for item in answer.items] == [first]
    assert answer.text.removeprefix("- ").startswith(first)
    assert answer.citations


def test_all_that_share_the_extreme_are_told(tmp_path: Path) -> None:
    corpus = write_notes(tmp_path, {"grinders.md": NOTE.replace("| 0.35 |", "| 0.42 |")})
    settings = Settings(corpus=corpus)
    ingest(settings)

    with Assistant.open(settings.index_path, settings=settings) as assistant:
        assert {item.entity for item in assistant.ask("残粉率最低的是哪个").items} == {"Lark", "Egret"}


def test_a_header_that_is_itself_an_extreme_is_looked_up(assistant: Assistant) -> None:
    answer = assistant.ask("Heron-pro 最大转速是多少")

    assert "1800" in answer.text
    assert "1400" not in answer.text


@pytest.mark.parametrize("question", ["哪个的防水等级最高", "which grinder has the longest warranty"])
def test_what_no_header_states_has_no_extreme(assistant: Assistant, question: str) -> None:
    assert not assistant.ask(question).items
