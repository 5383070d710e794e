"""Whether the words of a sentence say what its evidence says: the same ones, translations, or near in meaning."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from rag.answer.checking.digits import in_digits
from rag.answer.checking.ground import CLAUSE, Ground
from rag.answer.wordings import wordings
from rag.text.language import stop_words
from rag.text.lexicon import Lexicon
from rag.text.names import has_cjk
from rag.text.normalise import normalise
from rag.text.stem import stem
from rag.text.tokenise import tokenise, words
from rag.text.values import dates, quantities

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NEAR = 0.34
"""Cosine of two words' vectors from which one may stand for the other in a paraphrase."""
SURE = 0.5
"""The same where a wrong match would condemn a true sentence."""
TRANSLATED = 0.35
"""Weight of a translation from which it may stand for the word."""
LEAST_HELD = 0.5
"""Share of a sentence's words that its evidence must hold."""
LEAST_OF_CLAUSE = 0.34
"""The same of one clause of several: an invention is as a rule a clause of its own."""
WORDS_OF_CLAUSE = 2
"""Words from which a clause is weighed on its own."""


def words_wrong(said: str, cited: Sequence[Ground]) -> str:
    """Words that nothing in the evidence stands behind."""
    held = frozenset().union(*(_held(ground.whole) for ground in cited))
    hard = bool(quantities(in_digits(said)) or dates(said))
    clause_lacks: list[str] = []
    all_words: list[str] = []
    missing: list[str] = []
    for clause in CLAUSE.split(said):
        own = said_words(clause)
        lacking = [word for word in sorted(own) if not related(word, held)]
        if len(own) >= WORDS_OF_CLAUSE and 1 - len(lacking) / len(own) < LEAST_OF_CLAUSE:
            clause_lacks = clause_lacks or lacking
        all_words += own
        missing += lacking
    if len(missing) == len(all_words) and not hard:
        return "nothing of it stands in the cited evidence"
    if clause_lacks:
        return f"{', '.join(clause_lacks)!r} is not in the cited evidence"
    if len(missing) > (1 - LEAST_HELD) * len(all_words) and not (hard and len(missing) < 2):
        return f"{', '.join(missing)!r} is not in the cited evidence"
    return ""


@lru_cache(maxsize=4096)
def said_words(text: str) -> frozenset[str]:
    """The words of a text that state something: no numbers, dates, stop words or words that only carry a statement."""
    plain = in_digits(normalise(text))
    spans = [*((d.start, d.end) for d in dates(plain)), *((q.start, q.end) for q in quantities(plain))]
    for start, end in spans:
        plain = plain[:start] + " " * (end - start) + plain[end:]
    return frozenset(w for w in words(plain) if len(w) > 1 and not re.search(r"\d", w) and w not in _carriers())


def related(word: str, held: Collection[str], *, sure: bool = False) -> bool:
    """Whether a word or one that means the same is among `held`; with `sure` by more than a likeness."""
    if word in held or _group_of(word) & _groups(frozenset(held)):
        return True
    if has_cjk(word) and any(word in other or (len(other) > 1 and other in word) for other in held if has_cjk(other)):
        return True
    if any(term in held for term in _translations(word)):
        return True
    return _nearest(word, frozenset(held)) >= (SURE if sure else NEAR)


@lru_cache(maxsize=1024)
def _held(text: str) -> frozenset[str]:
    return frozenset(token for token in tokenise(text) if len(token) > 1 or has_cjk(token))


@lru_cache(maxsize=8192)
def _translations(word: str) -> frozenset[str]:
    found = Lexicon.load().translate(word)
    return frozenset(part for t in found if t.weight >= TRANSLATED for part in (t.term, *t.term.split(" ")))


@lru_cache(maxsize=8192)
def _group_of(word: str) -> frozenset[int]:
    return frozenset(
        number for number, members in enumerate(_synonyms())
        if any(word == m or (has_cjk(m) and m in word) or (not has_cjk(m) and stem(m) == word) for m in members)
    )  # fmt: skip


@lru_cache(maxsize=256)
def _groups(held: frozenset[str]) -> frozenset[int]:
    return frozenset().union(*(_group_of(word) for word in held))


@cache
def _synonyms() -> tuple[tuple[str, ...], ...]:
    tables = wordings()
    return tuple(tuple(members) for members in (*tables["same"]["groups"], *tables["alike"]["groups"]))


@cache
def _carriers() -> frozenset[str]:
    table = wordings()["carriers"]
    plain = {word for name in ("zh", "en") for word in table[name]}
    return frozenset(plain | {stem(word) for word in plain} | stop_words("zh") | stop_words("en"))


@lru_cache(maxsize=16384)
def _nearest(word: str, held: frozenset[str]) -> float:
    """The greatest cosine between a word's vector and one of `held`."""
    own = _vector(word)
    matrix = _matrix(held)
    return float((matrix @ own).max()) if len(matrix) else 0.0


@lru_cache(maxsize=256)
def _matrix(held: frozenset[str]) -> NDArray[np.float32]:
    import numpy as np

    return np.stack([_vector(word) for word in sorted(held)]) if held else np.zeros((0, 1), np.float32)


@lru_cache(maxsize=16384)
def _vector(word: str) -> NDArray[np.float32]:
    from rag.embed.builtin import word_vector

    return word_vector(word)
