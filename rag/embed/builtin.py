"""The built-in embedder: trained token vectors of Chinese and English, and hashed tokens. No download.

A text's vector has two parts. Its meaning is the sum of its tokens' vectors, whose lengths are learned weights,
each times a sublinear term frequency; a token outside the vocabulary is composed of its character n-grams
(Bojanowski et al. 2017). Its wording is the same sum of signed hashes (Weinberger et al. 2009), with the lengths
as weights; it tells apart names and numbers that mean the same. `data/static.bin`, made by
`scripts/train_embedder.py`, is read in place:

    8 bytes    magic
    16 bytes   the first half of the SHA-256 of what follows
    4 x u32    dimensions D, tokens T, n-gram buckets B, bytes of the text    (little-endian throughout)
    T+B x f32  scale of each vector
    T+B x D i8 vectors
    text       the tokens in UTF-8, one a line
"""

from __future__ import annotations

import math
import mmap
import re
import struct
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache, cached_property, lru_cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import EmbedderError
from rag.text.language import HAN
from rag.text.tokenise import query_tokens, tokenise

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

VERSION = 2
"""Raise it whenever the same text gets another vector from the same file: tokens or sums changed."""
DATA = Path(__file__).with_name("data") / "static.bin"
MAGIC = b"STATIC01"
WORDING_DIMENSIONS = 256
WORDING_SHARE = 0.4
"""Of the wording's cosine beside the meaning's. More finds more within a language and less across: from none to
0.3 to 0.6, hit@1 on a Chinese reading set is .72, .83, .86 and on held-out paragraphs asked in English .80, .78, .74.
"""
UNKNOWN_WEIGHT = 2.4
"""Length of a rare token's vector (the upper fifth of the vocabulary), for tokens outside the vocabulary."""
COMPOSED_KEPT = 1 << 13
"""Vectors of unknown tokens that are remembered, a kilobyte each: names come again within a corpus."""
AT_ONCE = 256
"""Texts whose tokens' vectors are read together: the same words come again and again, and few megabytes hold them."""
HEADER = struct.Struct("<8s16s4I")

_HAN_TOKEN = re.compile(rf"[{HAN}]+")


class BuiltinEmbedder:
    """Static embeddings from a file of which only the header is read until the first text."""

    batch = 2048
    """A second of work."""

    def __init__(self, path: Path = DATA) -> None:
        """Raises EmbedderError when `path` is not an embedder file."""
        try:
            with path.open("rb") as file:
                magic, digest, dimensions, *_ = HEADER.unpack(file.read(HEADER.size))
        except (OSError, struct.error) as error:
            raise EmbedderError(f"{path}: cannot be read ({error}); install the package anew") from error
        if magic != MAGIC:
            raise EmbedderError(f"{path}: not an embedder file of this version; install the package anew")
        self._path = path
        self.dimensions: int = dimensions + WORDING_DIMENSIONS
        self.fingerprint = f"builtin-{VERSION}-{self.dimensions}-{digest.hex()[:12]}"

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dimensions) float32, unit rows; a text without a word gets a zero row."""
        return self.embed_tokens([tokenise(text) for text in texts])

    def embed_tokens(self, said: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        """As `embed_passages`, of texts whose tokens, as `tokenise` gives them, are known."""
        import numpy as np

        vectors = np.zeros((len(said), self.dimensions), np.float32)
        for start in range(0, len(said), AT_ONCE):
            vectors[start : start + AT_ONCE] = self._vectors.embed(said[start : start + AT_ONCE])
        return vectors

    def embed_question(self, text: str) -> NDArray[np.float32]:
        """(dimensions,) float32, of unit length, or zero for a text without a word."""
        vector: NDArray[np.float32] = self._vectors.embed([query_tokens(text)])[0]
        return vector

    def meaning(self, tokens: Iterable[str]) -> NDArray[np.float32]:
        """(d,) float32, of unit length, of tokens without regard to their wording; zero when none is known."""
        return self._vectors.meaning(tokens)

    @cached_property
    def _vectors(self) -> Vectors:
        return _opened(self._path)


class Vectors:
    """The table of an embedder file, mapped into memory."""

    def __init__(self, path: Path) -> None:
        import numpy as np

        with path.open("rb") as file:
            held = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        _, _, dimensions, self._tokens, self._buckets, size = HEADER.unpack_from(held)
        rows = self._tokens + self._buckets
        at = HEADER.size + 4 * rows
        self._scales = np.frombuffer(held, "<f4", rows, HEADER.size)
        self._rows = np.frombuffer(held, np.int8, rows * dimensions, at).reshape(rows, dimensions)
        words = held[len(held) - size :].decode("utf-8").split("\n")
        self._numbers = {word: number for number, word in enumerate(words)}
        self._kept = lru_cache(maxsize=COMPOSED_KEPT)(self._composed)

    def embed(self, said: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        """(n, dimensions) float32 of the tokens of texts, of unit length; zero without tokens.

        A text gets the same vector whatever is embedded with it: sums are made text by text, in one order.
        """
        import numpy as np

        counted = [Counter(tokens) for tokens in said]
        known = [[token for token in counts if token in self._numbers] for counts in counted]
        unknown = [[token for token in counts if token not in self._numbers] for counts in counted]
        at = {token: place for place, token in enumerate(dict.fromkeys(chain.from_iterable(known)))}
        wanted = [self._numbers[token] for token in at]
        rows = self._rows[wanted] * self._scales[wanted, None]
        lengths = np.append(np.sqrt(np.einsum("ij,ij->i", rows, rows)).astype(np.float64), UNKNOWN_WEIGHT)
        # The tokens of one text after the other, of each text the known ones first.
        told = [
            (token, counts[token])
            for counts, *tokens in zip(counted, known, unknown, strict=True)
            for token in chain(*tokens)
        ]
        places = np.array([at.get(token, len(at)) for token, _ in told], np.int64)  # behind all others: any unknown one
        frequencies = np.array([_frequency(count) for _, count in told])
        codes = np.array([_code(token) for token, _ in told], np.int64)
        owners = np.repeat(np.arange(len(said)), [len(counts) for counts in counted])
        buckets = owners * WORDING_DIMENSIONS + (codes >> 1) % WORDING_DIMENSIONS
        weights = lengths[places] * frequencies
        signed = np.where(codes & 1, weights, -weights)
        wordings = np.bincount(buckets, signed, len(said) * WORDING_DIMENSIONS).reshape(len(said), WORDING_DIMENSIONS)
        meanings = np.zeros((len(said), rows.shape[1]), np.float32)
        factors, start = frequencies.astype(np.float32), 0
        for meaning, found, missing in zip(meanings, known, unknown, strict=True):
            end = start + len(found)
            meaning[:] = factors[start:end] @ rows[places[start:end]]
            for place, token in enumerate(missing, end):
                one = self._kept(token)
                meaning += one if factors[place] == 1 else frequencies[place] * one
            start = end + len(missing)
        return _units(np.hstack([_units(meanings), math.sqrt(WORDING_SHARE) * _units(wordings)]))

    def meaning(self, tokens: Iterable[str]) -> NDArray[np.float32]:
        """(d,) float32, of unit length, of `tokens`, unknown ones by their letters; zero without any."""
        import numpy as np

        total = np.zeros(self._rows.shape[1], np.float32)
        numbers = []
        for token in tokens:
            if (number := self._numbers.get(token)) is not None:
                numbers.append(number)
            else:
                total += self._kept(token)
        if numbers:
            total += self._scales[numbers] @ self._rows[numbers].astype(np.float32)
        return total / (float(np.linalg.norm(total)) or 1.0)

    def of(self, token: str) -> NDArray[np.float32]:
        """(dimensions,) float32 of one token, of unit length."""
        number = self._numbers.get(token)
        return _unit(self._composed(token) if number is None else self._rows[number].astype("f4"))

    def weight(self, token: str) -> float:
        """The length of a token's vector."""
        number = self._numbers.get(token)
        if number is None:
            return UNKNOWN_WEIGHT
        row = self._rows[number].astype("f8") * self._scales[number]
        return math.sqrt(float(row @ row))

    def _composed(self, token: str) -> NDArray[np.float32]:
        """(dimensions,) float32 of a token outside the vocabulary."""
        import numpy as np

        buckets = gram_buckets(token, self._buckets)
        rows = np.array(buckets) + self._tokens
        total: NDArray[np.float32] = self._scales[rows] @ self._rows[rows].astype("f4")
        return total / math.sqrt(len(rows))


