"""The wordings of concepts and intents, read from the data files and matched in both languages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from rag.text.names import has_cjk
from rag.text.normalise import normalise
from rag.text.tokenise import word_spans

_KIND = "kind"
SEARCHED = 2048
"""Texts whose first wording is remembered: the same facts are looked at for one question after the other."""
PAIRS_KEPT = 1 << 11
"""Texts whose pairs of characters are remembered, some 5 KB each."""
FEW = 6
"""Patterns of some of the phrases made before that of all of them."""
_SHORT_YEAR = re.compile(r"(?<![\d.])(\d\d)年(?=\d{1,2}月)")
_YEARS = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?(到|至|-|~)\s?((?:19|20)\d\d)\s?年")
_THOSE = re.compile(r"^\s*那些(?=[^谁哪什么啥几多怎吗呢,，;；]+的[^的,，]{1,8}$)")
"""For 哪些, where a question is nothing but "those that ..."."""
_LATER_THAN = re.compile(
    r"比\s*([^，,。?？谁哪]{1,24}?)\s*[还更]?(早|晚)(?=(?:发布|推出|开源|问世|上线|面世|出来|出现|出|上市)的)"
)
"""What came before or after another thing, as a comparison: "比 Foo 晚发布的有谁"."""
_SIDES_OF_TIME = {"早": "前", "晚": "后"}
_WHOSE_MOST = re.compile(r"谁的(?=[^谁哪,，]{1,10}最)")
"""Which one's, where the most of something is asked for, and no owner."""
_WHICH_ONE = re.compile("哪[台款部辆只把件副颗支条种张架艘座枚根本块双]")
"""Which one, with the counting word of its kind; as long as the plain form."""
_CASE = re.compile(
    r"(?<=\w )when (?!(?:was|were|is|are|did|does|do|will|would|has|have|had|can|could|should|the|a|an|it|they"
    r"|he|she|we|you|i|exactly|and|or|about)\b)[a-z]+"
)
_NOT_INSIDE = r"(?<![a-z0-9])"
_INFLECTION = r"(?:s|es|d|ed|ing|n)?"


@dataclass(frozen=True, slots=True)
class Span:
    """Where a wording of `name` occurs in a normalised text."""

    name: str
    start: int
    end: int


class Wordings:
    """Phrases in both languages that can be looked for in a normalised text.

    Compiling a pattern of them all takes longer than answering. The first texts are searched with patterns of only
    those phrases whose beginning occurs in them, which finds the same. What one of the phrases `unless` covers is
    not looked at: "list" is not found in "waiting list".
    """

    def __init__(self, phrases: Iterable[str], unless: Iterable[str] = ()) -> None:
        self.phrases = tuple(dict.fromkeys(phrases))
        self._unless = Wordings(unless) if unless else None
        self._beginnings = tuple(_beginning(phrase) for phrase in self.phrases)
        self._pairs = frozenset(beginning[:2] for beginning in self._beginnings)
        self._few: dict[tuple[str, ...], re.Pattern[str]] = {}
        self._all: re.Pattern[str] | None = None
        self._searched: dict[str, re.Match[str] | None] = {}

    def _pattern(self, normal: str) -> re.Pattern[str] | None:
        """A pattern that finds every phrase in `normal`; None when there is none."""
        if self._pairs.isdisjoint(_pairs_of(normal)):
            return None
        if self._all is not None:
            return self._all
        pairs = zip(self.phrases, self._beginnings, strict=True)
        possible = tuple(phrase for phrase, beginning in pairs if beginning in normal)
        if not possible:
            return None
        if possible not in self._few:
            if len(self._few) >= FEW:
                self._all = pattern(self.phrases)
                return self._all
            self._few[possible] = pattern(possible)
        return self._few[possible]

    def _meant(self, normal: str) -> str:
        """`normal` with blanks for what does not count."""
        if self._unless is None:
            return normal
        for match in self._unless.finditer(normal):
            normal = normal[: match.start()] + " " * len(match.group()) + normal[match.end() :]
        return normal

    def search(self, normal: str, start: int = 0) -> re.Match[str] | None:
        if start:
            found = self._pattern(normal)
            return found.search(self._meant(normal), start) if found is not None else None
        if normal not in self._searched:
            if len(self._searched) >= SEARCHED:
                self._searched.clear()
            found = self._pattern(normal)
            self._searched[normal] = found.search(self._meant(normal)) if found is not None else None
        return self._searched.get(normal)

    def finditer(self, normal: str) -> Iterator[re.Match[str]]:
        found = self._pattern(normal)
        return found.finditer(self._meant(normal)) if found is not None else iter(())

    def sub(self, replacement: str, normal: str) -> str:
        parts, at = [], 0
        for match in self.finditer(normal):
            parts += [normal[at : match.start()], replacement]
            at = match.end()
        return "".join(parts) + normal[at:] if at else normal

    def fullmatch(self, normal: str) -> re.Match[str] | None:
        found = self._pattern(normal)
        return found.fullmatch(self._meant(normal)) if found is not None else None


