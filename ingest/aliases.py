"""Other names that running text gives to a thing: in brackets behind its name, or by words like "also known as"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from rag.text.lexicon import Lexicon
from rag.text.names import alias_wordings, has_cjk

LONGEST_ALIAS = 30
"""Characters beyond which a bracket explains rather than names."""
_LATIN = r"[A-Z][\w+\-]*(?:\.[\w+\-]+)*(?: (?:[A-Z][\w+\-]*|\d[\w+\-]*)(?:\.[\w+\-]+)*){0,3}"
_HAN = "[一-鿿·]{2,8}"
_OPENING = re.compile(
    rf"(?P<name>{_LATIN}|{_HAN}) ?[（(](?P<other>[^（）()]{{2,{LONGEST_ALIAS}}})[)）]\s*(?=[^\s（(。.])"
)
_BRACKET = re.compile(rf"(?P<name>{_LATIN}) ?[（(](?P<inner>[^（）()]{{2,60}})[)）]")
_MARKED = re.compile(r"[a-z][A-Z]")
_PARTS = re.compile(r"\s*[，,;；]\s*")
_QUOTES = "\"“”'‘’「」《》*` "
_STARTS = re.compile(r"(?:^|[。.!?！？]\s*)(?=[A-Z一-鿿])")


def told_aliases(plain: str) -> Iterator[tuple[str, ...]]:
    """Forms of one name each, the name itself first.

    "Foo（小福）在 …" gives Foo and 小福; "Foo (aka Bar)" and "Foo 又叫 Bar，" give Foo and Bar. A bracket without such
    words counts at the beginning of the text only, in the other script, and if it is no word of the
    dictionary: "Foo（德国）".
    """
    opening = _OPENING.match(plain)
    if opening is not None and _is_other_script(opening["name"], opening["other"]):
        yield opening["name"], opening["other"].strip()
    for bracket in _BRACKET.finditer(plain):
        named = [part for part in _PARTS.split(bracket["inner"]) if part]
        told = [alias for part in named if (match := _worded().match(part)) and (alias := _alias(part[match.end() :]))]
        if told:
            spelt = [part for part in named if re.fullmatch(_LATIN, part) and _abbreviates(bracket["name"], part)]
            yield (bracket["name"], *spelt, *told)
    for start in _STARTS.finditer(plain):
        sentence = plain[start.end() :]
        yield from _after_words(sentence)
        bracketed = _OPENING.match(sentence) if start.end() else None
        if bracketed is not None and _is_coined(bracketed["name"], bracketed["other"].strip()):
            yield bracketed["name"], bracketed["other"].strip()


def _after_words(sentence: str) -> Iterator[tuple[str, ...]]:
    """Name and alias of a sentence that begins with the one, the words for it, and the other."""
    name = re.match(rf"({_LATIN})[，,]? ?|({_HAN}?)[，,]?(?={_worded().pattern})", sentence)
    words = _worded().match(sentence, name.end()) if name else None
    alias = _alias(sentence[words.end() :]) if words else ""
    if name and alias:
        yield (name[1] or name[2]), alias


def _alias(text: str) -> str:
    """The name that `text` opens with: in quotes, a Latin name, or Chinese up to the next mark."""
    quoted = re.match(r"\s*[\"“「'](.{2,16}?)[\"”」']", text)
    plain = re.match(rf"\s*({_LATIN})(?![a-z])|\s*({_HAN})(?=\s*(?:[，,。；;：:（(]|$))", text)
    found = quoted or plain
    return (found[1] or found[2]).strip(_QUOTES) if found else ""


def _is_other_script(name: str, other: str) -> bool:
    if has_cjk(name):
        return re.fullmatch(_LATIN, other.strip()) is not None
    return re.fullmatch("[一-鿿·]{2,6}", other) is not None and not Lexicon.load().translate(other)


def _is_coined(name: str, other: str) -> bool:
    """Whether a Chinese name is followed by a Latin one that capitals or digits mark as such: "某某（FooBar）"."""
    return has_cjk(name) and re.fullmatch(_LATIN, other) is not None and _MARKED.search(other) is not None


def _abbreviates(name: str, full: str) -> bool:
    """Whether `name` is made of the first letters of the words of `full`."""
    return name.upper() == "".join(word[0] for word in full.split()).upper() and len(name) > 1


@cache
def _worded() -> re.Pattern[str]:
    longest = sorted(alias_wordings(), key=lambda word: (-len(word), word))
    wordings = (rf"{re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word) for word in longest)
    return re.compile(rf"(?:{'|'.join(wordings)})\s*[:：]?\s*")
