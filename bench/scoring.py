"""How much of the gold evidence a search found, by the evaluation's own rule for what reaches it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bench.notes import lines_of
from bench.systems import DEPTH, Passage
from eval.cases import Case
from eval.gold import Place, locate, supports
from eval.metrics import Rank, recall_at
from rag.errors import UsageError
from rag.types import Lines, Source, SourceKind

CHARACTERS = 4000
"""Beside the number of passages, since ten large ones hold more than ten small ones: about what a model is given."""


def lookup(notes: dict[str, str]) -> Callable[[str], Source]:
    """The notes as the evaluation reads sources."""

    def source(path: str) -> Source:
        if path not in notes:
            raise UsageError(f"{path}: not among the notes")
        return Source(path, SourceKind.NOTE, path, "", "utf-8", notes[path])

    return source


def gold(cases: Sequence[Case], notes: dict[str, str]) -> list[tuple[Place, ...]]:
    """Where the evidence of every case stands. Raises CaseError where it does not."""
    source = lookup(notes)
    return [locate(case, source) for case in cases]


def within(found: Sequence[Passage], characters: int) -> int:
    """How many of the first passages fit into that many characters together; at least the first counts."""
    total = 0
    for number, passage in enumerate(found):
        total += len(passage.text)
        if total > characters:
            return max(number, 1)
    return len(found)


def recall(case: Case, places: Sequence[Place], found: Sequence[Passage], notes: dict[str, str], k: int) -> float:
    """Share of the case's evidence among the first `k` passages."""
    ranks = [_rank(place, found, notes) for place in places]
    return recall_at(ranks, k, require_all=case.require_all)


def scores(
    cases: Sequence[Case], places: Sequence[Sequence[Place]], found: Sequence[Sequence[Passage]], notes: dict[str, str]
) -> tuple[float, float, float]:
    """Mean recall@10, mean recall in `CHARACTERS`, and mean characters of the ten passages."""
    rows = [
        (
            recall(case, where, passages, notes, DEPTH),
            recall(case, where, passages, notes, within(passages, CHARACTERS)),
            float(sum(len(passage.text) for passage in passages)),
        )
        for case, where, passages in zip(cases, places, found, strict=True)
    ]
    whole, short, characters = (sum(column) / len(rows) for column in zip(*rows, strict=True))
    return whole, short, characters


def _rank(place: Place, found: Sequence[Passage], notes: dict[str, str]) -> Rank:
    for rank, passage in enumerate(found, start=1):
        if passage.source == place.source and supports(place, passage.source, _lines(passage, notes), passage.text):
            return rank
    return None


def _lines(passage: Passage, notes: dict[str, str]) -> Lines:
    if isinstance(passage.place, Lines):
        return passage.place
    return lines_of(notes[passage.source], passage.place.start, passage.place.end)
