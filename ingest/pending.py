"""What the notes on disk hold that the index does not: as little as possible is read, and nothing is written."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ingest.changes import SETTLED_NS, Plan, compare, moves, read_bytes
from ingest.pace import Pace
from ingest.prepare import configuration, digest
from ingest.sources import Found
from rag.config import Settings
from rag.embed import open_embedder
from rag.errors import UnreadableFileError
from rag.index.records import Generation, Records
from rag.index.sources import Known, known_sources
from rag.types import SourceKind

MOST_HASHED = 50_000_000
"""Bytes that are read to see whether files with another time are others: some tenths of a second."""


@dataclass(frozen=True, slots=True)
class Pending:
    """What the next ingest has to do, and how many seconds that will take.

    `changed` are files with other bytes, or all when the program or the embedder is another one; `touched` those
    with another time alone. A renamed file is in `renamed` only.
    """

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    unreadable: tuple[str, ...]
    touched: bool
    seconds: float

    @property
    def matters(self) -> bool:
        """Whether answers could be others after the next ingest."""
        return bool(self.added or self.changed or self.removed or self.renamed or self.unreadable)


def pending(settings: Settings) -> Pending:
    """What an ingest would do now. Raises CorpusNotFoundError, IndexNotFoundError and their siblings."""
    current, known = _held(settings)
    embedder = open_embedder(settings.embedder, download=settings.download).fingerprint
    afresh = (current.embedder, current.configuration) != (embedder, configuration())
    plan = compare(settings, (), known, afresh=afresh)
    other = plan.read if afresh else _others(plan.read, known)
    differing = {found.path for found in other}
    arrived = {found.path: _digest(found) for found in other if found.path not in known} if plan.gone else {}
    renamed = moves(plan.gone, arrived, known)
    return Pending(
        added=tuple(f.path for f in other if f.path not in known and f.path not in renamed.values()),
        changed=tuple(found.path for found in other if found.path in known),
        removed=tuple(sorted(plan.gone - renamed.keys())),
        renamed=tuple(sorted(renamed.items())),
        unreadable=_newly_unreadable(plan, known),
        touched=_is_settled(found for found in plan.read if found.path not in differing),
        seconds=_seconds(settings, other),
    )


def _held(settings: Settings) -> tuple[Generation, Mapping[str, Known]]:
    store = Records.open(settings.index_path)
    try:
        with store.reading() as connection:
            current = store.require_current(connection)
            return current, known_sources(connection, current.id)
    finally:
        store.close()


def _others(read: Iterable[Found], known: Mapping[str, Known]) -> list[Found]:
    """Those files whose bytes are not what the index knows."""
    found = list(read)
    if sum(entry.size for entry in found) > MOST_HASHED:
        return found
    return [entry for entry in found if entry.path not in known or _digest(entry) != known[entry.path].digest]


def _digest(found: Found) -> str:
    try:
        return digest(read_bytes(found))
    except UnreadableFileError:
        return ""


def _newly_unreadable(plan: Plan, known: Mapping[str, Known]) -> tuple[str, ...]:
    return tuple(sorted(path for path, why in plan.failed.items() if path in known and known[path].stale != why))


def _is_settled(touched: Iterable[Found]) -> bool:
    """Whether the index could note the time of a file that was only touched."""
    now = time.time_ns()
    return any(now - found.mtime_ns > SETTLED_NS for found in touched)


def _seconds(settings: Settings, files: Iterable[Found]) -> float:
    sizes = dict.fromkeys(SourceKind, 0)
    for found in files:
        sizes[found.kind] += found.size
    pace = Pace.read(settings.index_path, settings.embedder)
    return pace.seconds(sizes[SourceKind.NOTE], sizes[SourceKind.PAPER])


def file_of(settings: Settings, path: str) -> Path:
    """The file of the source that the index calls `path`: in the corpus, or a linked paper in the cache."""
    inside = settings.corpus / path
    if inside.exists():
        return inside
    from ingest.links import PAPERS
    from ingest.paper_cache import PaperCache, default_cache

    folder, _, name = path.partition("/")
    if folder == PAPERS and name:
        cached = PaperCache(settings.papers_cache or default_cache()).path(name)
        return cached if cached.exists() else inside
    return inside
