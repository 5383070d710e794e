"""The parts of one value or of a list in a note: what a thing has several of, "formats: A, B and C"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from rag.answer.conditions import MET, match_header
from rag.answer.context import Context, display
from rag.answer.enumeration import enumeration
from rag.question.wording import words
from rag.retrieve.view import view
from rag.text.names import has_cjk, name_key
from rag.text.normalise import normalise
from rag.types import Fact

LOOKED_AT = 8
"""Facts of the ranking whose parts are candidates."""
FEWEST, MOST = 2, 20
LONGEST_PART = 60
LONGEST_LABEL = 40
"""Characters up to which an entry of a list is a part as it stands; of a longer one, what stands before its colon."""
_ENTRY = re.compile(r"^\s*(?:[-*+•]|\d{1,2}\s*[.)、．]|[(（]\d+[)）]|[①-⑳])\s*")
_BETWEEN = re.compile(r"[、;；]|[,，](?!\d)|\s/\s|和|以及|\band\b|\bor\b|\s\+\s")
_SENTENCE = re.compile(r"[。!！?？]|\.(?=\s|$)")
_COLON = re.compile(r"[:：]")
_EDGES = " \t.。,，;；:：等\"'“”"


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """The parts of one value, each with its fact; `rank` is the value's place in the ranking from 0."""

    rank: int
    whole: Fact
    named: tuple[tuple[str, Fact], ...]
    listed: bool
    """Whether the parts are the entries of a list below `whole`."""


def parts(context: Context) -> Iterator[Parts]:
    """Every way to take apart the facts that stand first in the ranking."""
    for rank, scored in enumerate(context.ranked[:LOOKED_AT]):
        fact = scored.fact
        seen: set[tuple[str, ...]] = set()
        entries = enumeration(context, fact)
        named_in = _named_in(context, fact)
        if FEWEST <= len(named_in) <= MOST:
            yield Parts(rank, fact, tuple((name, fact) for name in named_in), False)
        if FEWEST <= len(entries) <= MOST:
            yield Parts(rank, fact, tuple((_label(entry), entry) for entry in entries), True)
        for text in _stretches(fact.value):
            named = tuple(part for part in (piece.strip(_EDGES) for piece in _BETWEEN.split(text)) if part)
            brief = FEWEST <= len(named) <= MOST and all(len(name) <= LONGEST_PART for name in named)
            if brief and named not in seen and not _says_asked(context, named):
                seen.add(named)
                yield Parts(rank, fact, tuple((name, fact) for name in named), False)


def _says_asked(context: Context, named: tuple[str, ...]) -> bool:
    """Whether one of the parts is nothing but a word of the question: then what has it is asked for, and not it."""
    said = {unit.said for unit in context.question.units if unit.concept is None and unit.quantity is None}
    return any(normalise(name) in said for name in named)


def worded(context: Context, found: Parts) -> dict[int, float]:
    """How well what the parts stand in words the slots of the question (`matches.slots`)."""
    question, fact = context.question, found.whole
    seen = view(fact)
    shares: dict[int, float] = {}
    for at, unit in enumerate(question.units):
        if unit.quantity is None:
            inside = max((weight for token, weight in unit.alternatives if token in seen.tokens), default=0.0)
            shares[at] = max(match_header(unit, seen), inside)
    for at, mention in enumerate(question.mentions, len(question.units)):
        said = (normalise(fact.entity), seen.said, seen.heading)
        shares[at] = float(fact.entity_key in mention.keys or any(mention.stands_in(text) for text in said))
    return {at: share for at, share in shares.items() if share >= MET}


def _named_in(context: Context, fact: Fact) -> tuple[str, ...]:
    """The other things that a fact names, in the order in which it does."""
    text = name_key(fact.value)
    asked = {key for mention in context.question.mentions for key in mention.keys}
    found: dict[str, int] = {}
    for key in fact.mentions:
        entity = context.entity(key)
        if entity is not None and key in text and not asked & set(entity.keys) and fact.entity_key not in entity.keys:
            found.setdefault(display(entity), text.find(key))
    return tuple(sorted(found, key=lambda name: (found[name], name)))


def _label(entry: Fact) -> str:
    text = _ENTRY.sub("", entry.value).strip()
    return (text if len(text) <= LONGEST_LABEL else _COLON.split(text)[0]).strip(_EDGES) or entry.value


def _stretches(value: str) -> Iterator[str]:
    """The stretches of a value that may list something: all of it, its sentences, what follows a lead-in."""
    yield value
    for sentence in (piece for piece in _SENTENCE.split(value) if piece.strip()):
        if sentence != value:
            yield sentence
        pieces = _COLON.split(sentence)
        yield from pieces[1:]
        for piece in pieces:
            cut = [match.end() for match in _leads().finditer(piece.lower())]
            if cut:
                yield piece[cut[0] :]
                yield piece[cut[-1] :]


@cache
def _leads() -> re.Pattern[str]:
    """Words that lead in to what is listed: "supports", "包括"."""
    found = sorted(words("leads_list"), key=lambda word: (-len(word), word))
    return re.compile("|".join(re.escape(w) if has_cjk(w) else rf"\b{re.escape(w)}\b" for w in found))


def part_key(name: str) -> str:
    """The key of a part among the others."""
    return name_key(name) or name
