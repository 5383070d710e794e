"""The vectors that are searched: a passage's text and what it stands under are embedded apart and joined when stored.

So a passage that moves below other headings, or whose heading is called otherwise, is not embedded again: a new heading
is, once for all that stands under it. The records keep the vector of every text and heading by its digest, and the
words of every context; what is joined from them lies in the files that are searched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.errors import IndexCorruptError
from rag.index import tables as t
from rag.index.document import TEXT_DIGITS, context_digest, headings, text_digest
from rag.index.records import Records

if TYPE_CHECKING:
    from numpy.typing import NDArray

HEADINGS_SHARE = 0.7
"""Length of what a passage stands under beside its text's vector of length 1, see decision 0002."""

Vectors = Mapping[str, "NDArray[np.float32]"]
"""By the digest of the text that was embedded."""


def new_contexts(connection: t.Connection, contexts: Iterable[str]) -> list[tuple[str, str]]:
    """The rows of contexts that the records do not hold yet, in one order, so that the same corpus makes the same."""
    by_digest = {context_digest(context): context for context in contexts}
    column = t.contexts.c.digest
    known = set(connection.execute(t.select(column).where(t.among(column, by_digest))).scalars())
    return [row for row in sorted(by_digest.items()) if row[0] not in known]


def forget_unplaced(connection: t.Connection) -> None:
    """Forget the contexts of passages that are not known any more, and the vectors of their texts and headings."""
    digest = t.chunk_contents.c.digest
    under = t.select(t.func.substr(digest, TEXT_DIGITS + 1))
    connection.execute(t.delete(t.contexts).where(t.contexts.c.digest.not_in(under)))
    left = connection.execute(t.select(t.contexts.c.text)).scalars()
    named = {text_digest(heading) for context in left for heading in headings(context)}
    said = t.select(t.func.substr(digest, 1, TEXT_DIGITS))
    unsaid = set(connection.execute(t.select(t.vectors.c.digest).where(t.vectors.c.digest.not_in(said))).scalars())
    connection.execute(t.delete(t.vectors).where(t.among(t.vectors.c.digest, sorted(unsaid - named))))


def passage_vectors(
    store: Records, connection: t.Connection, embedder: str, ids: NDArray[np.int64]
) -> NDArray[np.float32]:
    """The vectors of the passages with the content ids `ids`, in that order: (n, dimensions), as 16 bits hold them.

    Raises IndexCorruptError where the records lack a part of one.
    """
    contents, kept = t.chunk_contents.c, t.contexts.c
    # Several look-ups, since SQLite would run one over all tables through all ids for every vector.
    digests: dict[int, str] = _pairs(connection, contents.id, contents.digest, ids.tolist())
    under = {digest[TEXT_DIGITS:] for digest in digests.values()}
    contexts: dict[str, str] = _pairs(connection, kept.digest, kept.text, under)
    parts = {digest: headings(context) for digest, context in contexts.items()}
    wanted = {digest[:TEXT_DIGITS] for digest in digests.values()}
    wanted |= {text_digest(heading) for several in parts.values() for heading in several}
    vectors = _embedded(connection, embedder, wanted)
    if missing := len(wanted - vectors.keys()) + len(under - contexts.keys()) + len(set(ids.tolist()) - digests.keys()):
        raise IndexCorruptError(
            f"the index {store.index} lacks {missing} vectors of {embedder}; delete that directory and ingest again"
        )
    above = {digest: together([vectors[text_digest(one)] for one in several]) for digest, several in parts.items()}
    told = [digests[content] for content in ids.tolist()]
    rows = [joined(vectors[digest[:TEXT_DIGITS]], above[digest[TEXT_DIGITS:]]) for digest in told]
    return np.stack(rows).astype("<f2").astype(np.float32)


def joined(text: NDArray[np.float32], above: NDArray[np.float32] | None) -> NDArray[np.float32]:
    """(dimensions,) of a text's vector and the one that `together` makes of what it stands under.

    Its direction is that of their weighted sum, its length the weighted mean of theirs: 1 where both have length 1.
    """
    return text if above is None else _summed([text, above], (1.0, HEADINGS_SHARE))


def together(above: Sequence[NDArray[np.float32]]) -> NDArray[np.float32] | None:
    """(dimensions,) of the vectors of all that a passage stands under; None where that is nothing."""
    return _summed(above, [1.0] * len(above)) if above else None


def _summed(vectors: Sequence[NDArray[np.float32]], weights: Sequence[float]) -> NDArray[np.float32]:
    # One by one, so that the outcome does not hang on what else is joined at the time.
    total = np.zeros_like(vectors[0])
    length = 0.0
    for vector, weight in zip(vectors, weights, strict=True):
        total += np.float32(weight) * vector
        length += weight * _length(vector)
    found = _length(total)
    return total * np.float32(length / sum(weights) / found) if found else total


def _length(vector: NDArray[np.float32]) -> float:
    """As `np.linalg.norm`, which takes three times as long to find out what it is given."""
    return float(np.sqrt(vector.dot(vector)))


def _embedded(connection: t.Connection, embedder: str, digests: Collection[str]) -> Vectors:
    cache = t.vectors.c
    kept = t.select(cache.digest, cache.vector).where(cache.embedder == embedder, t.among(cache.digest, digests))
    return {row[0]: np.frombuffer(row[1], "<f2").astype(np.float32) for row in connection.execute(kept)}


def _pairs(connection: t.Connection, key: Any, value: Any, wanted: Collection[Any]) -> dict[Any, Any]:
    """What stands in column `value` for each of `wanted` in column `key`."""
    return {row[0]: row[1] for row in connection.execute(t.select(key, value).where(t.among(key, wanted)))}
