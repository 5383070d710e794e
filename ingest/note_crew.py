"""Reads many notes at once with one process a core; few are read here, before a process would be up."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from queue import SimpleQueue

from ingest.note_worker import Read, Task, read
from ingest.paper_memory import PaperMemory
from ingest.pdf_worker import receive, send
from rag.types import SourceKind

WORTH_PROCESSES = 300_000
"""Bytes of notes that take about as long to read as two processes take to start."""
MOST_PROCESSES = 8
"""More would wait for the one process that writes."""
A_TASK = 16
"""Notes handed over at once."""
AHEAD = 512 * 1024
"""Bytes of notes that are read while others are written: less, and the processes would wait for the one that writes."""

_Process = subprocess.Popen[bytes]


def read_all(tasks: Iterable[Task], size: int, papers: PaperMemory) -> Iterator[tuple[Task, Read]]:
    """Every task with what came of it, in order; `size` is how many bytes of notes there are in all.

    Papers are read here: each has its own processes. `papers` holds what was read of them before.
    """
    processes = min(os.cpu_count() or 1, MOST_PROCESSES)
    if size < WORTH_PROCESSES or processes < 2:
        return ((task, read(task, papers)) for task in tasks)
    return _read_beside(iter(tasks), processes, papers)


def _read_beside(tasks: Iterator[Task], number: int, papers: PaperMemory) -> Iterator[tuple[Task, Read]]:
    first = list(islice(tasks, A_TASK))  # none where files were only touched: no process is needed then
    tasks = chain(first, tasks)
    started = [_start() for _ in range(number if first else 0)]
    free: SimpleQueue[_Process] = SimpleQueue()
    for process in started:
        free.put(process)
    pending: deque[tuple[list[Task], Future[list[Read | None]]]] = deque()
    ahead = 0
    try:
        with ThreadPoolExecutor(number) as threads:
            while True:
                while (len(pending) < 2 * number or ahead < AHEAD) and (batch := list(islice(tasks, A_TASK))):
                    pending.append((batch, threads.submit(_ask, free, batch)))
                    ahead += _size(batch)
                if not pending:
                    return
                batch, answer = pending.popleft()
                ahead -= _size(batch)
                for task, made in zip(batch, answer.result(), strict=True):
                    yield task, read(task, papers) if made is None else made
    finally:
        for process in started:
            _end(process)


def _size(batch: Sequence[Task]) -> int:
    """Bytes of notes: papers are read when their turn comes."""
    return sum(len(data) for found, data, _ in batch if found.kind is SourceKind.NOTE)


def _ask(free: SimpleQueue[_Process], batch: Sequence[Task]) -> list[Read | None]:
    """What a process makes of the notes of a batch; None for a paper, and for all where the process died."""
    notes = [task for task in batch if task[0].kind is SourceKind.NOTE]
    process = free.get()
    try:
        assert process.stdin is not None  # both are pipes, see _start
        assert process.stdout is not None
        send(process.stdin, notes)
        made: list[Read] = receive(process.stdout)
    except (OSError, EOFError):
        return [None] * len(batch)
    finally:
        free.put(process)
    answers = iter(made)
    return [next(answers) if task[0].kind is SourceKind.NOTE else None for task in batch]


def _start() -> _Process:
    path = os.pathsep.join(entry for entry in sys.path if entry)
    return subprocess.Popen(
        [sys.executable, "-m", "ingest.note_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
    )


def _end(process: _Process) -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    process.wait()
