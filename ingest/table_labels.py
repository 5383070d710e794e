"""Whether the headers and labels of a table are written as names of things are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.text.lexicon import Lexicon
from rag.text.names import has_cjk, latin_names, name_key
from rag.text.stem import stem

_MARKED_NAME = re.compile(r"[a-z][A-Z]|[A-Z]{2}|[A-Za-z][-_ ]?\d|^[A-Za-z][A-Za-z0-9]*(?:[-_.][A-Za-z0-9]+)+$")
_FOREIGN = re.compile(r"[A-Z][A-Za-z0-9.+\-]+(?:\s?[（(].*)?$")
_WORD = re.compile(r"[^\W_]+")
LONGEST_LABEL = 40
"""Characters beyond which a cell is text rather than a label."""
SHORTEST_COINED = 4
"""Letters from which a word that no dictionary has is no abbreviation of a common one."""


def share_foreign(headers: Sequence[str], labels: Sequence[str]) -> float:
    """Share of labels that are single capitalised Latin words under Chinese headers, and so names."""
    filled = [label for label in labels if label.strip()]
    if not filled or not has_cjk(" ".join(headers)):
        return 0.0
    return sum(1 for label in filled if _FOREIGN.match(label.strip())) / len(filled)


def is_proper(label: str) -> bool:
    """Whether a label looks like the name of a thing: Latin with an inner capital or a digit, no sentence."""
    if len(label) > LONGEST_LABEL or not latin_names(label):
        return False
    return bool(_MARKED_NAME.search(label)) and (not has_cjk(label) or len(name_key(label)) <= 20)


def is_name(label: str) -> bool:
    """Whether a label looks like the name of a thing, or is written as one."""
    return is_proper(label) or is_coined(label)


def is_coined(label: str) -> bool:
    """Whether a label is written as names are and holds a word as only names do: in no dictionary, or with a digit."""
    return is_capitalised(label) and not has_cjk(label) and any(map(_is_coined_word, _WORD.findall(label)))


def _is_coined_word(word: str) -> bool:
    if not word.isalpha():
        return any(map(str.isalpha, word))
    if word.isupper() or not word.isascii():
        return False
    if _MARKED_NAME.search(word):
        return True
    return len(word) >= SHORTEST_COINED and not Lexicon.load().translate(stem(word.casefold()))


def is_capitalised(label: str) -> bool:
    """Whether each word of a brief label is written as in a name; Chinese has no such writing."""
    words = _WORD.findall(label)
    brief = len(label) <= LONGEST_LABEL and bool(words)
    return brief and (has_cjk(label) or not any(word.islower() for word in words))
