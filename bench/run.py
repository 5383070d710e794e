"""A run: every system over every corpus, each operation in a fresh process, turn by turn so that noise is shared."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.figures import Figure, Measure
from bench.machine import load_average
from bench.notes import bytes_below, read_notes
from bench.report import Corpus, Result
from bench.systems import OURS, missing
from bench.task import Operation, Reading, Task
from eval.cases import load_cases

MIB = 2**20
ROOT = Path(__file__).resolve().parents[1]
EDIT = " 修订"
"""What an edit puts at the end of a line of prose."""

Progress = Callable[[str], None]


class FailedError(Exception):
    """An operation that did not end well: its last words, or that it took too long."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A corpus to measure over: the notes, files of cases about them, and a question for a cold start."""

    name: str
    corpus: Path
    cases: tuple[Path, ...]
    question: str


@dataclass(slots=True)
class _Runs:
    """The figures of one system as they come in."""

    values: dict[Measure, list[float]] = field(default_factory=dict)
    loads: dict[Measure, list[float]] = field(default_factory=dict)
    failed: str | None = None

    def add(self, load: float, measured: Mapping[Measure, float]) -> None:
        for measure, value in measured.items():
            self.values.setdefault(measure, []).append(value)
            self.loads.setdefault(measure, []).append(load)

    def result(self) -> Result:
        figures = {m: Figure(tuple(values), tuple(self.loads[m])) for m, values in self.values.items()}
        return Result(figures, failed=self.failed)


def compare(
    subject: Subject, systems: Sequence[str], work: Path, *, repeats: int, limit: float, progress: Progress
) -> Corpus:
    """Measure `systems` over a corpus, `repeats` times each, with indexes below `work`.

    An operation that takes longer than `limit` seconds or fails ends that system's part; what it measured stays.
    """
    results: dict[str, Result] = {}
    for name in systems:
        if lacking := missing(name):
            results[name] = Result(absent=f"not installed: {', '.join(lacking)}")
    there = [name for name in systems if name not in results]
    runs = {name: _Runs() for name in there}
    for repeat in range(repeats):
        at = repeat % max(len(there), 1)
        for name in there[at:] + there[:at]:  # nobody always goes first
            if runs[name].failed is None:
                progress(f"{subject.name}: {name}, {repeat + 1} of {repeats}")
                _once(subject, name, work / name, runs[name], repeat, limit)
    results |= {name: runs[name].result() for name in there}
    texts = list(read_notes(subject.corpus))
    cases = load_cases(subject.cases, split="dev")
    asked = sum(bool(case.evidence) and not case.history for case in cases)
    size = sum(len(text.encode()) for _, text in texts)
    return Corpus(subject.name, len(texts), size, asked, {name: results[name] for name in systems})


def _once(subject: Subject, name: str, index: Path, runs: _Runs, repeat: int, limit: float) -> None:
    """All operations once, from no index to an edited one."""
    shutil.rmtree(index, ignore_errors=True)
    try:
        _measure(subject, name, index, runs, repeat, limit)
    except FailedError as error:
        runs.failed = str(error)
    shutil.rmtree(index, ignore_errors=True)


def _measure(subject: Subject, name: str, index: Path, runs: _Runs, repeat: int, limit: float) -> None:
    cases = tuple(map(str, subject.cases))

    def work(operation: Operation) -> tuple[float, Reading, float]:
        task = Task(name, operation, str(subject.corpus), str(index), subject.question, cases)
        return run_task(task, limit)

    load, read, wall = work(Operation.INGEST)
    runs.add(load, {Measure.FIRST: read["work"], Measure.FIRST_PROCESS: wall, Measure.CHUNKS: read["chunks"]})
    runs.add(load, {Measure.INGEST_MEMORY: read["memory"] / MIB, Measure.DISK: bytes_below(index) / MIB})
    load, read, wall = work(Operation.INGEST)
    runs.add(load, {Measure.UNCHANGED: read["work"], Measure.UNCHANGED_PROCESS: wall})
    load, read, wall = work(Operation.QUESTION)
    runs.add(load, {Measure.COLD: wall})
    load, read, _ = work(Operation.SEARCH)
    runs.add(load, {Measure.SEARCH_MEDIAN: read["median"], Measure.SEARCH_P95: read["p95"]})
    runs.add(load, {Measure.RECALL: read["recall"], Measure.RECALL_SHORT: read["short"]})
    runs.add(load, {Measure.CHARACTERS: read["characters"], Measure.SEARCH_MEMORY: read["memory"] / MIB})
    if name == OURS:
        load, read, _ = work(Operation.ASK)
        runs.add(load, {Measure.ASK_MEDIAN: read["median"], Measure.ASK_P95: read["p95"]})
        runs.add(load, {Measure.ACCURACY: read["accuracy"]})
        load, read, _ = work(Operation.EMBED)
        runs.add(load, {Measure.EMBED: read["work"]})
        load, wall = cold_command(subject, index, limit)
        runs.add(load, {Measure.COLD_COMMAND: wall})
    with edited(subject.corpus, f"{EDIT} {repeat + 1}"):
        load, read, wall = work(Operation.INGEST)
        runs.add(load, {Measure.EDIT: read["work"], Measure.EDIT_PROCESS: wall})


@contextmanager
def edited(corpus: Path, addition: str) -> Iterator[Path]:
    """One line of prose longer by `addition`, in the note in the middle; the note is as before afterwards."""
    notes = sorted(corpus.rglob("*.md"))
    path = notes[len(notes) // 2]
    before = path.read_bytes()
    lines = before.decode("utf-8").split("\n")
    prose = [n for n, line in enumerate(lines) if line.strip() and line[0] not in "#|-*>`!<"]
    at = prose[-1] if prose else len(lines) - 1
    lines[at] += addition
    path.write_bytes("\n".join(lines).encode("utf-8"))
    try:
        yield path
    finally:
        path.write_bytes(before)


def run_task(task: Task, limit: float) -> tuple[float, Reading, float]:
    """(load average before, what the task measured, seconds of the whole process). Raises FailedError."""
    load, out, wall = _process(["-m", "bench.worker", task.to_json()], limit, f"{task.system} {task.operation}")
    read: dict[str, float] = json.loads(out.splitlines()[-1])
    return load, read, wall


def cold_command(subject: Subject, index: Path, limit: float) -> tuple[float, float]:
    """(load average before, seconds) of `rag ask` in a fresh process. Raises FailedError."""
    places = ["--corpus", str(subject.corpus), "--index", str(index)]
    load, _, wall = _process(["-m", "server.cli", "ask", subject.question, *places], limit, "rag ask", allowed=(0, 3))
    return load, wall


def _process(
    arguments: Sequence[str], limit: float, what: str, *, allowed: Sequence[int] = (0,)
) -> tuple[float, str, float]:
    """(load average before, stdout, seconds). No settings of the user and no network reach the process."""
    dropped = ("RAG_", "PYTHONDONTWRITEBYTECODE")  # installed packages have their bytecode beside them
    environment = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    environment |= {"HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    load, began = load_average(), time.perf_counter()
    try:
        done = subprocess.run(
            [sys.executable, *arguments], capture_output=True, text=True, timeout=limit, env=environment
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise FailedError(f"{what}: not done after {limit:g} s") from error
    wall = time.perf_counter() - began
    if done.returncode not in allowed:
        words = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise FailedError(f"{what}: {words[-1]}")
    return load, done.stdout, wall
