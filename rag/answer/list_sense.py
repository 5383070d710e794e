"""Whether a question asks for a list: a logistic regression over what it says and what the notes offer.

"The hub dynamos noted so far" asks for one without any of the words that lists are asked with, and "which battery does
X take" asks for none although it has one. The weights stand by name in `data/lists.toml`, made by
`scripts/train_choice.py` from the development questions of several fields, of all kinds.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from rag.answer.choice import Choice
from rag.answer.context import Context
from rag.answer.matches import Op
from rag.answer.relevance import Model, logistic
from rag.answer.sheets import Sort
from rag.answer.sides import sides
from rag.answer.wants import (
    asks_for_things,
    compares,
    counts_of_one,
    is_listed_in_cell,
    looks_in_one_place,
    wants_extreme,
    wants_list,
    wants_timeline,
)
from rag.answer.ways import Candidate
from rag.question.scope import is_bare, kinds, places
from rag.question.wording import intent

MANY = 15
INTENTS = (
    "list", "count", "which", "definition", "howto", "link", "conflict", "compare", "timeline", "negated", "unstated",
    "only", "superlative_max", "superlative_min", "yesno", "each", "between", "before", "after", "earliest", "latest",
    "neighbour",
)  # fmt: skip
VALUED = frozenset(("size", "money", "duration", "bytes", "date"))
"""Types of attributes of which a thing has one value."""


def asks_for_list(context: Context, choice: Choice) -> float:
    """The probability that the question asks for a list."""
    return logistic(model()(list_features(context, choice)))


def may_ask_for_list(context: Context) -> bool:
    """Whether it is worth looking: no, where even the surest choice could not make a list likely."""
    return model()(about(context)) + most_by_choice() > 0


@cache
def most_by_choice() -> float:
    """About the most that a choice adds to the points of a question: of its kinds it is one."""
    weights = model().weights
    kind = max(max(weights.get(name, 0.0), 0.0) for name in CHOSEN)
    return kind + sum(max(weights.get(name, 0.0) * most, 0.0) for name, most in MOST.items())


@cache
def model() -> Model:
    """The model of the package."""
    raw = tomllib.loads((files("rag.answer") / "data" / "lists.toml").read_text(encoding="utf-8"))
    return Model(raw["weights"], raw["constant"])


def list_features(context: Context, choice: Choice) -> dict[str, float]:
    """The features of a question: flags are 0 or 1, shares and chances 0 to 1, the rest are counts."""
    return {**about(context), **_chosen(choice)}


def about(context: Context) -> dict[str, float]:
    """Those of the features that do not hang on what is chosen."""
    return {**_asked(context), **_offered(context)}


def _asked(context: Context) -> dict[str, float]:
    question = context.question
    named = sum(mention.exact for mention in question.mentions)
    concepts = [unit.concept for unit in question.units if unit.concept is not None]
    return {
        **{f"asks_{name}": float(question.asks(name)) for name in INTENTS},
        "one_named": float(named == 1),
        "several_named": float(named > 1),
        "number": float(bool(question.quantities)),
        "limit": float(any(unit.limit for unit in question.units)),
        "dated": float(bool(question.dates)),
        "bare": float(is_bare(question.normal)),
        "kind": float(bool(kinds(question.normal))),
        "place": float(bool(places(question.normal))),
        "units": float(len(question.units)),
        "attribute": float(any(concept.weight >= 1 for concept in concepts)),
        "valued": float(bool(question.types & VALUED)),
        "yes_or_no": float("yesno" in question.types),
        "maker": float(question.concept("person", "owner", "organisation") is not None),
        "sides": float(len(sides(question)) > 1),
        "list_words": float(intent("list").search(question.normal) is not None),
        "wants_list": float(wants_list(question)),
        "wants_timeline": float(wants_timeline(question)),
        "wants_extreme": float(wants_extreme(question)),
        "compares": float(compares(question)),
        "things": float(asks_for_things(question)),
    }


def _offered(context: Context) -> dict[str, float]:
    best = context.ranked[0] if context.ranked else None
    return {
        "chance": best.chance if best is not None else 0.0,
        "subject": float(best is not None and best.subject >= 1),
        "coverage": best.coverage if best is not None else 0.0,
        "one_place": float(looks_in_one_place(context)),
        "in_cell": float(is_listed_in_cell(context)),
        "of_one": float(counts_of_one(context)),
    }


CHOSEN = ("one_thing", "many_things", "parts", "marked", "anywhere")
"""The features of a candidate itself."""
MOST = {"likelihood": 0.6, "points": 9.0}
"""What the features of a choice seldom exceed on development questions."""


def _chosen(choice: Choice) -> dict[str, float]:
    found = dict(zip(CHOSEN, candidate_features(choice.candidate), strict=True))
    return {"likelihood": choice.likelihood, "points": choice.points, **found}


def candidate_features(candidate: Candidate) -> tuple[float, ...]:
    """The values of `CHOSEN`."""
    ops = {pick.op for pick in candidate.picks}
    return (
        float(len(candidate.keys) == 1),
        float(len(candidate.keys) > MANY),
        float(candidate.sheet.sort is Sort.PARTS),
        float(bool(ops & {Op.YES, Op.NO})),
        float(Op.ANY in ops),
    )
