"""A document as the rows that the index keeps of it: made beside the writer, in another process where that pays."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from rag.index.document import Document, fact_digest, fact_tokens, under_context
from rag.text.tokenise import tokenise
from rag.types import Chunk, Fact, Lines, Location, Name

Row = tuple[Any, ...]
"""The values of a row in the order of the table's columns, without its number and its stamps."""
NOTHING = "[]"


class Content(NamedTuple):
    """A chunk or a fact: what identifies it, its row without the content's number, and its tokens in one string.

    `context` and `text` are what is embedded, "" for a fact, and `said` how many tokens, the first ones, are those of
    the text. A tuple, since fifty of a note go from process to process.
    """

    digest: str
    row: Row
    tokens: str
    context: str = ""
    text: str = ""
    said: int = 0


@dataclass(frozen=True, slots=True)
class Rendered:
    """Everything that the index keeps about one source; `digest` is that of the file."""

    path: str
    digest: str
    source: Row
    names: tuple[Row, ...]
    chunks: tuple[Content, ...]
    facts: tuple[Content, ...]


def rendered(document: Document) -> Rendered:
    """The rows of a document."""
    source = document.source
    return Rendered(
        path=source.path,
        digest=source.digest,
        source=_source_row(document),
        names=_name_rows(document.names),
        chunks=tuple(map(_passage, document.chunks)),
        facts=tuple(Content(fact_digest(f), _fact_row(f), " ".join(fact_tokens(f))) for f in document.facts),
    )


def _passage(chunk: Chunk) -> Content:
    said = tokenise(chunk.text)
    tokens = " ".join(under_context(said, chunk.context))
    return Content(chunk.digest, _chunk_row(chunk), tokens, chunk.context, chunk.text, len(said))


def _source_row(document: Document) -> Row:
    source = document.source
    return (
        source.path,
        source.kind.value,
        source.digest,
        document.size,
        document.mtime_ns,
        source.title,
        source.encoding,
        source.repair,
        source.stale,
        zlib.compress(source.text.encode("utf-8", "surrogatepass"), 6),
    )


def _chunk_row(chunk: Chunk) -> Row:
    return (chunk.source, *_placed(chunk.location), encoded(chunk.heading), chunk.context, chunk.text)


def _fact_row(fact: Fact) -> Row:
    return (
        fact.source,
        *_placed(fact.location),
        encoded(fact.heading),
        fact.ordinal,
        fact.kind.value,
        fact.entity,
        fact.entity_key,
        fact.attribute,
        fact.value,
        fact.quote,
        encoded(fact.qualifiers),
        encoded(fact.mentions),
        fact.date,
    )


def _name_rows(names: Sequence[Name]) -> tuple[Row, ...]:
    return tuple(
        (name.source, position, name.surface, name.key, name.group, name.strength, name.line, name.url)
        for position, name in enumerate(names)
    )


def _placed(location: Location) -> tuple[int, int, int, str | None]:
    """The columns of a location: page, first, last, box."""
    if isinstance(location, Lines):
        return 0, location.first, location.last, None
    box = None if location.box is None else json.dumps(location.box)
    return 1, location.number, location.number, box


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@lru_cache(maxsize=1 << 12)
def encoded(values: tuple[Any, ...]) -> str:
    return _encode(values) if values else NOTHING
