"""Words that turn a statement: the most, only, planned, open for closed; they must stand in the evidence too."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache

from rag.answer.checking.digits import in_digits
from rag.answer.checking.ground import Ground
from rag.answer.checking.words import held_words, related, said_words
from rag.answer.wordings import wordings
from rag.text.normalise import normalise

_LATIN = re.compile(r"[a-z]")
_PART = re.compile("[;；]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def turn_wrong(said: str, cited: Sequence[Ground]) -> str:
    """A word of extent, certainty or kind that the evidence lacks or has the other way round."""
    normal = _pattern("extent", "harmless").sub(" ", normalise(said))
    stands = "\n".join(ground.normal for ground in cited)
    for name in ("most", "always", "only"):
        found = _pattern("extent", name).search(normal)
        if found and not _pattern("extent", name).search(stands):
            return f"{found.group().strip()!r} is not in the cited evidence"
    for name in ("planned", "doubted"):
        doubt = _pattern("certainty", name)
        if doubt.search(normal) or not all(doubt.search(ground.normal) for ground in cited):
            continue
        if all(doubt.search(text) for text in _closest(normal, cited)):
            return "the cited evidence is not certain of it"
    for one, other in _opposites():
        for mine, theirs in ((one, other), (other, one)):
            word = mine.search(normal)
            if not word or theirs.search(normal) or not theirs.search(stands):
                continue
            if not mine.search(stands) or _closest_say(normal, mine, theirs, cited):
                return f"the cited evidence says the opposite of {word.group().strip()!r}"
    return ""


def _closest_say(normal: str, mine: re.Pattern[str], theirs: re.Pattern[str], cited: Sequence[Ground]) -> bool:
    """Whether the statements that share most of the other words all say the opposite."""
    texts = [f"{s.attribute} {s.text}" for ground in cited for s in ground.statements]
    nearest = _nearest(said_words(mine.sub(" ", normal)), texts)
    return bool(nearest) and all(theirs.search(text) and not mine.search(text) for text in nearest)


def _closest(normal: str, cited: Sequence[Ground]) -> list[str]:
    """The sentences of the evidence that share most words and numbers with what is said."""
    told = dict.fromkeys((s.attribute, s.sentence) for ground in cited for s in ground.statements)
    texts = [f"{attribute} {part}" for attribute, sentence in told for part in _PART.split(sentence)]
    numbers = frozenset(_NUMBER.findall(in_digits(normal)))
    return _nearest(said_words(normal), texts, numbers)


def _nearest(words: Collection[str], texts: Sequence[str], numbers: Collection[str] = ()) -> list[str]:
    """Those of the texts, normalised, that hold most of the words and numbers; none where none holds any."""
    scored = [
        (sum(related(word, held) for word in words) + len(_numbers_of(text) & frozenset(numbers)), text)
        for text in map(normalise, texts) if (held := held_words(text))
    ]  # fmt: skip
    best = max((score for score, _ in scored), default=0)
    return [text for score, text in scored if score == best and score]


def _numbers_of(text: str) -> frozenset[str]:
    return frozenset(_NUMBER.findall(in_digits(text)))


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
