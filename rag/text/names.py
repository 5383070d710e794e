"""Names of things: their normalised key, and the surface forms that one written name holds."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

from rag.text.normalise import normalise

_HAN = re.compile("[一-鿿]")
_SEPARATORS = re.compile(r"(?<=\d)\.(?=\d)|[\s\-_.·・/\\'\"“”‘’`*~&:,，。()（）\[\]【】《》<>|]+")
_MARKS = re.compile("[°®©™]")
"""What a name bears and people do not write."""
_NUMBERING = re.compile(
    r"^\s*(?:第?[一二三四五六七八九十百]+[、.．章节篇]|[(（]\s*(?:\d+|[一二三四五六七八九十]+)\s*[)）]|"
    r"[A-Z](?:\.\d+)+[、.．]?\s|[A-Z][.、．]\s|\d+(?:\.\d+)+[、.．]?(?=[\s\D])|\d+\s*[、.．)）](?!\d)|[-*+•]\s)\s*"
)
_LETTER = "A-Za-zÀ-ÖØ-öø-ɏ"
_LATIN_NAME = re.compile(rf"[{_LETTER}][{_LETTER}0-9]*(?:[-_.+'’]?[{_LETTER}0-9]+)*(?:\s\d+(?:\.\d+)+)?")
_BRACKETS = re.compile(r"[(（【]([^()（）【】]*)[)）】]")
_DESCRIPTION = re.compile(r"\s*(?:[:：|｜]|——|—| [-–] )\s*")
_CONJUNCTION = re.compile(r"\s*(?:、|，|, |和|与|及|＆|&| and )\s*")
_MADE_BY = re.compile(
    r"[一-鿿·]{2,8}\s+([A-Za-z][A-Za-z0-9_.+\-]*|[A-Z][A-Za-z0-9_.+\-]*(?: [A-Z0-9][A-Za-z0-9_.+\-]*)+)$"
)
"""A Chinese word, such as a maker, before a Latin name."""
_NO_NAME = re.compile(r"[IVX]+|[A-Za-z]")
"""A Roman numeral or a letter counts versions of what stands before it."""
_EDITION = re.compile(r"([A-Za-z][A-Za-z0-9_.+\- ]*?) +([一-鿿·]+)$")
_REMARK = re.compile(r"^[A-Z][^,]*, [a-z]+$")
"""A capitalised name and, after a comma, a word that says more of it: "Foo, continued"."""
_EDGE = re.compile(r"^[^\w一-鿿]+|[^\w一-鿿+#]+$")
_AND = re.compile(r"\s*[&＆]\s*")
_CODED = re.compile(r"\d|[a-z][A-Z]|[A-Z]{2}")
_SUBTITLE = re.compile(r"\s*[:：]\s*((?:[A-Z][^\s:：]*(?:\s+[A-Z0-9][^\s:：]*){0,3})|[一-鿿]{1,4})$")
"""A title's second part after a colon: capitalised words, or a few Chinese characters."""
_LABEL = re.compile(r"^[^\d:：]{1,12}[:：]\s*(?=\w)")
"""What a bracket calls the name that it holds: "(old: Foo)", "（原名：某某）"."""
_CLOSING = {"'": "'", "’": "‘’", "”": "“", '"': '"', "」": "「", "』": "『", "》": "《"}
"""Quotation marks that may end a name, with what opens them."""

LONGEST_NAME = 60
"""Characters beyond which a heading or cell describes rather than names."""


@lru_cache(maxsize=1 << 15)
def name_key(surface: str) -> str:
    """Normalised form of a name: "ABC-12B", "abc 12b" and "ABC_12B" are one; "Foo-3.5" keeps its dot."""
    key = normalise(surface if surface.isascii() else _MARKS.sub("", surface))
    if "." in key:
        key = _SEPARATORS.sub(lambda m: "." if m.group() == "." and _between_digits(m) else "", key)
    else:
        key = _SEPARATORS.sub("", key)
    return key if key.isascii() else unicodedata.normalize("NFC", key)


def _between_digits(match: re.Match[str]) -> bool:
    text, at = match.string, match.start()
    return 0 < at < len(text) - 1 and text[at - 1].isdigit() and text[at + 1].isdigit()


def strip_numbering(text: str) -> str:
    """`text` without leading numbering: "3. ", "一、", "（2）", "1.2、"."""
    previous = None
    while previous != text:
        previous, text = text, _NUMBERING.sub("", text)
    return text.strip()


def has_cjk(text: str) -> bool:
    """Whether any Chinese character occurs."""
    return not text.isascii() and _HAN.search(text) is not None


def latin_names(text: str) -> list[str]:
    """Latin runs that could be names, in order: "在 ABC-12B 上微调 foo" gives ABC-12B and foo."""
    return _LATIN_NAME.findall(text)


def surface_forms(written: str) -> list[list[str]]:
    """The names that a heading, link text or table cell holds: one list of equivalent forms for each thing.

    "10. Bumblebee（大黄蜂）: a small car" gives [["Bumblebee", "大黄蜂"]]; "Otter水獭" gives
    [["Otter", "水獭"]]; "A-lora和B-lora" gives [["A-lora"], ["B-lora"]].
    """
    return [list(forms) for forms in _surface_forms(written)]


def cell_forms(cell: str) -> list[list[str]]:
    """As `surface_forms`, of the cell of a table that names its row: there "Otter: Winter" is one name, a title."""
    return [list(forms) for forms in _surface_forms(cell, titled=True)]


