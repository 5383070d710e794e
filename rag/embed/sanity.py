"""Does an embedder work here? Questions of everyday life must find their passages, within a language and across."""

from __future__ import annotations

import time
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.embed import Embedder

DATA = Path(__file__).with_name("data") / "sanity.toml"
LANGUAGES = ("zh", "en")
ENOUGH = 0.75
"""Of the questions of a language, for an embedder to count as made for it: guessing finds one in eight."""


@dataclass(frozen=True, slots=True)
class Sanity:
    """What an embedder did. `found` is (question's language, passages' language, right, of); seconds by stage."""

    dimensions: int
    found: tuple[tuple[str, str, int, int], ...]
    loading: float
    question: float
    passage: float

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages whose questions find their passages in the same language."""
        return tuple(q for q, p, right, of in self.found if q == p and right >= ENOUGH * of)

    @property
    def across(self) -> bool:
        """Whether questions of each language find passages in the other."""
        return all(right >= ENOUGH * of for q, p, right, of in self.found if q != p)


def check(embedder: Embedder) -> Sanity:
    """Load the embedder and rank the passages of each language for the questions of each. Raises EmbedderError."""
    import numpy as np

    started = time.perf_counter()
    embedder.embed_question(_texts("question", "en")[0])
    loaded = time.perf_counter()
    passages = {language: embedder.embed_passages(_texts("passage", language)) for language in LANGUAGES}
    embedded = time.perf_counter()
    questions = {
        language: np.stack([embedder.embed_question(text) for text in _texts("question", language)])
        for language in LANGUAGES
    }
    asked = time.perf_counter()
    found = []
    for q in LANGUAGES:
        for p in LANGUAGES:
            first = (questions[q] @ passages[p].T).argmax(axis=1)
            found.append((q, p, int((first == np.arange(len(first))).sum()), len(first)))
    texts = len(LANGUAGES) * len(_texts("passage", "en"))
    return Sanity(
        dimensions=int(passages["en"].shape[1]),
        found=tuple(found),
        loading=loaded - started,
        question=(asked - embedded) / texts,
        passage=(embedded - loaded) / texts,
    )


def _texts(kind: str, language: str) -> list[str]:
    return [subject[kind][language] for subject in _subjects()]


@cache
def _subjects() -> list[dict[str, dict[str, str]]]:
    found: dict[str, Any] = tomllib.loads(DATA.read_text(encoding="utf-8"))
    subjects: list[dict[str, dict[str, str]]] = found["subject"]
    return subjects
