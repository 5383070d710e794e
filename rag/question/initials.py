"""Names written by the first letters of their words: "FT" for the one thing that is called "FooTar"."""

from __future__ import annotations

import re

from rag.question.name_index import NameIndex
from rag.question.spelling import Known, is_common
from rag.text.lexicon import Lexicon
from rag.text.normalise import normalise
from rag.text.stem import stem
from rag.text.values import measure_words

_CAPITALS = re.compile(r"(?<![\w.\-])[A-Z]{2,4}(?![\w\-]|\.\w)", re.ASCII)
_VERSIONED = re.compile(r"(?<![\w.\-])([a-z]{2,4})[ -]?([a-z]?\d+(?:\.\d+)*)(?![\w\-]|\.\w)", re.ASCII)
_NAMING = re.compile(r"\s*(?:的|'s\b|vs\b|和|跟|与|还是|and\b|or\b|[,、?？.。!！]|$)", re.IGNORECASE)
"""What stands behind the name of what a question is about."""
_JOINED = re.compile(r"(?:^|vs\.?|和|跟|与|还是|\band|\bor|,|、)\s*$", re.IGNORECASE)


def in_full(normal: str, text: str, index: NameIndex, known: Known) -> str:
    """The normalised question with such names in full, where the corpus holds no word of these letters.

    Letters that are also an everyday abbreviation ("PC") mean a thing only where the question speaks of it.
    """
    normal = _VERSIONED.sub(lambda match: _versioned(match, index, known), normal)
    for match in _CAPITALS.finditer(text):
        letters = match.group().lower()
        things = index.initials.get(letters, ())
        everyday = is_common(letters) or letters in measure_words()
        if len(things) != 1 or everyday or known(letters) or letters in index.names or letters in index.parts:
            continue
        about = _NAMING.match(text[match.end() :]) or _JOINED.search(text[: match.start()])
        if about or not Lexicon.load().translate(stem(letters)):
            normal = re.sub(rf"(?<![a-z0-9\-.]){letters}(?![a-z0-9\-])", normalise(things[0].name), normal)
    return normal


def _versioned(match: re.Match[str], index: NameIndex, known: Known) -> str:
    """Letters and the number of a version, as the name of the one thing that they stand for."""
    letters, version = match.groups()
    things = index.initials.get(letters + version, ())
    taken = is_common(letters) or letters in measure_words() or known(letters) or known(letters + version)
    return match.group() if len(things) != 1 or taken else normalise(things[0].name)
