"""Every call that changes a disk fails in turn: the disk is full from then on, or one write comes to nothing."""

from __future__ import annotations

import errno
import itertools
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingest.build import ingest
from rag.config import Settings
from rag.index import Snapshot, Term
from rag.index.store import verify
from tests.ingest.corpora import CAMERAS, corpus, write
from tests.ingest.faults import CALLS

ROOT = Path(__file__).resolve().parents[2]
EVERY = "RAG_EVERY_FAULT"
"""Set, both kinds of failure come at every call; else a full disk at every other one, a broken write at the rest."""

Faulty = Callable[..., dict[str, Any]]


@contextmanager
def faulty_ingests(settings: Settings) -> Iterator[Faulty]:
    """Ingests in forks of one warm process, where the calls from `first` to before `end` fail."""
    if sys.platform != "linux" or platform.machine() not in CALLS:
        pytest.skip("only Linux lets a process refuse the system calls of another")
    command = [sys.executable, "-m", "tests.ingest.faults", str(settings.corpus)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, bufsize=1, **pipes) as process:  # type: ignore[call-overload]

        def one(index: Path, first: int, end: int | None, error: int) -> dict[str, Any]:
            told = {"index": str(index), "first": first, "end": end, "error": error}
            process.stdin.write(json.dumps(told) + "\n")
            said = process.stdout.readline()
            if not said:
                pytest.skip("this system does not let a process refuse the system calls of another")
            return dict(json.loads(said))

        yield one
        process.stdin.close()


def state(index: Path) -> list[tuple[str, str]]:
    """What the newest generation holds, and what the lexical index finds of it."""
    with Snapshot.open(index) as snapshot:
        held = [(path, snapshot.source(path).digest) for path in snapshot.source_paths()]
        found = snapshot.search_facts([(Term("weight"),), (Term("words"),)], 9)
        assert snapshot.notices == ()
        return held + [(fact.entity, fact.quote) for fact, _ in found]


@pytest.mark.parametrize(
    ("error", "lasting", "first"), [(errno.ENOSPC, True, 0), (errno.EIO, False, 1)], ids=["full", "broken"]
)
def test_a_disk_that_fails_at_any_call_loses_nothing(tmp_path: Path, error: int, lasting: bool, first: int) -> None:
    settings = corpus(tmp_path)
    ingest(settings)
    before = state(settings.index_path)
    write(settings.corpus, cameras=CAMERAS.replace("480 g", "481 g"), more="# More\n\nmore: words\n")
    fresh = replace(settings, index=tmp_path / "fresh")
    ingest(fresh)
    after = state(fresh.index_path)
    faulty = replace(settings, index=tmp_path / "faulty")
    wrong: list[str] = []
    refused: set[str] = set()
    with faulty_ingests(settings) as faulty_ingest:
        for number in itertools.count(first, 1 if os.environ.get(EVERY) else 2):
            shutil.rmtree(faulty.index_path, ignore_errors=True)
            shutil.copytree(settings.index_path, faulty.index_path)
            ended = faulty_ingest(faulty.index_path, number, None if lasting else number + 1, error)
            if number >= len(ended["calls"]):
                break
            call, file = ended["calls"][number]
            refused.add(file.split("/")[0])
            problems = verify(faulty.index_path)
            left = state(faulty.index_path)
            again = ingest(faulty)
            if (
                (ended["error"] and not ended["error"].startswith("IndexError_: "))
                or problems
                or left not in ((before, after) if ended["error"] else (after,))
                or (again.failed, again.notices) != ((), ())
                or state(faulty.index_path) != after
            ):
                wrong.append(f"{number} {call} {file}: {ended['error'] or 'unseen'}; {problems}; {again}")
    assert wrong == []
    assert refused >= {"records.db-wal", "records.db", "lexical", "vectors"}
