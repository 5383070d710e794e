"""The derived parts of one machine, where the records lie on a server: made and kept up from the records alone.

The directory of lexical indexes bears the name that the records give it, and a note of the generation up to which it
holds every text. FAISS files bear the names of their rows. Both hold only what was committed; what is there is
brought up to date when a generation is first asked, under the lock of the directory, so that several processes of a
machine share one copy.
"""

from __future__ import annotations

import shutil
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np

from rag.index import layout, lexical, lexical_bytes, rebuild
from rag.index import tables as t
from rag.index.layout import lexical_path, vectors_path
from rag.index.records import Generation, Records
from rag.index.segments import Segment, all_segments, segments_of, unpacked
from rag.index.written import note

THROUGH = "through"
"""The note of the generation up to which a directory of lexical indexes holds every text."""
LOCK_TIMEOUT = 600.0
"""Seconds that a process waits for another one that makes the same files."""


def bring(store: Records) -> None:
    """Bring all that the current generation is asked for."""
    with store.reading() as connection:
        current = store.require_current(connection)
    bring_lexical(store, current.id)
    bring_vectors(store, current)


def bring_lexical(store: Records, generation: int) -> Path:
    """Let the lexical indexes hold every text of the generations up to `generation`, and of all newer ones by now.

    Gives their directory, which a collection can have replaced by another meanwhile.
    """
    with store.reading() as connection:
        directory = _directory(store, connection)
    if (_through(directory) or 0) >= generation:
        return directory
    with _changing(store), store.reading() as connection:
        directory, current = _directory(store, connection), store.current(connection)
        through = _through(directory)
        if through is None:
            shutil.rmtree(directory, ignore_errors=True)
            for kind in rebuild.KINDS:
                lexical.create(directory / kind)
        for kind in rebuild.KINDS:
            _append(connection, directory / kind, kind, current, through or 0)
        layout.make_durable(directory)
        _note(directory, current)
    _sweep(store)
    return directory


def bring_vectors(store: Records, generation: Generation) -> None:
    """Let there be the FAISS files that `generation` searches."""
    with store.reading() as connection:
        wanted = segments_of(connection, generation.id, generation.embedder)
    if not _missing(store, wanted):
        return
    with _changing(store), store.reading() as connection:
        # Read again within the transaction that reads the vectors: collection writes rows and vectors at once.
        wanted = segments_of(connection, generation.id, generation.embedder)
        for segment in _missing(store, wanted):
            path = vectors_path(store.index) / segment.file
            ids = np.asarray(unpacked(segment.ids), np.int64)
            note(path, rebuild.write_vectors(store, connection, segment.embedder, ids, path))
    _sweep(store)


def mend(store: Records, *, everything: bool = False, thorough: bool = False) -> list[str]:
    """Make the damaged files of this machine anew (or `everything`); one readable line for each kind."""
    notices = []
    with store.reading() as connection:
        current = store.require_current(connection)
        directory = _directory(store, connection)
        damaged = [segment for segment, _ in rebuild.damaged_segments(store, connection, thorough=thorough)]
        files = all_segments(connection) if everything else damaged
    broken = "as asked" if everything else None
    if broken is None and (_through(directory) or 0) >= current.id:  # what only lags behind is brought, not mended
        broken = rebuild.lexical_damage(store, directory.name, thorough=thorough)
    elif broken is None and _through(directory) is not None:
        broken = next(
            filter(None, (lexical_bytes.damage(directory / k, thorough=thorough) for k in rebuild.KINDS)), None
        )
    with _changing(store):
        for segment in files:
            (vectors_path(store.index) / segment.file).unlink(missing_ok=True)
        if broken:
            (directory / THROUGH).unlink(missing_ok=True)
    if broken:
        notices.append(f"the lexical index was made anew from the records ({broken})")
    if files:
        notices.append(f"{len(files)} vector file(s) were made anew from the records")
    bring_lexical(store, current.id)
    bring_vectors(store, current)
    return notices


def _changing(store: Records) -> AbstractContextManager[None]:
    """Under the lock of the directory, which other processes of this machine share."""
    layout.make(store.index)
    return layout.writing(store.index, timeout=LOCK_TIMEOUT)


def _directory(store: Records, connection: t.Connection) -> Path:
    return lexical_path(store.index, store.get(connection, "lexical") or "")


def _through(directory: Path) -> int | None:
    try:
        return int((directory / THROUGH).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _note(directory: Path, generation: int) -> None:
    temporary = directory / f"{THROUGH}.part"
    temporary.write_text(f"{generation}\n", encoding="ascii")
    temporary.replace(directory / THROUGH)


def _append(connection: t.Connection, path: Path, kind: str, generation: int, after: int) -> None:
    """Add the texts that came after the generation `after`, but for those that are there."""
    reader = lexical.LexicalReader(path)
    entries = rebuild.every_entry(connection, kind, generation, after)
    if reader.stored:
        fresh = list(entries)
        there = {entry.id for entry in reader.entries(entry.id for entry in fresh)}
        entries = [entry for entry in fresh if entry.id not in there]
        if not entries:
            return
    lexical.append(path, entries)


def _missing(store: Records, wanted: list[Segment]) -> list[Segment]:
    return [segment for segment in wanted if rebuild.segment_damage(store, segment, thorough=False)]


def _sweep(store: Records) -> None:
    """Delete what no kept generation refers to."""
    with _changing(store):
        rebuild.sweep_files(store)
