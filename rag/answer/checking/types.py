"""What is checked against what: numbered evidence, and a sentence with its verdict."""

from __future__ import annotations

from dataclasses import dataclass

from rag.types import Fact


@dataclass(frozen=True, slots=True)
class Evidence:
    """One numbered piece of what the notes say.

    `where` is its heading path as a person reads it; `facts` are what an ingest read out of it: a table row says
    whose cells it holds and under which headers only there.
    """

    n: int
    text: str
    where: str
    facts: tuple[Fact, ...] = ()
    opening: str = ""
    """What the source says before its first section: there notes say in which units their tables are."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A sentence with its marks as [1][2]; `reason` says why it does not pass ("" if it does)."""

    text: str
    marks: tuple[int, ...]
    ok: bool
    reason: str
