"""A number said in passing that nearly is the one in the table: both are told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import Assistant
from tests.rag.survey import opened

NOTES = """# Kettles

| kettle | weight g | capacity | power |
| --- | --- | --- | --- |
| Brolly 12 | 910 | 1.2 l | 1800 W |
| Tern Mini | 640 | 0.8 l | 1500 W |
| Dunlin | 700 | 1.5 l | 2200 W |

## In passing

The kitchen scale says 935 g for the Brolly 12, with its lid.

The Tern Mini came in a box of 1250 g and stands on the sill.

A cup from the Dunlin is 250 g of water, and it takes a shelf of 2 kg.

测了一下，Dunlin 机身上秤是 715 克，标的不准。
"""


@pytest.fixture(scope="module")
def kettles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    root: Path = tmp_path_factory.mktemp("kettles")
    with opened(root, kettles=NOTES) as assistant:
        yield assistant


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("weight of the Brolly 12?", ("910", "935 g")),
        ("Brolly 12 多重", ("910", "935 g")),
        ("Dunlin 的重量", ("700", "715 克")),
    ],
)
def test_both_numbers_are_told(kettles: Assistant, question: str, values: tuple[str, ...]) -> None:
    answer = kettles.ask(question)

    assert answer.conflicts
    assert all(value in answer.text for value in values)
    assert len({citation.location for citation in answer.citations}) > 1


@pytest.mark.parametrize("question", ["how heavy is the Tern Mini", "power of the Brolly 12"])
def test_another_amount_of_the_thing_is_no_disagreement(kettles: Assistant, question: str) -> None:
    assert not kettles.ask(question).conflicts
