"""LlamaIndex as it comes: a vector index over sentence-split nodes, with the docstore telling what changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from llama_index.core import Document, StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.retrievers import BaseRetriever
from llama_index.embeddings.langchain import LangchainEmbedding

from bench.notes import read_notes
from bench.systems import DEPTH, Passage, Span
from rag.langchain import RagEmbeddings


class Pipeline:
    """The splitter and the stores that LlamaIndex uses when nothing else is named."""

    def __init__(self) -> None:
        self._held = 0
        self._settings = {
            "embed_model": LangchainEmbedding(RagEmbeddings(), model_name="builtin"),
            "transformations": [SentenceSplitter()],
        }

    def synchronise(self, corpus: Path, index: Path) -> None:
        documents = [
            Document(text=text, id_=source, metadata={"source": source}) for source, text in read_notes(corpus)
        ]
        if index.is_dir():
            held = self._load(index)
            if any(held.refresh_ref_docs(documents)):
                held.storage_context.persist(str(index))
        else:
            held = VectorStoreIndex.from_documents(documents, **self._settings)
            held.storage_context.persist(str(index))
        self._held = len(held.docstore.docs)

    def held(self, index: Path) -> int:
        return self._held

    def open(self, index: Path) -> PipelineSearcher:
        return PipelineSearcher(self._load(index).as_retriever(similarity_top_k=DEPTH))

    def _load(self, index: Path) -> VectorStoreIndex:
        return load_index_from_storage(StorageContext.from_defaults(persist_dir=str(index)), **self._settings)


class PipelineSearcher:
    """The index's own retriever."""

    def __init__(self, retriever: BaseRetriever) -> None:
        self._retriever = retriever

    def search(self, question: str) -> Sequence[Passage]:
        nodes = [scored.node for scored in self._retriever.retrieve(question)]
        return [
            Passage(node.metadata["source"], Span(node.start_char_idx, node.end_char_idx), node.text) for node in nodes
        ]


def create() -> Pipeline:
    """The system."""
    return Pipeline()
