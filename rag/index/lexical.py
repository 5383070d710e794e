"""Lexical search: BM25 over tokenised text, by Tantivy's postings and the statistics of one generation.

A Tantivy index only grows: what is removed stays in its files until they are written anew. Tantivy's own
document frequencies and average length would therefore depend on the history of edits. So Tantivy proposes
candidates (with boosts that set its term weights right), and the scores are computed here from the stored
tokens, with the hidden documents counted out: an edited index ranks exactly as a fresh one.
"""

from __future__ import annotations

import contextlib
import heapq
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from rag.index.alike import Scoring
from rag.index.layout import DamagedError
from rag.index.query import SCORE_DIGITS, Clause, Query, distinct, inverse_document_frequency, tokens, weighted

if TYPE_CHECKING:
    import tantivy

WRITER_BYTES = 30_000_000
CANDIDATES = 4
"""How many times the wanted number of documents Tantivy proposes at first."""
FEWEST = 128
MOST = 8192
"""The most candidates that are scored: among more near ties than that, the choice is Tantivy's."""
SLACK = 1.0001
"""How far a score can lie above Tantivy's for the same average length: it adds in 32 bits; that it rounds
lengths down only raises its scores."""
CACHED_DOCUMENTS = 150_000
"""About 150 MB: questions about notes that are worded alike score thousands of the same documents each."""
CACHED_FREQUENCIES = 50_000
"""About 5 MB: one question asks for those of a hundred tokens, of some ten times."""
CLOSE = 4
"""How many ids a range may hold for each that is asked for: then it is faster than looking each up."""
_ROUNDING = 10.0**-SCORE_DIGITS


@dataclass(frozen=True, slots=True)
class Entry:
    """A document of the index: content id, what identifies it, and its tokens, with a space between any two."""

    id: int
    digest: str
    said: str

    @property
    def tokens(self) -> list[str]:
        """The tokens, none of which holds white space."""
        return self.said.split()


@contextlib.contextmanager
def _damage(path: Path) -> Iterator[None]:
    """Tantivy raises ValueError, and a panic of its own that is no Exception, for whatever it cannot read."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, GeneratorExit, DamagedError):
        raise
    except BaseException as error:
        if isinstance(error, (ValueError, OSError)) or type(error).__name__ == "PanicException":
            raise DamagedError(f"{path}: {error}") from error
        raise


@contextlib.contextmanager
def _lockable(path: Path) -> Iterator[Path]:
    """A directory in which Tantivy can make the lock file that it wants for opening an index.

    Where `path` cannot be written it is a directory of links: an open index needs only the files.
    """
    if os.access(path, os.W_OK):
        yield path
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        for file in path.iterdir():
            if not file.name.endswith(".lock"):
                (Path(directory) / file.name).symlink_to(file.resolve())
        yield Path(directory)


def _schema() -> tantivy.Schema:
    import tantivy

    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", stored=True, indexed=True, fast=True)
    builder.add_unsigned_field("length", fast=True)
    builder.add_text_field("digest", stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("tokens", stored=True, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


def create(path: Path) -> None:
    """Make an empty index in directory `path`."""
    import tantivy

    path.mkdir(parents=True, exist_ok=True)
    with _damage(path):
        tantivy.Index(_schema(), path=str(path))


class Appender:
    """Adds documents to an index; they are there, durably, after `commit`, and `finish` closes."""

    def __init__(self, path: Path) -> None:
        import tantivy

        self._path = path
        with _damage(path):
            index = tantivy.Index.open(str(path))
            self._schema = index.schema
            self._writer: tantivy.IndexWriter | None = index.writer(heap_size=WRITER_BYTES, num_threads=1)

    def add(self, entries: Iterable[Entry]) -> None:
        """Add documents whose ids the index does not hold yet."""
        import tantivy

        with _damage(self._path):
            for entry in entries:
                assert self._writer is not None, "the appender is closed"
                length = entry.said.count(" ") + 1 if entry.said else 0
                fields = {"id": entry.id, "length": length, "digest": entry.digest, "tokens": entry.said}
                self._writer.add_document(tantivy.Document.from_dict(fields, self._schema))

    def commit(self) -> None:
        """Make everything added so far durable."""
        with _damage(self._path):
            if self._writer is not None:
                self._writer.commit()

    def finish(self) -> None:
        """Wait until Tantivy has joined small files, as it does after every eighth commit or so, and close."""
        with _damage(self._path):
            if self._writer is not None:
                self._writer.wait_merging_threads()
        self.close()

    def close(self) -> None:
        """Forget what was not committed, and let go of Tantivy's own write lock."""
        self._writer = None


