"""Outcomes gathered into slices: every metric with its interval, by split, set, type and language pair."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.metrics import Estimate, estimates, percentile
from eval.score import Metric, Outcome

EVERYTHING = "all"


@dataclass(frozen=True, slots=True)
class Slice:
    """The cases that share something. `name` is "all" or "by:value" such as "type:list".

    `digest` identifies the cases (ids and questions), so that two runs are compared over the same ones only.
    Latencies are milliseconds.
    """

    name: str
    cases: int
    digest: str
    estimates: Mapping[Metric, Estimate]
    latency_median: float
    latency_p95: float


def slices(outcomes: Sequence[Outcome]) -> tuple[Slice, ...]:
    """The whole and its slices, in the order in which tables show them. `outcomes` must not be empty.

    What all cases share makes no slice of its own.
    """
    members: dict[str, list[Outcome]] = {EVERYTHING: list(outcomes)}
    for by in ("split", "set", "type", "pair"):
        values = sorted({_shared(outcome, by) for outcome in outcomes})
        if len(values) > 1:
            for value in values:
                members[f"{by}:{value}"] = [o for o in outcomes if _shared(o, by) == value]
    return tuple(_slice(name, chosen) for name, chosen in members.items())


def whole(parts: Sequence[Slice]) -> Slice:
    """The slice that holds every case."""
    return next(part for part in parts if part.name == EVERYTHING)


def _shared(outcome: Outcome, by: str) -> str:
    case = outcome.case
    return {"split": case.split, "set": case.set, "type": case.type, "pair": outcome.pair}[by]


def _slice(name: str, outcomes: Sequence[Outcome]) -> Slice:
    columns = estimates([[outcome.measures.get(metric) for metric in Metric] for outcome in outcomes])
    latencies = [outcome.latency_ms for outcome in outcomes]
    return Slice(
        name=name,
        cases=len(outcomes),
        digest=_digest(outcomes),
        estimates={m: e for m, e in zip(Metric, columns, strict=True) if e is not None},
        latency_median=percentile(latencies, 0.5),
        latency_p95=percentile(latencies, 0.95),
    )


def _digest(outcomes: Sequence[Outcome]) -> str:
    cases = sorted(f"{o.case.set}\t{o.case.id}\t{o.case.question}" for o in outcomes)
    return hashlib.sha256("\n".join(cases).encode()).hexdigest()[:16]
