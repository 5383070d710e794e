"""What narrows an answer down: values before columns, lines that list values, labels that no cell has together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import Assistant
from rag.types import Status
from tests.rag.survey import opened

LOOMS = """# Looms

## Table looms

| Loom | Frame | Code under | First sold | Weaves OTC |
| --- | --- | --- | --- | --- |
| Tarn 2 | ash | BSL | 2021-07 | ✓ |
| Fell 4 | beech | GPL-3.0 | 2021-12 | ✗ |
| Scree | ash | BSL | 2022-01 | ✓ |
| Beck | oak | GPL-3.0 | 2020-11 | |

## Floor looms

| Floor loom | Licence | Wood |
| --- | --- | --- |
| Garth | GPL-3.0 | ash |
| Nab | BSL | beech |
| Rigg | ISC | oak |

## Hand looms

### Syke 2
- Whitby workshop, ash, folds flat
- weight: 9 kg

### Gill 3
- beech, heavy, three heddles
- weight: 14 kg
- Marta Quoll looked after it until 2019

## Speed tests

| Loom | Threads | wool20 | wool40 |
| --- | --- | --- | --- |
| Tarn 2 | 60 | 3.1 | 2.2 |
| Tarn 2 | 90 | 2.6 | |
| Fell 4 | 60 | | 1.9 |
| Fell 4 | 90 | 1.4 | |
"""


@pytest.fixture(scope="module")
def looms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("looms"), looms=LOOMS) as assistant:
        yield assistant


def _named(assistant: Assistant, question: str) -> list[str]:
    return [item.entity for item in assistant.ask(question).items if item.status is not Status.NO]


def test_a_value_may_stand_before_the_name_of_its_column(looms: Assistant) -> None:
    assert _named(looms, "which looms have an ISC licence?") == ["Rigg"]


def test_columns_with_the_same_values_are_one_attribute_and_lines_tell_it_too(looms: Assistant) -> None:
    assert sorted(_named(looms, "whose wood is ash?")) == ["Garth", "Scree", "Syke 2", "Tarn 2"]
    assert sorted(_named(looms, "whose frame is beech?")) == ["Fell 4", "Gill 3", "Nab"]


def test_half_years_hold_their_first_month(looms: Assistant) -> None:
    assert _named(looms, "2021年下半年开卖的有哪些") == ["Tarn 2", "Fell 4"]


@pytest.mark.parametrize("question", ["how many heddles does Gill 3 have?", "Gill 3 has how many heddles"])
def test_how_many_a_named_thing_has_is_no_count_of_things(looms: Assistant, question: str) -> None:
    assert "three heddles" in looms.ask(question).text


def test_a_value_of_other_labels_is_no_answer(looms: Assistant) -> None:
    assert "2.2" in looms.ask("Tarn 2, 60 threads: what did it do with wool40?").text
    silent = looms.ask("Tarn 2, 90 threads: what did it do with wool40?")
    assert silent.abstained
    assert "2.2" not in silent.text


def test_an_everyday_word_is_no_header_where_it_begins_another_word(tmp_path: Path) -> None:
    note = (
        "# 织机软件\n\n| 软件 | 是否开源 | 是否开源图样 |\n| --- | --- | --- |\n| Tarnsoft | 是 | 否 |\n"
        "| Fellwork | 否 | 否 |\n| Beckdraw | 是 | 是 |\n"
    )
    with opened(tmp_path, software=note) as assistant:
        assert _named(assistant, "哪些没开源图样") == ["Tarnsoft", "Fellwork"]
        assert _named(assistant, "哪些没开源") == ["Fellwork"]


def test_a_list_without_entries_is_no_answer(looms: Assistant) -> None:
    answer = looms.ask("哪些没有开源图样")
    assert answer.items or answer.abstained or answer.claims
