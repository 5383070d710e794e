"""What cells and sentences say of a yes-or-no matter."""

from __future__ import annotations

import re

import pytest

from rag.answer.listing import settle
from rag.answer.polarity import is_unknown, stance, verdict
from rag.text.normalise import normalise
from rag.types import Status

YES, NO, CONDITIONAL, UNKNOWN = Status.YES, Status.NO, Status.CONDITIONAL, Status.UNKNOWN


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("是", YES),
        ("✅", YES),
        ("**Yes**", YES),
        ("支持", YES),
        ("否", NO),
        ("❌", NO),
        ("no", NO),
        ("不支持", NO),
        ("是（夜间除外，仅白天）", CONDITIONAL),
        ("部分", CONDITIONAL),
        ("partially", CONDITIONAL),
        ("only the front", CONDITIONAL),
        ("未知", UNKNOWN),
        ("n/a", UNKNOWN),
        ("—", UNKNOWN),
        ("480 g", None),
        ("Lakeside Optics", None),
        ("", None),
    ],
)
def test_a_cell_is_a_verdict_or_none(cell: str, said: Status | None) -> None:
    assert verdict(cell) is said


@pytest.mark.parametrize(
    ("cell", "unknown"),
    [("未知", True), ("unknown", True), ("?", True), ("0", False), ("否", False), ("480 g", False)],
)
def test_only_a_cell_that_says_so_is_unknown(cell: str, unknown: bool) -> None:
    assert is_unknown(cell) is unknown


@pytest.mark.parametrize(
    ("sentence", "asked", "said"),
    [
        ("机身可以防水。", "防水", YES),
        ("机身不防水。", "防水", NO),
        ("机身不防水，但电池可以更换。", "更换", YES),
        ("达到 IP67 需要申请后才能防水。", "防水", CONDITIONAL),
        ("The body is waterproof.", "waterproof", YES),
        ("The body is not waterproof.", "waterproof", NO),
        ("It is waterproof if the cap is closed.", "waterproof", CONDITIONAL),
        ("It lacks a flash, the body is waterproof.", "waterproof", YES),
    ],
)
def test_a_sentence_is_read_around_the_asked_word(sentence: str, asked: str, said: Status) -> None:
    assert stance(normalise(sentence), re.compile(asked)) is said


@pytest.mark.parametrize(
    ("verdicts", "together"),
    [
        ([YES], YES),
        ([NO], NO),
        ([YES, YES], YES),
        ([NO, NO], NO),
        ([YES, CONDITIONAL], CONDITIONAL),
        ([NO, CONDITIONAL], CONDITIONAL),
        ([YES, NO], CONDITIONAL),
    ],
)
def test_several_verdicts_settle_on_one(verdicts: list[Status], together: Status) -> None:
    assert settle(verdicts) is together
