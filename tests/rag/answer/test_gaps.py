"""Empty cells: the notes have the thing and the column, and nothing where they meet."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag import Assistant
from tests.rag.survey import opened


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Does the Lowland have a tow bar?", 'The notes list Lowland in a table, but its "Tow bar" is empty [1].'),
        ("山猫带收纳袋吗", "笔记的表里有山猫，但“带收纳袋”一格是空的 [1]。"),
    ],
)
def test_an_empty_cell_is_said_to_be_empty(workshop: Assistant, question: str, said: str) -> None:
    answer = workshop.ask(question)
    assert (answer.abstained, answer.text) == (True, said)


@pytest.mark.parametrize("question", ["Does the Galloper have a tow bar?", "霜叶二号带收纳袋吗", "山猫可拆洗吗"])
def test_a_cell_that_is_filled_is_told(workshop: Assistant, question: str) -> None:
    assert not workshop.ask(question).abstained


GRINDERS = """# 磨豆机

| 型号 | 厂家 | 最大产量 | 噪音 |
| --- | --- | --- | --- |
| 石泉 G | 石泉五金 | 4 公斤 | 61 dB |
| 石泉 G 2 | 石泉五金 | | 58 dB |
| Marmot | Tarn | 3 公斤 | 66 dB |

## 试用

| 型号 | 是否防水 |
| --- | --- |
| Marmot | 是 |

| 型号 | 重量 |
| --- | --- |
| Marmot 2.0 | 7 公斤 |
"""


@pytest.mark.parametrize(
    ("question", "other"),
    [("石泉 G 2 最大产量？", "4 公斤"), ("Marmot 2.0 是否防水", "：是"), ("Marmot 2.0 的最大产量", "3 公斤")],
)
def test_a_gap_is_not_filled_from_another_version(tmp_path: Path, question: str, other: str) -> None:
    with opened(tmp_path, grinders=GRINDERS) as assistant:
        answer = assistant.ask(question)

    assert answer.abstained
    assert other not in answer.text.split("\n")[0]


@pytest.mark.parametrize(("question", "value"), [("石泉 G 2 的噪音", "58 dB"), ("石泉 G 最大产量", "4 公斤")])
def test_what_a_version_has_is_told(tmp_path: Path, question: str, value: str) -> None:
    with opened(tmp_path, grinders=GRINDERS) as assistant:
        answer = assistant.ask(question)

    assert value in answer.text


BOXES = """# Boxes

**Lynx DX4 Plus**
Bays: 4
Idle power: 27 W
Price: 559

**Kestrix Box 6**
Bays: 6
Idle power: 11 W
Price: 429

**Otterman F4 Pro**
Bays: 4
Idle power:
Price: 619
"""


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("otterman idle power?", 'The notes describe Otterman F4 Pro, but give no "Idle power" for it [1].'),
        ("Otterman F4 Pro 的 idle power 是多少", "笔记写了Otterman F4 Pro，但没有写它的“Idle power” [1]。"),
    ],
)
def test_a_key_that_a_card_leaves_open_is_not_filled_from_other_cards(tmp_path: Path, question: str, said: str) -> None:
    with opened(tmp_path, boxes=BOXES) as assistant:
        answer = assistant.ask(question)
        other = assistant.ask("idle power of the kestrix")

    assert (answer.abstained, answer.text) == (True, said)
    assert "11 W" in other.text
    assert "27 W" not in other.text
