"""The built-in embedder: hashed words and character n-grams. No download; knows no synonyms."""

from __future__ import annotations

import math
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from rag.text.language import HAN
from rag.text.normalise import normalise
from rag.text.tokenise import query_tokens, tokenise

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VERSION = 1
"""Raise it whenever the same text gets another vector; a test compares vectors with those of this version."""
DIMENSIONS = 384
WORD_WEIGHT = 1.0
LATIN_GRAM_WEIGHT = 0.3
"""A word of n letters has n grams: together they count about as much as the word."""
HAN_GRAM_WEIGHT = 0.6
"""Pairs of characters mend wrong word cuts; they overlap with the words themselves."""

_LATIN_WORD = re.compile(r"[a-z0-9]{4,}")
_HAN_RUN = re.compile(rf"[{HAN}]{{2,}}")


class BuiltinEmbedder:
    """Signed feature hashing (Weinberger et al. 2009) with sublinear term frequency; unit vectors."""

    dimensions = DIMENSIONS
    fingerprint = f"builtin-{VERSION}-{DIMENSIONS}"

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dimensions) float32, unit rows; a text without a word gets a zero row."""
        return _embedded([_features(text, tokenise(text)) for text in texts])

    def embed_question(self, text: str) -> NDArray[np.float32]:
        """(dimensions,) float32."""
        row: NDArray[np.float32] = _embedded([_features(text, query_tokens(text))])[0]
        return row


def _embedded(rows: Sequence[dict[str, float]]) -> NDArray[np.float32]:
    import numpy as np

    vectors = np.zeros((len(rows), DIMENSIONS), np.float64)
    for vector, features in zip(vectors, rows, strict=True):
        if features:
            hashed = np.fromiter((_hash(feature) for feature in features), np.int64, len(features))
            weights = np.fromiter(features.values(), np.float64, len(features))
            signs = np.where(hashed & 1, 1.0, -1.0)
            np.add.at(vector, (hashed >> 1) % DIMENSIONS, signs * weights)
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(norms > 0, norms, 1.0)).astype(np.float32)


def _features(text: str, tokens: Iterable[str]) -> dict[str, float]:
    """Feature -> weight, in order of appearance (so that sums of floats are the same every time)."""
    plain = normalise(text)
    features: dict[str, float] = {}
    grams = ((_latin_grams(plain), LATIN_GRAM_WEIGHT), (_han_grams(plain), HAN_GRAM_WEIGHT))
    for found, weight in ((tokens, WORD_WEIGHT), *grams):
        for feature, count in Counter(found).items():
            features[feature] = features.get(feature, 0.0) + weight * (1.0 + math.log(count))
    return features


def _latin_grams(plain: str) -> list[str]:
    return [f"#{word[i : i + 3]}" for word in _LATIN_WORD.findall(plain) for i in range(len(word) - 2)]


def _han_grams(plain: str) -> list[str]:
    return [f"#{run[i : i + 2]}" for run in _HAN_RUN.findall(plain) for i in range(len(run) - 1)]


@lru_cache(maxsize=1 << 16)
def _hash(feature: str) -> int:
    # CRC-32 alone is linear: features that differ in one letter would collide together. Mixed once more.
    mixed = (zlib.crc32(feature.encode("utf-8", "surrogatepass")) * 0x9E3779B1) & 0xFFFFFFFFFFFF
    return (mixed ^ (mixed >> 17)) & 0x7FFFFFFF