def word_weight(token: str) -> float:
    """How much a token says, learned: the length of its vector; that of a rare one outside the vocabulary."""
    return _opened(DATA).weight(token)


def word_vector(token: str) -> NDArray[np.float32]:
    """(dimensions,) float32 of unit length: the meaning of one token in `tokenise` form, in either language."""
    return _opened(DATA).of(token)


def _unit(vector: NDArray[Any]) -> NDArray[np.float32]:
    """The vector at length 1; zero stays zero."""
    import numpy as np

    made: NDArray[np.float32] = (vector / (float(np.linalg.norm(vector)) or 1.0)).astype(np.float32)
    return made


def _units(vectors: NDArray[Any]) -> NDArray[np.float32]:
    """The rows at length 1; zero stays zero."""
    import numpy as np

    lengths = np.sqrt(np.array([row.dot(row) for row in vectors], vectors.dtype))
    made: NDArray[np.float32] = (vectors / np.where(lengths, lengths, 1)[:, None]).astype(np.float32)
    return made


@lru_cache(maxsize=1 << 10)
def _frequency(count: int) -> float:
    return 1.0 + math.log(count)


@lru_cache(maxsize=COMPOSED_KEPT)
def gram_buckets(token: str, buckets: int) -> tuple[int, ...]:
    """Bucket numbers of a token's n-grams: the whole; 3 and 4 letters, or 1 and 2 Chinese characters."""
    marked, sizes = (token, (1, 2)) if _HAN_TOKEN.fullmatch(token) else (f"<{token}>", (3, 4))
    parts = [marked[at : at + size] for size in sizes for at in range(len(marked) - size + 1)]
    return tuple([_hash(part) % buckets for part in dict.fromkeys((f"={token}", *parts))])


@lru_cache(maxsize=1 << 14)
def _code(token: str) -> int:
    return _hash(f"@{token}")


def _hash(gram: str) -> int:
    # CRC-32 alone is linear: grams that differ in one letter would collide together. Mixed once more.
    mixed = (zlib.crc32(gram.encode("utf-8", "surrogatepass")) * 0x9E3779B1) & 0xFFFFFFFFFFFF
    return (mixed ^ (mixed >> 17)) & 0x7FFFFFFF


@cache
def _opened(path: Path) -> Vectors:
    return Vectors(path)
