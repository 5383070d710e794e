"""Whether a question asks a paper, and what it asks of one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from rag.question.mentions import Mention
from rag.question.understand import Question
from rag.question.wording import Concept, Wordings
from rag.question.wording import words as kinds
from rag.text.lexicon import Lexicon
from rag.text.names import has_cjk, name_key
from rag.text.normalise import normalise
from rag.text.stem import stem
from rag.text.tokenise import is_word, query_tokens, words
from rag.text.values import Quantity

TRANSLATED = 0.9
"""Factor on a translated word: the word itself is surer."""
ONE_CHARACTER = 0.7
"""A single Chinese character has many meanings."""
NAME_WEIGHT = 1.4
"""What a question names, and words that no lexicon knows, must stand in the answer more than others must."""
TELLING = 10
"""Characters before the word for a paper within which the question says which one."""
SOFT_CONCEPT = 0.35
"""Attributes that say how good something is, in whatever words, which a table need not repeat."""
_SOFT = frozenset(
    ("performance", "person", "purpose", "data_size", "magnitude", "distance", "organisation", "platform")
)


_WRITTEN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-_.+][A-Za-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that is asked of a paper: a name, an attribute or a word.

    `forms` are (token, weight) pairs; `surface` is what stands in the question. `firm` says that no other wording
    can stand for it: a paper without it does not answer.
    """

    label: str
    surface: str
    forms: tuple[tuple[str, float], ...] = ()
    weight: float = 1.0
    mention: Mention | None = None
    concept: Concept | None = None
    quantity: Quantity | None = None
    firm: bool = False


_OF_PAPERS = ("paper", "place", "practice")
"""What says that a paper is asked: a word for one, for a part that only papers have, for what only papers do."""
_FIRM_TYPES = frozenset(("date", "money", "duration", "bytes"))
"""Kinds of value that a question asks for in everyday words: "when", "how long"."""


@cache
def wordings(name: str) -> Wordings:
    """The wordings of a part of the data file."""
    return Wordings(sorted(_phrases(name)))


@cache
def look(concept: str) -> re.Pattern[str] | None:
    """How names look of the kind that a concept is of; None where that is not known."""
    known = _data()["looks"].get(concept)
    return re.compile(known) if known is not None else None


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((files("rag.question") / "data" / "papers.toml").read_text(encoding="utf-8"))


@cache
def _phrases(name: str) -> frozenset[str]:
    raw = _data()[name]
    return frozenset(normalise(phrase) for phrase in (*raw["zh"], *raw["en"]))


@cache
def _silent() -> frozenset[str]:
    """Words that say nothing of what is asked of a paper, and their stems."""
    phrases = _phrases("around") | _phrases("paper") | _phrases("place") | kinds("kind")
    return frozenset(form for phrase in phrases for form in (phrase, stem(phrase)))


def asks_paper(question: Question) -> bool:
    """Whether a question says that it asks what a paper says; one for where the paper is does not."""
    said = any(wordings(name).search(question.normal) is not None for name in _OF_PAPERS)
    return said and wordings("pointer").search(question.normal) is None and bool(asks(question))


def telling(question: Question, asked: Sequence[Ask]) -> tuple[Ask, ...]:
    """What of a question stands right before a word of it for a paper, and so tells which one it asks."""
    starts = [said.start() for name in _OF_PAPERS for said in wordings(name).finditer(question.normal)]
    ends = ((ask, _end(ask, question)) for ask in asked if ask.surface)
    return tuple(ask for ask, end in ends if any(start - TELLING <= end <= start + 1 for start in starts))


def _end(ask: Ask, question: Question) -> int:
    """Where in the question a thing asked ends; of a name that stands there twice, where this mention of it does."""
    return ask.mention.end if ask.mention is not None else question.normal.find(ask.surface) + len(ask.surface)


def asks_figure(question: Question) -> bool:
    """Whether a number is asked for."""
    return wordings("figure").search(question.normal) is not None or question.asks("count")


def asks_score(question: Question) -> bool:
    """Whether it is asked how well something does."""
    return wordings("score").search(question.normal) is not None


def asks_authors(question: Question) -> bool:
    """Whether a question asks who wrote a paper, or where they work."""
    return wordings("authorship").search(question.normal) is not None


def asks_name(question: Question) -> bool:
    """Whether a question asks what something is called rather than for a number."""
    return wordings("naming").search(question.normal) is not None and not asks_figure(question)


def asks(question: Question) -> tuple[Ask, ...]:
    """Everything that `question` asks, without the words for papers and what surrounds any question."""
    found = [
        Ask(m.surface, m.surface, tuple((token, 1.0) for token in m.tokens), NAME_WEIGHT, mention=m, firm=True)
        for m in question.mentions
    ]
    rest = list(question.normal)
    for mention in question.mentions:
        rest[mention.start : mention.end] = " " * (mention.end - mention.start)
    for unit in question.units:
        if unit.concept is not None:
            weight = SOFT_CONCEPT if unit.concept.name in _SOFT else 1.0
            forms = tuple((token, 1.0) for token in query_tokens(unit.surface))
            if forms and unit.concept.type not in _FIRM_TYPES and all(token in _silent() for token, _ in forms):
                continue
            found.append(Ask(unit.label, unit.surface, forms, weight, concept=unit.concept))
            at = question.normal.find(unit.surface) if unit.surface else -1
            if at >= 0:
                rest[at : at + len(unit.surface)] = " " * len(unit.surface)
        elif unit.quantity is not None:
            found.append(
                Ask(unit.label, unit.quantity.text, unit.alternatives, NAME_WEIGHT, quantity=unit.quantity, firm=True)
            )
            rest[unit.quantity.start : unit.quantity.end] = " " * (unit.quantity.end - unit.quantity.start)
    return (*found, *_words("".join(rest), question))


def _words(text: str, question: Question) -> list[Ask]:
    tokens = [token for token in dict.fromkeys(words(text)) if token not in _silent() and stem(token) not in _silent()]
    found: list[Ask] = []
    for phrase, translations in Lexicon.load().expand([piece for token in tokens for piece in _pieces(token)]):
        if len(phrase) == 1 and not (has_cjk(phrase) and translations):
            continue
        forms = dict.fromkeys(phrase.split(" "), 1.0)
        for translation in translations:
            for token in translation.term.split(" "):
                forms[token] = max(forms.get(token, 0.0), TRANSLATED * translation.weight)
        named = not has_cjk(phrase) and _is_named(phrase, question)
        weight = NAME_WEIGHT if named else ONE_CHARACTER if len(phrase) == 1 else 1.0
        found.append(Ask(phrase, phrase, tuple(forms.items()), weight, firm=named))
    return found


def _pieces(token: str) -> tuple[str, ...]:
    """A Chinese pair that neither the dictionary nor the lexicon knows, as its characters."""
    if len(token) == 2 and has_cjk(token) and not is_word(token) and not Lexicon.load().translate(token):
        return tuple(char for char in token if char not in _silent())
    return (token,)


def _is_named(word: str, question: Question) -> bool:
    """Whether a word is written as names are: with a digit, or a capital within or amid Chinese."""
    if any(char.isdigit() for char in word) and any(char.isalpha() for char in word):
        return True
    for match in _WRITTEN.finditer(question.text):
        if name_key(match.group()) in (name_key(word), name_key(word) + "s"):
            capitals = sum(char.isupper() for char in match.group())
            return capitals > 1 or (capitals == 1 and question.language == "zh")
    return False
