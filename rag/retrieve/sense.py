"""How near in meaning a text is to a question, by the embedder of the package: paraphrases that share no word."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from rag.embed.builtin import BuiltinEmbedder
from rag.text.tokenise import query_tokens

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_TEXTS = 1 << 15
"""Texts whose vectors are kept."""


@cache
def _embedder() -> BuiltinEmbedder:
    return BuiltinEmbedder()


def question_sense(text: str) -> NDArray[np.float32]:
    """(d,) float32 of unit length of a question; zero without a known word."""
    return _embedder().meaning(sorted(set(query_tokens(text))))


@lru_cache(maxsize=MOST_TEXTS)
def text_sense(tokens: frozenset[str]) -> NDArray[np.float32]:
    """(d,) float32 of unit length of a piece of a note, by its tokens; zero without a known word."""
    return _embedder().meaning(sorted(tokens))


def nearness(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Their cosine, at least 0."""
    return max(float(one.dot(other)), 0.0)  # thousands a question: `@` takes twice the time
