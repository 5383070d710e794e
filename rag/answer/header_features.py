"""What the header of a fact has to do with a question: worked out once a header."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.question.wording import attribute_concepts
from rag.retrieve.view import View
from rag.text.language import is_cjk
from rag.types import Fact

if TYPE_CHECKING:
    from rag.answer.features import Asked


@dataclass(frozen=True, slots=True)
class Header:
    """What a header has to do with a question, 0 to 1 each: the same for all facts below it."""

    stated: float
    """How surely it is an asked concept."""
    other: bool
    """Whether it is a known concept, and none that is asked for."""
    worded: float
    """The most that one of its tokens weighs among the question's words."""
    share: float
    """How many of its tokens the question holds."""
    spelling: float
    met: float
    asked: float
    meant: float


def header_of(wanted: Asked, fact: Fact, seen: View) -> Header:
    """What the header of a fact has to do with the question."""
    found = wanted.headers.get(fact.attribute)
    if found is None:
        concepts = attribute_concepts(seen.attribute)
        stated = max((concepts.get(u.concept.name, 0.0) for u in wanted.concepts if u.concept), default=0.0)
        tokens = [token for token in seen.attribute_tokens if len(token) > 1 or is_cjk(token)]
        shares = [1.0 if token in wanted.tokens else wanted.alternatives.get(token, 0.0) for token in tokens]
        letters = {char for char in seen.attribute if char.isalnum()}
        found = wanted.headers[fact.attribute] = Header(
            stated,
            bool(concepts) and stated == 0,
            max((wanted.alternatives.get(token, 0.0) for token in seen.attribute_tokens), default=0.0),
            sum(shares) / len(shares) if shares else 0.0,
            len(letters & set(wanted.question.normal)) / len(letters) if letters else 0.0,
            wanted.alignment.met(seen.attribute_tokens),
            wanted.alignment.asked(seen.attribute_tokens),
            max((one.score * one.attribute.is_called(seen.attribute_tokens) for one in wanted.meant), default=0.0),
        )
    return found
