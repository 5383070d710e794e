"""The whole write path: notes and papers to the next generation of the index."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.changes import Plan, compare, guard_removal, moves, read_bytes, settled_time
from ingest.linked import Fetched, fetch_linked
from ingest.prepare import configuration, digest, prepare
from ingest.sources import Found, scan
from rag.config import Settings
from rag.embed import BUILTIN, Embedder, open_embedder
from rag.errors import EmbedderMismatchError, IndexNotFoundError, UnreadableFileError
from rag.index.records import Generation, Known, Records, known_sources
from rag.types import Entity, Name

if TYPE_CHECKING:
    from rag.index.document import Document
    from rag.index.writer import Change, Writer

Progress = Callable[[str, int, int], None]

BATCH = 32
"""Files between two stages: no more are held in memory."""


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
    fetched: int = 0
    unfetched: tuple[tuple[str, str], ...] = ()
    """(identifier, reason) of linked papers that could not be fetched; the next run with `papers` tries again."""


@dataclass(slots=True)
class _Outcome:
    """What came of reading files: digests of staged ones, (size, mtime_ns) of unchanged ones, failures."""

    staged: dict[str, str] = field(default_factory=dict)
    same: dict[str, tuple[int, int]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def ingest(
    settings: Settings,
    *,
    paths: Sequence[Path | str] = (),
    full: bool = False,
    confirm_removal: bool = False,
    another_embedder: bool = True,
    linked: bool = False,
    progress: Progress | None = None,
) -> Summary:
    """Bring the index up to date with the corpus, all of it or only `paths`, and switch in one step.

    `full` reads every file again; `linked` first fetches the papers that notes link to (from the cache alone with
    `settings.offline`); `confirm_removal` goes on although every known source is gone.
    `another_embedder` allows to embed anew what another embedder has embedded; the earlier vectors serve until
    that is done, and are kept. Raises CorpusNotFoundError, CorpusEmptyError, CorpusVanishedError, IndexLockedError,
    EmbedderMismatchError, EmbedderError and their siblings; the earlier index is intact then.
    """
    embedder = open_embedder(settings.embedder, download=settings.download)
    current, known = _held(settings)
    if current is not None and not another_embedder:
        _require_embedder(settings, current, embedder.fingerprint)
    fetched = _fetch(settings, progress) if linked else Fetched()
    summary = _ingest(
        settings, embedder, current, known, paths, progress, full=full, confirm_removal=confirm_removal
    )  # fmt: skip
    return replace(summary, fetched=fetched.new, unfetched=fetched.failed)


def _fetch(settings: Settings, progress: Progress | None) -> Fetched:
    """Fetch the papers that the notes link to."""
    found = scan(settings.corpus, exclude=settings.index_path)
    return fetch_linked(settings, found, progress) if found else Fetched()


def _ingest(
    settings: Settings,
    embedder: Embedder,
    current: Generation | None,
    known: Mapping[str, Known],
    paths: Sequence[Path | str],
    progress: Progress | None,
    *,
    full: bool,
    confirm_removal: bool,
) -> Summary:
    if not full and current is not None and (summary := _nothing_to_do(settings, paths, current, known, embedder)):
        return summary
    if not settings.index_path.is_dir():
        compare(settings, paths, {}, afresh=True)  # a wrong corpus must not leave an empty index behind
    from rag.index.writer import open_writer

    with open_writer(settings.index_path, embedder, timeout=settings.lock_timeout) as writer:
        current, known = writer.current, writer.known()
        afresh = full or current is None or current.configuration != configuration()
        relexical = afresh and current is not None
        plan = compare(settings, paths, known, afresh=afresh)
        if not confirm_removal:
            guard_removal(settings, plan, known)
        outcome = _read(
            writer, plan.read, known, progress,
            afresh=afresh, relexical=relexical, password=settings.papers_password,
        )  # fmt: skip
        change = _change(settings, plan, outcome, known, relexical=relexical)
        if outcome.same:
            writer.touch(outcome.same)
        number = current.id if current else 0
        needed = outcome.staged or change.removed or change.stale or afresh
        if needed or current is None or current.embedder != embedder.fingerprint:
            number = writer.commit(change, _merge, progress)
        return _summary(plan, outcome, known, number, writer)


def _held(settings: Settings) -> tuple[Generation | None, dict[str, Known]]:
    """The index's current generation and what it knows of its sources, without taking the write lock."""
    try:
        store = Records.open(settings.index_path, timeout=settings.lock_timeout)
    except IndexNotFoundError:
        return None, {}
    try:
        with store.reading() as connection:
            current = store.generation(connection, store.current(connection))
            return current, known_sources(connection, current.id) if current else {}
    finally:
        store.close()


