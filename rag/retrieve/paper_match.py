"""How well one fact of a paper holds one thing asked."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.question.papers import Ask, look, wordings
from rag.retrieve.evidence import TYPE_UNITS
from rag.retrieve.view import View, view
from rag.retrieve.weights import SMALLEST_SIZE
from rag.text.names import has_cjk, name_key
from rag.text.normalise import normalise
from rag.text.tokenise import tokenise
from rag.text.values import quantities, same_quantity
from rag.types import Fact, FactKind

IN_LABEL = 1.0
"""The row's name, its header, what narrows it down."""
IN_VALUE = 0.95
IN_CAPTION = 0.9
"""A table's caption holds for each of its cells."""
IN_HEADING = 0.5
"""A section's heading gives its topic; the sentence itself may speak of something else."""
CONCEPT_SHARE = 0.8
"""An attribute in other words than the question's."""
IN_SHAPE = 0.7
"""The value looks like the attribute's values."""
ROUNDED = 0.03
"""Relative difference of two sizes that are one but for rounding: 32.5B and 33B."""
MOST_LABELS = 3
"""Cells in front of a row that may name it."""
_LABEL = re.compile(r"[^\W\d_]")
_POWER = re.compile(r"(?<=\d)[eE](?=[-+−]?\d)")
SIZED = re.compile(r"^(?P<name>.*?)[\s\-_]*(?P<size>\d+(?:\.\d+)?[bmk])$")


@lru_cache(maxsize=1 << 14)
def labels(fact: Fact) -> str:
    """The words that say what a cell is: its thing, header, and the cells in front of its row that are no numbers."""
    if fact.kind is not FactKind.CELL:
        return f"{fact.entity if fact.kind is FactKind.KEY else ''} {fact.attribute}".strip()
    row = fact.quote.split("\t")
    front = [cell for cell in row[:MOST_LABELS] if cell != fact.value and _LABEL.search(_POWER.sub("", cell))]
    told = (fact.entity, *(part for pair in fact.qualifiers for part in pair), *front, fact.attribute)
    kept: list[str] = []
    for text in told:
        if text.strip() and not any(name_key(text) in name_key(other) for other in kept):
            kept.append(text.strip())
    return " ".join(kept)


@lru_cache(maxsize=1 << 14)
def _label_tokens(fact: Fact) -> frozenset[str]:
    return frozenset(tokenise(labels(fact)))


@lru_cache(maxsize=1 << 14)
def _label_key(fact: Fact) -> str:
    return name_key(labels(fact))


def match(ask: Ask, fact: Fact) -> float:
    """How well `fact` holds what is asked, 0 to 1."""
    seen = view(fact)
    if ask.mention is not None:
        return max(_of_name(ask, fact, seen), 0.9 * _of_words(ask, fact, seen, together=True))
    if ask.quantity is not None:
        held = (*seen.quantities, *quantities(f"{labels(fact)} ； {seen.heading}"))
        if any(same_quantity(ask.quantity, q) or same_size(ask.quantity.value, q.value) for q in held):
            return 1.0
    if ask.concept is not None:
        return max(CONCEPT_SHARE * _of_concept(ask, fact, seen), _of_words(ask, fact, seen, together=True))
    return _of_words(ask, fact, seen)


def _of_name(ask: Ask, fact: Fact, seen: View) -> float:
    assert ask.mention is not None
    key = name_key(ask.surface)
    if key in _label_key(fact) or (fact.entity_key in ask.mention.keys and fact.kind is FactKind.CELL):
        return IN_LABEL
    if ask.mention.stands_in(seen.value):
        return IN_VALUE
    if _is_sized(ask.surface, fact):
        return IN_LABEL
    if key in name_key(fact.value):
        return IN_VALUE * 0.8
    if key in name_key(seen.heading):
        return IN_CAPTION if fact.kind is FactKind.CELL else IN_HEADING
    return 0.0


def _is_sized(surface: str, fact: Fact) -> bool:
    """Whether a name with a size is that of a row: "foo 65B" the row 65.2B of foo."""
    parts = SIZED.match(surface)
    if parts is None or fact.kind is not FactKind.CELL or name_key(parts["name"]) not in _label_key(fact):
        return False
    wanted = quantities(parts["size"])
    return bool(wanted) and any(same_size(wanted[0].value, q.value) for q in quantities(labels(fact)))


def same_size(one: float, other: float) -> bool:
    """Whether two sizes are one but for rounding; smaller numbers must be equal."""
    return one == other or (one >= SMALLEST_SIZE and abs(one - other) <= ROUNDED * one)


def _of_concept(ask: Ask, fact: Fact, seen: View) -> float:
    assert ask.concept is not None
    if ask.concept.type == "duration" and is_work(fact) and wordings("work").search(ask.surface) is None:
        return 0.0
    topic = IN_CAPTION if fact.kind is FactKind.CELL else IN_HEADING
    fields = ((normalise(labels(fact)), IN_LABEL), (seen.value, IN_VALUE), (seen.heading, topic))
    held = next((factor for text, factor in fields if text and ask.concept.in_notes.search(text)), 0.0)
    shapes = (ask.concept.shape, look(ask.concept.name))
    if held < IN_SHAPE and any(shape is not None and shape.search(seen.value) for shape in shapes):
        return IN_SHAPE
    if held < IN_SHAPE and any(found.unit in TYPE_UNITS.get(ask.concept.type, ()) for found in seen.own):
        return IN_SHAPE
    return held


def is_work(fact: Fact) -> bool:
    """Whether a cell gives an amount of work, such as hours times machines: no time that passed."""
    return fact.kind is FactKind.CELL and wordings("work").search(normalise(labels(fact))) is not None


def _of_words(ask: Ask, fact: Fact, seen: View, *, together: bool = False) -> float:
    """The best form's place; `together`: the mean over the forms, which are the words of one phrase."""
    if not ask.forms:
        return 0.0
    if together:
        return sum(_of_word(token, fact, seen) for token, _ in ask.forms) / len(ask.forms)
    best = 0.0
    for token, weight in ask.forms:
        if weight > best:
            best = max(best, weight * _of_word(token, fact, seen))
    return best


def _of_word(token: str, fact: Fact, seen: View) -> float:
    if token in _label_tokens(fact):
        return IN_LABEL
    if token in seen.value_tokens:
        return IN_VALUE
    topic = IN_CAPTION if fact.kind is FactKind.CELL else IN_HEADING
    if has_cjk(token) and len(token) > 1:
        for text, factor in ((labels(fact), IN_LABEL), (seen.value, IN_VALUE), (seen.heading, topic)):
            if token in text:
                return factor
    elif len(token) > 2 and token in _label_key(fact):
        return IN_VALUE
    return topic if token in seen.heading_tokens else 0.0
