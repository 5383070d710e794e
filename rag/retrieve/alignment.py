"""How well each word of a question is met by some word of a text, in meaning.

A mean of vectors tells what a text is about as a whole; here every word of the question looks for its own nearest
word, and the matches are averaged by how much each word says (the MaxSim of Khattab and Zaharia's ColBERT, 2020, over
static vectors). So a long sentence that holds one paraphrase of each asked word is found.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
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
    nearest: NDArray[np.float32]
    """(tokens of the texts,): the nearness of each to that word of the question to which it is nearest."""

    def met(self, tokens: Iterable[str]) -> float:
        """How well `tokens` meet the question's words: 0 to 1."""
        rows = [self.numbers[token] for token in tokens if token in self.numbers]
        if not rows or not len(self.weights):
            return 0.0
        # `take` is quicker than indexing with a list, and facts are many
        return float(self.nearness.take(rows, 0).max(0) @ self.weights)

    def each_met_by(self, texts: Sequence[Iterable[str]]) -> NDArray[np.float32]:
        """(texts, words of the question): how well the tokens of every text meet each word.

        Of several texts together it is the greatest.
        """
        import numpy as np

        found = np.zeros((len(texts), len(self.weights)), np.float32)
        rows: list[int] = []
        places: list[int] = []
        starts: list[int] = []
        for place, tokens in enumerate(texts):
            start = len(rows)
            rows += [self.numbers[token] for token in tokens if token in self.numbers]
            if len(rows) > start:
                places.append(place)
                starts.append(start)
        if rows:
            found[places] = np.maximum.reduceat(self.nearness.take(rows, 0), starts, 0)
        return found

    def met_by(self, texts: Sequence[Iterable[str]]) -> list[float]:
        """`met` of every one of some texts."""
        return [float(row @ self.weights) for row in self.each_met_by(texts)]

    def asked(self, tokens: Iterable[str]) -> float:
        """How near on average each of `tokens` is to some word of the question: 0 to 1."""
        # sorted: a mean of float32 hangs on the order, and that of a set on the process
        rows = sorted(self.numbers[token] for token in tokens if token in self.numbers and says_something(token))
        return float(self.nearest.take(rows).mean()) if rows else 0.0

    def each_asked(self, texts: TokenRows) -> NDArray[np.float32]:
        """(texts,): `asked` of every one of them."""
        import numpy as np

        found = np.zeros(texts.count, np.float32)
        if len(self.nearest):
            for at, rows in texts.alike:
                found[at] = self.nearest[rows].mean(1)
        return found


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The tokens of some texts with their vectors, made once for texts that many questions are held against."""

    numbers: Mapping[str, int]
    vectors: NDArray[np.float32]
    """(tokens, dimensions)"""

    @classmethod
    def of(cls, texts: Iterable[Collection[str]]) -> Vocabulary:
        tokens = sorted(set[str]().union(*texts))
        return cls({token: row for row, token in enumerate(tokens)}, _kept().of(tokens))


@dataclass(frozen=True, slots=True)
class TokenRows:
    """Texts by the rows of their tokens in a vocabulary, those with equally many together."""

    count: int
    alike: tuple[tuple[NDArray[np.intp], NDArray[np.intp]], ...]
    """((k,) numbers of the texts, (k, n) rows of those of their tokens that say something) for every n."""

    @classmethod
    def of(cls, texts: Sequence[Collection[str]], vocabulary: Vocabulary) -> TokenRows:
        import numpy as np

        by_length: dict[int, list[tuple[int, list[int]]]] = {}
        for at, text in enumerate(texts):
            numbers = vocabulary.numbers
            rows = sorted(numbers[token] for token in text if token in numbers and says_something(token))
            if rows:
                by_length.setdefault(len(rows), []).append((at, rows))
        alike = (
            (np.array([at for at, _ in some]), np.array([rows for _, rows in some])) for some in by_length.values()
        )
        return cls(len(texts), tuple(alike))


def align(question: str, texts: Iterable[Collection[str]]) -> Alignment:
    """`question` against texts given by their tokens."""
    return aligned(question, Vocabulary.of(texts))


def aligned(question: str, vocabulary: Vocabulary) -> Alignment:
    """`question` against texts given by their vocabulary."""
    import numpy as np

    words = [token for token in dict.fromkeys(query_tokens(question)) if says_something(token)]
    if not words or not vocabulary.numbers:
        return Alignment({}, np.zeros((0, 0), np.float32), np.zeros(0, np.float32), np.zeros(0, np.float32))
    nearness = np.clip(vocabulary.vectors @ _kept().of(words).T, 0.0, 1.0)
    weights = np.array([word_weight(word) for word in words], np.float32)
    total = float(weights.sum()) or 1.0
    return Alignment(vocabulary.numbers, nearness, weights / np.float32(total), nearness.max(1))


def says_something(token: str) -> bool:
    """Whether a token is more than one letter."""
    return len(token) > 1 or token.isdigit() or is_cjk(token)


class _Vectors:
    """The vectors of the tokens seen so far, in one table: a question looks up a thousand. For all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: dict[str, int] = {}
        self._table = word_vector("")[None, :]

    def of(self, tokens: Sequence[str]) -> NDArray[np.float32]:
        """(len(tokens), dimensions) float32, a row for each of the tokens, which are distinct."""
        with self._lock:
            new = [token for token in tokens if token not in self._rows]
            if len(self._rows) + len(new) > VECTORS_KEPT:
                self._rows, new = {}, list(tokens)
            if new:
                self._add(new)
            found: NDArray[np.float32] = self._table[[self._rows[token] for token in tokens]]
        return found

    def _add(self, tokens: Sequence[str]) -> None:
        import numpy as np

        first = len(self._rows)
        if first + len(tokens) > len(self._table):
            needed = first + len(tokens)
            larger = np.empty((max(needed, min(2 * needed, VECTORS_KEPT)), self._table.shape[1]), np.float32)
            larger[:first] = self._table[:first]
            self._table = larger
        for row, token in enumerate(tokens, first):
            self._table[row] = word_vector(token)
            self._rows[token] = row


@cache
def _kept() -> _Vectors:
    return _Vectors()
