"""A question before it is worded, and what a right answer to it holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from eval.generate.material import Stated, Thing, one_date
from rag.types import Fact

Aliases = tuple[str, ...]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Draft:
    """One question to come.

    `type` is that of the case, `wording` names its templates, `topic` what it is about: drafts are spread over topics.
    `facts` are the evidence, all of them needed where `require_all`. `earlier` is what was asked and answered before.
    """

    type: str
    wording: str
    topic: str
    things: tuple[Thing, ...] = ()
    attribute: str = ""
    value: str = ""
    must: tuple[Aliases, ...] = ()
    entities: tuple[Aliases, ...] = ()
    exclude: tuple[Aliases, ...] = ()
    facts: tuple[Fact, ...] = ()
    require_all: bool = False
    abstain: bool = False
    earlier: Stated | None = None


def forms(value: str) -> Aliases:
    """The ways to write a value that count as saying it: as it stands, and a date or number in its usual forms."""
    found = [value]
    iso = one_date(value)
    if iso is not None:
        year, *rest = iso.split("-")
        found.append(iso)
        if len(rest) == 2:
            month, day = int(rest[0]), int(rest[1])
            found += [f"{year}-{month}-{day}", f"{year}/{month}/{day}", f"{year}年{month}月{day}日"]
        elif rest:
            found += [f"{year}-{int(rest[0])}", f"{year}年{int(rest[0])}月"]
    elif "," in value:
        found.append(value.replace(",", ""))
    return tuple(dict.fromkeys(found))


def spaced(items: Sequence[T], most: int) -> list[T]:
    """At most `most` of the items, evenly from first to last: pairs of all would be too many."""
    if len(items) <= most:
        return list(items)
    return [items[at * (len(items) - 1) // (most - 1)] for at in range(most)]
