"""Faithfulness and answer relevancy of one answer, after RAGAS.

Source: Es, James, Espinosa-Anke and Schockaert, "RAGAS: Automated Evaluation of Retrieval Augmented Generation" (EACL
2024, arXiv:2309.15217). Unlike there, the context is what the answer cites, not all that was retrieved: a statement
that stands in another passage than the cited one is not supported.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from eval.judge.asking import Judge
from rag.embed import Embedder
from rag.errors import LLMError

MOST_STATEMENTS = 60
"""A longer answer is a list whose lines the other metrics judge."""
QUESTIONS = 3
"""Questions made from an answer, the default of RAGAS."""
_MARK = re.compile(r"\s*\[\d+\]")
_TAG = re.compile(r"<(?=/?\s*(?:answer|statements|evidence))", re.IGNORECASE)

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class _Statements(_Form):
    statements: Annotated[list[Text], Field(min_length=1, max_length=MOST_STATEMENTS)]


class _Verdict(_Form):
    n: int
    supported: bool


class _Verdicts(_Form):
    verdicts: list[_Verdict]


class _Questions(_Form):
    questions: Annotated[list[Text], Field(min_length=1)]
    noncommittal: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of an answer, and whether what the answer cites supports it."""

    text: str
    supported: bool


@dataclass(frozen=True, slots=True)
class Relevancy:
    """Answer relevancy (-1 to 1, as a rule 0 to 1) and the questions that it was computed from."""

    value: float
    questions: tuple[str, ...]


def statements_of(judge: Judge, answer: str, evidence: str, language: str) -> tuple[Statement, ...]:
    """The statements of an answer, each judged by `evidence` (the cited lines as the prompt shows them).

    Faithfulness is the share of them that is supported: F = |V| / |S|. Raises LLMError.
    """
    found = judge.ask(_Statements, "statements", language, answer=shown(answer)).statements
    listed = "\n".join(f"{n}. {_TAG.sub('‹', text)}" for n, text in enumerate(found, start=1))
    verdicts = judge.ask(_Verdicts, "verdicts", language, evidence=evidence, statements=listed).verdicts
    by_number = {verdict.n: verdict.supported for verdict in verdicts}
    missing = [n for n in range(1, len(found) + 1) if n not in by_number]
    if missing or len(verdicts) != len(found):
        raise LLMError(f"the judge gave {len(verdicts)} verdicts on {len(found)} statements; try another model")
    return tuple(Statement(text, by_number[n]) for n, text in enumerate(found, start=1))


def shown(answer: str) -> str:
    """An answer as a prompt shows it: without citation marks, and unable to close its own tag."""
    return _TAG.sub("‹", _MARK.sub("", answer))


def faithfulness(statements: Sequence[Statement]) -> float:
    """Share of the statements that are supported, 0 to 1. `statements` must not be empty."""
    return sum(statement.supported for statement in statements) / len(statements)


def answer_relevancy(judge: Judge, embedder: Embedder, question: str, answer: str, language: str) -> Relevancy:
    """Mean cosine of the question and the questions that a model makes from the answer: AR = 1/n sum sim(q, q_i).

    As in the reference implementation a noncommittal answer has 0. Raises LLMError.
    """
    found = judge.ask(_Questions, "questions", language, answer=shown(answer))
    made = tuple(found.questions[:QUESTIONS])
    if found.noncommittal:
        return Relevancy(0.0, made)
    asked = embedder.embed_question(question)
    cosines = [float(asked @ embedder.embed_question(other)) for other in made]
    return Relevancy(sum(cosines) / len(cosines), made)
