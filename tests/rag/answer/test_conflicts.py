"""What notes disagree on, and what only looks like it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import Assistant
from tests.rag.survey import opened

FIRST = """# Ovens

| Oven | Price | First release | Weight |
| --- | --- | --- | --- |
| Ember | 1,200 EUR | 2015-05-13 | 46 kg |
| Cinder | 900 EUR | 2018-01-02 | 40 kg |

## Ember

Ember was bought by Hearth Ltd in 2020, reportedly for $220 million.
"""
SECOND = """# Second look

## Ember

First release: 2016-03-30
Price: 1,350 EUR

The price that you pay is patience: around 40 minutes until it is hot.

## Cinder

Price: 900 EUR
"""


@pytest.fixture(scope="module")
def ovens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("ovens"), first=FIRST, second=SECOND) as assistant:
        yield assistant


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("What is the price of Ember?", ["1,200 EUR", "1,350 EUR"]),
        ("Ember 的价格各篇笔记一致吗", ["1,200 EUR", "1,350 EUR"]),
        ("What is the first release of Ember?", ["2015-05-13", "2016-03-30"]),
    ],
)
def test_both_values_are_told_with_their_places(ovens: Assistant, question: str, values: list[str]) -> None:
    answer = ovens.ask(question)

    assert [value for value in values if value not in answer.text[:500]] == []
    assert {citation.source for citation in answer.citations} == {"first.md", "second.md"}
    assert len(answer.conflicts) == 1
    assert "40 minutes" not in answer.text


@pytest.mark.parametrize("question", ["What is the price of Cinder?", "Cinder 多重", "What is the weight of Ember?"])
def test_notes_that_agree_or_say_it_once_are_no_conflict(ovens: Assistant, question: str) -> None:
    assert ovens.ask(question).conflicts == ()


def test_a_name_without_its_country_is_no_other_name(tmp_path: Path) -> None:
    first = "# One\n\n| Oven | 机构 | Price |\n| --- | --- | --- |\n| Ember | 挪威峡湾窑炉研究所 | 900 EUR |\n"
    second = "# Two\n\n## Ember\n\nEmber 出自峡湾窑炉研究所 (Fjord Kiln Institute),\n"

    with opened(tmp_path, first=first, second=second) as assistant:
        answer = assistant.ask("who's behind Ember")

    assert "峡湾窑炉研究所" in answer.text
    assert answer.conflicts == ()


def test_a_link_and_a_command_contradict_nothing(tmp_path: Path) -> None:
    first = "# One\n\n| Oven | Maker | Docs |\n| --- | --- | --- |\n| Ember | Hearth | https://hearth.example/ember |\n"
    second = "# Two\n\n## Ember\n\nhttps://github.com/hearthside/ember\n\n`git clone git@github.com:hearthside/ember`\n"

    with opened(tmp_path, first=first, second=second) as assistant:
        answer = assistant.ask("Who is the maker of Ember, do the notes disagree?")

    assert answer.conflicts == ()
    assert "Hearth" in answer.text


MAKERS = """# Kilns

## 2021

- 2021-03-04 陶艺学院材料研究所（CIM）发布 Ashlar

## Ashlar

Ashlar 是陶艺学院开源的一款电窑, 升温很快。

- 开源的 Ashlar 有两种尺寸。

