"""The whole write path: notes and papers to the next generation of the index."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.changes import Plan, compare, guard_removal, moves, read_bytes, settled_time
from ingest.linked import Fetched, fetch_linked
from ingest.pace import Stopwatch
from ingest.paper_memory import PaperMemory
from ingest.prepare import configuration, digest
from ingest.sources import Found, scan
from rag.config import Settings
from rag.embed import BUILTIN, Embedder, open_embedder
from rag.errors import EmbedderMismatchError, IndexNotFoundError, UnreadableFileError
from rag.index import attached
from rag.index.records import Generation, Records
from rag.index.sources import Known, known_sources
from rag.types import Entity, Name, SourceKind

if TYPE_CHECKING:
    from ingest.note_worker import Task
    from ingest.ray_crew import RayCrew
    from rag.index.rendered import Rendered
    from rag.index.writer import Change, Writer

Progress = Callable[[str, int, int], None]

BATCH = 512 * 1024
"""Bytes of files between two stages: hardly more are held in memory, as rows ten times as large."""
STAGES, FEWEST = 8, 128 * 1024
"""Where notes are read beside the writer, at least so many stages, but of no fewer bytes: the last one is written when
nothing is left to read, on one core."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What an ingest did. A renamed file counts as `renamed`, not as added and removed.

    `failed` holds (path, reason) of what could not be read; its earlier version, if any, keeps serving.
    `embedded` is the number of texts that had to be embedded, and `headings` how many of them no passage says but some
    stand under.
    """

    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    failed: tuple[tuple[str, str], ...] = ()
    generation: int = 0
    embedded: int = 0
    headings: int = 0
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
    attached.attach(settings.index_path, settings.records, settings.search)
    embedder = open_embedder(settings.embedder, download=settings.download)
    current, known = _held(settings)
    if current is not None and not another_embedder:
        _require_embedder(settings, current, embedder.fingerprint)
    fetched = _fetch(settings, progress) if linked else Fetched()
    stopwatch = Stopwatch(settings, progress)
    summary = _ingest(
        settings, embedder, current, known, paths, stopwatch, full=full, confirm_removal=confirm_removal
    )  # fmt: skip
    if current is None or summary.generation != current.id:
        stopwatch.note()
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
    plan = None
    if not full and current is not None and _is_current(current, embedder):
        plan = compare(settings, paths, known, afresh=False)
        if _needs_nothing(plan, known):
            unchanged = len(known) - len(plan.failed.keys() & known.keys())
            return Summary(unchanged=unchanged, failed=tuple(sorted(plan.failed.items())), generation=current.id)
    if current is None and (settings.records or settings.search or not settings.index_path.is_dir()):
        compare(settings, paths, {}, afresh=True)  # a wrong corpus must not leave an empty index behind
    from rag.index.history import Retention
    from rag.index.writer import open_writer

    retention = Retention(settings.keep_generations, settings.keep_days)
    with (
        _crew(settings, embedder) as crew,
        open_writer(
            settings.index_path,
            crew.embedder if crew else embedder,
            timeout=settings.lock_timeout,
            retention=retention,
        ) as writer,
    ):
        if plan is None or writer.current != current:  # another program wrote meanwhile
            current, known, plan = writer.current, writer.known(), None
        afresh = full or current is None or current.configuration != configuration()
        relexical = afresh and current is not None
        plan = plan or compare(settings, paths, known, afresh=afresh)
        if not confirm_removal:
            guard_removal(settings, plan, known)
        papers = PaperMemory(settings.index_path, settings.papers_password)
        outcome = _read(writer, plan.read, known, papers, progress, crew, afresh=afresh, relexical=relexical)
        change = _change(settings, plan, outcome, known, relexical=relexical)
        if outcome.same:
            writer.touch(outcome.same)
        number = current.id if current else 0
        needed = outcome.staged or change.removed or change.stale or afresh
        if needed or current is None or current.embedder != embedder.fingerprint:
            number = writer.commit(change, _merge, progress)
            papers.keep({*outcome.staged.values(), *(known[path].digest for path in known.keys() - plan.gone)})
        return _summary(plan, outcome, known, number, writer)


@contextmanager
def _crew(settings: Settings, embedder: Embedder) -> Iterator[RayCrew | None]:
    """Who reads and embeds where not this machine's processes do."""
    if settings.engine != "ray":
        yield None
        return
    from ingest.ray_crew import crew

    with crew(settings, embedder) as workers:
        yield workers


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


def _is_current(current: Generation, embedder: Embedder) -> bool:
    """Whether this program with this embedder made the generation."""
    return (current.embedder, current.configuration) == (embedder.fingerprint, configuration())


def _needs_nothing(plan: Plan, known: Mapping[str, Known]) -> bool:
    """Whether the files are as the index knows them."""
    failed = any(known[path].stale != why for path, why in plan.failed.items() if path in known)
    return not (plan.read or plan.gone or failed)


def _read(
    writer: Writer,
    files: Sequence[Found],
    known: Mapping[str, Known],
    papers: PaperMemory,
    progress: Progress | None,
    crew: RayCrew | None,
    *,
    afresh: bool,
    relexical: bool,
) -> _Outcome:
    """Read and stage `files`."""
    from ingest.note_crew import WORTH_PROCESSES, read_all

    outcome, held = _Outcome(), 0
    batch: list[Rendered] = []
    tasks = _tasks(files, known, outcome, progress, afresh=afresh)
    size = sum(found.size for found in files if found.kind is SourceKind.NOTE)
    enough = BATCH if size < WORTH_PROCESSES else min(BATCH, max(size // STAGES, FEWEST))
    for (found, data, _), made in crew.read_all(tasks) if crew else read_all(tasks, size, papers):
        if isinstance(made, str):
            outcome.failed[found.path] = made
            continue
        outcome.staged[found.path] = made.digest
        batch.append(made)
        held += len(data)
        if held >= enough:
            writer.stage(batch, progress, relexical=relexical)
            batch, held = [], 0
    if batch:
        writer.stage(batch, progress, relexical=relexical)
    if progress and files:
        progress("read", len(files), len(files))
    return outcome


def _tasks(
    files: Sequence[Found],
    known: Mapping[str, Known],
    outcome: _Outcome,
    progress: Progress | None,
    *,
    afresh: bool,
) -> Iterator[Task]:
    """The files that are to be read again, with their bytes; what need not or cannot be read is noted."""
    for number, found in enumerate(files):
        if progress:
            progress(found.path, number, len(files))
        before = known.get(found.path)
        try:
            data = read_bytes(found)
        except UnreadableFileError as error:
            outcome.failed[found.path] = error.reason
            continue
        if before and not afresh and before.stale is None and before.digest == digest(data):
            outcome.same[found.path] = (found.size, settled_time(found))
        else:
            yield found, data, settled_time(found)


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
        headings=writer.headings,
        notices=writer.notices,
        renamed=len(moved),
    )
