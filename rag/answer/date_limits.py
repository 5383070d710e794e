"""Which dates a question allows: on, before or after the ones that it states, or between two."""

from __future__ import annotations

from collections.abc import Callable

from rag.answer.asked_dates import asked_dates, covers
from rag.answer.events import wordings
from rag.question.understand import Question

Within = Callable[[str], bool]
"""Whether an ISO 8601 date is one that the question allows."""


def within_dates(question: Question) -> Within:
    """Which dates the question allows; all where it states none."""
    wanted = asked_dates(question)
    inclusive = _is_inclusive(question)
    if not wanted:
        return lambda date: True
    limit = wanted[0]
    if question.asks("before") and len(wanted) == 1:
        return lambda date: date < limit or (inclusive and covers(limit, date))
    if question.asks("after") and len(wanted) == 1:
        return lambda date: date[: len(limit)] > limit or (inclusive and covers(limit, date))
    if len(wanted) >= 2 and not any(date.startswith("*") for date in wanted):
        low, high = sorted(wanted[:2])
        return lambda date: date >= low[: len(date)] and date[: len(high)] <= high
    return lambda date: any(covers(one, date) for one in wanted)


def _is_inclusive(question: Question) -> bool:
    """Whether the date stated as a limit belongs to what is asked: "on 9 May or after"."""
    return wordings("inclusive").search(question.normal) is not None