def _require_embedder(settings: Settings, current: Generation, fingerprint: str) -> None:
    """Raise EmbedderMismatchError where embedding anew could take hours that nobody asked for."""
    own = settings.embedder == current.embedder_name == BUILTIN  # a newer program embeds anew within seconds
    if current.embedder != fingerprint and not own:
        made, asked = (current.embedder_name, current.embedder), (settings.embedder, fingerprint)
        raise EmbedderMismatchError(settings.index_path, made, asked)


def _nothing_to_do(
    settings: Settings,
    paths: Sequence[Path | str],
    current: Generation,
    known: Mapping[str, Known],
    embedder: Embedder,
) -> Summary | None:
    """The summary when the files are as the index knows them."""
    if (current.embedder, current.configuration) != (embedder.fingerprint, configuration()):
        return None
    plan = compare(settings, paths, known, afresh=False)
    if plan.read or plan.gone or any(known[p].stale != why for p, why in plan.failed.items() if p in known):
        return None
    unchanged = len(known) - len(plan.failed.keys() & known.keys())
    return Summary(unchanged=unchanged, failed=tuple(sorted(plan.failed.items())), generation=current.id)


def _read(
    writer: Writer,
    files: Sequence[Found],
    known: Mapping[str, Known],
    progress: Progress | None,
    *,
    afresh: bool,
    relexical: bool,
    password: str,
) -> _Outcome:
    """Read and stage `files`."""
    outcome = _Outcome()
    for start in range(0, len(files), BATCH):
        batch = files[start : start + BATCH]
        documents: list[Document] = []
        for number, found in enumerate(batch, start):
            if progress:
                progress(found.path, number, len(files))
            documents += _documents(found, known.get(found.path), outcome, afresh=afresh, password=password)
        if documents:
            writer.stage(documents, progress, relexical=relexical)
    if progress and files:
        progress("read", len(files), len(files))
    return outcome


def _documents(
    found: Found, before: Known | None, outcome: _Outcome, *, afresh: bool, password: str
) -> Iterator[Document]:
    """The document of a file, or none where it is unchanged or cannot be read."""
    try:
        data = read_bytes(found)
        if before and not afresh and before.stale is None and before.digest == digest(data):
            outcome.same[found.path] = (found.size, settled_time(found))
            return
        document = prepare(found, data, mtime_ns=settled_time(found), password=password)
    except UnreadableFileError as error:
        outcome.failed[found.path] = error.reason
    except Exception as error:
        # Whatever one file does to a parser, the others go on and its earlier version keeps serving.
        outcome.failed[found.path] = f"cannot be parsed ({type(error).__name__}: {error})"
    else:
        outcome.staged[found.path] = document.source.digest
        yield document


def _change(
    settings: Settings, plan: Plan, outcome: _Outcome, known: Mapping[str, Known], *, relexical: bool
) -> Change:
    from rag.index.writer import Change

    failed = plan.failed | outcome.failed
    return Change(
        removed=tuple(sorted(plan.gone)),
        stale={path: why for path, why in failed.items() if path in known and known[path].stale != why},
        configuration=configuration(),
        embedder_name=settings.embedder,
        relexical=relexical,
    )


def _merge(names: Iterable[Name]) -> Sequence[Entity]:
    from ingest.entities import merge

    return merge(names)


def _summary(plan: Plan, outcome: _Outcome, known: Mapping[str, Known], generation: int, writer: Writer) -> Summary:
    moved = moves(plan.gone, outcome.staged, known)
    new = outcome.staged.keys() - known.keys()
    changed = [
        path
        for path, staged in outcome.staged.items()
        if path in known and (known[path].digest != staged or known[path].stale)
    ]
    failed = plan.failed | outcome.failed
    lost = failed.keys() & known.keys()
    return Summary(
        added=len(new) - len(moved),
        changed=len(changed),
        removed=len(plan.gone) - len(moved),
        unchanged=len(known) - len(plan.gone) - len(changed) - len(lost),
        failed=tuple(sorted(failed.items())),
        generation=generation,
        embedded=writer.embedded,
        notices=writer.notices,
        renamed=len(moved),
    )
