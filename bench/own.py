"""This program, as its users call it."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from bench.systems import DEPTH, Passage
from ingest.build import ingest
from rag.assistant import Assistant
from rag.config import Settings
from rag.types import Lines

LIBRARIES = (
    *("faiss", "rjieba", "tantivy", "rag.index.writer"),
    *("ingest.chunk", "ingest.entities", "ingest.facts", "ingest.markdown", "ingest.outline", "ingest.papers"),
)
"""Loaded before any time is taken, as those of the peers are."""


class Own:
    """`rag ingest`, and the ranked evidence that every answer carries."""

    def __init__(self) -> None:
        for library in LIBRARIES:
            import_module(library)

    def synchronise(self, corpus: Path, index: Path) -> None:
        ingest(Settings(corpus=corpus, index=index))

    def held(self, index: Path) -> int:
        from rag.index.store import status

        return status(index).chunks

    def open(self, index: Path) -> Answering:
        return Answering(Assistant.open(index))


class Answering:
    """A search is a whole answer: its ranked evidence comes with it."""

    def __init__(self, assistant: Assistant) -> None:
        self._assistant = assistant

    def search(self, question: str) -> Sequence[Passage]:
        found = self._assistant.ask(question).retrieved[:DEPTH]
        return [Passage(f.source, f.location, f.text) for f in found if isinstance(f.location, Lines)]


def create() -> Own:
    """The system."""
    return Own()
