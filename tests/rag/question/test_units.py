"""The units of a question: what evidence for its answer should hold."""

from __future__ import annotations

import pytest

from rag.question.units import Unit


@pytest.mark.parametrize(
    ("tokens", "text", "may"),
    [
        (("kettle", "red"), "red kettle", True),
        (("水壶",), "水壶", True),
        ((), "大水壶", True),  # cut elsewhere
        ((), "kettles", False),  # a Latin word stands in a text as a token or not at all
        (("水",), "一壶水", False),
        (("pot",), "pot", False),  # of no weight
    ],
)
def test_a_unit_may_stand_in_a_text_by_a_token_or_uncut(tokens: tuple[str, ...], text: str, may: bool) -> None:
    unit = Unit("kettle", (("kettle", 1.0), ("水壶", 0.8), ("水", 0.0), ("pot", 0.0)))

    assert unit.may_stand_in(frozenset(tokens), text) is may
