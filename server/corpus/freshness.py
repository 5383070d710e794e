"""How the index stands to the files: which sources are as they were read, and which changed, failed or went."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rag.config import Settings
from rag.errors import CorpusError, UnreadableFileError
from server.listing import source_row

if TYPE_CHECKING:
    from ingest.changes import Plan
    from rag.index.snapshot import Snapshot
    from rag.index.sources import Known


def freshness(snapshot: Snapshot, settings: Settings) -> dict[str, Any]:
    """Every source of the index, and every file of the corpus that is not in it, with its state.

    `state` is "fresh", "changed" (the file differs from what the index read), "gone" (no such file any more),
    "failed" (`reason`: why the newest version cannot be read) or "new" (not read yet). Nothing is parsed: files
    whose size and time are as before are taken as unchanged.
    """
    known, plan, problem = _compared(snapshot, settings)
    states = _states(known, plan) if plan is not None else {}
    rows = []
    for path in snapshot.source_paths():
        source = snapshot.source(path)
        state, reason = states.pop(path, ("fresh", None))
        if source.stale is not None:
            state, reason = "failed", source.stale
        rows.append({**source_row(source), "state": state, "reason": reason})
    rows += [_unread(path, state, reason) for path, (state, reason) in sorted(states.items())]
    return {
        "generation": snapshot.generation,
        "corpus": settings.corpus.name or str(settings.corpus),
        "problem": problem,
        "sources": rows,
    }


def _compared(snapshot: Snapshot, settings: Settings) -> tuple[Mapping[str, Known], Plan | None, str | None]:
    """What the index knows, the comparison with the files, and why there is none."""
    from ingest.changes import compare
    from rag.index.records import Records
    from rag.index.sources import known_sources

    try:
        store = Records.open(snapshot.index)
        try:
            with store.reading() as connection:
                known = known_sources(connection, snapshot.generation)
        finally:
            store.close()
        return known, compare(settings, (), known, afresh=False), None
    except CorpusError as error:
        return {}, None, str(error)


def _states(known: Mapping[str, Known], plan: Plan) -> dict[str, tuple[str, str | None]]:
    """Path -> (state, reason) of all that is not fresh."""
    from ingest.changes import read_bytes
    from ingest.prepare import digest

    states: dict[str, tuple[str, str | None]] = dict.fromkeys(plan.gone, ("gone", None))
    states |= {path: ("failed", reason) for path, reason in plan.failed.items()}
    for found in plan.read:
        before = known.get(found.path)
        try:
            # A file's time proves little right after it was written; its bytes do.
            if before is None:
                states[found.path] = ("new", None)
            elif before.size != found.size or digest(read_bytes(found)) != before.digest:
                states[found.path] = ("changed", None)
        except UnreadableFileError as error:
            states[found.path] = ("failed", error.reason)
    return states


def _unread(path: str, state: str, reason: str | None) -> dict[str, Any]:
    return {"path": path, "kind": "paper" if path.lower().endswith(".pdf") else "note", "title": "", "encoding": "",
            "repair": None, "stale": None, "unit": "line", "total": 0, "state": state, "reason": reason}  # fmt: skip
