"""The vectors that are searched: a passage's text and what it stands under are embedded apart and joined when stored.

So a passage that moves below other headings, or whose heading is called otherwise, is not embedded again: a new heading
is, once for all that stands under it. The records keep the vector of every text and heading by its digest, and the
words of every context; what is joined from them lies in the files that are searched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
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
    by_heading: dict[str, str] = {}  # each digest is made once: headings come again
    parts: dict[str, list[str]] = {}
    for digest, context in contexts.items():
        several = headings(context)
        by_heading |= {one: text_digest(one) for one in several if one not in by_heading}
        parts[digest] = [by_heading[one] for one in several]
    wanted = {digest[:TEXT_DIGITS] for digest in digests.values()}
    wanted.update(by_heading.values())
    at, vectors = _embedded(connection, embedder, wanted)
    if missing := len(wanted - at.keys()) + len(under - contexts.keys()) + len(set(ids.tolist()) - digests.keys()):
        raise IndexCorruptError(
            f"the index {store.index} lacks {missing} vectors of {embedder}; delete that directory and ingest again"
        )
    place: dict[str, int] = {}
    sums = [vectors]
    by_number: dict[int, list[str]] = defaultdict(list)
    for digest, above in parts.items():
        by_number[len(above)].append(digest)
    for number, told in by_number.items():
        if number:
            place |= {digest: row for row, digest in enumerate(told, sum(map(len, sums)))}
            rows = [[at[one] for one in parts[digest]] for digest in told]
            sums.append(_summed(vectors, np.array(rows), [1.0] * number))
    asked = [digests[content] for content in ids.tolist()]
    texts = np.array([at[digest[:TEXT_DIGITS]] for digest in asked])
    headed = np.array([place.get(digest[TEXT_DIGITS:], -1) for digest in asked])
    found: NDArray[np.float32] = vectors[texts]
    under_some = headed >= 0
    both = np.column_stack([texts, headed])[under_some]
    found[under_some] = _summed(np.concatenate(sums), both, (1.0, HEADINGS_SHARE))
    stored: NDArray[np.float32] = found.astype("<f2").astype(np.float32)
    return stored


def joined(text: NDArray[np.float32], above: NDArray[np.float32] | None) -> NDArray[np.float32]:
    """(dimensions,) of a text's vector and the one that `together` makes of what it stands under.

    Its direction is that of their weighted sum, its length the weighted mean of theirs: 1 where both have length 1.
    """
    if above is None:
        return text
    (made,) = _summed(np.stack([text, above]), np.array([[0, 1]]), (1.0, HEADINGS_SHARE))
    return np.asarray(made)


def together(above: Sequence[NDArray[np.float32]]) -> NDArray[np.float32] | None:
    """(dimensions,) of the vectors of all that a passage stands under; None where that is nothing."""
    if not len(above):
        return None
    (made,) = _summed(np.stack(above), np.arange(len(above))[None], [1.0] * len(above))
    return np.asarray(made)


def _summed(vectors: NDArray[np.float32], parts: NDArray[np.int64], weights: Sequence[float]) -> NDArray[np.float32]:
    """(n, dimensions) of the sums that each of n rows of `parts` names: places among `vectors`, each with its weight.

    The outcome does not hang on what else is summed at the time.
    """
    lengths = _lengths(vectors)
    totals = np.zeros((len(parts), vectors.shape[1]), np.float32)
    wanted = np.zeros(len(parts))
    for column, weight in zip(parts.T, weights, strict=True):
        totals += np.float32(weight) * vectors[column]
        wanted += weight * lengths[column]
    found = _lengths(totals)
    factors = np.divide(wanted / sum(weights), found, out=np.ones(len(parts)), where=found > 0)
    return totals * factors.astype(np.float32)[:, None]


def _lengths(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """Row by row, since sums over all rows at once are rounded otherwise."""
    return np.sqrt(np.array([row.dot(row) for row in vectors], np.float32)).astype(np.float64)


def _embedded(
    connection: t.Connection, embedder: str, digests: Collection[str]
) -> tuple[dict[str, int], NDArray[np.float32]]:
    """The vectors of texts with these digests (n, dimensions), and the place of each there."""
    cache = t.vectors.c
    kept = t.select(cache.digest, cache.vector).where(cache.embedder == embedder, t.among(cache.digest, digests))
    held: dict[str, bytes] = {row[0]: row[1] for row in connection.execute(kept)}
    vectors = np.frombuffer(b"".join(held.values()), "<f2").astype(np.float32)
    return {digest: place for place, digest in enumerate(held)}, vectors.reshape(len(held), -1) if held else vectors


def _pairs(connection: t.Connection, key: Any, value: Any, wanted: Collection[Any]) -> dict[Any, Any]:
    """What stands in column `value` for each of `wanted` in column `key`."""
    return {row[0]: row[1] for row in connection.execute(t.select(key, value).where(t.among(key, wanted)))}
