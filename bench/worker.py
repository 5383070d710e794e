"""A fresh process that does one task: `python -m bench.worker TASK`. It prints what it measured as JSON.

Nothing is imported before it is needed: a cold question is timed from the start of this process.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench.systems import open_system
from bench.task import Operation, Reading, Task

if TYPE_CHECKING:
    from eval.cases import Case

WARM_UP = 3
"""Questions before any is timed, as the evaluation does."""


def measure(task: Task) -> dict[str, float]:
    """Do the task."""
    return {**OPERATIONS[task.operation](task), "memory": float(peak_memory())}


def _ingest(task: Task) -> Reading:
    system = open_system(task.system)
    with _seconds() as took:
        system.synchronise(*task.places)
    return {"work": took[0], "chunks": float(system.held(task.places[1]))}


def _question(task: Task) -> Reading:
    found = open_system(task.system).open(task.places[1]).search(task.question)
    return {"found": float(len(found))}


def _search(task: Task) -> Reading:
    searcher = open_system(task.system).open(task.places[1])
    from bench.notes import read_notes
    from bench.scoring import gold, scores

    notes = dict(read_notes(task.places[0]))
    cases = [case for case in _cases(task) if case.evidence and not case.history]
    places = gold(cases, notes)
    for case in cases[:WARM_UP]:
        searcher.search(case.question)
    found, times = [], []
    for case in cases:
        with _seconds() as took:
            found.append(searcher.search(case.question))
        times.append(took[0] * 1000)
    whole, short, characters = scores(cases, places, found, notes)
    return {**_spread(times), "recall": whole, "short": short, "characters": characters}


def _ask(task: Task) -> Reading:
    from eval.score import list_result, wrong_statements
    from rag import Assistant

    cases = _cases(task)
    times, right = [], []
    with Assistant.open(task.index) as assistant:
        for case in cases[:WARM_UP]:
            assistant.ask(case.question, case.history)
        for case in cases:
            with _seconds() as took:
                answer = assistant.ask(case.question, case.history)
            times.append(took[0] * 1000)
            right.append(not wrong_statements(case, answer, list_result(case, answer)))
    return {**_spread(times), "accuracy": sum(right) / len(right)}


def _embed(task: Task) -> Reading:
    from ingest.changes import read_bytes
    from ingest.prepare import prepare
    from ingest.sources import scan
    from rag.embed import BUILTIN, open_embedder
    from rag.index.document import headings

    embedder = open_embedder(BUILTIN)
    documents = (prepare(found, read_bytes(found), mtime_ns=0) for found in scan(task.places[0]))
    chunks = [chunk for document in documents for chunk in document.chunks]
    texts = list(dict.fromkeys(text for chunk in chunks for text in (*headings(chunk.context), chunk.text)))
    with _seconds() as took:
        for start in range(0, len(texts), embedder.batch):
            embedder.embed_passages(texts[start : start + embedder.batch])
    return {"work": took[0]}


OPERATIONS: dict[Operation, Callable[[Task], Reading]] = {
    Operation.INGEST: _ingest,
    Operation.QUESTION: _question,
    Operation.SEARCH: _search,
    Operation.ASK: _ask,
    Operation.EMBED: _embed,
}


def _cases(task: Task) -> Sequence[Case]:
    """The cases to develop with; the held-out ones stay unseen."""
    from eval.cases import load_cases

    return load_cases([Path(path) for path in task.cases], split="dev")


def _spread(times: Sequence[float]) -> Reading:
    from statistics import median

    from bench.figures import percentile

    return {"median": median(times), "p95": percentile(times, 0.95)}


@contextmanager
def _seconds() -> Iterator[list[float]]:
    """Holds the seconds that the block took, once it is done."""
    took: list[float] = []
    began = time.perf_counter()
    yield took
    took.append(time.perf_counter() - began)


def peak_memory() -> int:
    """The most memory that this process held at once, in bytes.

    `ru_maxrss` begins with what the parent held when it started this process, so Linux is asked for its own mark.
    """
    status = Path("/proc/self/status")
    if status.exists():
        mark = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(mark.split()[1]) * 1024
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


if __name__ == "__main__":
    print(json.dumps(measure(Task.from_json(sys.argv[1]))))
