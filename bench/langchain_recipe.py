"""LangChain's usual recipe: recursive splitter, FAISS and BM25 behind an ensemble, kept up by its indexing API.

Chunks of 1,000 characters with 200 of overlap and equal weights are what its tutorials say. BM25 gets Chinese
words instead of its split at white space, as its Chinese users do. FAISS follows changes by the indexing API; the BM25
retriever has no update and is made anew whenever a chunk changed.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path

import faiss
import rjieba
from langchain_classic.indexes import SQLRecordManager
from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.docstore.in_memory import InMemoryDocstore
from langchain_community.retrievers import BM25Retriever
from langchain_community.vectorstores import FAISS
from langchain_core.documents import Document
from langchain_core.indexing import index as index_documents
from langchain_text_splitters import RecursiveCharacterTextSplitter

from bench.notes import read_notes
from bench.systems import DEPTH, Passage, Span
from rag.langchain import RagEmbeddings

CHUNK = 1000
OVERLAP = 200


def words(text: str) -> list[str]:
    """The words that BM25 counts."""
    return [word for word in rjieba.cut(text) if word.strip()]


class Recipe:
    """The splitter, both retrievers and the record manager."""

    def __init__(self) -> None:
        self._held = 0
        self._embeddings = RagEmbeddings()
        self._splitter = RecursiveCharacterTextSplitter(
            chunk_size=CHUNK, chunk_overlap=OVERLAP, add_start_index=True
        )  # fmt: skip

    def synchronise(self, corpus: Path, index: Path) -> None:
        fresh = not index.is_dir()
        index.mkdir(parents=True, exist_ok=True)
        chunks = self._chunks(corpus)
        records = SQLRecordManager("notes", db_url=f"sqlite:///{index / 'records.db'}")
        if fresh:
            records.create_schema()
        store = self._empty() if fresh else self._load(index)
        done = index_documents(
            chunks, records, store, cleanup="full", source_id_key="source", key_encoder="sha256", batch_size=1000
        )  # fmt: skip
        if done["num_added"] or done["num_deleted"] or done["num_updated"]:
            store.save_local(str(index))
            retriever = BM25Retriever.from_documents(chunks, preprocess_func=words, k=DEPTH)
            (index / "bm25.pickle").write_bytes(pickle.dumps(retriever))
        self._held = len(chunks)

    def held(self, index: Path) -> int:
        return self._held

    def open(self, index: Path) -> RecipeSearcher:
        retriever = pickle.loads((index / "bm25.pickle").read_bytes())
        near = self._load(index).as_retriever(search_kwargs={"k": DEPTH})
        return RecipeSearcher(EnsembleRetriever(retrievers=[retriever, near], weights=[0.5, 0.5]))

    def _chunks(self, corpus: Path) -> list[Document]:
        notes = [Document(page_content=text, metadata={"source": source}) for source, text in read_notes(corpus)]
        chunks: list[Document] = self._splitter.split_documents(notes)
        return chunks

    def _empty(self) -> FAISS:
        size = len(self._embeddings.embed_query("size"))
        return FAISS(self._embeddings, faiss.IndexFlatL2(size), InMemoryDocstore(), {})

    def _load(self, index: Path) -> FAISS:
        return FAISS.load_local(str(index), self._embeddings, allow_dangerous_deserialization=True)


class RecipeSearcher:
    """The ensemble."""

    def __init__(self, ensemble: EnsembleRetriever) -> None:
        self._ensemble = ensemble

    def search(self, question: str) -> Sequence[Passage]:
        return [_passage(document) for document in self._ensemble.invoke(question)[:DEPTH]]


def _passage(document: Document) -> Passage:
    start = max(document.metadata["start_index"], 0)  # -1 where the splitter cannot tell
    span = Span(start, start + len(document.page_content))
    return Passage(document.metadata["source"], span, document.page_content)


def create() -> Recipe:
    """The system."""
    return Recipe()
