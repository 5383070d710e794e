"""Sums of money that a note gives as bare numbers."""

from __future__ import annotations

import re

from rag.question.wording import concepts
from rag.retrieve.view import View

_SUM_BEHIND = re.compile(r"[^\d,，。;；.]{0,10}?(?<![a-z])\d{2,}(?![\d.]*\s?[a-z%年月日度天万亿岁人])")
"""A bare number close behind a word for money."""


def is_bare_sum(seen: View) -> bool:
    """Whether a value gives a number without a unit right behind a word for money: "quoted price: clamp 260"."""
    if not any(not quantity.unit and quantity.text.isdigit() for quantity in seen.own):
        return False
    spoken = (
        found.end() for c in concepts().values() if c.type == "money" for found in c.in_notes.finditer(seen.value)
    )
    return any(_SUM_BEHIND.match(seen.value, end) is not None for end in spoken)
