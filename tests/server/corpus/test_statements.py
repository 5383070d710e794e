"""When two facts about the same attribute of a thing cannot both hold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.types import Fact, FactKind, Lines, Page
from server.corpus.statements import LONGEST_VALUE, disagree, statement

FACT = Fact(FactKind.CELL, "a.md", Lines(3, 3), ("A",), "Heron", "heron", "Price", "100 kg", "| 100 kg |")


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("100 kg", "120 kg", True),
        ("1 kg", "1000 g", False),
        ("100 kg", "3 days", False),  # another kind of measure says another thing
        ("是", "否", True),
        ("是", "✅", False),
        ("是", "sold abroad", False),  # a verdict and an explanation
        ("LLaMA", "Bloom", True),
        ("LLaMA", "LLaMA-7B", False),  # the same in more words
        ("2023-03", "2023-03-05", False),
        ("2023-03-05", "2023-04-01", True),
        ("未知", "LLaMA", False),
        ("https://a.example", "https://b.example", False),
        ("a description of some forty characters or more", "another one that is just as long as the first", False),
    ],
)
def test_values_disagree(one: str, other: str, differ: bool) -> None:
    left, right = replace(FACT, value=one), replace(FACT, value=other, source="b.md")
    assert disagree(left, right) is differ
    assert disagree(right, left) is differ


def test_values_of_one_place_do_not_disagree() -> None:
    assert not disagree(FACT, replace(FACT, value="120 kg"))


def test_values_of_different_variants_do_not_disagree() -> None:
    small = replace(FACT, qualifiers=(("Size", "S"),))
    large = replace(FACT, value="120 kg", source="b.md", qualifiers=(("Size", "L"),))
    assert not disagree(small, large)
    assert disagree(small, replace(large, qualifiers=(("Size", "s"),)))


def test_a_statement_has_its_verdict_and_place() -> None:
    told = statement(
        replace(FACT, value="是", qualifiers=(("", "Price"), ("Size", "S")), location=Page(2, (1, 2, 3, 4)))
    )
    assert told["status"] == "yes"
    assert told["qualifiers"] == [["Size", "S"]]
    assert (told["page"], told["box"], told["lines"]) == (2, [1, 2, 3, 4], None)
    assert statement(replace(FACT, value="未知"))["status"] == "unknown"
    assert len(statement(replace(FACT, value="x " * 400))["value"]) == LONGEST_VALUE
