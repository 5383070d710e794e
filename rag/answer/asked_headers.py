"""Which of the headers that things have in common a question words, one for each attribute that it asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from rag.question.understand import Question, Unit
from rag.question.wording import attribute_concepts
from rag.retrieve.evidence import stands_in
from rag.retrieve.view import view
from rag.text.names import has_cjk
from rag.text.normalise import normalise
from rag.types import Fact

ASKED_WEIGHT = 0.7
"""Weight from which a word of the question may ask for an attribute of its own."""
WORDED = 0.6
"""How well a header must hold a word of the question to be what it asks for."""
SHORTEST = 2
"""Characters of a header that may ask for itself by standing in the question."""
NARROWER = 0.1
"""What a header gains for each share of its words that the question accounts for."""
_UNIT_BEHIND = re.compile(r"(?<=[一-鿿])\s*[a-z%℃°/³²]+$|\s*[(\[（][^()\[\]（）]*[)\]）]$")
"""The unit of measure that a header ends with: "厚度 mm", "weight (kg)"."""

LABELS = frozenset(("port", "version", "contact", "alias"))
"""Attributes whose numbers are names: of two none is the larger."""
K = TypeVar("K")


def asked_headers(question: Question, units: Iterable[Unit], columns: Sequence[Mapping[K, Fact]]) -> list[K]:
    """The columns that the question asks for, in its order.

    Each of `units`, the question's units without the things themselves, asks for the column that words it best among
    the first of `columns` that have any: key -> a fact under the header. A header that stands in the question as it
    is written asks for itself.
    """
    found: dict[K, int] = {}
    for unit in units:
        if unit.quantity is not None or unit.weight < ASKED_WEIGHT:
            continue
        for every in columns:
            fits = {key: _fit(unit, fact) for key, fact in every.items()}
            best = max(fits, key=lambda key: fits[key], default=None)
            if best is not None and fits[best] >= WORDED:
                found.setdefault(best, max(question.normal.find(unit.said), 0))
                break
    for key, fact in (column for every in columns for column in every.items()):
        header = without_unit(fact.attribute)
        if len(header) >= SHORTEST and stands_in(header, question.normal):
            found.setdefault(key, question.normal.find(header))
    return sorted(found, key=lambda key: found[key])


def without_unit(attribute: str) -> str:
    """A header, normalised, without the unit of measure behind it."""
    return _UNIT_BEHIND.sub("", normalise(attribute)).strip()


def _fit(unit: Unit, fact: Fact) -> float:
    """How well a column's header words a unit of a question; 0 where it does not."""
    seen = view(fact)
    if unit.concept is not None:
        share = attribute_concepts(seen.attribute).get(unit.concept.name, 0.0)
        held = [match.end() - match.start() for match in unit.concept.in_headers.finditer(seen.attribute)]
        exact = max(held, default=0) / len(seen.attribute) if seen.attribute else 0.0
        return share + NARROWER * exact if share >= 1 else 0.0
    own = dict(unit.alternatives)
    worded = [own[token] for token in seen.attribute_tokens if token in own]
    worded += [weight for token, weight in own.items() if has_cjk(token) and len(token) > 1 and token in seen.attribute]
    if not worded:
        return 0.0
    return max(worded) + NARROWER * min(len(worded) / len(seen.attribute_tokens or (1,)), 1.0)


def is_label(fact: Fact) -> bool:
    """Whether the numbers under a fact's header are names, not amounts."""
    said = attribute_concepts(view(fact).attribute)
    return any(said.get(name, 0.0) >= 1 for name in LABELS)
