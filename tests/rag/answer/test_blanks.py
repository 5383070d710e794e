"""Lists by what is filled in and what is left blank, within one table or section."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag import Assistant
from rag.types import Kind
from tests.rag.survey import cited, opened

GARDEN = """# 园子笔记

## 本地苗木

| 序号 | 苗木 | 产地 | 株高 | 单价 |
| --- | --- | --- | --- | --- |
| 1 | 青檀 | 南坪 | 2 米 | 80 元 |
| 2 | 乌桕 | 北塘 | | 60 元 |
| 3 | 朴树 | | 未知 | 45 元 |
| 4 | 榔榆 | | | |
| 5 | 紫薇 | 南坪 | 1.5 米 | |

## 外来苗木

| 序号 | 苗木 | 产地 | 株高 | 单价 |
| --- | --- | --- | --- | --- |
| 1 | 红枫 | 远州 | 3 米 | 300 元 |
| 2 | 鸡爪槭 | 远州 | | 260 元 |
| 3 | 羽扇枫 | | 1 米 | 90 元 |
"""


@pytest.fixture(scope="module")
def garden(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("garden"), garden=GARDEN) as assistant:
        yield assistant


@pytest.mark.parametrize(
    ("question", "expected", "lines"),
    [
        ("本地苗木那张表里株高没填的有哪些", ["乌桕", "朴树", "榔榆"], [8, 9, 10]),
        ("本地苗木那张表里产地填了的是哪几个", ["青檀", "乌桕", "紫薇"], [7, 8, 11]),
        ("外来苗木表里哪些没写株高", ["鸡爪槭"], [18]),
        ("本地苗木那张表里光有名字别的全没填的", ["榔榆"], [10]),
        # a column that the question names, in whatever table
        ("“产地”那栏还空着的有哪几个", ["朴树", "榔榆", "羽扇枫"], [9, 10, 19]),
        ("单价那一列没记的是哪几种", ["榔榆", "紫薇"], [10, 11]),
        ("外来苗木里株高是空的有谁", ["鸡爪槭"], [18]),
        ("which ones have the 单价 column left empty", ["榔榆", "紫薇"], [10, 11]),
    ],
)
def test_a_list_of_blanks_keeps_to_its_table(
    garden: Assistant, question: str, expected: list[str], lines: list[int]
) -> None:
    answer = garden.ask(question)

    assert answer.kind is Kind.LIST
    assert sorted(item.entity for item in answer.items) == sorted(expected)
    assert sorted(cited(answer)) == [("garden.md", line) for line in lines]
