"""What is measured, and the arithmetic on it: pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median


class Measure(StrEnum):
    """One figure of one system over one corpus. Seconds without `process` count from the libraries being loaded."""

    FIRST = "first_ingest_s"
    FIRST_PROCESS = "first_ingest_process_s"
    EDIT = "edit_s"
    EDIT_PROCESS = "edit_process_s"
    UNCHANGED = "unchanged_s"
    UNCHANGED_PROCESS = "unchanged_process_s"
    COLD = "cold_question_s"
    SEARCH_MEDIAN = "search_median_ms"
    SEARCH_P95 = "search_p95_ms"
    RECALL = "recall_at_10"
    RECALL_SHORT = "recall_in_4000_characters"
    CHARACTERS = "characters_of_10"
    CHUNKS = "chunks"
    DISK = "index_mib"
    INGEST_MEMORY = "ingest_memory_mib"
    SEARCH_MEMORY = "search_memory_mib"
    ASK_MEDIAN = "ask_median_ms"
    ASK_P95 = "ask_p95_ms"
    ACCURACY = "answer_accuracy"
    COLD_COMMAND = "cold_command_s"
    EMBED = "embed_s"


@dataclass(frozen=True, slots=True)
class Meaning:
    """How a measure is shown: its label, its unit, how many digits, and whether less, more or neither is better."""

    label: str
    unit: str
    digits: int
    better: int
    """-1 less, 1 more, 0 neither."""


MEANINGS = {
    Measure.FIRST: Meaning("first ingest", "s", 2, -1),
    Measure.FIRST_PROCESS: Meaning("first ingest, whole process", "s", 2, -1),
    Measure.EDIT: Meaning("one line edited", "s", 3, -1),
    Measure.EDIT_PROCESS: Meaning("one line edited, whole process", "s", 2, -1),
    Measure.UNCHANGED: Meaning("nothing changed", "s", 3, -1),
    Measure.UNCHANGED_PROCESS: Meaning("nothing changed, whole process", "s", 2, -1),
    Measure.COLD: Meaning("first question of a process", "s", 2, -1),
    Measure.SEARCH_MEDIAN: Meaning("retrieval, median", "ms", 2, -1),
    Measure.SEARCH_P95: Meaning("retrieval, 95%", "ms", 2, -1),
    Measure.RECALL: Meaning("evidence recall@10", "", 3, 1),
    Measure.RECALL_SHORT: Meaning("recall in 4,000 characters", "", 3, 1),
    Measure.CHARACTERS: Meaning("characters of the ten passages", "", 0, 0),
    Measure.CHUNKS: Meaning("passages held", "", 0, 0),
    Measure.DISK: Meaning("index on disk", "MiB", 1, -1),
    Measure.INGEST_MEMORY: Meaning("peak memory, first ingest", "MiB", 0, -1),
    Measure.SEARCH_MEMORY: Meaning("peak memory, questions", "MiB", 0, -1),
    Measure.ASK_MEDIAN: Meaning("whole answer, median", "ms", 2, -1),
    Measure.ASK_P95: Meaning("whole answer, 95%", "ms", 2, -1),
    Measure.ACCURACY: Meaning("answers that are right", "", 3, 1),
    Measure.COLD_COMMAND: Meaning("cold `rag ask`", "s", 2, -1),
    Measure.EMBED: Meaning("embedding alone", "s", 2, -1),
}


@dataclass(frozen=True, slots=True)
class Figure:
    """The runs of one measure, in the order they ran. `loads` is the machine's load average as each began."""

    runs: tuple[float, ...]
    loads: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle run: the mean of the middle two where their number is even."""
        return median(self.runs)

    @property
    def low(self) -> float:
        return min(self.runs)

    @property
    def high(self) -> float:
        return max(self.runs)


def percentile(values: Sequence[float], share: float) -> float:
    """The least of `values` that at least `share` of them do not exceed (nearest rank). Raises ValueError on none."""
    if not values:
        raise ValueError("no values to take a percentile of")
    return sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]


def advantage(ours: float, other: float, better: int) -> float | None:
    """How many times better `ours` is than `other`; below 1 is worse. None where a zero forbids a ratio."""
    above, below = (other, ours) if better < 0 else (ours, other)
    return above / below if below > 0 and better else None