def append(path: Path, entries: Iterable[Entry]) -> None:
    """Add documents, durably, in one commit."""
    appender = Appender(path)
    try:
        appender.add(entries)
        appender.commit()
        appender.finish()
    finally:
        appender.close()


class LexicalReader:
    """The index in `path` as it is now, without the documents `hidden`. Safe to share between threads."""

    def __init__(self, path: Path, hidden: Collection[int] = ()) -> None:
        import tantivy

        self._path = path
        with _damage(path), _lockable(path) as directory:
            index = tantivy.Index.open(str(directory))
            self._schema = index.schema
            self._searcher = index.searcher()
        self._hidden = frozenset(hidden)
        self._counts: dict[int, tuple[Counter[str], int]] = {}
        self._frequencies: dict[str, int] = {}

    def __len__(self) -> int:
        return self.stored - self._hidden_statistics[2]

    @property
    def stored(self) -> int:
        """How many documents the files hold, hidden ones too."""
        return int(self._searcher.num_docs)

    def hide(self, hidden: Collection[int]) -> None:
        """Set the hidden documents; to be called before the first search only."""
        self._hidden = frozenset(hidden)

    def above(self, last: int) -> list[int]:
        """The ids of all stored documents with an id above `last`."""
        import tantivy

        unsigned = tantivy.FieldType.Unsigned
        return self._ids(tantivy.Query.range_query(self._schema, "id", unsigned, lower_bound=last, include_lower=False))

    def entries(self, ids: Iterable[int] | None = None) -> Iterator[Entry]:
        """The stored documents (hidden ones too), all or those with `ids`."""
        import tantivy

        queries = [tantivy.Query.all_query()] if ids is None else [self._by_id(i) for i in ids]
        with _damage(self._path):
            for query in queries:
                found = self._searcher.search(query, max(self.stored, 1), count=False).hits
                for _, address in found:
                    fields = self._searcher.doc(address).to_dict()
                    yield Entry(fields["id"][0], fields["digest"][0], fields["tokens"][0])

    def frequency(self, token: str) -> int:
        """In how many documents that are not hidden `token` occurs."""
        return self._stored_frequency(token) - self._hidden_statistics[0][token]

    def matching(self, query: Query, among: Collection[int] | None = None) -> list[int]:
        """The ids of all documents, or of those `among` them, that hold any term of any clause."""
        import tantivy

        held = tokens(query)
        if not held or not self.stored or (among is not None and not among):
            return []
        wanted = tantivy.Query.term_set_query(self._schema, "tokens", sorted(held))
        if among is not None:
            must = tantivy.Occur.Must
            wanted = tantivy.Query.boolean_query([(must, wanted), (must, self._among(among))])
        return [i for i in self._ids(wanted) if i not in self._hidden]

    def _among(self, ids: Collection[int]) -> tantivy.Query:
        """The documents with `ids`, with others between them where they lie close together."""
        import tantivy

        first, last = min(ids), max(ids)
        if last - first > CLOSE * len(ids):
            return tantivy.Query.term_set_query(self._schema, "id", sorted(ids))
        unsigned = tantivy.FieldType.Unsigned
        return tantivy.Query.range_query(self._schema, "id", unsigned, lower_bound=first, upper_bound=last)

    def search(self, query: Query, limit: int, among: Collection[int] | None = None) -> list[tuple[int, float]]:
        """(id, score) of the `limit` best documents, or of those `among` them, and of all that tie with the last.

        The best come first.
        """
        clauses = distinct(query)
        weights = self._weights(clauses)
        if not weights or limit < 1:
            return []
        translated = self._translate(clauses, weights)
        asked = Scoring(weighted(clauses, weights), self._average_length)
        wanted = max(limit * CANDIDATES, FEWEST)
        while True:
            with _damage(self._path):
                hits = self._searcher.search(translated, wanted, count=False).hits
                ids = self._searcher.fast_field_values("id", [address for _, address in hits])
                scored = self._scored(asked, hits, ids, limit, among)
            scored.sort(key=lambda pair: (-pair[1], pair[0]))
            last = scored[limit - 1][1] if len(scored) >= limit else 0.0
            if len(hits) < wanted or wanted >= MOST or hits[-1][0] * self._slack + _ROUNDING < last:
                return [pair for pair in scored if pair[1] >= last]
            wanted = min(wanted * 4, MOST)

    def _scored(
        self,
        asked: Scoring,
        hits: Sequence[tuple[float, tantivy.DocAddress]],
        ids: Sequence[object],
        limit: int,
        among: Collection[int] | None,
    ) -> list[tuple[int, float]]:
        """(id, score) of `hits` that are not hidden, but for those that cannot be among the `limit` best."""
        found: list[tuple[int, float]] = []
        best: list[float] = []
        slack, known = self._slack, asked.known
        for content, (proposed, address) in zip(ids, hits, strict=True):
            if len(best) == limit and proposed * slack + _ROUNDING < best[0]:
                break  # Tantivy's scores only fall from here on
            if isinstance(content, int) and content not in self._hidden and (among is None or content in among):
                points = known.get(content)
                if points is None:
                    points = known[content] = asked.points(*self._document(content, address))
                found.append((content, points))
                if len(best) < limit:
                    heapq.heappush(best, points)
                elif points > best[0]:
                    heapq.heapreplace(best, points)
        return found

    def _document(self, content: int, address: tantivy.DocAddress) -> tuple[Counter[str], int]:
        known = self._counts.get(content)
        if known is None:
            tokens = self._searcher.doc(address)["tokens"][0].split()
            known = (Counter(map(sys.intern, tokens)), len(tokens))
            if len(self._counts) >= CACHED_DOCUMENTS:
                self._counts.clear()
            self._counts[content] = known
        return known

    def _weights(self, clauses: list[Clause]) -> dict[str, float]:
        """The inverse document frequency of every token of the query that occurs at all."""
        frequencies = {term.token: 0 for clause in clauses for term in clause}
        for token in frequencies:
            frequencies[token] = self.frequency(token)
        return {t: inverse_document_frequency(len(self), n) for t, n in frequencies.items() if n > 0}

    def _translate(self, clauses: list[Clause], weights: dict[str, float]) -> tantivy.Query:
        import tantivy

        build = tantivy.Query
        parts = []
        for clause in clauses:
            alternatives = []
            for term in clause:
                if term.token in weights:
                    # Tantivy multiplies by its own inverse document frequency: divide that out.
                    own = inverse_document_frequency(self.stored, self._stored_frequency(term.token))
                    found = build.term_query(self._schema, "tokens", term.token, "freq")
                    boost = term.weight * weights[term.token] / own
                    alternatives.append(build.boost_query(found, boost))
            if alternatives:
                parts.append((tantivy.Occur.Should, build.disjunction_max_query(alternatives)))
        return build.boolean_query(parts)

    def _stored_frequency(self, token: str) -> int:
        known = self._frequencies.get(token)
        if known is None:
            with _damage(self._path):
                known = int(self._searcher.doc_freq("tokens", token))
            if len(self._frequencies) >= CACHED_FREQUENCIES:
                self._frequencies.clear()
            self._frequencies[token] = known
        return known

    @cached_property
    def _average_length(self) -> float:
        total = self._stored_length - self._hidden_statistics[1]
        return max(total / max(len(self), 1), 1.0)

    @cached_property
    def _slack(self) -> float:
        stored = self._stored_length / max(self.stored, 1)
        ratio = max(stored, 1.0) / self._average_length
        return SLACK * max(ratio, 1 / ratio)

    @cached_property
    def _stored_length(self) -> int:
        import tantivy

        wanted = {"total": {"sum": {"field": "length"}}}
        with _damage(self._path):
            return int(self._searcher.aggregate(tantivy.Query.all_query(), wanted)["total"]["value"] or 0)

    @cached_property
    def _hidden_statistics(self) -> tuple[Counter[str], int, int]:
        """Of the hidden documents: how many hold a token, how many tokens they hold, how many they are."""
        frequencies: Counter[str] = Counter()
        length = number = 0
        for entry in self.entries(sorted(self._hidden)):
            tokens = entry.tokens
            frequencies.update(set(tokens))
            length += len(tokens)
            number += 1
        return frequencies, length, number

    def _by_id(self, content: int) -> tantivy.Query:
        import tantivy

        return tantivy.Query.term_query(self._schema, "id", content)

    def _ids(self, query: tantivy.Query) -> list[int]:
        with _damage(self._path):
            hits = self._searcher.search(query, max(self.stored, 1), count=False).hits
            found = self._searcher.fast_field_values("id", [address for _, address in hits])
        return sorted(int(i) for i in found if i is not None)
