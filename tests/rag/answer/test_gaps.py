"""Empty cells: the notes have the thing and the column, and nothing where they meet."""

from __future__ import annotations

import pytest

from rag import Assistant


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
