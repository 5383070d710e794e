"""One case and its answer, judged: every metric that is defined for it, and in words what is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from eval.cases import LIST, Case
from eval.citing import citation_support, is_listed, is_valid
from eval.gold import Lookup, Place, supports
from eval.metrics import (
    ListScore,
    Rank,
    list_score,
    mentions,
    ndcg_at,
    recall_at,
    reciprocal_rank,
    says,
    squeeze,
)
from rag.types import Answer

COUNTED = 500
"""Characters of an answer's text that count; of a list's text all do. Part of the answer contract."""

DEPTH = 10
"""Ranks that count for MRR and nDCG, and the deepest recall."""


class Metric(StrEnum):
    """Every metric is a mean over the cases for which it is defined.

    ACCURACY counts what the answer says first, EITHER_READING also what it says the question may mean besides.
    ABSTENTION_PRECISION is defined where the answer abstained, ABSTENTION_RECALL where it should have,
    WRONG_ABSTENTIONS where it should not have.
    """

    ACCURACY = "accuracy"
    EITHER_READING = "accuracy_either_reading"
    LIST_PRECISION = "list_precision"
    LIST_RECALL = "list_recall"
    LIST_F1 = "list_f1"
    RECALL_1 = "recall@1"
    RECALL_5 = "recall@5"
    RECALL_10 = "recall@10"
    MRR = "mrr@10"
    NDCG = "ndcg@10"
    CITATION_PRECISION = "citation_precision"
    CITATION_RECALL = "citation_recall"
    CITATION_VALIDITY = "citation_validity"
    ABSTENTION_PRECISION = "abstention_precision"
    ABSTENTION_RECALL = "abstention_recall"
    WRONG_ABSTENTIONS = "wrong_abstentions"


LOWER_IS_BETTER = frozenset({Metric.WRONG_ABSTENTIONS})


@dataclass(frozen=True, slots=True)
class Outcome:
    """A judged answer. `measures` holds the metrics defined for the case, each in 0 to 1.

    `pair` is question language > note language ("zh>en"; "-" without evidence, "mixed" with both).
    `problems` says in words what is wrong, `remarks` what is right but falls short in another metric;
    `latency_ms` is the time that the answer took.
    """

    case: Case
    answer: Answer
    places: tuple[Place, ...]
    pair: str
    measures: Mapping[Metric, float]
    problems: tuple[str, ...]
    remarks: tuple[str, ...]
    latency_ms: float

    @property
    def correct(self) -> bool:
        """Whether the answer says what it must; its citations are measured apart."""
        return self.measures[Metric.ACCURACY] == 1.0

    @property
    def has_invalid_citation(self) -> bool:
        """Whether a quote does not stand at its place, which must never happen."""
        return self.measures.get(Metric.CITATION_VALIDITY, 1.0) < 1.0


def judge(case: Case, answer: Answer, places: tuple[Place, ...], *, source: Lookup, latency_ms: float) -> Outcome:
    """Score one answer against its case, whose evidence lies at `places`."""
    listed = list_result(case, answer)
    problems = wrong_statements(case, first_reading(answer), listed)
    either = not problems or not wrong_statements(case, answer, listed)
    measures: dict[Metric, float] = {Metric.ACCURACY: float(not problems), Metric.EITHER_READING: float(either)}
    if listed is not None:
        if listed.precision is not None:
            measures[Metric.LIST_PRECISION] = listed.precision
        measures |= {Metric.LIST_RECALL: listed.recall, Metric.LIST_F1: listed.f1}
    measures |= retrieval(case, answer, places)
    measures |= abstention(case, answer)
    measures |= _citations(case, answer, places)
    invalid = [c for c in answer.citations if not is_valid(c, source)]
    if answer.citations:
        measures[Metric.CITATION_VALIDITY] = 1 - len(invalid) / len(answer.citations)
        problems += [f"citation [{c.n}] is no exact substring of {c.source} at its place" for c in invalid]
    remarks = _remarks(measures, listed)
    return Outcome(case, answer, places, _pair(case, places), measures, tuple(problems), tuple(remarks), latency_ms)


def first_reading(answer: Answer) -> Answer:
    """The answer without what the question may mean besides."""
    if answer.otherwise is None:
        return answer
    lines = [line for line in answer.text.split("\n") if line != answer.otherwise.text]
    return replace(answer, text="\n".join(lines), otherwise=None)


def wrong_statements(case: Case, answer: Answer, listed: ListScore | None) -> list[str]:
    """What makes the answer wrong, in words; empty for a right one.

    A list is right when its text holds every gold entity and its items hold no excluded one.
    """
    if case.abstain != answer.abstained:
        return ["should abstain" if case.abstain else "abstains, but the notes say it"]
    whole = squeeze(answer.text)
    counted = whole if case.type == LIST else squeeze(answer.text[:COUNTED])
    problems = [f"does not say {' or '.join(a)}" for a in case.must if not says(counted, a)]
    problems += [f"says {text}" for text in case.must_not if says(whole, [text])]
    if listed is not None:
        problems += [f"does not list {a[0]}" for a in case.entities if not says(whole, a)]
        problems += [f"lists {n}, which is not one" for n in listed.wrong if _is_excluded(n, case)]
    return problems


def list_result(case: Case, answer: Answer) -> ListScore | None:
    """How the listed items cover the gold list; None for a case that asks for none."""
    if case.type != LIST or not case.entities:
        return None
    listed = [item.entity for item in answer.items if is_listed(item.status)]
    return list_score(listed, case.entities, case.exclude_entities)


def retrieval(case: Case, answer: Answer, places: Sequence[Place]) -> dict[Metric, float]:
    """Recall@k, MRR@10 and nDCG@10 of the ranked evidence; nothing for a case without gold evidence."""
    if not places:
        return {}
    ranks = [rank_of(place, answer) for place in places]
    wide = case.require_all
    return {
        Metric.RECALL_1: recall_at(ranks, 1, require_all=wide),
        Metric.RECALL_5: recall_at(ranks, 5, require_all=wide),
        Metric.RECALL_10: recall_at(ranks, DEPTH, require_all=wide),
        Metric.MRR: reciprocal_rank(ranks, DEPTH),
        Metric.NDCG: ndcg_at(ranks, DEPTH, require_all=wide),
    }


def abstention(case: Case, answer: Answer) -> dict[Metric, float]:
    """The abstention metrics that are defined for the case."""
    measures = {}
    if answer.abstained:
        measures[Metric.ABSTENTION_PRECISION] = float(case.abstain)
    if case.abstain:
        measures[Metric.ABSTENTION_RECALL] = float(answer.abstained)
    else:
        measures[Metric.WRONG_ABSTENTIONS] = float(answer.abstained)
    return measures


def _citations(case: Case, answer: Answer, places: Sequence[Place]) -> dict[Metric, float]:
    found = citation_support(case, answer, places)
    named = ((Metric.CITATION_PRECISION, found.precision), (Metric.CITATION_RECALL, found.recall))
    return {metric: value for metric, value in named if value is not None}


def _remarks(measures: Mapping[Metric, float], listed: ListScore | None) -> list[str]:
    remarks = []
    if listed is not None:
        remarks += [f"no item for {name}" for name in listed.missing]
        remarks += [f"item {name} is not in the gold list" for name in listed.wrong]
    for metric in (Metric.RECALL_10, Metric.CITATION_RECALL, Metric.CITATION_PRECISION):
        if measures.get(metric, 1.0) < 1.0:
            remarks.append(f"{metric} {measures[metric]:.2f}")
    return remarks


def rank_of(place: Place, answer: Answer) -> Rank:
    """Where the evidence first shows in the ranked passages, counted from 1."""
    for rank, passage in enumerate(answer.retrieved, start=1):
        if supports(place, passage.source, passage.location, passage.text):
            return rank
    return None


def _is_excluded(name: str, case: Case) -> bool:
    return any(mentions(name, aliases) for aliases in case.exclude_entities)


def _pair(case: Case, places: Sequence[Place]) -> str:
    languages = {place.language for place in places}
    note = "-" if not languages else languages.pop() if len(languages) == 1 else "mixed"
    return f"{case.language}>{note}"
