"""A fact as matching sees it: normalised text and tokens by field, made once and kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rag.text.dates import Date, dates
from rag.text.names import name_key
from rag.text.normalise import normalise
from rag.text.tokenise import tokenise
from rag.text.values import Quantity, cell_quantities, quantities
from rag.types import Fact, FactKind

_ADDRESS = re.compile(r"[a-z]+://[^\s<>\"'()\[\]|，。；、（）]+")
VIEWS_KEPT = 40_000
"""Views kept in memory: about 2 KB each."""


@dataclass(frozen=True, slots=True)
class View:
    """Normalised fields of a fact. `quantities` and `dates` are those of attribute, qualifiers and value."""

    attribute: str
    qualifier: str
    value: str
    heading: str
    attribute_tokens: frozenset[str]
    qualifier_tokens: frozenset[str]
    value_tokens: frozenset[str]
    quote_tokens: frozenset[str]
    heading_tokens: frozenset[str]
    entity_tokens: frozenset[str]
    tokens: frozenset[str]
    """Those of all fields together."""
    quantities: tuple[Quantity, ...]
    own: tuple[Quantity, ...]
    """The quantities of the value itself; those of a cell with the unit that its header states."""
    dates: tuple[Date, ...]
    sentence: bool
    """Whether this is one sentence of a cell or value under a header."""
    said: str
    """Attribute, qualifier and value, one a line."""
    words: str
    """The same in one line."""
    figure: bool
    """Whether the value holds a digit."""
    event: bool
    """Whether this tells what happened when."""


@lru_cache(maxsize=VIEWS_KEPT)
def said_value(value: str) -> tuple[frozenset[str], str]:
    """(tokens, text) of a normalised value without the web addresses in it: who keeps a thing has not made it."""
    plain = _ADDRESS.sub(" ", value)
    return frozenset(tokenise(plain)), plain


@lru_cache(maxsize=VIEWS_KEPT)
def view(fact: Fact) -> View:
    """The view of `fact`."""
    qualifier = " ".join(part for pair in fact.qualifiers for part in pair)
    heading = [part for part in fact.heading if name_key(part) != fact.entity_key]
    said = f"{fact.attribute} ； {qualifier} ； {fact.value}"
    cell = fact.kind in (FactKind.CELL, FactKind.KEY)
    own = tuple(cell_quantities(fact.attribute, fact.value) if cell else quantities(fact.value))
    fields = (
        frozenset(tokenise(fact.attribute)),
        frozenset(tokenise(qualifier)),
        frozenset(tokenise(fact.value)),
        frozenset(tokenise(fact.quote)) if len(fact.quote) <= 400 else frozenset(),
        frozenset(tokenise(" ".join(heading[-2:]))),
        frozenset(tokenise(fact.entity)),
    )
    normal = (normalise(fact.attribute), normalise(qualifier), normalise(fact.value))
    return View(
        *normal,
        normalise(" / ".join(heading[-2:])),
        *fields,
        frozenset[str]().union(*fields),
        (*quantities(f"{fact.entity} ； {said}"), *own),
        own,
        tuple(dates(said)),
        fact.kind is FactKind.STATEMENT and bool(fact.attribute),
        "\n".join(normal),
        " ".join(normal),
        any(char.isdigit() for char in normal[2]),
        fact.kind is FactKind.EVENT and bool(fact.value),
    )