@lru_cache(maxsize=1 << 13)
def _surface_forms(written: str, *, titled: bool = False) -> tuple[tuple[str, ...], ...]:
    text = strip_numbering(written)
    if not _trim(text):
        return ()
    head = text if titled and _SUBTITLE.search(text) else _described(text)
    outer = _trim(_BRACKETS.sub(" ", head))
    described = re.match(r"([A-Za-z][A-Za-z0-9_.+\-]*)\s+(?![和与及])[一-鿿].{6,}$", outer)
    parts = [_trim(part) for part in _CONJUNCTION.split(outer)]
    if _AND.search(outer) and not all(_stands_alone(part, coded=titled) for part in parts):
        parts = [outer]
    if described or _REMARK.search(outer) or any(len(part) < 2 for part in parts):
        parts = [outer]
    things = [forms for forms in map(_scripts, parts) if forms]
    if len(things) > 1 and not all(_is_short(forms[0]) for forms in things):
        things = [_scripts(outer)]
    whole = len(things)
    for bracket in _BRACKETS.finditer(head):
        said = _LABEL.sub("", bracket.group(1))
        inner = [_trim(part) for part in _CONJUNCTION.split(said) if _trim(part)]
        before = len(_CONJUNCTION.split(_BRACKETS.sub(" ", head[: bracket.start()]))) - 1 if whole > 1 else 0
        if len(inner) == 1 and before < whole and _is_short(inner[0]) and not inner[0].isdigit():
            things[before] += [form for form in _scripts(inner[0]) if form not in things[before]]
        elif len(inner) > 1 and all(_is_short(part) for part in inner):
            things += [_scripts(part) for part in inner]
    return tuple(tuple(forms) for forms in things if forms and len(forms[0]) <= LONGEST_NAME)


@cache
def _words(kind: str) -> frozenset[str]:
    raw = tomllib.loads((files("rag.text") / "data" / "names.toml").read_text(encoding="utf-8"))
    return frozenset(raw[kind])


def is_variant(latin: str) -> bool:
    """Whether a Latin run is no name alone: "Pro", "FS 2"."""
    first, _, rest = latin.lower().partition(" ")
    return first in _words("variant") and (not rest or rest.isdigit())


def _is_edition(chinese: str) -> bool:
    return chinese.endswith(tuple(_words("edition")))


def edition_of(name: str) -> str:
    """What a name is an edition of: "Foo 社区版" is one of "Foo"; "" for any other name."""
    latin = _EDITION.match(name)
    return latin.group(1).strip() if latin and _is_edition(latin.group(2)) else ""


def alias_wordings() -> frozenset[str]:
    """Wordings between a name and another name of the same thing, folded."""
    return _words("alias")


def generations(normal: str) -> list[tuple[str, int, int]]:
    """(number, start, end) of the words for a generation in a normalised text: "二代" and "second gen" give 2."""
    numbers, pattern = _generations()
    return [(numbers[match.group()], match.start(), match.end()) for match in pattern.finditer(normal)]


@cache
def _generations() -> tuple[dict[str, str], re.Pattern[str]]:
    raw = tomllib.loads((files("rag.text") / "data" / "names.toml").read_text(encoding="utf-8"))
    numbers = {word: number for number, words in raw["generation"].items() for word in words}
    longest = sorted(numbers, key=lambda word: (-len(word), word))
    alone = (rf"(?<![a-z0-9]){re.escape(word)}(?![a-z0-9])" if word[0].isascii() else word for word in longest)
    return numbers, re.compile("|".join(alone))


def _described(text: str) -> str:
    """`text` up to the colon or dash before a description, none in brackets."""
    for match in _DESCRIPTION.finditer(text):
        head = text[: match.start()]
        if head.count("(") + head.count("（") <= head.count(")") + head.count("）"):
            return head.strip()
    return text.strip()


def _stands_alone(part: str, *, coded: bool) -> bool:
    """Whether what stands beside an ampersand is a thing of its own rather than half of a name.

    It is one word, and where plain words name things too (`coded`) one with a digit or a capital inside.
    """
    return has_cjk(part) or (bool(part) and " " not in part and (not coded or bool(_CODED.search(part))))


def _trim(text: str) -> str:
    trimmed = _EDGE.sub("", text.strip()).strip()
    at = text.find(trimmed) + len(trimmed)
    closing = text[at : at + 1] if trimmed else ""
    opens = closing in _CLOSING and any(mark in trimmed for mark in _CLOSING[closing])
    return trimmed + closing if closing and opens and trimmed.count(closing) % 2 == int(closing in "'\"") else trimmed


def _is_short(text: str) -> bool:
    return len(text) <= (8 if has_cjk(text) and not latin_names(text) else 24) and len(text.split()) <= 4


def _scripts(part: str) -> list[str]:
    """Forms of one name: a Latin name followed or preceded by its Chinese one is two forms of it."""
    if not part or not has_cjk(part):
        return [part] if part else []
    latin = re.match(r"([A-Za-z][A-Za-z0-9_.+\- ]*?)\s*([一-鿿·]+)$", part)
    if latin:
        name, chinese = latin.group(1).strip(), latin.group(2)
        if part[len(name)] == " ":
            return [part] if edition_of(part) else [name, part]
        return [name, chinese] if len(chinese) <= 4 else [part]
    latin = _MADE_BY.match(part)
    if latin and not _NO_NAME.fullmatch(latin.group(1)) and not is_variant(latin.group(1)):
        return [latin.group(1), part]
    latin = re.match(r"([A-Za-z][A-Za-z0-9_.+\-]*)\s", part)
    if latin and len(part) > len(latin.group(1)) + 6:
        return [latin.group(1), part]
    return [part]
