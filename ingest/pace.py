"""How fast ingests go: measured by each, kept with the index, and used to foretell the next."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath

from ingest.sources import KINDS
from rag.config import Settings
from rag.embed import BUILTIN
from rag.types import SourceKind

Progress = Callable[[str, int, int], None]

PACE_NAME = "pace.json"
START = 0.2
"""Seconds until the first file is read: imports, opening the index for writing."""
FULL_SAMPLE = 200_000
"""Bytes: what smaller files tell of the pace drowns in what every ingest costs, and counts the less."""
WEIGHT = 0.5
"""Of the newest measurement in the running mean: half, since a computer may be busy for once."""
HALF_LIFE = 1800.0
"""Seconds after which a measurement counts half: else one busy moment would keep answers behind for good, for what is
expected to take long is not tried, and what is not tried is not measured."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Bytes of notes and of papers that are read, parsed, embedded and written in a second, and seconds of a commit.

    What is not measured yet is assumed slower than most computers are. `measured` is when that was, in Unix seconds.
    """

    embedder: str
    notes: float
    papers: float
    commit: float = 0.3
    measured: float = 0.0

    @classmethod
    def assumed(cls, embedder: str) -> Pace:
        """The pace before anything is measured."""
        return cls(embedder, 100_000.0 if embedder == BUILTIN else 10_000.0, 50_000.0)

    @classmethod
    def read(cls, index: Path, embedder: str) -> Pace:
        """The pace that was measured with `embedder` for this index."""
        try:
            held = cls(**json.loads((index / PACE_NAME).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return cls.assumed(embedder)
        return held if held.embedder == embedder else cls.assumed(embedder)

    def write(self, index: Path) -> None:
        """Keep it; an index that cannot be written goes without."""
        with contextlib.suppress(OSError):
            beside = index / f"{PACE_NAME}.{os.getpid()}"
            beside.write_text(json.dumps(asdict(self)), encoding="utf-8")
            beside.replace(index / PACE_NAME)

    def seconds(self, notes: int, papers: int) -> float:
        """What an ingest of so many bytes will take."""
        assumed = Pace.assumed(self.embedder)
        fresh: float = 0.5 ** (max(time.time() - self.measured, 0.0) / HALF_LIFE)

        def aged(measured: float, assumed: float) -> float:
            return assumed + (measured - assumed) * fresh

        reading = notes / aged(self.notes, assumed.notes) + papers / aged(self.papers, assumed.papers)
        return START + reading + aged(self.commit, assumed.commit)

    def slowed(self, factor: float) -> Pace:
        """The pace after an ingest took `factor` times as long as foretold, and was given up."""
        return Pace(self.embedder, self.notes / factor, self.papers / factor, self.commit * factor, time.time())


class Stopwatch:
    """Measures one ingest by what it reports of its progress, which is passed on."""

    def __init__(self, settings: Settings, passed_on: Progress | None) -> None:
        self._settings = settings
        self._passed_on = passed_on
        self._started: float | None = None
        self._read: float | None = None
        self._bytes = dict.fromkeys(SourceKind, 0)

    def __call__(self, stage: str, done: int, total: int) -> None:
        """One step of progress: a file that is read next, or that all are read."""
        kind = KINDS.get(PurePosixPath(stage).suffix.lower())
        if kind is not None:
            self._started = self._started or time.perf_counter()
            with contextlib.suppress(OSError):
                self._bytes[kind] += (self._settings.corpus / stage).stat().st_size
        elif stage == "read":
            self._read = time.perf_counter()
        if self._passed_on:
            self._passed_on(stage, done, total)

    def note(self) -> None:
        """Keep with the index what was measured; to be called after a commit."""
        if self._started is None or self._read is None:
            return  # nothing was read, only removed
        commit, reading = time.perf_counter() - self._read, self._read - self._started - START
        held = Pace.read(self._settings.index_path, self._settings.embedder)
        notes, papers = self._bytes[SourceKind.NOTE], self._bytes[SourceKind.PAPER]
        if notes + papers >= FULL_SAMPLE:
            reading += commit - held.commit  # the commit of much is writing what was read
        else:
            held = replace(held, commit=held.commit * (1 - WEIGHT) + commit * WEIGHT)
        if papers:
            held = replace(held, papers=_mean(held.papers, papers, reading - notes / held.notes))
        else:
            held = replace(held, notes=_mean(held.notes, notes, reading))
        replace(held, measured=time.time()).write(self._settings.index_path)


def _mean(held: float, size: int, seconds: float) -> float:
    """The running mean of bytes a second after `size` bytes took `seconds`."""
    if not size or seconds <= 0:
        return held
    weight = WEIGHT * min(size / FULL_SAMPLE, 1.0)
    return held * (1 - weight) + size / seconds * weight