| 窑 | 出品方 | 容积 |
| --- | --- | --- |
| Ashlar | | 60 L |
| Corbel | 南窑厂 | 80 L |
"""
ELSEWHERE = "# Gas\n\n## Corbel\n\n北窑厂推出的一款气窑。\n"


@pytest.mark.parametrize(("question", "disagree"), [("Ashlar 是谁做的", False), ("Corbel 是哪家的", True)])
def test_two_ways_to_write_one_maker_are_no_conflict(tmp_path: Path, question: str, *, disagree: bool) -> None:
    with opened(tmp_path, kilns=MAKERS, gas=ELSEWHERE) as assistant:
        answer = assistant.ask(question)

    assert not answer.abstained
    assert bool(answer.conflicts) is disagree
    assert ("陶艺学院" in answer.text) is not disagree


@pytest.mark.parametrize("question", ["what sizes does Brindle come in", "Brindle 训练用了多少数据"])
def test_columns_of_two_attributes_do_not_disagree(tmp_path: Path, question: str) -> None:
    first = (
        "# 模型\n\n| 模型 | 模型参数大小 | 训练数据大小 |\n| --- | --- | --- |\n"
        "| Brindle | 7B、13B | 52K |\n| Dun | 3B | 9K |\n"
    )
    second = (
        "# Costs\n\n| Model | Vocab Size | Training cost (7B) |\n| --- | --- | --- |\n"
        "| Brindle | 32,000 | $500 (data) + $100 (training) |\n| Dun | 48,000 | $90 |\n"
    )
    with opened(tmp_path, first=first, second=second) as assistant:
        answer = assistant.ask(question)

    assert "disagree" not in answer.text
    assert "不一" not in answer.text
    assert ("7B、13B" if "sizes" in question else "52K") in answer.text


SLEDS = """# 雪橇

| 雪橇 | 首发价 | 座位 | 刹车距离 m |
| --- | --- | --- | --- |
| 雪狼 R2 | 5200 | 2 | 14 |
| 雪狼 R3 | 6100 | 3 | 15 |
| Polaris Nor | 8000 | 4 | 20 |

## 大事记

- 2020-11：雪狼 R2，首发 5800，排队排到门外
- 2021-12：雪狼 R3，首发 6100
- 2022-01：雪狼 R2 换了 3 号刹车片

## Talk

Someone at the fair said the Polaris Nor needs a 26 m braking distance on ice, never checked.

## Servers

| Host | Port | Slots |
| --- | --- | --- |
| Kestrel | 7301 | 12 |
| Merlin | 7302 | 8 |

- a friend told me that Kestrel listens on port 7400 in the old image
"""


@pytest.fixture(scope="module")
def sleds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("sleds"), sleds=SLEDS) as assistant:
        yield assistant


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("雪狼R2首发卖多少，我记得前后不一样", ["5200", "5800"]),
        ("雪狼R2的首发价两处写的不同吧", ["5200", "5800"]),
        ("雪狼R2首发价，好像对不上", ["5200", "5800"]),
        ("kestrel port is 7301 right? think i saw something else", ["7301", "7400"]),
        ("what is the port of Kestrel? my notes disagree", ["7301", "7400"]),
        ("kestrel's port doesn't match somewhere", ["7301", "7400"]),
    ],
)
def test_an_entry_that_words_the_header_with_another_number_is_a_side(
    sleds: Assistant, question: str, values: list[str]
) -> None:
    answer = sleds.ask(question)

    assert [value for value in values if value not in answer.text] == []
    assert len(answer.conflicts) == 1


@pytest.mark.parametrize(
    "question",
    ["雪狼R3首发卖多少，我记得前后不一样", "雪狼R2的座位两处写的不同吧", "merlin port - i saw something else"],
)
def test_the_same_number_or_none_is_no_other_side(sleds: Assistant, question: str) -> None:
    assert sleds.ask(question).conflicts == ()


def test_unasked_only_the_cell_answers(sleds: Assistant) -> None:
    assert sleds.ask("雪狼R2首发价多少").conflicts == ()


def test_what_gives_no_figure_contradicts_none(tmp_path: Path) -> None:
    boats = "# 船\n\n## Petrel\n\n1. Petrel 改了 3 处训练脚本，为了多轮对话。\n"
    more = "# 海\n\n## Petrel\n\n2. Petrel: Be Everyone's Boat, 7B\n"
    with opened(tmp_path, boats=boats, more=more) as assistant:
        answer = assistant.ask("Petrel 的训练用了几张显卡")

    assert not answer.conflicts
    assert "说法不一" not in answer.text
