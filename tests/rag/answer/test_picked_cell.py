"""A cell picked by what the question says of its row and by its header, where no name leads to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag.assistant import Assistant
from tests.rag.survey import cited, opened

PRINTERS = """# 缝纫机

| 型号 | 厂家 | 针迹 | 压脚压力 | 电机 | 价格 |
| --- | --- | --- | --- | --- | --- |
| 喜鹊 100 | 晴川机电 | 直线 | 3.5 kg | 直驱 | 2,300 元 |
| 喜鹊 200 | 晴川机电 | 曲折 | 4.2 kg | 皮带 | 3,100 元 |
| Loom 7 | Birchwood | 曲折 | 5.0 kg | 直驱 | 4,600 元 |
| Loom 9 | Birchwood | 绣花 | 5.5 kg | 直驱 | 9,800 元 |
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("machines"), machines=PRINTERS) as found:
        yield found


@pytest.mark.parametrize(
    ("question", "value", "line"),
    [
        ("晴川机电那台曲折的压脚压力多大", "4.2 kg", 6),
        ("Birchwood 那台绣花的什么价", "9,800 元", 8),
        ("how much is the Birchwood one with 绣花", "9,800 元", 8),
        ("晴川机电皮带的那款多少钱", "3,100 元", 6),
    ],
)
def test_conditions_on_a_row_and_a_header_pick_one_cell(
    assistant: Assistant, question: str, value: str, line: int
) -> None:
    answer = assistant.ask(question)

    assert value in answer.text
    assert ("machines.md", line) in cited(answer)


def test_conditions_that_no_row_meets_pick_none(assistant: Assistant) -> None:
    answer = assistant.ask("Birchwood 的皮带款什么价")

    assert answer.abstained
