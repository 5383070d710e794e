"""What the write path hands to the index, and the tokens under which it can be found."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache

from rag.text.tokenise import LONGEST_KEPT, tokenise
from rag.types import Chunk, Fact, Name, Source

STEP = " > "
"""Between the headings of a context's first line."""
TEXT_DIGITS = 32
"""Of a passage's digest those that its text alone decides; the others tell what it stands under."""
CONTEXT_DIGITS = 16
FACT_DIGITS = 32
HEADING_LEVELS = 3
"""How many of the innermost headings a fact can be found by: outer ones are shared by a whole note."""


@dataclass(frozen=True, slots=True)
class Document:
    """Everything that the index keeps about one source; `size` and `mtime_ns` let a scan skip reading."""

    source: Source
    chunks: tuple[Chunk, ...]
    facts: tuple[Fact, ...]
    names: tuple[Name, ...]
    size: int
    mtime_ns: int


def tokens_of(placed: Chunk | Fact) -> list[str]:
    """The tokens under which lexical search finds a chunk or a fact."""
    return chunk_tokens(placed) if isinstance(placed, Chunk) else fact_tokens(placed)


def chunk_tokens(chunk: Chunk) -> list[str]:
    """The tokens of a chunk's text below its context."""
    return under_context(tokenise(chunk.text), chunk.context)


def under_context(said: list[str], context: str) -> list[str]:
    """A text's tokens twice and its context's once, so that words of the passage itself count more."""
    return said + said + tokenise(context)


def fact_tokens(fact: Fact) -> list[str]:
    """The fact's tokens: subject (entity, inner headings), attribute, then the rest without repetition.

    A word of the entity or the attribute that the quote repeats counts twice, one within a long quote once.
    """
    said: dict[str, None] = {}
    for pair in fact.qualifiers:
        for part in pair:
            said |= _each(part)
    said |= _each(fact.value)
    said |= _each(fact.quote)
    return [*_each(fact.entity), *_once(fact.heading[-HEADING_LEVELS:]), *_each(fact.attribute), *said]


def passage(chunk: Chunk) -> str:
    """A chunk's text under its context, as a model reads both together."""
    return f"{chunk.context}\n{chunk.text}" if chunk.context else chunk.text


def headings(context: str) -> tuple[str, ...]:
    """The parts of a context that are embedded, each by itself: headings, list items above, names of columns."""
    return tuple(part for line in context.split("\n") for part in line.split(STEP) if part.strip())


def passage_digest(context: str, text: str) -> str:
    """Identifies what a passage says and what it stands under, wherever both stand: `text_digest`, `context_digest`."""
    return text_digest(text) + context_digest(context)


def text_digest(text: str) -> str:
    """Identifies a text that is embedded."""
    return _digest(text, TEXT_DIGITS)


def context_digest(context: str) -> str:
    """Identifies what a passage stands under."""
    return _digest(context, CONTEXT_DIGITS)


def fact_digest(fact: Fact) -> str:
    """Identifies what the fact says, wherever it stands."""
    said = (fact.kind, fact.entity, fact.attribute, fact.value, fact.qualifiers, fact.heading, fact.quote)
    return _digest(_as_json(said), FACT_DIGITS)


_as_json = json.JSONEncoder(ensure_ascii=False).encode


def _digest(text: str, digits: int) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:digits]


@lru_cache(maxsize=1 << 12)
def _once(texts: tuple[str, ...]) -> tuple[str, ...]:
    """The tokens of texts once each: the facts of one section share them."""
    found: dict[str, None] = {}
    for text in texts:
        found |= _each(text)
    return tuple(found)


def _each(text: str) -> dict[str, None]:
    """The tokens of a text once each, in order."""
    return _kept_each(text) if len(text) <= LONGEST_KEPT else dict.fromkeys(tokenise(text))


@lru_cache(maxsize=1 << 13)
def _kept_each(text: str) -> dict[str, None]:
    """The tokens of a text once each, which nobody changes: the facts of one row share most texts."""
    return dict.fromkeys(tokenise(text))
