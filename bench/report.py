"""A run's results, and their JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.figures import MEANINGS, Figure, Measure, advantage
from bench.machine import Machine
from bench.systems import OURS, PEERS

VERSION = 1
"""Of the JSON's shape."""


@dataclass(frozen=True, slots=True)
class Result:
    """One system over one corpus. `absent` says why it did not run, `failed` what went wrong and from where on."""

    figures: Mapping[Measure, Figure] = field(default_factory=dict)
    absent: str | None = None
    failed: str | None = None


@dataclass(frozen=True, slots=True)
class Corpus:
    """One corpus and what every system made of it. `asked` is the number of questions for evidence."""

    name: str
    notes: int
    bytes: int
    asked: int
    results: Mapping[str, Result]

    def best_peer(self, measure: Measure) -> tuple[str, float] | None:
        """The peer with the best median, and that median."""
        better = MEANINGS[measure].better
        found = [(name, self.results[name].figures[measure].median) for name in PEERS if self.has(name, measure)]
        return max(found, key=lambda entry: better * entry[1], default=None)

    def advantage(self, measure: Measure, other: str) -> float | None:
        """How many times better ours is than another system; None where either has no figure."""
        if not self.has(OURS, measure) or not self.has(other, measure):
            return None
        ours, theirs = (self.results[name].figures[measure].median for name in (OURS, other))
        return advantage(ours, theirs, MEANINGS[measure].better)

    def has(self, name: str, measure: Measure) -> bool:
        """Whether that system has a figure for the measure."""
        return name in self.results and measure in self.results[name].figures


@dataclass(frozen=True, slots=True)
class Report:
    """A whole run, on one machine, on the day `date` (ISO 8601)."""

    date: str
    repeats: int
    embedder: str
    machine: Machine
    corpora: tuple[Corpus, ...]


def to_json(report: Report) -> str:
    """The report with the medians and ratios spelt out for other programs."""
    machine = report.machine
    told = {
        "version": VERSION,
        "date": report.date,
        "repeats": report.repeats,
        "embedder": report.embedder,
        "machine": {
            "processor": machine.processor,
            "cores": machine.cores,
            "memory_gib": machine.memory_gib,
            "system": machine.system,
            "python": machine.python,
            "packages": dict(machine.packages),
        },
        "corpora": [_corpus(corpus) for corpus in report.corpora],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _corpus(corpus: Corpus) -> dict[str, Any]:
    systems = {name: _result(corpus, name) for name in corpus.results}
    shape = {"name": corpus.name, "notes": corpus.notes, "bytes": corpus.bytes, "asked": corpus.asked}
    return {**shape, "systems": systems}


def _result(corpus: Corpus, name: str) -> dict[str, Any]:
    result = corpus.results[name]
    figures = {}
    for measure, figure in result.figures.items():
        ratio = None if name == OURS else corpus.advantage(measure, name)
        figures[measure.value] = {
            "median": figure.median,
            "runs": list(figure.runs),
            "loads": list(figure.loads),
            **({} if ratio is None else {"ours_is_better_by": round(ratio, 4)}),
        }
    return {"absent": result.absent, "failed": result.failed, "figures": figures}


def from_json(text: str) -> Report:
    """The report that `to_json` wrote. Raises ValueError for another shape."""
    told = json.loads(text)
    if told.get("version") != VERSION:
        raise ValueError(f"results of version {told.get('version')!r}, not {VERSION}; run the benchmark again")
    machine = told["machine"]
    return Report(
        date=told["date"],
        repeats=told["repeats"],
        embedder=told["embedder"],
        machine=Machine(**{**machine, "packages": tuple(machine["packages"].items())}),
        corpora=tuple(
            Corpus(
                **{key: corpus[key] for key in ("name", "notes", "bytes", "asked")},
                results={name: _read_result(result) for name, result in corpus["systems"].items()},
            )
            for corpus in told["corpora"]
        ),
    )


def _read_result(told: dict[str, Any]) -> Result:
    figures = {
        Measure(name): Figure(tuple(figure["runs"]), tuple(figure["loads"])) for name, figure in told["figures"].items()
    }
    return Result(figures, told["absent"], told["failed"])
