"""What is to be done: the files of the corpus compared with what the index knows of them."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.linked import from_cache, is_from_cache
from ingest.paper_memory import CHANGING
from ingest.prepare import digest
from ingest.sources import Found, OnError, scan
from rag.config import Settings
from rag.errors import CorpusEmptyError, CorpusVanishedError, UnreadableFileError, UsageError
from rag.index.sources import Known

SETTLED_NS = 2_000_000_000
"""A file younger than this may be written again within one tick of the clock: its time proves nothing."""

READING_ATTEMPTS = 3


@dataclass(slots=True)
class Plan:
    """What a scan found: files to read (new or perhaps changed), paths kept, gone, failed (and why)."""

    read: list[Found] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)


def compare(settings: Settings, paths: Sequence[Path | str], known: Mapping[str, Known], *, afresh: bool) -> Plan:
    """Compare the corpus, or those `paths` of it, with what is `known`.

    Files whose size and time are as before are not read, unless `afresh`. Raises UsageError for a path
    outside the corpus, CorpusEmptyError for a corpus without a source where none is known.
    """
    plan = Plan()
    failed = plan.failed

    def note_failure(path: str, reason: str) -> None:
        failed[path] = reason

    found = corpus_files(settings, note_failure)
    if not found and not failed and not known:
        raise CorpusEmptyError(
            f"the corpus {settings.corpus} holds no notes (.md, .markdown) and no papers (.pdf); "
            "put some there or name another directory with --corpus"
        )
    wanted = _wanted(settings.corpus, paths, [entry.path for entry in found], known)
    for entry in found:
        before = known.get(entry.path)
        if not _within(entry.path, wanted):
            continue
        if entry.size > settings.max_file_bytes:
            failed[entry.path] = (
                f"{entry.size} bytes are more than the setting max_file_bytes = {settings.max_file_bytes}"
            )
        elif before and not afresh and (before.size, before.mtime_ns) == (entry.size, entry.mtime_ns):
            plan.kept.add(entry.path)
        else:
            plan.read.append(entry)
    seen = {entry.path for entry in found}
    for path in known:
        # What lies in a directory that cannot be read is not gone.
        if path not in seen and not _within(path, failed) and _within(path, wanted):
            plan.gone.add(path)
        elif path not in seen and (above := _above(path, failed)):
            failed[path] = failed[above]
    return plan


def corpus_files(settings: Settings, on_error: OnError) -> tuple[Found, ...]:
    """The notes and papers of the corpus, and the linked papers that the index takes from the cache."""
    found = scan(settings.corpus, exclude=settings.index_path, on_error=on_error)
    return tuple(sorted((*found, *from_cache(settings, found)), key=lambda entry: entry.path))


def guard_removal(settings: Settings, plan: Plan, known: Mapping[str, Known]) -> None:
    """Raise CorpusVanishedError where every known source is gone, and not just to another path.

    Linked papers prove nothing: they lie in the cache.
    """
    left = known.keys() - plan.gone
    if not plan.gone or not all(is_from_cache(settings, path) for path in left):
        return
    arrived = {}
    for found in plan.read:
        with contextlib.suppress(UnreadableFileError):
            arrived[found.path] = digest(read_bytes(found))
    if not moves(plan.gone, arrived, known):
        raise CorpusVanishedError(
            f"all {len(plan.gone)} sources of the index are gone from {settings.corpus}: is a disk not mounted, "
            "or is it another corpus? The index is as it was; `rag ingest --yes` forgets them"
        )


def moves(gone: Iterable[str], arrived: Mapping[str, str], known: Mapping[str, Known]) -> dict[str, str]:
    """Old path -> new path of the files that are the same bytes under another name.

    `arrived` maps the paths of files that were read to their digests.
    """
    left: dict[str, list[str]] = {}
    for path in sorted(gone, reverse=True):
        left.setdefault(known[path].digest, []).append(path)
    moved = {}
    for path, found in sorted(arrived.items()):
        if path not in known and left.get(found):
            moved[left[found].pop()] = path
    return moved


def read_bytes(found: Found) -> bytes:
    """The bytes of a file. Raises UnreadableFileError where it cannot be read or keeps changing meanwhile."""
    try:
        for _ in range(READING_ATTEMPTS):
            with found.file.open("rb") as stream:
                before = os.fstat(stream.fileno())
                data = stream.read()
                after = os.fstat(stream.fileno())
            if (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, len(data)):
                return data
    except OSError as error:
        raise UnreadableFileError(found.path, (error.strerror or str(error)).lower()) from error
    raise UnreadableFileError(found.path, CHANGING)


def settled_time(found: Found) -> int:
    """The file's time for comparison next time; 0 where it was written too recently to prove anything."""
    return found.mtime_ns if time.time_ns() - found.mtime_ns > SETTLED_NS else 0


def _wanted(corpus: Path, paths: Sequence[Path | str], found: Sequence[str], known: Collection[str]) -> tuple[str, ...]:
    """`paths` relative to the corpus; ("",) for all of it."""
    wanted = []
    root = corpus.resolve()
    for path in paths:
        candidates = [Path(path).resolve(), (root / path).resolve()]
        inside = [c.relative_to(root).as_posix() for c in candidates if c.is_relative_to(root)]
        inside = ["" if c == "." else c for c in inside]
        there = [c for c in inside if c == "" or any(_within(p, (c,)) for p in (*found, *known))]
        if not there:
            raise UsageError(
                f"{path} is no note or paper of the corpus {corpus}, nor a directory with some; "
                "another corpus is named by --corpus"
            )
        wanted.append(there[0])
    return tuple(wanted) or ("",)


def _within(path: str, places: Collection[str]) -> bool:
    return _above(path, places) is not None


def _above(path: str, places: Collection[str]) -> str | None:
    """The first of `places` that is `path` or a directory above it."""
    return next((p for p in places if not p or path == p or path.startswith(p + "/")), None)
