"""Names of a sentence must stand in what it cites, under whatever name of the thing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from rag.answer.checking.ground import LATIN, Ground
from rag.answer.checking.subjects import SURE, openers
from rag.text.dates import dates
from rag.text.language import language
from rag.text.lexicon import Lexicon
from rag.text.names import has_cjk, name_key
from rag.text.normalise import normalise, unify
from rag.text.stem import stem
from rag.text.tokenise import is_word
from rag.text.values import quantities
from rag.types import Entity

_SEPARATORS = re.compile(r"[\s\-_.·/]+")
_HAN_RUN = re.compile(r"[一-鿿·]{2,}")
LONGEST = 12
"""Characters of a Chinese name that is looked for."""


def name_wrong(said: str, cited: Sequence[Ground], names: Mapping[str, Entity]) -> str:
    """A name that the evidence lacks."""
    stands = "\n".join(ground.normal for ground in cited)
    chinese = language(said) == "zh"
    text = _without_values(unify(said))
    for match in LATIN.finditer(text):
        word = match.group()
        if not _is_name(word, chinese=chinese, opens=match.start() == 0):
            continue
        if not _name_pattern(word).search(stands) and not _otherwise(word, stands, names):
            return f"the name {word!r} is not in the cited evidence"
    return _chinese_name_wrong(said, stands, names)


def _chinese_name_wrong(said: str, stands: str, names: Mapping[str, Entity]) -> str:
    """A Chinese name that the corpus knows for a thing, that is no ordinary word, and that the evidence lacks."""
    dense = "".join(stands.split())
    for run in _HAN_RUN.findall(normalise(said)):
        at = 0
        while at < len(run):
            length = next(
                (n for n in range(min(LONGEST, len(run) - at), 1, -1) if _is_thing(run[at : at + n], names)), 0
            )
            word = run[at : at + length]
            if length and word not in dense and not _otherwise(word, stands, names):
                return f"the name {word!r} is not in the cited evidence"
            at += length or 1
    return ""


def _is_thing(word: str, names: Mapping[str, Entity]) -> bool:
    entity = names.get(word)
    return entity is not None and entity.strength >= SURE and not is_word(word)


def _otherwise(word: str, stands: str, names: Mapping[str, Entity]) -> bool:
    """Whether the evidence has another name of the same thing, or the word for it in the other language."""
    entity = names.get(name_key(word))
    others = entity.aliases if entity is not None else ()
    if any(_name_pattern(unify(alias)).search(stands) for alias in others):
        return True
    if not word.isalpha() or has_cjk(word) or word[1:] != word[1:].lower():
        return False
    translations = Lexicon.load().translate(stem(word.lower()))
    return any(has_cjk(t.term) and t.term.replace(" ", "") in stands for t in translations)


def _without_values(text: str) -> str:
    """The text with blanks for its dates and quantities, whose months and units are no names."""
    spans = [*((d.start, d.end) for d in dates(text)), *((q.start, q.end) for q in quantities(text))]
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _is_name(word: str, *, chinese: bool, opens: bool) -> bool:
    if word.casefold() in openers():
        return False
    inner = word[1:]
    marked = any(c.isdigit() for c in word) or inner != inner.lower()
    return marked or word[0].isupper() or (chinese and not opens)


@cache
def _name_pattern(word: str) -> re.Pattern[str]:
    """The word with separators wherever its parts meet, neither beginning nor ending within another word."""
    pieces = re.findall(r"[a-z]+|\d+|[^a-z\d]+", _SEPARATORS.sub(" ", word.casefold()).strip())
    body = r"[\s\-_.·/]*".join(re.escape(piece.strip()) for piece in pieces if piece.strip())
    return re.compile(rf"(?<![a-z0-9]){body}(?:s|es)?(?![a-z0-9])")
