"""What a run found, as rows for the terminal and as a JSON object."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from eval.ablation import ablation_json
from eval.judge.run import judge_json
from eval.metrics import Estimate
from eval.run import Report, answers_digest
from eval.score import Metric, Outcome, rank_of
from eval.summary import Slice
from rag.types import Citation, Lines, Location

Columns = tuple[tuple[str, Metric], ...]

ANSWERS: Columns = (
    ("accuracy", Metric.ACCURACY),
    ("either", Metric.EITHER_READING),
    ("list F1", Metric.LIST_F1),
    ("cite P", Metric.CITATION_PRECISION),
    ("cite R", Metric.CITATION_RECALL),
    ("valid", Metric.CITATION_VALIDITY),
    ("abst P", Metric.ABSTENTION_PRECISION),
    ("abst R", Metric.ABSTENTION_RECALL),
    ("wrong abst", Metric.WRONG_ABSTENTIONS),
)
"""Column heads of the table of answers."""

RETRIEVAL: Columns = (
    ("R@1", Metric.RECALL_1),
    ("R@5", Metric.RECALL_5),
    ("R@10", Metric.RECALL_10),
    ("MRR@10", Metric.MRR),
    ("nDCG@10", Metric.NDCG),
    ("list P", Metric.LIST_PRECISION),
    ("list R", Metric.LIST_RECALL),
)
"""Column heads of the table of retrieval and of the parts of F1."""

NONE = "·"
"""Stands where a metric is not defined."""


def answers_table(parts: Sequence[Slice]) -> list[list[str]]:
    """How good the answers are: a head row, then one row a slice. Accuracy comes with its interval."""
    rows = [["slice", "cases", "accuracy", "95%", *(head for head, _ in ANSWERS[1:]), "ms p50", "ms p95"]]
    for part in parts:
        accuracy = part.estimates[Metric.ACCURACY]
        interval = f"{accuracy.low:.2f}-{accuracy.high:.2f}"
        first, *rest = (figure(part.estimates.get(metric)) for _, metric in ANSWERS)
        times = (f"{part.latency_median:.1f}", f"{part.latency_p95:.1f}")
        rows.append([part.name, str(part.cases), first, interval, *rest, *times])
    return rows


def retrieval_table(parts: Sequence[Slice]) -> list[list[str]]:
    """How good the ranked evidence and the lists are: a head row, then one row a slice."""
    rows = [["slice", "cases", *(head for head, _ in RETRIEVAL)]]
    for part in parts:
        if any(metric in part.estimates for _, metric in RETRIEVAL):
            cells = [figure(part.estimates.get(metric)) for _, metric in RETRIEVAL]
            rows.append([part.name, str(part.cases), *cells])
    return rows


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """Rows as text: the first column flush left, figures flush right; a wide character takes two columns."""
    widths = [max(width(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = []
    for cells in rows:
        first = cells[0] + " " * (widths[0] - width(cells[0]))
        figures = [" " * (w - width(cell)) + cell for cell, w in zip(cells[1:], widths[1:], strict=True)]
        lines.append("  ".join([first, *figures]))
    lines.insert(1, "  ".join("-" * w for w in widths))
    return "\n".join(lines)


def width(text: str) -> int:
    """Terminal columns of a text."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def figure(estimate: Estimate | None) -> str:
    """A metric with three decimals."""
    return NONE if estimate is None else f"{estimate.value:.3f}"


def failure_lines(outcome: Outcome) -> list[str]:
    """A failed case for the terminal: what was asked, what came, what was wrong."""
    case, answer = outcome.case, outcome.answer
    lines = [f"{case.id} ({case.type}, {outcome.pair}, {case.split})  {case.question}"]
    lines += [f"  {role}: {text}" for role, text in case.history]
    lines += [f"  wrong: {problem}" for problem in outcome.problems]
    lines += [f"  short: {remark}" for remark in outcome.remarks]
    lines.append(f"  answer ({answer.kind}{', abstained' if answer.abstained else ''}): {answer.text}")
    lines += [f"  cites: {cited(citation)}" for citation in answer.citations]
    lines += [f"  evidence: {place}" for place in evidence(outcome)]
    return lines


def evidence(outcome: Outcome) -> list[str]:
    """The gold evidence, each as one line with the rank at which it was retrieved."""
    lines = []
    for place in outcome.places:
        rank = rank_of(place, outcome.answer)
        spans = ", ".join(where(location) for location in place.locations)
        reached = f"retrieved at rank {rank}" if rank else "not retrieved"
        lines.append(f"{place.source}:{spans} ({reached}) {place.quote or ''}".rstrip())
    return lines


def cited(citation: Citation) -> str:
    """A citation as one line."""
    return f"[{citation.n}] {citation.source}:{where(citation.location)} {citation.quote}"


def where(location: Location) -> str:
    """A place in its source: 6, 6-9, or page 3."""
    if not isinstance(location, Lines):
        return f"page {location.number}"
    return str(location.first) if location.first == location.last else f"{location.first}-{location.last}"


def to_json(report: Report) -> dict[str, Any]:
    """The whole run. Apart from "latency_ms" two runs over the same answers give the same object."""
    return {
        "scope": report.scope,
        "corpus": report.corpus,
        "embedder": report.embedder,
        "llm": report.llm,
        "answers": answers_digest(report.outcomes),
        "slices": [_slice(part) for part in report.slices],
        **({"ablation": [ablation_json(a) for a in report.ablations]} if report.ablations else {}),
        **({"judged": judge_json(report.judged)} if report.judged is not None else {}),
        "cases": [_outcome(outcome) for outcome in report.outcomes],
    }


def _slice(part: Slice) -> dict[str, Any]:
    return {
        "name": part.name,
        "cases": part.cases,
        "metrics": {
            str(metric): {
                "value": round(estimate.value, 4),
                "low": round(estimate.low, 4),
                "high": round(estimate.high, 4),
                "n": estimate.n,
            }
            for metric, estimate in part.estimates.items()
        },
        "latency_ms": {"median": round(part.latency_median, 2), "p95": round(part.latency_p95, 2)},
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    case, answer = outcome.case, outcome.answer
    return {
        "id": case.id,
        "set": case.set,
        "split": case.split,
        "type": case.type,
        "pair": outcome.pair,
        "question": case.question,
        "history": [list(turn) for turn in case.history],
        "kind": str(answer.kind),
        "abstained": answer.abstained,
        "text": answer.text,
        "correct": outcome.correct,
        "problems": list(outcome.problems),
        "remarks": list(outcome.remarks),
        "metrics": {str(metric): round(value, 4) for metric, value in outcome.measures.items()},
        "citations": [cited(citation) for citation in answer.citations],
        "evidence": evidence(outcome),
        "latency_ms": round(outcome.latency_ms, 2),
    }
