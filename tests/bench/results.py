"""A small report to show and to write."""

from __future__ import annotations

from collections.abc import Mapping

from bench.figures import Figure, Measure
from bench.machine import Machine
from bench.report import Corpus, Report, Result

MACHINE = Machine("a processor", 2, 8.0, "Linux x86_64", "3.11.9", (("numpy", "2.4.6"),))


def figures(values: Mapping[Measure, float]) -> dict[Measure, Figure]:
    """Each value as the median of three runs under a load of 1."""
    return {m: Figure((value, value / 2, value * 2), (1.0, 1.0, 1.0)) for m, value in values.items()}


def corpus(results: Mapping[str, Result]) -> Corpus:
    """A corpus of three notes."""
    return Corpus("tiny", 3, 3000, 5, dict(results))


def report(results: Mapping[str, Result]) -> Report:
    """A report over one corpus."""
    return Report("2026-01-31", 3, "builtin", MACHINE, (corpus(results),))


RESULTS = {
    "rag": Result(figures({Measure.FIRST: 2.0, Measure.EDIT: 0.1, Measure.RECALL: 0.9, Measure.ASK_MEDIAN: 20.0})),
    "langchain": Result(figures({Measure.FIRST: 4.0, Measure.EDIT: 0.05, Measure.RECALL: 0.6})),
    "txtai": Result(absent="not installed: txtai"),
    "llamaindex": Result(figures({Measure.FIRST: 3.0}), failed="llamaindex search: not done after 5 s"),
    "raw": Result(figures({Measure.FIRST: 1.0, Measure.RECALL: 0.95})),
}
