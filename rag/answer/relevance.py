"""Which facts answer, and whether any does: two linear models over the features of a question and a fact.

The first orders the facts of one question (a softmax over them, trained to put the answer first); the second gives
the probability that a fact near the top answers at all (a logistic regression). Their weights stand by name in
`data/relevance.toml`, made by `scripts/train_relevance.py` from the development questions of several fields.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import repeat
from operator import mul
from statistics import median

from rag.answer.context import Context
from rag.answer.features import asked, features_of, question_features
from rag.answer.support import absence, is_certain, is_ruled_out
from rag.retrieve.evidence import Scored
from rag.types import Fact

POOL = 100
"""Facts weighed, the best by the plain score: 99% of the answers of the development questions are among them."""
JUDGED = 10
"""Facts from the top that get a chance: an answer shows no more."""
MOST_LEAD = 3.0
"""Beyond this a larger lead over the second fact says no more."""
CERTAIN = 0.9
"""Least chance of a cell whose thing and header the question names."""
BACKGROUND = 20
"""Facts whose median relevance is what an ordinary fact of the corpus has for this question."""


@dataclass(frozen=True, slots=True)
class Model:
    """Weights by feature name, and the constant."""

    weights: Mapping[str, float]
    constant: float = 0.0

    def __call__(self, features: Mapping[str, float]) -> float:
        values = map(features.get, self.weights, repeat(0.0))
        points: float = sum(map(mul, self.weights.values(), values))
        return self.constant + points


@cache
def models() -> tuple[Model, Model]:
    """(order, answers): the two models of the package."""
    raw = tomllib.loads((files("rag.answer") / "data" / "relevance.toml").read_text(encoding="utf-8"))
    return Model(raw["order"]), Model(raw["answers"], raw["constant"])


def judge(context: Context, lexical: Mapping[Fact, float]) -> list[Scored]:
    """The ranked facts of `context` by falling relevance; the first with their chance to answer.

    `lexical` gives each fact's lexical score as a share of the best.
    """
    order, answers = models()
    first, ruled_out = admissible(context)
    wanted = asked(context, lexical, first)
    pool = zip(first, features_of(context, wanted, first), strict=True)
    weighed = [(scored._replace(relevance=round(order(features), 6)), features) for scored, features in pool]
    weighed.sort(key=lambda entry: (-entry[0].relevance, entry[0].fact.source, entry[0].fact.ordinal))
    about = question_features(context) if weighed else {}
    standing = standings([scored.relevance for scored, _ in weighed])
    judged = [
        scored._replace(chance=_chance(context, scored, answers({**features, **about, **stands})))
        for (scored, features), stands in zip(weighed[:JUDGED], standing, strict=False)
    ]
    return [*judged, *(scored for scored, _ in weighed[JUDGED:]), *ruled_out, *context.ranked[POOL:]]


def admissible(context: Context) -> tuple[list[Scored], list[Scored]]:
    """(facts that may answer, facts that cannot) of the first `POOL`."""
    first = context.ranked[:POOL]
    asked_of = absence(context)
    out = {at for at, scored in enumerate(first) if is_ruled_out(context, scored, asked_of)}
    return (
        [scored for at, scored in enumerate(first) if at not in out],
        [scored for at, scored in enumerate(first) if at in out],
    )


def _chance(context: Context, scored: Scored, points: float) -> float:
    chance = round(logistic(points), 6)
    return max(chance, CERTAIN) if is_certain(context.question, scored) else chance


def standings(relevances: Sequence[float]) -> list[dict[str, float]]:
    """How each of the falling `relevances` stands among the others, as features of the second model."""
    if not relevances:
        return []
    ordinary = median(relevances[:BACKGROUND])
    lead = relevances[0] - relevances[1] if len(relevances) > 1 else MOST_LEAD
    return [
        {
            "relevance": value,
            "above_ordinary": value - ordinary,
            "behind_best": value - relevances[0],
            "lead": min(lead, MOST_LEAD) if at == 0 else 0.0,
        }
        for at, value in enumerate(relevances[:JUDGED])
    ]


def logistic(value: float) -> float:
    """The logistic function, 0 to 1."""
    return 1.0 / (1.0 + math.exp(-value)) if value >= 0 else math.exp(value) / (1.0 + math.exp(value))
