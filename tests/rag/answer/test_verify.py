"""Quotes stand in their source at the place cited; the numbers of a claim stand in what it cites."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag import Assistant
from rag.answer.verify import claim_stands, quote_stands
from rag.errors import UsageError
from rag.types import Citation, Claim, Lines

HERON = "| Heron X1 | Lakeside Optics | 24 MP | 480 g | 900 EUR | yes | 2019-05-02 |"
TRUE = Citation(1, "notes/cameras.md", "Cameras", ("Cameras", "Bodies"), Lines(9, 9), HERON)


@pytest.mark.parametrize(
    ("citation", "stands"),
    [
        (TRUE, True),
        (replace(TRUE, quote="24 MP | 480 g"), True),
        (replace(TRUE, location=Lines(8, 10)), True),
        (replace(TRUE, quote="24 MP | 481 g"), False),
        (replace(TRUE, quote="24 MP  | 480 g"), False),
        (replace(TRUE, quote="24 mp | 480 g"), False),
        (replace(TRUE, quote=""), False),
        (replace(TRUE, location=Lines(10, 10)), False),
        (replace(TRUE, location=Lines(10_000, 10_000)), False),
        (replace(TRUE, source="bicycles.md"), False),
    ],
)
def test_a_quote_stands_only_where_it_is_written(survey: Assistant, citation: Citation, stands: bool) -> None:
    assert quote_stands(citation, survey.snapshot) is stands


def test_a_source_that_the_index_lacks_is_an_error(survey: Assistant) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        quote_stands(replace(TRUE, source="nowhere.md"), survey.snapshot)


@pytest.mark.parametrize(
    ("text", "beside", "stands"),
    [
        ("Heron X1 weighs 480 g", {}, True),
        ("Heron X1 weighs a lot", {}, True),
        ("Heron X1, released on 2019-05-02", {}, True),
        ("Heron X1 weighs 490 g", {}, False),
        ("Heron X1 costs 1,900 EUR", {}, False),
        ("Heron X1 weighs 48 g", {}, False),  # a piece of a number is another number
        ("Heron X1 weighs 80 g", {}, False),
        ("Falke 26: 480 g", {}, False),
        ("Falke 26: 480 g", {1: "Falke 26"}, True),
        ("Falke 26: 480 g", {2: "Falke 26"}, False),
    ],
)
def test_numbers_of_a_claim_stand_in_what_it_cites(text: str, beside: dict[int, str], stands: bool) -> None:
    assert claim_stands(Claim(text, (1,)), [TRUE], beside) is stands


@pytest.mark.parametrize(
    ("written", "said", "stands"),
    [
        ("尺寸：2.5 版 77.9，3 版 83.1", "77.9", True),  # a comma ends a number
        ("Rated for 150,000 cycles", "150000", True),
        ("Rated for 150000 cycles", "150,000", True),
        ("共 ４８０ 克", "480", True),
        ("Rated for 150,000 cycles", "15,0001", False),
    ],
)
def test_numbers_are_compared_in_whatever_notation(written: str, said: str, stands: bool) -> None:
    citation = replace(TRUE, quote=written, heading=())

    assert claim_stands(Claim(said, (1,)), [citation], {}) is stands


def test_a_claim_without_a_citation_does_not_stand() -> None:
    assert not claim_stands(Claim("Heron X1 is light", ()), [TRUE], {})
    assert not claim_stands(Claim("Heron X1 is light", (2,)), [TRUE], {})
