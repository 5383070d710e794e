"""txtai's hybrid index over paragraphs: dense vectors and BM25 with stored content.

txtai indexes rows and knows no files, so the usual bookkeeping of its users stands around it: a list of every note's
digest and rows, by which a changed note's rows are deleted and added again.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from txtai import Embeddings

from bench.notes import read_notes
from bench.systems import DEPTH, Passage, Span
from rag.langchain import RagEmbeddings

MANIFEST = "notes.json"
_PARAGRAPH = re.compile(r"\S[\s\S]*?(?=\n{2,}|\Z)")
"""What txtai's own segmentation into paragraphs gives: text between empty lines."""


def rows(source: str, text: str) -> Iterator[tuple[str, str]]:
    """(id, paragraph); the id holds the source and the characters where the paragraph lies."""
    for found in _PARAGRAPH.finditer(text):
        yield f"{source}\t{found.start()}\t{found.end()}", found.group()


class Hybrid:
    """The embeddings database, with our embedder as its external vectors."""

    def __init__(self) -> None:
        self._held = 0
        embeddings = RagEmbeddings()

        def embed(texts: Sequence[str]) -> NDArray[np.float32]:
            return np.asarray(embeddings.embed_documents(list(texts)), np.float32)

        self._options = {"method": "external", "transform": embed, "hybrid": True, "content": True}

    def synchronise(self, corpus: Path, index: Path) -> None:
        manifest = index / MANIFEST
        held: dict[str, tuple[str, list[str]]] = json.loads(manifest.read_text("utf-8")) if manifest.exists() else {}
        notes = dict(read_notes(corpus))
        digests = {source: hashlib.sha256(text.encode()).hexdigest() for source, text in notes.items()}
        changed = {s: list(rows(s, t)) for s, t in notes.items() if s not in held or held[s][0] != digests[s]}
        gone = [row for s, (_, ids) in held.items() if s in changed or s not in notes for row in ids]
        if changed or gone:
            added = [row for made in changed.values() for row in made]
            if held:
                database = self._load(index)
                database.delete(gone)
                database.upsert(added)
            else:
                database = Embeddings(self._options)
                database.index(added)
            database.save(str(index))
            held = {s: entry for s, entry in held.items() if s in notes}
            held |= {s: (digests[s], [row for row, _ in made]) for s, made in changed.items()}
            manifest.write_text(json.dumps(held, ensure_ascii=False), encoding="utf-8")
        self._held = sum(len(ids) for _, ids in held.values())

    def held(self, index: Path) -> int:
        return self._held

    def open(self, index: Path) -> HybridSearcher:
        return HybridSearcher(self._load(index))

    def _load(self, index: Path) -> Embeddings:
        database = Embeddings()
        database.load(str(index), config=self._options)
        return database


class HybridSearcher:
    """txtai's own search."""

    def __init__(self, database: Embeddings) -> None:
        self._database = database

    def search(self, question: str) -> Sequence[Passage]:
        return [_passage(found["id"], found["text"]) for found in self._database.search(question, DEPTH)]


def _passage(row: str, text: str) -> Passage:
    source, start, end = row.split("\t")
    return Passage(source, Span(int(start), int(end)), text)


def create() -> Hybrid:
    """The system."""
    return Hybrid()
