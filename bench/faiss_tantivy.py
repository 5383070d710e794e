"""The limit: FAISS and Tantivy called directly over pieces of lines, without anything that a user needs beside.

It knows neither files nor edits: every change makes both indexes anew.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import faiss
import numpy as np
import tantivy
from numpy.typing import NDArray

from bench.notes import read_notes
from bench.systems import DEPTH, Passage
from rag.embed import BUILTIN, open_embedder
from rag.text.tokenise import query_tokens, tokenise
from rag.types import Lines

PIECE = 1000
"""Characters at which a piece ends, at the end of a line: what LangChain's recipe aims at."""
RANK_CONSTANT = 60
"""Of reciprocal rank fusion (Cormack et al., 2009)."""
HEAP = 128 * 1024 * 1024


Piece = tuple[str, int, int, str]
"""Source, first and last line, text."""


def pieces(source: str, text: str) -> Iterator[Piece]:
    """Whole lines, up to `PIECE` characters together where no line is longer."""
    held: list[str] = []
    first = 1
    for number, line in enumerate(text.split("\n"), start=1):
        if held and sum(map(len, held)) + len(line) > PIECE:
            yield source, first, number - 1, "\n".join(held)
            held, first = [], number
        held.append(line)
    if any(line.strip() for line in held):
        yield source, first, first + len(held) - 1, "\n".join(held)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("words", stored=False, tokenizer_name="whitespace", index_option="freq")
    builder.add_unsigned_field("number", stored=True)
    return builder.build()


class Direct:
    """Both libraries, and our embedder and words."""

    def __init__(self) -> None:
        self._held = 0
        self._embedder = open_embedder(BUILTIN)

    def synchronise(self, corpus: Path, index: Path) -> None:
        made = [piece for source, text in read_notes(corpus) for piece in pieces(source, text)]
        vectors = self._embedder.embed_passages([text for *_, text in made])
        flat = faiss.IndexFlatIP(vectors.shape[1])
        flat.add(vectors)
        shutil.rmtree(index, ignore_errors=True)
        (index / "words").mkdir(parents=True)
        faiss.write_index(flat, str(index / "vectors"))
        words = tantivy.Index(_schema(), path=str(index / "words"))
        writer = words.writer(HEAP, 1)
        for number, (*_, text) in enumerate(made):
            writer.add_document(tantivy.Document(words=" ".join(tokenise(text)), number=number))
        writer.commit()
        writer.wait_merging_threads()
        (index / "pieces.json").write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
        self._held = len(made)

    def held(self, index: Path) -> int:
        return self._held

    def open(self, index: Path) -> DirectSearcher:
        return DirectSearcher(self._embedder.embed_question, index)


class DirectSearcher:
    """Both rankings, fused by rank."""

    def __init__(self, embed: Callable[[str], NDArray[np.float32]], index: Path) -> None:
        self._embed = embed
        self._vectors = faiss.read_index(str(index / "vectors"))
        self._words = tantivy.Index.open(str(index / "words"))
        rows = json.loads((index / "pieces.json").read_text(encoding="utf-8"))
        self._pieces = [Passage(source, Lines(first, last), text) for source, first, last, text in rows]

    def search(self, question: str) -> Sequence[Passage]:
        _, near = self._vectors.search(self._embed(question)[None], DEPTH)
        scores: dict[int, float] = {}
        for ranking in (near[0].tolist(), self._by_words(question)):
            for rank, number in enumerate(ranking, start=1):
                scores[number] = scores.get(number, 0.0) + 1 / (RANK_CONSTANT + rank)
        scores.pop(-1, None)  # FAISS fills up with -1 where it holds fewer
        best = sorted(scores, key=lambda number: (-scores[number], number))[:DEPTH]
        return [self._pieces[number] for number in best]

    def _by_words(self, question: str) -> list[int]:
        schema = self._words.schema
        terms = [tantivy.Query.term_query(schema, "words", token) for token in dict.fromkeys(query_tokens(question))]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])
        searcher = self._words.searcher()
        found = searcher.search(query, DEPTH).hits
        return [int(searcher.doc(address)["number"][0]) for _, address in found]


def create() -> Direct:
    """The system."""
    return Direct()
