"""The order in which names are evidence of things: nothing else of where they stand matters when they are merged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rag.types import Name


def by_evidence(name: Name) -> tuple[int, str, int, str]:
    """A key that sorts names as they are merged into things: the strongest first, then as they stand in the sources."""
    return -name.strength, name.source, name.line, name.key


def told(rows: Iterable[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """What rows of `names` say of things, in the order that merges them: which lines they stand on does not matter."""
    ordered = sorted(
        (-strength, source, line, key, at, surface, group, url)
        for source, at, surface, key, group, strength, line, url in rows
    )
    return [
        (strength, source, key, surface, group, url) for strength, source, _, key, _, surface, group, url in ordered
    ]
