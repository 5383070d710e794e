"""One operation for a fresh process, and what it measured: both cross the border as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path


class Operation(StrEnum):
    INGEST = "ingest"
    """Bring the index up to date: `work`, `chunks`."""
    QUESTION = "question"
    """Open and search once: nothing but the process's own time counts."""
    SEARCH = "search"
    """Open, then search for every case: `median`, `p95`, `recall`, `short`, `characters`."""
    ASK = "ask"
    """Ask every case of the assistant, follow-ups with their history: `median`, `p95`, `accuracy`."""
    EMBED = "embed"
    """Only embed the passages of the notes: `work`."""


@dataclass(frozen=True, slots=True)
class Task:
    """What to do: `question` for QUESTION, `cases` (files) for SEARCH and ASK."""

    system: str
    operation: Operation
    corpus: str
    index: str
    question: str = ""
    cases: tuple[str, ...] = ()

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Task:
        """The task that `to_json` wrote."""
        fields = json.loads(text)
        fields |= {"operation": Operation(fields["operation"]), "cases": tuple(fields["cases"])}
        return cls(**fields)

    @property
    def places(self) -> tuple[Path, Path]:
        """The directories of the notes and of the index."""
        return Path(self.corpus), Path(self.index)


Reading = Mapping[str, float]
"""What a process measured, by the names that `Operation` tells; `memory` is its peak in bytes."""
