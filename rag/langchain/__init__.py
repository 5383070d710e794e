"""The parts of this program as LangChain's own: embeddings, a retriever, a vector store, and the whole as a chain.

from rag.langchain import RagRetriever

documents = RagRetriever(index="corpus/.rag", k=6).invoke("which cameras are weather sealed")
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.langchain.chain import RagChain
    from rag.langchain.embeddings import RagEmbeddings
    from rag.langchain.retriever import RagRetriever
    from rag.langchain.store import RagVectorStore

__all__ = ["RagChain", "RagEmbeddings", "RagRetriever", "RagVectorStore"]


def __getattr__(name: str) -> Any:
    """The public names, imported when first used: LangChain takes a second to import."""
    if name == "RagChain":
        from rag.langchain.chain import RagChain

        return RagChain
    if name == "RagEmbeddings":
        from rag.langchain.embeddings import RagEmbeddings

        return RagEmbeddings
    if name == "RagRetriever":
        from rag.langchain.retriever import RagRetriever

        return RagRetriever
    if name == "RagVectorStore":
        from rag.langchain.store import RagVectorStore

        return RagVectorStore
    raise AttributeError(f"module 'rag.langchain' has no attribute {name!r}")
