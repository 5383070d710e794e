"""What each means of answering contributes: the same cases with one of them left out, held against the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.metrics import Estimate, differences
from eval.score import Metric, Outcome
from rag.config import Settings
from rag.retrieve.means import Means

COMPARED = (
    Metric.ACCURACY,
    Metric.LIST_F1,
    Metric.RECALL_10,
    Metric.CITATION_PRECISION,
    Metric.CITATION_RECALL,
)
"""What is held against the whole system."""


@dataclass(frozen=True, slots=True)
class Ablation:
    """What changes without the means called `name`.

    `differences` are the metric without it less the metric with it (-1 to 1), each with the 95% interval of a
    bootstrap that draws the same cases for both. `lost` and `gained` are the ids of the cases that are right only with
    it, and only without.
    """

    name: str
    differences: Mapping[Metric, Estimate]
    lost: tuple[str, ...]
    gained: tuple[str, ...]


def ablatable(settings: Settings) -> tuple[str, ...]:
    """The means that these settings use."""
    return tuple(name for name in Means.names() if name != "rerank" or settings.reranker is not None)


def contribution(name: str, full: Sequence[Outcome], without: Sequence[Outcome]) -> Ablation:
    """What the means called `name` contributes; both runs asked the same cases in the same order."""
    found = differences(_table(without), _table(full))
    pairs = list(zip(full, without, strict=True))
    return Ablation(
        name,
        {metric: estimate for metric, estimate in zip(COMPARED, found, strict=True) if estimate is not None},
        tuple(a.case.id for a, b in pairs if a.correct and not b.correct),
        tuple(a.case.id for a, b in pairs if b.correct and not a.correct),
    )


def ablation_table(ablations: Sequence[Ablation]) -> list[list[str]]:
    """A head row, then one row a means: every difference with its interval, and how many answers it decides."""
    rows = [["without", *(str(metric) for metric in COMPARED), "lost", "gained"]]
    for ablation in ablations:
        cells = [_signed(ablation.differences.get(metric)) for metric in COMPARED]
        rows.append([ablation.name, *cells, str(len(ablation.lost)), str(len(ablation.gained))])
    return rows


def ablation_json(ablation: Ablation) -> dict[str, Any]:
    """One means as a JSON object."""
    return {
        "without": ablation.name,
        "differences": {
            str(metric): {"value": round(e.value, 4), "low": round(e.low, 4), "high": round(e.high, 4), "n": e.n}
            for metric, e in ablation.differences.items()
        },
        "lost": list(ablation.lost),
        "gained": list(ablation.gained),
    }


def _table(outcomes: Sequence[Outcome]) -> list[list[float | None]]:
    return [[outcome.measures.get(metric) for metric in COMPARED] for outcome in outcomes]


def _signed(estimate: Estimate | None) -> str:
    if estimate is None:
        return "·"
    return f"{_number(estimate.value, 3)} ({_number(estimate.low, 2)} to {_number(estimate.high, 2)})"


def _number(value: float, digits: int) -> str:
    rounded = round(value, digits) + 0.0  # no "-0.00"
    return f"{rounded:+.{digits}f}" if rounded else f"{rounded:.{digits}f}"
