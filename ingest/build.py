"""The whole write path: notes and papers to the next generation of the index."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.changes import Plan, compare, guard_removal, settled_time
from ingest.prepare import configuration, digest, prepare
from ingest.sources import Found
from rag.config import Settings
from rag.embed import open_embedder
from rag.errors import IndexNotFoundError, UnreadableFileError
from rag.index.records import Known, Records, known_sources
from rag.types import Entity, Name

if TYPE_CHECKING:
    from rag.index.document import Document
    from rag.index.writer import Change

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Summary:
    """What an ingest did. A renamed file counts as `renamed`, not as added and removed.

    `failed` holds (path, reason) of what could not be read; its earlier version, if any, keeps serving.
    `embedded` is the number of texts that had to be embedded.
    """

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    failed: tuple[tuple[str, str], ...] = ()
    generation: int = 0
    embedded: int = 0
    notices: tuple[str, ...] = ()
    renamed: int = 0


@dataclass(frozen=True, slots=True)
class _Reading:
    """What came of reading files: documents, (size, mtime_ns) of unchanged ones, and failures."""

    documents: tuple[Document, ...]
    same: Mapping[str, tuple[int, int]]
    failed: Mapping[str, str]


def ingest(
    settings: Settings,
    *,
    paths: Sequence[Path | str] = (),
    full: bool = False,
    confirm_removal: bool = False,
    progress: Progress | None = None,
) -> Summary:
    """Bring the index up to date with the corpus, all of it or only `paths`, and switch in one step.

    `full` reads every file again; `confirm_removal` goes on although every known source is gone.
    Raises CorpusNotFoundError, CorpusEmptyError, CorpusVanishedError, IndexLockedError, EmbedderError and
    their siblings; the earlier index is intact then.
    """
    embedder = open_embedder(settings.embedder, download=settings.download)
    if not full and (summary := _nothing_to_do(settings, paths, embedder.fingerprint)):
        return summary
    if not settings.index_path.is_dir():
        compare(settings, paths, {}, afresh=True)  # a wrong corpus must not leave an empty index behind
    from rag.index.writer import open_writer

    with open_writer(settings.index_path, timeout=settings.lock_timeout) as writer:
        current, known = writer.current(), writer.known()
        stable = current is not None and current.configuration == configuration()
        plan = compare(settings, paths, known, afresh=full or not stable)
        reading = _read(plan.read, known, progress, afresh=full or not stable)
        change = _change(
            settings, plan, reading, known, relexical=current is not None and (full or not stable)
        )
        if not confirm_removal:
            guard_removal(settings, plan, known, _moved(change, known))
        if reading.same:
            writer.touch(reading.same)
        number, embedded = current.id if current else 0, 0
        needed = change.documents or change.removed or change.stale or change.relexical
        if needed or current is None or current.embedder != embedder.fingerprint:
            committed = writer.commit(change, embedder, _merge, progress)
            number, embedded = committed.generation, committed.embedded
        failed = {**plan.failed, **reading.failed}
        return _summary(change, known, failed, number, embedded, tuple(writer.notices))


def _nothing_to_do(settings: Settings, paths: Sequence[Path | str], embedder: str) -> Summary | None:
    """The summary when the files are as the index knows them, found out without taking the write lock."""
    try:
        store = Records.open(settings.index_path, timeout=settings.lock_timeout)
    except IndexNotFoundError:
        return None
    try:
        with store.reading() as connection:
            current = store.generation(connection, store.current(connection))
            known = known_sources(connection, current.id) if current else {}
    finally:
        store.close()
    if current is None or (current.embedder, current.configuration) != (embedder, configuration()):
        return None
    plan = compare(settings, paths, known, afresh=False)
    if plan.read or plan.gone or any(known[p].stale != why for p, why in plan.failed.items() if p in known):
        return None
    unchanged = len(known) - len(plan.failed.keys() & known.keys())
    return Summary(unchanged=unchanged, failed=tuple(sorted(plan.failed.items())), generation=current.id)


def _read(
    files: Sequence[Found], known: Mapping[str, Known], progress: Progress | None, *, afresh: bool
) -> _Reading:
    documents: list[Document] = []
    same: dict[str, tuple[int, int]] = {}
    failed: dict[str, str] = {}
    for number, found in enumerate(files):
        if progress:
            progress(found.path, number, len(files))
        try:
            data = _bytes(found)
            before = known.get(found.path)
            if before and not afresh and before.stale is None and before.digest == digest(data):
                same[found.path] = (found.size, settled_time(found))
            else:
                documents.append(prepare(found, data, mtime_ns=settled_time(found)))
        except UnreadableFileError as error:
            failed[found.path] = error.reason
        except Exception as error:
            # Whatever one file does to a parser, the others go on and its earlier version keeps serving.
            failed[found.path] = f"cannot be parsed ({type(error).__name__}: {error})"
    if progress:
        progress("read", len(files), len(files))
    return _Reading(tuple(documents), same, failed)


def _bytes(found: Found) -> bytes:
    try:
        data = found.file.read_bytes()
        if found.file.stat().st_size != len(data):
            raise UnreadableFileError(found.path, "it changed while it was read; ingest again")
    except OSError as error:
        raise UnreadableFileError(found.path, (error.strerror or str(error)).lower()) from error
    return data


def _change(
    settings: Settings, plan: Plan, reading: _Reading, known: Mapping[str, Known], *, relexical: bool
) -> Change:
    from rag.index.writer import Change

    failed = {**plan.failed, **reading.failed}
    return Change(
        documents=reading.documents,
        removed=tuple(sorted(plan.gone)),
        stale={path: why for path, why in failed.items() if path in known and known[path].stale != why},
        configuration=configuration(),
        embedder_name=settings.embedder,
        relexical=relexical,
    )


def _moved(change: Change, known: Mapping[str, Known]) -> dict[str, str]:
    """Old path -> new path of the files that are the same bytes under another name."""
    gone = {known[path].digest: path for path in reversed(change.removed)}
    moved: dict[str, str] = {}
    for document in change.documents:
        source = document.source
        if source.path not in known and source.digest in gone:
            moved.setdefault(gone[source.digest], source.path)
    return moved


def _merge(names: Iterable[Name]) -> Sequence[Entity]:
    from ingest.entities import merge

    return merge(names)


def _summary(
    change: Change,
    known: Mapping[str, Known],
    failed: Mapping[str, str],
    generation: int,
    embedded: int,
    notices: tuple[str, ...],
) -> Summary:
    moved = _moved(change, known)
    new = {d.source.path for d in change.documents if d.source.path not in known}
    changed = [
        d
        for d in change.documents
        if (before := known.get(d.source.path)) and (before.digest != d.source.digest or before.stale)
    ]
    lost = failed.keys() & known.keys()
    return Summary(
        added=len(new) - len(moved),
        changed=len(changed),
        removed=len(change.removed) - len(moved),
        unchanged=len(known) - len(change.removed) - len(changed) - len(lost),
        failed=tuple(sorted(failed.items())),
        generation=generation,
        embedded=embedded,
        notices=notices,
        renamed=len(moved),
    )
