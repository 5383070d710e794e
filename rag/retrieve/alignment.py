"""How well each word of a question is met by some word of a text, in meaning.

A mean of vectors tells what a text is about as a whole; here every word of the question looks for its own nearest
word, and the matches are averaged by how much each word says (the MaxSim of Khattab and Zaharia's ColBERT, 2020, over
static vectors). So a long sentence that holds one paraphrase of each asked word is found.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from rag.embed.builtin import word_vector, word_weight
from rag.text.language import is_cjk
from rag.text.tokenise import query_tokens

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VECTORS_KEPT = 1 << 15
"""Vectors of tokens kept in memory: 1 KB each."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """The nearness of every word of a question to the words of some texts."""

    numbers: Mapping[str, int]
    """Rows of `nearness` by token."""
    nearness: NDArray[np.float32]
    """(tokens of the texts, words of the question) cosines from 0 to 1."""
    weights: NDArray[np.float32]
    """(words of the question,): how much each says; they add up to 1."""

    def met(self, tokens: Iterable[str]) -> float:
        """How well `tokens` meet the question's words: 0 to 1."""
        rows = [self.numbers[token] for token in tokens if token in self.numbers]
        return float(self.nearness[rows].max(0) @ self.weights) if rows and len(self.weights) else 0.0

    def asked(self, tokens: Iterable[str]) -> float:
        """How near on average each of `tokens` is to some word of the question: 0 to 1."""
        rows = [self.numbers[token] for token in tokens if token in self.numbers and says_something(token)]
        return float(self.nearness[rows].max(1).mean()) if rows and len(self.weights) else 0.0


def align(question: str, texts: Iterable[Collection[str]]) -> Alignment:
    """`question` against texts given by their tokens."""
    import numpy as np

    words = [token for token in dict.fromkeys(query_tokens(question)) if says_something(token)]
    tokens = sorted({token for text in texts for token in text})
    if not words or not tokens:
        return Alignment({}, np.zeros((0, 0), np.float32), np.zeros(0, np.float32))
    asked = np.stack([_vector(word) for word in words])
    nearness = np.clip(np.stack([_vector(token) for token in tokens]) @ asked.T, 0.0, 1.0)
    weights = np.array([word_weight(word) for word in words], np.float32)
    total = float(weights.sum()) or 1.0
    return Alignment({token: row for row, token in enumerate(tokens)}, nearness, weights / np.float32(total))


def says_something(token: str) -> bool:
    """Whether a token is more than one letter."""
    return len(token) > 1 or token.isdigit() or is_cjk(token)


@lru_cache(maxsize=VECTORS_KEPT)
def _vector(token: str) -> NDArray[np.float32]:
    return word_vector(token)
