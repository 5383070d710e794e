"""Facts as the page shows them: a value with the place that states it, and whether two of them disagree."""

from __future__ import annotations

from typing import Any

from rag.answer.polarity import is_unknown, verdict
from rag.text.dates import dates
from rag.text.names import name_key
from rag.text.values import cell_quantities, same_quantity, units_agree
from rag.types import Fact, Lines, Status

LONGEST_VALUE = 280
"""Characters of a value in a table; the source beside it shows the rest."""
LONGEST_QUOTE = 200
"""Characters of the words of a place: enough to find and mark them."""
BRIEF = 40
"""Characters up to which a value is one thing that another note can contradict."""


def statement(fact: Fact) -> dict[str, Any]:
    """A fact's value with its verdict ("yes", "no", "conditional", "unknown" or None) and its place."""
    idle = ("", name_key(fact.attribute))
    found = Status.UNKNOWN if is_unknown(fact.value) else verdict(fact.value)
    text = " ".join(fact.value.split())
    return {
        "value": text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1].rstrip() + "…",
        "status": None if found is None else str(found),
        "qualifiers": [list(pair) for pair in fact.qualifiers if name_key(pair[1]) not in idle],
        **cited(fact),
    }


def cited(fact: Fact) -> dict[str, Any]:
    """Where a fact stands: source, lines or page with its box (points from the top left), and the words."""
    if isinstance(fact.location, Lines):
        place: dict[str, Any] = {"lines": [fact.location.first, fact.location.last], "page": None, "box": None}
    else:
        box = fact.location.box
        place = {"lines": None, "page": fact.location.number, "box": list(box) if box else None}
    return {"source": fact.source, **place, "quote": fact.quote[:LONGEST_QUOTE]}


def disagree(one: Fact, other: Fact) -> bool:
    """Whether two facts about the same attribute of the same thing cannot both hold.

    Only brief values of different places are held against each other: rows of one table list what a thing has
    several of, and long texts tell different sides. A value that contains the other is the same, said in more words.
    """
    if (one.source, one.heading) == (other.source, other.heading) or _parted(one, other):
        return False
    if any(
        len(f.value) > BRIEF or "://" in f.value or not f.value.strip() or is_unknown(f.value) for f in (one, other)
    ):
        return False
    mine, theirs = name_key(one.value), name_key(other.value)
    if not mine or not theirs or mine in theirs or theirs in mine:
        return False
    judged = verdict(one.value), verdict(other.value)
    if any(judged):
        return all(judged) and judged[0] is not judged[1]
    return _other_values(one, other)


def _parted(one: Fact, other: Fact) -> bool:
    """Whether the facts speak of different variants of the thing."""
    mine, theirs = (dict(pair for pair in fact.qualifiers if pair[1]) for fact in (one, other))
    return any(name_key(mine[header]) != name_key(theirs[header]) for header in mine.keys() & theirs.keys())


def _other_values(one: Fact, other: Fact) -> bool:
    first, second = ({date.iso for date in dates(fact.value)} for fact in (one, other))
    if first and second:
        return not any(a.startswith(b) or b.startswith(a) for a in first for b in second)
    left, right = (cell_quantities(fact.attribute, fact.value) for fact in (one, other))
    if left and right:
        alike = [(a, b) for a in left for b in right if units_agree(a, b)]
        return bool(alike) and not any(same_quantity(a, b) for a, b in alike)
    return not left and not right
