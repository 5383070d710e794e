"""Whether a fact of a paper holds the kind of value that is asked for, and whether its numbers count what is asked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rag.question.papers import Ask, asks_figure, asks_score, wordings
from rag.question.understand import Question
from rag.retrieve.evidence import holds_type
from rag.retrieve.paper_match import is_work
from rag.retrieve.view import view
from rag.text.tokenise import tokenise
from rag.text.values import quantities, same_quantity
from rag.types import Fact, FactKind, Page

COUNTED_BONUS = 0.25
"""That number counts something asked: "64 GPUs"."""
STRICT = frozenset(("money", "duration", "bytes"))
"""Kinds of value without which nothing is an answer."""
CITED = re.compile(
    r"\([^()]*\b(?:19|20)\d{2}[a-z]?\b[^()]*\)|\[\d+(?:,\s*\d+)*\]|(?:table|figure|fig\.|section|appendix|row|rows|column|step|eq\.|equation|§)\s*[a-z]?\.?\d+(?:\.\d+)*"
    r"|\b\w+ et al\.,? \(?\d{4}\)?",
    re.IGNORECASE,
)
_PERCENTAGE = re.compile(r"\d+(?:\.\d+)?\s?(?:%|percent)")
"""A share, which counts nothing."""
_SIZED_NAME = re.compile(r"\b[A-Z][\w\-]*[\s\-]\(?\d+(?:\.\d+)?[BM]\b")
"""A name with its size."""
_IN_WORDS = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_COUNT = re.compile(
    rf"(?<![\w.])(?:\d[\d,.]*|{_IN_WORDS})\s?(?:[kmb]|million|billion)?\s+"
    r"((?:[a-z][\w\-]*\s+){0,2}[a-z][\w\-]*)",
    re.IGNORECASE,
)


def is_typed(question: Question, fact: Fact) -> bool | None:
    """Whether the fact holds the kind of value asked for; None when none is."""
    wanted = question.types - {"", "yesno", "speed", "name"}
    asks_work = wordings("work").search(question.normal) is not None
    if "duration" in wanted and fact.kind is FactKind.CELL and is_work(fact) != asks_work:
        return False
    if wanted & (STRICT | {"date"}):
        lasts = wanted == {"date"} and asks_figure(question)  # "how much time": a number, perhaps, and no date
        return holds_type(question, fact, view(fact)) or (lasts and _states_figure(question, fact))
    if asks_figure(question) or wanted & {"size", "count"}:
        return _states_figure(question, fact)
    return None


def _states_figure(question: Question, fact: Fact) -> bool:
    """Whether a fact states a number of its own: none of a reference or a name, nor one that the question gives."""
    if fact.kind is FactKind.CELL:
        return any(char.isdigit() for char in fact.value)
    if fact.kind is FactKind.KEY and page_of(fact) == 1:
        return False  # when a paper was published, its identifier
    text = CITED.sub(" ", fact.value)
    for mention in question.mentions:
        text = _sized(mention.surface).sub(" ", text)
    if asks_score(question):
        text = _SIZED_NAME.sub(" ", text)
    if question.asks("count") and wordings("share").search(question.normal) is None:
        text = _PERCENTAGE.sub(" ", text)
    given = [*question.quantities, *(found for mention in question.mentions for found in quantities(mention.surface))]
    return any(not any(same_quantity(one, other) for other in given) for one in quantities(text))


@lru_cache(maxsize=256)
def _sized(surface: str) -> re.Pattern[str]:
    """A name as a text may write it, with its size behind it."""
    parts = r"[\s\-_]*".join(map(re.escape, re.findall(r"[a-z]+|\d+|[^\sa-z\d\-_]+", surface.lower())))
    return re.compile(rf"{parts}(?:[\s\-]?\(?\d+(?:\.\d+)?[bm]\)?(?![a-z]))?", re.IGNORECASE)


def counted_bonus(asked: Sequence[Ask], fact: Fact) -> float:
    """What it adds that a number of a sentence counts something that is asked."""
    if fact.kind is not FactKind.STATEMENT:
        return 0.0
    counted = {token for found in _COUNT.finditer(CITED.sub(" ", fact.value)) for token in tokenise(found[1])}
    held = max(
        (weight for ask in asked if ask.mention is None for token, weight in ask.forms if token in counted), default=0.0
    )
    return COUNTED_BONUS * held


def page_of(fact: Fact) -> int:
    return fact.location.number if isinstance(fact.location, Page) else 0
