"""Whether what a fact says looks like what is asked for, though it words nothing of it."""

from __future__ import annotations

from rag.question.wording import Concept
from rag.retrieve.view import View
from rag.text.tokenise import tokenise

A_VERB = 2
"""Words by which what a thing did is longer than its name: 提出, 了."""
NAMED = "name"
"""The kind of value that concepts of people and companies have."""
DATE = "date"
"""The concept that every line of a timeline speaks of."""


def has_shape(concept: Concept, seen: View) -> bool:
    """Whether the value looks like the concept's values: "13B", or a number with a unit that measures it."""
    shaped = concept.shape.search(seen.value) if concept.shape is not None else None
    if shaped is not None and not (concept.type == NAMED and _is_its_own(shaped.group(), seen)):
        return True
    if seen.event and concept.name == DATE:
        return bool(seen.dates)
    return any(quantity.unit in concept.units for quantity in seen.own)


def _is_its_own(told: str, seen: View) -> bool:
    """Whether what "X proposed" names is the thing itself, of which the fact is: that tells not who made it."""
    said = frozenset(tokenise(told))
    return not seen.entity_tokens.isdisjoint(said) and len(said - seen.entity_tokens) <= A_VERB
