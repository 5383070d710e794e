"""Small words that turn a statement: the most, planned, open for closed, only; they must stand in the evidence too."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, reduce
from operator import or_

from rag.answer.checking.ground import Ground
from rag.answer.negation import NEUTRAL, contradiction, stance
from rag.answer.wordings import wordings
from rag.text.normalise import normalise

_LATIN = re.compile(r"[a-z]")


def negation_wrong(said: str, cited: Sequence[Ground]) -> str:
    """A denial that the evidence does not make, or one that it makes and the sentence drops."""
    whole = reduce(or_, (ground.stance for ground in cited), NEUTRAL)
    return contradiction(stance(said), whole, subject=" ".join(ground.piece.where for ground in cited))


def turn_wrong(said: str, cited: Sequence[Ground]) -> str:
    """A word of extent, certainty or kind that the evidence lacks or has the other way round."""
    normal = normalise(said)
    stands = "\n".join(ground.normal for ground in cited)
    for name in ("most", "always", "only"):
        found = _pattern("extent", name).search(normal)
        if found and not _pattern("extent", name).search(stands):
            return f"{found.group().strip()!r} is not in the cited evidence"
    planned = _pattern("certainty", "planned")
    if all(planned.search(ground.normal) for ground in cited) and not planned.search(normal):
        return "the cited evidence is not certain of it"
    for one, other in _opposites():
        for mine, theirs in ((one, other), (other, one)):
            word = mine.search(normal)
            if word and not theirs.search(normal) and theirs.search(stands) and not mine.search(stands):
                return f"the cited evidence says the opposite of {word.group().strip()!r}"
    return ""


@cache
def _pattern(table: str, name: str) -> re.Pattern[str]:
    return _any(wordings()[table][name])


@cache
def _opposites() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return tuple((_any(pair[0]), _any(pair[1])) for pair in wordings()["opposite"]["pairs"])


def _any(words: Sequence[str]) -> re.Pattern[str]:
    """Any of the words; Latin ones as whole words, with a final "*" for any ending."""
    forms = []
    for word in words:
        body = re.escape(normalise(word.rstrip("*")))
        tail = r"[a-z]*" if word.endswith("*") else ""
        forms.append(rf"(?<![a-z]){body}{tail}(?![a-z])" if _LATIN.match(word) else body)
    return re.compile("|".join(forms))
