"""Does a model work here? Questions of everyday life must find their passages, within a language and across."""

from __future__ import annotations

import time
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.embed import Embedder
    from rag.embed.cross_encoder import CrossEncoder

DATA = Path(__file__).with_name("data") / "sanity.toml"
LANGUAGES = ("zh", "en")
ENOUGH = 0.75
"""Of the questions of a language, for an embedder to count as made for it: guessing finds one in eight."""


@dataclass(frozen=True, slots=True)
class Ordering:
    """Of `of` questions in one language, `right` have their passage first among those in another (or the same)."""

    question: str
    passages: str
    right: int
    of: int

    @property
    def enough(self) -> bool:
        """Whether that is far more than guessing."""
        return self.right >= ENOUGH * self.of


@dataclass(frozen=True, slots=True)
class Sanity:
    """What an embedder did; `question` is how many seconds it takes."""

    dimensions: int
    orderings: tuple[Ordering, ...]
    question: float


def check(embedder: Embedder) -> Sanity:
    """Rank the passages of each language for the questions of each. Raises EmbedderError."""
    import numpy as np

    passages = {language: embedder.embed_passages(_texts("passage", language)) for language in LANGUAGES}
    embedder.embed_question(_texts("question", "en")[0])
    started = time.perf_counter()
    questions = {
        language: np.stack([embedder.embed_question(text) for text in _texts("question", language)])
        for language in LANGUAGES
    }
    asked = time.perf_counter()
    return Sanity(
        dimensions=int(passages["en"].shape[1]),
        orderings=tuple(_ordering(q, p, questions[q] @ passages[p].T) for q in LANGUAGES for p in LANGUAGES),
        question=(asked - started) / sum(map(len, questions.values())),
    )


def check_reranker(reranker: CrossEncoder) -> tuple[Ordering, ...]:
    """The same orderings by a cross-encoder. Raises EmbedderError."""
    import numpy as np

    found = []
    for q in LANGUAGES:
        for p in LANGUAGES:
            passages = _texts("passage", p)
            found.append(_ordering(q, p, np.stack([reranker.scores(text, passages) for text in _texts("question", q)])))
    return tuple(found)


def _ordering(question: str, passages: str, scores: NDArray[np.float32]) -> Ordering:
    """`scores` has shape (questions, passages); the right ones are on its diagonal."""
    import numpy as np

    right = int((scores.argmax(axis=1) == np.arange(len(scores))).sum())
    return Ordering(question, passages, right, len(scores))


def _texts(kind: str, language: str) -> list[str]:
    return [subject[kind][language] for subject in _subjects()]


@cache
def _subjects() -> list[dict[str, dict[str, str]]]:
    found: dict[str, Any] = tomllib.loads(DATA.read_text(encoding="utf-8"))
    subjects: list[dict[str, dict[str, str]]] = found["subject"]
    return subjects
