"""Statements that notes set against others: under corrections, or as hearsay and own measurement."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag.assistant import Assistant
from tests.rag.survey import cited, opened

SURVEY = """# 咖啡磨豆机

| 型号 | 品牌 | 重量 | 价格 | 发布 |
| --- | --- | --- | --- | --- |
| 山雀 K2 | 岩工坊 | 610 g | 1,280 元 | 2021-03 |
| 山雀 K3 | 岩工坊 | 700 g | 1,680 元 | 2022-09 |
| Heron One | Marsh Works | 540 g | 2,100 元 | 2020-05 |
"""
DIARY = """# Kitchen diary

## Weighed here

- 山雀 K2 放厨房秤上称出来是 655 g
- 山雀 K3 的噪声还行

## 有出入

- Heron One came out in November 2019 says the maker's blog
- 山雀 K3：我记得首发价是 1,480 元
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("grinders"), survey=SURVEY, diary=DIARY) as found:
        yield found


@pytest.mark.parametrize(
    ("question", "values", "lines"),
    [
        ("山雀 K2 多重", ("610 g", "655 g"), {("survey.md", 5), ("diary.md", 5)}),
        ("How heavy is the 山雀 K2?", ("610 g", "655 g"), {("survey.md", 5), ("diary.md", 5)}),
        ("When was the Heron One released?", ("2020-05", "November 2019"), {("survey.md", 7), ("diary.md", 10)}),
        ("山雀 K3 的价格", ("1,680 元", "1,480 元"), {("survey.md", 6), ("diary.md", 11)}),
    ],
)
def test_a_departing_statement_is_told_beside_the_table(
    assistant: Assistant, question: str, values: tuple[str, ...], lines: set[tuple[str, int]]
) -> None:
    answer = assistant.ask(question)

    assert all(value in answer.text for value in values)
    assert len(answer.conflicts) == 1
    assert set(cited(answer)) == lines


@pytest.mark.parametrize("question", ["山雀 K3 多重", "Heron One 多少钱", "who makes the Heron One"])
def test_a_statement_about_something_else_is_no_dissent(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)

    assert answer.conflicts == ()
    assert not answer.abstained
