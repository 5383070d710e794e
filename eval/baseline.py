"""The gates: thresholds that a run must reach, and the baseline below which no slice may fall."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from eval.cases import Strict
from eval.score import LOWER_IS_BETTER, Metric
from eval.summary import Slice, whole
from rag.errors import UsageError

BASELINE = Path(__file__).with_name("baseline.json")

SMALLEST = 20
"""Cases below which a slice says too little to fail a build."""

ROUNDING = 0.0001
"""The file holds four decimals."""

GATED = (
    Metric.ACCURACY,
    Metric.LIST_F1,
    Metric.RECALL_10,
    Metric.CITATION_PRECISION,
    Metric.CITATION_RECALL,
    Metric.ABSTENTION_RECALL,
    Metric.WRONG_ABSTENTIONS,
)
"""Metrics that the baseline guards; the others follow from them or are shown only."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A value that a metric over all cases must reach (or, where lower is better, must not exceed)."""

    metric: Metric
    value: float


class _Known(Strict):
    """What the baseline file keeps of one metric: its value, how far it may fall, and over how many cases."""

    value: float
    noise: float
    n: int


class _Entry(Strict):
    cases: int
    digest: str
    metrics: dict[str, _Known]


class _File(Strict):
    scopes: dict[str, dict[str, _Entry]]


@dataclass(frozen=True, slots=True)
class Baseline:
    """Earlier figures: by scope (which sets and split were run), then by slice name."""

    scopes: dict[str, dict[str, _Entry]]


def parse_threshold(text: str) -> Threshold:
    """A threshold from "METRIC=VALUE". Raises UsageError."""
    name, _, value = text.partition("=")
    try:
        metric = Metric(name.strip())
    except ValueError as error:
        raise UsageError(f"{name.strip()!r} is no metric; known are {', '.join(Metric)}") from error
    try:
        number = float(value)
    except ValueError as error:
        raise UsageError(f"{text!r} is not METRIC=VALUE with a number, such as accuracy=0.9") from error
    if not 0 <= number <= 1:
        raise UsageError(f"{text!r}: the value lies outside 0 to 1")
    return Threshold(metric, number)


def missed(slices: Sequence[Slice], thresholds: Iterable[Threshold]) -> list[str]:
    """The thresholds that the run as a whole misses, in words."""
    estimates = whole(slices).estimates
    found = []
    for threshold in thresholds:
        estimate = estimates.get(threshold.metric)
        if estimate is None:
            found.append(f"{threshold.metric} is not defined over these cases, wanted {threshold.value:.3f}")
            continue
        lower = threshold.metric in LOWER_IS_BETTER
        if estimate.value > threshold.value if lower else estimate.value < threshold.value:
            word = "above" if lower else "below"
            found.append(f"{threshold.metric} {estimate.value:.3f} is {word} {threshold.value:.3f}")
    return found


def read_baseline(path: Path) -> Baseline:
    """Raises UsageError for a file that cannot be used."""
    try:
        return Baseline(_File.model_validate_json(path.read_text(encoding="utf-8")).scopes)
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise UsageError(f"{path}: no usable baseline; remove it and write a new one") from error


def updated(scope: str, slices: Sequence[Slice], earlier: Baseline) -> str:
    """The baseline file with this run's figures for its scope, one slice a line; other scopes stay."""
    entries = {
        part.name: _Entry(
            cases=part.cases,
            digest=part.digest,
            metrics={str(m): _known(part, m) for m in GATED if m in part.estimates},
        )
        for part in slices
    }
    blocks = []
    for name, kept in sorted({**earlier.scopes, scope: entries}.items()):
        lines = [f"      {json.dumps(part)}: {json.dumps(entry.model_dump())}" for part, entry in kept.items()]
        blocks.append(f"    {json.dumps(name)}: {{\n" + ",\n".join(lines) + "\n    }")
    return '{\n  "scopes": {\n' + ",\n".join(blocks) + "\n  }\n}\n"


def fallen(scope: str, slices: Sequence[Slice], baseline: Baseline) -> list[str]:
    """Where a slice of enough cases fell by more than its noise since the baseline, in words."""
    found = []
    entries = baseline.scopes.get(scope, {})
    for part in slices:
        entry = entries.get(part.name)
        if entry is None or entry.digest != part.digest or part.cases < SMALLEST:
            continue
        for metric in GATED:
            earlier, now = entry.metrics.get(metric), part.estimates.get(metric)
            if earlier is None or now is None or earlier.n < SMALLEST:
                continue
            fall = (now.value - earlier.value) * (1 if metric in LOWER_IS_BETTER else -1)
            if fall > earlier.noise + ROUNDING:
                found.append(
                    f"{part.name}: {metric} went from {earlier.value:.3f} to {now.value:.3f}, "
                    f"more than its noise of {earlier.noise:.3f}"
                )
    return found


def changed(scope: str, slices: Sequence[Slice], baseline: Baseline) -> list[str]:
    """Slices that the baseline knows with other cases and that therefore cannot be compared."""
    entries = baseline.scopes.get(scope, {})
    return [s.name for s in slices if s.name in entries and entries[s.name].digest != s.digest]


def _known(part: Slice, metric: Metric) -> _Known:
    """Noise is the way from the value to the bad end of its interval, and at least one case."""
    estimate = part.estimates[metric]
    down = estimate.high - estimate.value if metric in LOWER_IS_BETTER else estimate.value - estimate.low
    noise = max(down, 1 / estimate.n)
    return _Known(value=round(estimate.value, 4), noise=round(noise, 4), n=estimate.n)
