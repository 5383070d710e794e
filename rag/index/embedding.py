"""What an ingest embeds: the texts of passages and the headings above them, each once, whatever stands where."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from rag.index import tables as t
from rag.index.document import TEXT_DIGITS, headings, text_digest
from rag.index.joined import new_contexts
from rag.index.records import Records
from rag.index.uncollected import uncollected


class Embeds(Protocol):
    """What is needed of an embedder."""

    @property
    def fingerprint(self) -> str: ...

    @property
    def batch(self) -> int: ...

    def embed_passages(self, texts: Sequence[str]) -> Any: ...


class Passage(Protocol):
    """What is needed of a passage."""

    @property
    def digest(self) -> str: ...

    @property
    def context(self) -> str: ...

    @property
    def text(self) -> str: ...


def embed(
    store: Records,
    embedder: Embeds,
    passages: Sequence[Passage],
    progress: Callable[[str, int, int], None] | None,
) -> tuple[int, int]:
    """Put the vectors that `passages` lack into the records, longest first: how many, and how many of them of headings.

    Texts of one length go together, which spares padding, and what does not fit into memory shows at once. The
    records are committed after every batch: an interrupted run goes on from there.
    """
    fingerprint = embedder.fingerprint
    contexts = {passage.context for passage in passages}
    above = {text_digest(heading): heading for context in contexts for heading in headings(context)}
    said = {passage.digest[:TEXT_DIGITS]: passage.text for passage in passages}
    texts = above | said
    column = t.vectors.c.digest
    with store.reading() as connection:
        new = new_contexts(connection, contexts)
        cached = t.select(column).where(t.vectors.c.embedder == fingerprint, t.among(column, texts))
        missing = sorted(
            texts.keys() - set(connection.execute(cached).scalars()),
            key=lambda digest: (-len(texts[digest]), digest),
        )
    if new:
        with store.writing() as connection:
            t.insert_rows(connection, t.contexts, new)
    size = embedder.batch if missing else 1
    for start in range(0, len(missing), size):
        batch = missing[start : start + size]
        with uncollected():
            made = embedder.embed_passages([texts[digest] for digest in batch])
        rows = [
            (fingerprint, digest, vector.astype("<f2").tobytes()) for digest, vector in zip(batch, made, strict=True)
        ]
        with store.writing() as connection:
            t.insert_rows(connection, t.vectors, rows)
        if progress:
            progress("embed", start + len(batch), len(missing))
    return len(missing), sum(digest not in said for digest in missing)
