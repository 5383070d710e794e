"""What an ingest embeds: the texts of passages and the headings above them, each once, whatever stands where."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, runtime_checkable

from rag.index import tables as t
from rag.index.document import TEXT_DIGITS, headings, text_digest
from rag.index.joined import new_contexts
from rag.index.records import Records
from rag.index.rendered import Content
from rag.index.uncollected import uncollected
from rag.text.tokenise import tokenise


class Embeds(Protocol):
    """What is needed of an embedder."""

    @property
    def fingerprint(self) -> str: ...

    @property
    def batch(self) -> int: ...

    def embed_passages(self, texts: Sequence[str]) -> Any: ...


@runtime_checkable
class EmbedsTokens(Protocol):
    """An embedder that sees no more of a text than its tokens (`rag.text.tokenise`), which those who read it know."""

    def embed_tokens(self, said: Sequence[Sequence[str]]) -> Any: ...


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
    said = {passage.digest[:TEXT_DIGITS]: passage for passage in passages}
    texts = above | {digest: passage.text for digest, passage in said.items()}
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
            if isinstance(embedder, EmbedsTokens):
                made = embedder.embed_tokens([_tokens(said.get(digest), texts[digest]) for digest in batch])
            else:
                made = embedder.embed_passages([texts[digest] for digest in batch])
        rows = [
            (fingerprint, digest, vector.astype("<f2").tobytes()) for digest, vector in zip(batch, made, strict=True)
        ]
        with store.writing() as connection:
            t.insert_rows(connection, t.vectors, rows)
        if progress:
            progress("embed", start + len(batch), len(missing))
    return len(missing), sum(digest not in said for digest in missing)


def _tokens(passage: Passage | None, text: str) -> list[str]:
    """The tokens of `text`, as the passage that says it knows them, or anew."""
    return passage.tokens.split()[: passage.said] if isinstance(passage, Content) else tokenise(text)