@lru_cache(maxsize=PAIRS_KEPT)
def _pairs_of(normal: str) -> frozenset[str]:
    """Every character of a text and every pair of neighbours: what any phrase in it begins with is among them."""
    return frozenset(map("".join, pairwise(normal))).union(normal, ("",))


def _beginning(phrase: str) -> str:
    """What any inflection of `phrase` begins with."""
    if has_cjk(phrase):
        return phrase.split()[0]
    first = re.split(r"[\s\-]+", phrase)[0]
    return first if len(first) < 4 else first[:-1]


@dataclass(frozen=True, slots=True)
class Concept:
    """An attribute that people ask for: how notes word it, how questions word it, what an answer holds."""

    name: str
    type: str
    phrases: frozenset[str]
    in_notes: Wordings
    in_questions: Wordings
    in_headers: Wordings
    weight: float = 1.0
    weak: frozenset[str] = frozenset()
    shape: re.Pattern[str] | None = None
    excludes: tuple[str, ...] = ()
    units: frozenset[str] = frozenset()
    """Units of measure that imply the concept."""
    head: re.Pattern[str] | None = None
    """What words the concept in a header alone: a sign for money, an ending."""


@cache
def concepts() -> dict[str, Concept]:
    """All concepts by name."""
    found: dict[str, Concept] = {}
    for name, entry in _read("concepts.toml").items():
        weak = [normalise(phrase) for phrase in entry.get("weak", ())]
        phrases = [normalise(phrase) for phrase in (*entry.get("zh", ()), *entry.get("en", ()))] + weak
        asked = [normalise(phrase) for phrase in entry.get("ask", ())]
        noted = [normalise(phrase) for phrase in entry.get("note", ())]
        found[name] = Concept(
            name, str(entry.get("type", "")), frozenset(phrases), Wordings([*phrases, *noted]),
            Wordings([*phrases, *asked]), Wordings([*phrases, *asked, *noted]),
            float(entry.get("weight", 1.0)), frozenset(weak),
            re.compile(entry["shape"]) if "shape" in entry else None, tuple(entry.get("excludes", ())),
            frozenset(entry.get("units", ())), re.compile(entry["head"]) if "head" in entry else None,
        )  # fmt: skip
    return found


@cache
def intent(name: str) -> Wordings:
    """The wordings of an intent."""
    entry = _read("intents.toml")[name]
    phrases = [normalise(phrase) for phrase in (*entry.get("zh", ()), *entry.get("en", ()))]
    return Wordings(phrases, [normalise(phrase) for phrase in entry.get("except", ())])


@cache
def words(name: str) -> frozenset[str]:
    """The single wordings of an intent as a set."""
    entry = _read("intents.toml")[name]
    return frozenset(normalise(phrase) for phrase in (*entry.get("zh", ()), *entry.get("en", ())))


def pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    """A pattern that finds any of `phrases` (normalised), longest first; English words in any inflection."""
    ordered = sorted(set(phrases), key=lambda phrase: (-len(phrase), phrase))
    chinese = [_phrase(phrase) for phrase in ordered if has_cjk(phrase)]
    latin = [_phrase(phrase).removeprefix(_NOT_INSIDE) for phrase in ordered if not has_cjk(phrase)]
    sources = [_by_letter(chinese)] if chinese else []
    sources += [f"{_NOT_INSIDE}(?:{_by_letter(latin)})"] if latin else []
    return re.compile("|".join(sources) or r"(?!)")


def _by_letter(sources: Sequence[str]) -> str:
    """An alternation of `sources`, those that begin alike under their common beginning: it fails sooner.

    The order within each beginning stays, so the same alternative matches first.
    """
    if len(sources) == 1:
        return sources[0]
    groups: dict[str, list[str]] = {}
    for source in sources:
        plain = source[:1].isalnum() and source[1:2] not in ("?", "*", "+")
        groups.setdefault(source[0] if plain else "", []).append(source)
    parts: list[str] = []
    for letter, alike in groups.items():
        if not letter or len(alike) == 1:
            parts += alike
        else:
            parts.append(f"{letter}(?:{_by_letter([source[1:] for source in alike])})")
    return "|".join(parts)


def _phrase(phrase: str) -> str:
    if has_cjk(phrase):
        return r"\s?".join(re.escape(part) for part in phrase.split())
    parts = [part for part in re.split(r"[\s\-]+", phrase) if part]
    return _NOT_INSIDE + r"[\s\-_]*".join(_word(part) for part in parts) + r"(?![a-z0-9])"


def _word(word: str) -> str:
    if not word.isalpha() or len(word) < 4:
        return re.escape(word) + ("s?" if word.isalpha() and len(word) > 2 else "")
    if word.endswith("e"):
        return re.escape(word[:-1]) + r"(?:e|es|ed|ing|er|en)?"
    if word.endswith("y"):
        return re.escape(word[:-1]) + r"(?:y|ies|ied|ying)"
    return re.escape(word) + _INFLECTION


def written_out(normal: str) -> str:
    """`normal` with what people write in haste written out: "dont" as "don't", "咋" as "怎么"."""
    table, hasty = _spellings()
    normal = hasty.sub(lambda match: table[match.group()], normal)
    normal = _LATER_THAN.sub(lambda match: f"在{match[1]}之{_SIDES_OF_TIME[match[2]]}", normal)
    normal = _THOSE.sub("哪些", _WHOSE_MOST.sub("哪个的", _excluding().sub("", normal)))
    return _SHORT_YEAR.sub(r"20\1年", _YEARS.sub(r"\1年\2\3年", normal))


@cache
def _excluding() -> re.Pattern[str]:
    """A last clause that says what does not count: "half-open ones not counted", "...,半开的不算"."""
    chinese, english = (
        "|".join(sorted((re.escape(w) for w in words("excluded") if has_cjk(w) is cjk), key=len, reverse=True))
        for cjk in (True, False)
    )
    return re.compile(
        rf"[,，;；]\s*(?:[^,，;；?？]{{1,12}}?(?:{chinese})|(?:{english}) [^,;?]{{1,40}}?)(?=[?？.。!]*$)"
    )


@cache
def in_short() -> tuple[dict[str, str], re.Pattern[str]]:
    """Abbreviations of everyday words with what they stand for, and what finds them in a normalised text."""
    table: dict[str, str] = _read("spellings.toml")["short"]
    longest = sorted(table, key=lambda short: (-len(short), short))
    return table, re.compile(
        rf"(?<![\w\-.'])(?<!\d )(?:{'|'.join(map(re.escape, longest))})(?![\w\-'+]|\.\w)", re.ASCII
    )


@cache
def asking_words() -> tuple[str, ...]:
    """Latin words that questions are made of, whatever they ask for."""
    return tuple(_read("spellings.toml")["asking"]["en"])


@cache
def _spellings() -> tuple[dict[str, str], re.Pattern[str]]:
    sections = _read("spellings.toml")
    table = {short: full for section in ("en", "zh") for short, full in sections[section].items()}
    parts = [
        re.escape(short) if has_cjk(short) else rf"(?<![\w'\-.]){re.escape(short)}(?![a-z0-9'\-.])"
        for short in sorted(table, key=lambda short: (-len(short), short))
    ]
    return table, re.compile("|".join(parts))


