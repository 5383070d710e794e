"""What is compared: one contract, and where each system lives. Peers are optional; an absent one is told, not faked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, cast

from rag.types import Lines

DEPTH = 10
"""Passages that a search gives: recall@10 looks at no more."""

OURS = "rag"


@dataclass(frozen=True, slots=True)
class Span:
    """Characters of a note, from `start` to before `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """What a search found: a source relative to the corpus root, where in it, and the text."""

    source: str
    place: Lines | Span
    text: str


class Searcher(Protocol):
    """An index opened for questions."""

    def search(self, question: str) -> Sequence[Passage]:
        """The `DEPTH` best passages, best first."""
        ...


class System(Protocol):
    """One way to make notes searchable. The constructor loads its libraries and the embedder."""

    def synchronise(self, corpus: Path, index: Path) -> None:
        """Make the files below `index` hold the notes as they are now: the first time, after an edit, without one."""
        ...

    def held(self, index: Path) -> int:
        """The number of passages after `synchronise`."""
        ...

    def open(self, index: Path) -> Searcher:
        """The index as a fresh process opens it."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a system lives and which importable packages it needs beyond this program's."""

    module: str
    needs: tuple[str, ...]
    title: str


SYSTEMS = {
    OURS: Entry("bench.own", (), "this program"),
    "langchain": Entry(
        "bench.langchain_recipe",
        ("langchain_classic", "langchain_community", "langchain_text_splitters", "rank_bm25"),
        "LangChain: splitter, FAISS, BM25, ensemble",
    ),
    "llamaindex": Entry(
        "bench.llamaindex_pipeline",
        ("llama_index.core", "llama_index.embeddings.langchain"),
        "LlamaIndex: default index with docstore",
    ),
    "txtai": Entry("bench.txtai_hybrid", ("txtai",), "txtai: hybrid"),
    "raw": Entry("bench.faiss_tantivy", (), "FAISS and Tantivy called directly"),
}
PEERS = ("langchain", "llamaindex", "txtai")
"""What a user would pick instead; `raw` is the limit, not a choice."""


def missing(name: str) -> tuple[str, ...]:
    """The packages that `name` needs and that are not installed."""
    return tuple(package for package in SYSTEMS[name].needs if not _is_there(package))


def open_system(name: str) -> System:
    """The system of that name, its libraries loaded."""
    return cast(System, import_module(SYSTEMS[name].module).create())


def _is_there(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # the package that it lies in is not there either
        return False
