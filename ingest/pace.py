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
LEAST_SAMPLE = 20_000
"""Bytes: what smaller files tell of the pace drowns in what every ingest costs."""
WEIGHT = 0.5
"""Of the newest measurement in the running mean: half, since a computer may be busy for once."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Bytes of notes and of papers that are read, parsed and embedded in a second, and seconds of a commit.

    What is not measured yet is assumed slower than most computers are.
    """

    embedder: str
    notes: float
    papers: float
    commit: float = 0.3

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
        return START + notes / self.notes + papers / self.papers + self.commit

    def slowed(self, factor: float) -> Pace:
        """The pace after an ingest took `factor` times as long as foretold, and was given up."""
        return replace(self, notes=self.notes / factor, papers=self.papers / factor, commit=self.commit * factor)


class Stopwatch:
    """Measures one ingest by what it reports of its progress, which is passed on."""

    def __init__(self, settings: Settings, passed_on: Progress | None) -> None:
        self._settings = settings
        self._passed_on = passed_on
        self._since = time.perf_counter()
        self._read: float | None = None
        self._file: str | None = None
        self._files = 0
        self._bytes = dict.fromkeys(SourceKind, 0)
        self._seconds = dict.fromkeys(SourceKind, 0.0)

    def __call__(self, stage: str, done: int, total: int) -> None:
        """One step of progress: a file that is read next, or that all are read."""
        if PurePosixPath(stage).suffix.lower() in KINDS:
            self._lap()
            self._file = stage
            self._files += 1
        elif stage == "read":
            self._lap()
            self._read = time.perf_counter()
        if self._passed_on:
            self._passed_on(stage, done, total)

    def _lap(self) -> None:
        now = time.perf_counter()
        # The first of several files bears what is loaded for all.
        if self._file is not None and self._files != 1:
            kind = KINDS[PurePosixPath(self._file).suffix.lower()]
            with contextlib.suppress(OSError):
                self._bytes[kind] += (self._settings.corpus / self._file).stat().st_size
                self._seconds[kind] += now - self._since
        self._since = now
        self._file = None

    def note(self) -> None:
        """Keep with the index what was measured; to be called after a commit."""
        ended = time.perf_counter()
        held = Pace.read(self._settings.index_path, self._settings.embedder)
        commit = ended - (self._read if self._read is not None else self._since)
        measured = replace(
            held,
            notes=_mean(held.notes, self._rate(SourceKind.NOTE)),
            papers=_mean(held.papers, self._rate(SourceKind.PAPER)),
            commit=_mean(held.commit, commit),
        )
        measured.write(self._settings.index_path)

    def _rate(self, kind: SourceKind) -> float | None:
        enough = self._bytes[kind] >= LEAST_SAMPLE and self._seconds[kind] > 0
        return self._bytes[kind] / self._seconds[kind] if enough else None


def _mean(held: float, measured: float | None) -> float:
    return held if measured is None else held * (1 - WEIGHT) + measured * WEIGHT
