"""A line of a block and what it says, before it becomes a fact."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.partial_dates import completed, period
from ingest.subjects import Subject, first_line
from rag.text.names import name_key
from rag.types import Block, BlockKind, Lines, Location, Page


@dataclass(frozen=True, slots=True)
class Line:
    raw: str
    number: int
    """1-based line in the file; for a PDF the page number."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a fact says, before it is placed."""

    entity: str
    value: str
    attribute: str = ""
    qualifiers: tuple[tuple[str, str], ...] = ()
    extra: tuple[str, ...] = ()
    """Keys of further things that the fact is about."""


def block_lines(block: Block) -> Iterator[Line]:
    first = first_line(block.location)
    step = 0 if isinstance(block.location, Page) else 1
    for offset, raw in enumerate(block.text.split("\n")):
        yield Line(raw, first + offset * step)


def days(block: Block, plain: str) -> tuple[str, ...]:
    """What a line of a note says day by day, where a heading gives the year or month of its days."""
    time = None if isinstance(block.location, Page) else period((*block.heading, *block.parents))
    return completed(plain, time) if time is not None else ()


def placed(block: Block, first: int, last: int | None = None) -> Location:
    return block.location if isinstance(block.location, Page) else Lines(first, last or first)


def parents(block: Block) -> tuple[tuple[str, str], ...]:
    return tuple(("", parent.split("\n")[0][:60]) for parent in block.parents)


def others(owner: Subject | None) -> tuple[str, ...]:
    return tuple(name_key(forms[0]) for forms in owner.things[1:]) if owner else ()


def is_beside(below: Block, heading: Block) -> bool:
    """Whether the next block is a heading that is no part of the section."""
    return below.kind is BlockKind.HEADING and below.depth <= heading.depth
