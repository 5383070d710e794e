"""The answers of a run judged by a language model; what it fails at is counted and ends nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from eval.judge.asking import Judge
from eval.judge.metrics import Statement, answer_relevancy, faithfulness, statements_of
from eval.metrics import Estimate, estimates
from eval.score import Outcome
from rag.answer.evidence import pieces_of
from rag.answer.llm.failures import scrubbed
from rag.answer.llm.prompt import fenced
from rag.config import Settings
from rag.embed import Embedder, open_embedder
from rag.errors import LLMError
from rag.index import Snapshot

FAITHFULNESS, RELEVANCY = "faithfulness", "answer_relevancy"
MEASURED = (FAITHFULNESS, RELEVANCY)
IN_A_ROW = 5
"""Answers judged in vain, one after the other, after which the model is left alone."""
MOST_TOKENS = 16_000
"""Of cited lines: with fewer than all of them, statements would count as unsupported that are not."""
GIVEN_UP = "not asked: the model failed again and again"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One answer judged. A metric that is None could not be judged; `failures` say why."""

    case: str
    type: str
    faithfulness: float | None = None
    answer_relevancy: float | None = None
    statements: tuple[Statement, ...] = ()
    questions: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Judged:
    """All answers of a run that state something, judged by `judge`; abstentions are not among them."""

    judge: str
    embedder: str
    judgements: tuple[Judgement, ...]

    @property
    def failed(self) -> int:
        """Answers for which a metric is missing."""
        return sum(bool(judgement.failures) for judgement in self.judgements)


def judged(
    outcomes: Sequence[Outcome],
    judge: Judge,
    settings: Settings,
    *,
    progress: Callable[[str, int, int], None] | None = None,
) -> Judged:
    """Faithfulness and answer relevancy of every answer that states something, over the index of the settings."""
    embedder = open_embedder(settings.embedder)
    stating = [outcome for outcome in outcomes if not outcome.answer.abstained and outcome.answer.citations]
    found: list[Judgement] = []
    with Snapshot.open(settings.index_path) as snapshot:
        for number, outcome in enumerate(stating, start=1):
            in_vain = [not judgement.statements and not judgement.questions for judgement in found[-IN_A_ROW:]]
            blank = Judgement(outcome.case.id, outcome.case.type)
            if len(in_vain) == IN_A_ROW and all(in_vain):
                found.append(replace(blank, failures=(GIVEN_UP,)))
            else:
                found.append(_judgement(blank, outcome, judge, embedder, snapshot))
            if progress is not None:
                progress("judged", number, len(stating))
    return Judged(scrubbed(judge.spec), settings.embedder, tuple(found))


def _judgement(blank: Judgement, outcome: Outcome, judge: Judge, embedder: Embedder, snapshot: Snapshot) -> Judgement:
    answer = outcome.answer
    found = blank
    try:
        evidence = _evidence(outcome, snapshot)
        statements = statements_of(judge, answer.text, evidence, answer.language)
        found = replace(found, faithfulness=faithfulness(statements), statements=statements)
    except LLMError as error:
        found = replace(found, failures=(*found.failures, str(error)))
    try:
        relevancy = answer_relevancy(judge, embedder, outcome.case.question, answer.text, answer.language)
        found = replace(found, answer_relevancy=relevancy.value, questions=relevancy.questions)
    except LLMError as error:
        found = replace(found, failures=(*found.failures, str(error)))
    return found


def _evidence(outcome: Outcome, snapshot: Snapshot) -> str:
    """The cited lines as the prompt shows them. Raises LLMError where they are more than a model is shown."""
    pieces = pieces_of(outcome.answer.citations, snapshot)
    evidence = fenced(pieces, MOST_TOKENS)
    if evidence.count("<evidence ") < len(pieces):
        raise LLMError(f"the cited lines are longer than {MOST_TOKENS} tokens")
    return evidence


def judge_estimates(judgements: Sequence[Judgement]) -> Mapping[str, Estimate]:
    """Both metrics with their bootstrap intervals, where they could be judged."""
    if not judgements:
        return {}
    columns = estimates([[judgement.faithfulness, judgement.answer_relevancy] for judgement in judgements])
    return {name: found for name, found in zip(MEASURED, columns, strict=True) if found is not None}


def judge_table(found: Judged) -> list[list[str]]:
    """A head row, then all answers and those of each type: metrics with intervals, how many were judged and failed."""
    rows = [["judged", "answers", *MEASURED, "failed"]]
    types = sorted({judgement.type for judgement in found.judgements})
    slices = [("all", found.judgements)]
    slices += [(f"type:{name}", tuple(j for j in found.judgements if j.type == name)) for name in types]
    for name, chosen in slices:
        known = judge_estimates(chosen)
        cells = [_shown(known.get(metric)) for metric in MEASURED]
        rows.append([name, str(len(chosen)), *cells, str(sum(bool(j.failures) for j in chosen))])
    return rows


def judge_json(found: Judged) -> dict[str, Any]:
    """The judgements as a JSON object."""
    return {
        "judge": found.judge,
        "embedder": found.embedder,
        "failed": found.failed,
        "metrics": {
            name: {"value": round(e.value, 4), "low": round(e.low, 4), "high": round(e.high, 4), "n": e.n}
            for name, e in judge_estimates(found.judgements).items()
        },
        "cases": [
            {
                "id": judgement.case,
                FAITHFULNESS: judgement.faithfulness,
                RELEVANCY: judgement.answer_relevancy,
                "statements": [{"text": s.text, "supported": s.supported} for s in judgement.statements],
                "questions": list(judgement.questions),
                "failures": list(judgement.failures),
            }
            for judgement in found.judgements
        ],
    }


def _shown(estimate: Estimate | None) -> str:
    return "·" if estimate is None else f"{estimate.value:.3f} ({estimate.low:.2f}-{estimate.high:.2f})"
