"""Embedders: texts to vectors. One protocol, opened by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BUILTIN = "builtin"


class Embedder(Protocol):
    """Texts to vectors. Opening one is cheap; models are loaded with the first text.

    The inner product of a question's and a passage's vector ranks passages as the model's own similarity does.
    For the cosine, which nearly all are compared by, that makes unit vectors.
    """

    @property
    def fingerprint(self) -> str:
        """What identifies the vectors: weights, tokenizer, pooling, prefix, normalisation, similarity."""
        ...

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        ...

    @property
    def batch(self) -> int:
        """How many texts are worth handing over at once: what an interrupted run may lose."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dimensions) float32, unit rows; of other length where a model is compared by more than the angle."""
        ...

    def embed_question(self, text: str) -> NDArray[np.float32]:
        """(dimensions,) float32, of unit length."""
        ...


def open_embedder(spec: str, *, download: bool = False) -> Embedder:
    """The embedder that `spec` names: "builtin", a short name, a model folder, a model hub name, or an address.

    An address is `openai:MODEL` or `URL#MODEL` (rag/embed/api.py). Only with `download` is a model hub asked.
    Raises EmbedderError where the model is not on this computer.
    """
    if spec == BUILTIN:
        from rag.embed.builtin import BuiltinEmbedder

        return BuiltinEmbedder()
    from rag.embed.api import ApiEmbedder, is_api

    if is_api(spec):
        return ApiEmbedder(spec)
    from rag.embed.sentence_transformers import SentenceTransformersEmbedder

    return SentenceTransformersEmbedder.open(spec, download=download)