def find_concepts(normal: str) -> list[Span]:
    """Concepts asked for in a normalised question; where wordings overlap, the longest wins."""
    normal = _WHICH_ONE.sub("哪个", normal)
    spans = [
        Span(concept.name, match.start(), match.end())
        for concept in concepts().values()
        for match in concept.in_questions.finditer(normal)
        if match.end() > match.start()
    ]
    spans = [
        span
        for span in spans
        if not _inside_word(span, normal) and not _is_cut(span, normal) and not _states_case(span, normal)
    ]
    spans += [Span(_KIND, match.start(), match.end()) for match in intent("kind").finditer(normal)]
    kept: list[Span] = []
    for span in sorted(
        spans, key=lambda s: (s.start - s.end, not _verbatim(s, normal), _lightness(s), s.start, s.name)
    ):
        if all(span.end <= other.start or span.start >= other.end for other in kept):
            kept.append(span)
    return sorted((span for span in kept if span.name != _KIND), key=lambda s: s.start)


def _states_case(span: Span, normal: str) -> bool:
    """Whether "when" says in which case and not at what time: "the consumption when idle"."""
    return normal[span.start : span.end] == "when" and _CASE.match(normal, span.start) is not None


def without_weak(spans: list[Span], normal: str) -> list[Span]:
    """`spans` without weak wordings ("released"), unless the question asks for nothing else."""
    firm = [span for span in spans if normal[span.start : span.end] not in concepts()[span.name].weak]
    firm = [span for span in firm if not _inflects_weak(span, normal)]
    return firm or spans


def _inflects_weak(span: Span, normal: str) -> bool:
    text, concept = normal[span.start : span.end], concepts()[span.name]
    return text.isascii() and any(
        text.startswith(word[:-1]) and len(text) <= len(word) + 2 for word in concept.weak if word.isascii()
    )


def _inside_word(span: Span, normal: str) -> bool:
    """Whether a Chinese wording is only part of one longer word of the question ("数据" in "数据库")."""
    if not has_cjk(normal[span.start : span.end]):
        return False
    return any(
        start <= span.start and span.end <= end and end - start > span.end - span.start
        for start, end in word_spans(normal)
    )


def _is_cut(span: Span, normal: str) -> bool:
    """Whether a wording begins with the second half of a denial: "用处" in "不用处方"."""
    return span.end - span.start > 1 and normal[span.start] == "用" and normal[span.start - 1 : span.start] == "不"


def _lightness(span: Span) -> float:
    return -concepts()[span.name].weight if span.name != _KIND else 0.0


def _verbatim(span: Span, normal: str) -> bool:
    """Whether the wording stands in the question letter for letter, not in another inflection."""
    if span.name == _KIND:
        return True
    return normal[span.start : span.end] in concepts()[span.name].phrases


@lru_cache(maxsize=8192)
def attribute_concepts(normal: str) -> dict[str, float]:
    """Concepts that a normalised header or key words, with the share of certainty.

    1 for the longest wording at a place; half for a wording that is only part of a longer one ("data" in
    "data size").
    """
    spans = [
        Span(concept.name, match.start(), match.end())
        for concept in concepts().values()
        for match in concept.in_headers.finditer(normal)
        if match.end() > match.start() and not (concept.type == "name" and match.group() in concept.weak)
    ]
    spans += [
        Span(concept.name, match.start(), match.end())
        for concept in concepts().values()
        if concept.head is not None and (match := concept.head.search(normal)) is not None
    ]
    found: dict[str, float] = {}
    for span in spans:
        inside = any(
            o.start <= span.start and span.end <= o.end and o.end - o.start > span.end - span.start for o in spans
        )
        found[span.name] = max(found.get(span.name, 0.0), 0.5 if inside else 1.0)
    return found


@cache
def _read(name: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads((files("rag.question") / "data" / name).read_text(encoding="utf-8"))
