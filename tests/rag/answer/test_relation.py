"""Lists of what stands in a relation to a named organisation or data set, said in cells and sentences."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag import Assistant
from rag.types import Kind
from tests.rag.survey import by_status, cited, opened

LOOMS = """# Looms

| Loom | Maker | Width |
| --- | --- | --- |
| Tallis 60 | Vavra Works | 60 cm |
| Brae | Odum | 90 cm |
| Corran | Odum | 120 cm |

## Pinto

Pinto was built by Kestral together with Vavra and a school in Brno.

## Threadbare

A table loom for children, from the shed of Vavra.

## Sley

Sley is a folding loom. Its reed fits those of Brae.
"""


@pytest.fixture(scope="module")
def looms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("looms"), looms=LOOMS) as assistant:
        yield assistant


@pytest.mark.parametrize("question", ["things made by Vavra", "Vavra 家的东西有啥", "what came out of Vavra"])
def test_cells_and_sentences_all_say_what_is_of_a_maker(looms: Assistant, question: str) -> None:
    answer = looms.ask(question)

    assert answer.kind is Kind.LIST
    assert by_status(answer) == {"yes": {"Tallis 60", "Threadbare", "Pinto"}}
    assert cited(answer) == [("looms.md", 5), ("looms.md", 11), ("looms.md", 15)]


def test_who_made_one_thing_is_no_list_of_things(looms: Assistant) -> None:
    answer = looms.ask("which company makes the Brae")

    assert answer.kind is not Kind.LIST
    assert "Odum" in answer.text
