"""Lists by kind: what notes call each thing, in sentences, descriptions, names and headings."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag import Assistant
from tests.rag.survey import opened

NOTE = """# 海图工具箱

## Tidewell

Tidewell 是一个可以离线使用, 也能联网的渲染库。

## Pelorus

由港务局开发的一个渲染库，支持矢量瓦片

## Buoylog 观测数据

各浮标每小时的水温

## sounding-data

三十年的测深记录

## Gullnote

水手自己写的航行数据

## Fathom

Fathom 提供了一个渲染库的封装，本身是命令行程序。

# 渲染库

- Kedge
- Halyard

# 模型

| 名称 | 说明 |
| --- | --- |
| Marlin | Marlin 是一个开源的潮汐模型，覆盖近海 |
| Bonito | 与 Marlin 类似，它是一个轻量的潮汐预报模型，跑在手机上 |
| Tuna | 波浪预报模型 |
"""


@pytest.fixture(scope="module")
def charts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("charts"), charts=NOTE) as assistant:
        yield assistant


@pytest.mark.parametrize("question", ["哪些是渲染库", "渲染库都有哪些", "一共记了几个渲染库"])
def test_sentences_descriptions_and_headings_say_what_a_thing_is(charts: Assistant, question: str) -> None:
    answer = charts.ask(question)

    assert {item.entity for item in answer.items} == {"Tidewell", "Pelorus", "Kedge", "Halyard"}
    assert question != "一共记了几个渲染库" or "4" in answer.text.splitlines()[0]


@pytest.mark.parametrize("question", ["数据集都有哪些", "list all datasets"])
def test_a_name_or_the_end_of_a_description_says_it_too(charts: Assistant, question: str) -> None:
    assert {item.entity for item in charts.ask(question).items} == {"Buoylog", "sounding-data", "Gullnote"}


@pytest.mark.parametrize("question", ["潮汐模型有哪些", "有哪些潮汐模型"])
def test_what_tells_things_of_any_sort_apart_is_a_kind_with_them(charts: Assistant, question: str) -> None:
    assert {item.entity for item in charts.ask(question).items} == {"Marlin", "Bonito"}
