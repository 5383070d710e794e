"""Reads files and embeds texts with Ray: on the cores of this machine, or of the cluster that RAY_ADDRESS names.

Only the reading and the embedding are tasks; the one writer stays in the process that asked. Tasks have no effect but
their result, so Ray runs those of a lost worker again. The one place that knows Ray.
"""

from __future__ import annotations

import logging
import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.note_worker import Read, Task, read
from ingest.paper_memory import PaperMemory
from rag.config import Settings
from rag.embed import Embedder, open_embedder
from rag.errors import MissingExtraError
from rag.types import SourceKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

A_TASK = 16
"""Notes handed over at once. A paper, which takes seconds, is a task of its own."""
AHEAD = 3
"""Tasks for each core that are under way: enough that none waits, few enough that their results fit into memory."""
RETRIES = 5
"""Times that a task is run again whose worker was lost."""


class RayCrew:
    """Workers for one ingest. `embedder` embeds what the writer asks for."""

    def __init__(self, ray: Any, settings: Settings, embedder: Embedder) -> None:
        self._ray = ray
        self._index, self._password = str(settings.index_path), settings.papers_password
        self._cores = max(int(ray.cluster_resources().get("CPU", 1)), 1)
        self._read = ray.remote(num_cpus=1, max_retries=RETRIES)(_read_some)
        self.embedder = _Embedder(ray, settings, embedder, self._cores)

    def read_all(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Read]]:
        """Every task with what came of it, in order."""
        batches = _batches(iter(tasks))
        pending: deque[tuple[list[Task], Any]] = deque()
        while True:
            for batch in islice(batches, AHEAD * self._cores - len(pending)):
                pending.append((batch, self._read.remote(batch, self._index, self._password)))
            if not pending:
                return
            batch, answer = pending.popleft()
            yield from zip(batch, self._ray.get(answer), strict=True)


class _Embedder:
    """The embedder of the settings, on all workers; the same texts come together as on one machine."""

    def __init__(self, ray: Any, settings: Settings, embedder: Embedder, cores: int) -> None:
        self._ray = ray
        self._spec, self._download = settings.embedder, settings.download
        self._size = embedder.batch
        self._embed = ray.remote(num_cpus=1, max_retries=RETRIES)(_embed_some)
        self.fingerprint = embedder.fingerprint
        self.batch = self._size * AHEAD * cores

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The unit vectors of the texts: (n, dimensions)."""
        import numpy as np

        parts = [list(texts[start : start + self._size]) for start in range(0, len(texts), self._size)]
        made = self._ray.get([self._embed.remote(self._spec, self._download, part) for part in parts])
        found: NDArray[np.float32] = np.concatenate(made)
        return found


@contextmanager
def crew(settings: Settings, embedder: Embedder) -> Iterator[RayCrew]:
    """Workers, for as long as the context lasts. Raises MissingExtraError without Ray."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nothing goes to a network that was not asked for
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray
    except ImportError as error:
        raise MissingExtraError(
            "an ingest with Ray needs it installed: `pip install 'survey-notes-rag[ray]'`"
        ) from error
    mine = not ray.is_initialized()
    if mine:
        path = os.pathsep.join(entry for entry in sys.path if entry)
        ray.init(
            address=os.environ.get("RAY_ADDRESS"),
            include_dashboard=None if "RAY_ADDRESS" in os.environ else False,
            log_to_driver=False,
            logging_level=logging.ERROR,
            runtime_env={"env_vars": {"PYTHONPATH": path}},
        )
    try:
        yield RayCrew(ray, settings, embedder)
    finally:
        if mine:
            ray.shutdown()


def _batches(tasks: Iterator[Task]) -> Iterator[list[Task]]:
    """The tasks in order, many notes or one paper at once."""
    batch: list[Task] = []
    for task in tasks:
        if task[0].kind is SourceKind.PAPER:
            if batch:
                yield batch
            yield [task]
            batch = []
            continue
        batch.append(task)
        if len(batch) == A_TASK:
            yield batch
            batch = []
    if batch:
        yield batch


def _read_some(tasks: Sequence[Task], index: str, password: str) -> list[Read]:
    """What becomes of some files, in a worker."""
    papers = PaperMemory(Path(index), password)
    return [read(task, papers) for task in tasks]


def _embed_some(spec: str, download: bool, texts: Sequence[str]) -> NDArray[np.float32]:
    """The vectors of some texts, in a worker."""
    return _embedder(spec, download).embed_passages(texts)


@lru_cache(maxsize=1)
def _embedder(spec: str, download: bool) -> Embedder:
    return open_embedder(spec, download=download)
