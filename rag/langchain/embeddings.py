"""Embedders of this program as LangChain embeddings, and the other way round."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from langchain_core.embeddings import Embeddings

from rag.embed import BUILTIN, Embedder, open_embedder
from rag.embed.similarity import unit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class RagEmbeddings(Embeddings):
    """Any embedder that `--embedder` takes; the built-in one needs nothing."""

    def __init__(self, embedder: str = BUILTIN, *, download: bool = False) -> None:
        """Only with `download` is a model hub asked. Raises EmbedderError where the model is not on this computer."""
        self.name = embedder
        self.embedder = open_embedder(embedder, download=download)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector a text. Raises EmbedderError."""
        found: list[list[float]] = self.embedder.embed_passages(texts).tolist()
        return found

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question. Raises EmbedderError."""
        found: list[float] = self.embedder.embed_question(text).tolist()
        return found


class _Foreign:
    """LangChain embeddings as an embedder; their class and public settings have to stand for their weights."""

    batch = 256

    def __init__(self, embeddings: Embeddings) -> None:
        self._embeddings = embeddings
        self.name = type(embeddings).__name__
        fields = vars(embeddings).items()
        told = sorted(f"{k}={v!r}" for k, v in fields if not k.startswith("_") and isinstance(v, str | int | float))
        identity = f"{type(embeddings).__module__}.{self.name}({', '.join(told)})"
        self.fingerprint = f"langchain-{hashlib.sha256(identity.encode()).hexdigest()[:16]}"

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        return len(self.embed_question("dimensions"))

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dimensions) float32, unit rows."""
        import numpy as np

        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        return unit(np.asarray(self._embeddings.embed_documents(list(texts)), np.float32))

    def embed_question(self, text: str) -> NDArray[np.float32]:
        """(dimensions,) float32, of unit length."""
        import numpy as np

        row: NDArray[np.float32] = unit(np.asarray([self._embeddings.embed_query(text)], np.float32))[0]
        return row


def as_embedder(embeddings: Embeddings) -> tuple[str, Embedder]:
    """The name and the embedder behind any LangChain embeddings."""
    if isinstance(embeddings, RagEmbeddings):
        return embeddings.name, embeddings.embedder
    foreign = _Foreign(embeddings)
    return foreign.name, foreign
