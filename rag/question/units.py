"""What evidence for an answer should hold: the units of a question, by concepts, numbers, months and words."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise

from rag.question.asking import says_kind
from rag.question.spelling import Known, made_from, spelt_right
from rag.question.wording import Concept, Span, concepts, intent, words
from rag.text.countries import countries
from rag.text.dates import Date
from rag.text.language import is_cjk, stop_words
from rag.text.lexicon import Lexicon, Translation
from rag.text.names import has_cjk
from rag.text.stem import stem
from rag.text.synonyms import synonyms
from rag.text.tokenise import is_word, name_parts, query_tokens
from rag.text.tokenise import words as content_words
from rag.text.values import Quantity, in_bytes, units_agree

JOINT = re.compile(r"\s*(?:-|–|—|~|～|到|至|and|to|和)\s*")
"""What stands between the ends of a range."""
BARE = re.compile(r"[\d.,]+")
"""A number as digits alone."""
_THROUGH = re.compile(r"\s*(?:-|–|—|~|～|到|至|to)\s*")
"""What stands between them also where nothing else tells that a range is meant: "20-35 euros"."""
_RANGE_BEFORE = re.compile(r"(?:\b(?:between|from|range of|range)|介于|在|从)\s*$")
_RANGE_BEHIND = re.compile(r"\s*(?:之间|中间|区间|范围|这个(?:区间|范围|价位|档))")
VAGUE = "magnitude"
"""The concept of questions that say "larger", "smaller": what of, another word or the unit tells."""
_COUNTED = re.compile(r"几([张粒片台支块层种倍岁页年天章米条颗盒瓶袋次])")
_HYPHENATED = re.compile(r"[a-z]+(?:-[a-z]+)+")
KIND_WEIGHT = 0.25
"""What sort of thing is asked for is seldom repeated in a fact about it."""
LIMIT_REACH = 20
"""Characters before a number within which a wording of a limit governs it."""
LIMIT_BEHIND = 11
"""Characters behind a number within which one does: "500 g or more"."""
FITS_REACH = 20
"""Characters before a number of bytes within which "squeeze into" does."""
PART_WEIGHT = 0.6
"""One part of a hyphenated word says less than the whole."""
COUNTED_WEIGHT = 0.5
GLUED = 2
"""Length of a token of two Chinese words of one character each."""
SPELLING_WEIGHT = 0.8
"""What a misspelt word was probably meant to be."""
MONTH_WEIGHT = 0.5
"""Facts are compared by their dates as well."""
CHARACTER_WEIGHT = 0.6
"""A single Chinese character has many meanings."""
_EITHER_OR = re.compile(r"(.)不\1")
CONCEPT_WEIGHT = 1.3
"""A known attribute says more about what is asked than a plain word does."""
TRANSLATION_WEIGHT = 0.9
"""A translated word is worth less than the word itself; the lexicon's own weight multiplies this."""
SYNONYM_WEIGHT = 0.7
"""Another word for the same thing, in either language."""
SYNONYM_PART_WEIGHT = 0.7
"""A word of a phrase for the same thing."""
COUNTRY_WEIGHT = 0.9
"""A country by another name is the same country."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing that evidence should hold: a concept, a word, or a number.

    `alternatives` are (token, weight) pairs; `concept` has its own patterns.
    """

    label: str
    alternatives: tuple[tuple[str, float], ...]
    concept: Concept | None = None
    weight: float = 1.0
    quantity: Quantity | None = None
    limit: str = ""
    """"below" or "above" when the number is a limit rather than a value."""
    surface: str = ""
    """A concept's wording in the question."""
    by_weight: tuple[tuple[str, float, bool], ...] = field(init=False, repr=False, compare=False)
    """The alternatives by falling weight, each with whether the segmenter may have cut it apart in a text.

    Thousands of texts are held against a unit: the first that stands in one is its best.
    """
    tokens: frozenset[str] = field(init=False, repr=False, compare=False)
    """Those of `by_weight`."""
    cut: tuple[str, ...] = field(init=False, repr=False, compare=False)
    """Those that may have been cut apart."""

    def __post_init__(self) -> None:
        positive = ((token, weight, len(token) > 1 and has_cjk(token)) for token, weight in self.alternatives)
        ordered = sorted((entry for entry in positive if entry[1] > 0), key=lambda entry: -entry[1])
        object.__setattr__(self, "by_weight", tuple(ordered))
        object.__setattr__(self, "tokens", frozenset(token for token, *_ in ordered))
        object.__setattr__(self, "cut", tuple(token for token, _, inside in ordered if inside))

    @property
    def said(self) -> str:
        """What the question says for it: a concept's wording, else the word itself."""
        return self.surface or self.label

    def may_stand_in(self, tokens: frozenset[str], text: str) -> bool:
        """Whether an alternative is among the tokens of a text, or stands in it where it may have been cut apart."""
        if not self.tokens.isdisjoint(tokens):
            return True
        for token in self.cut:  # noqa: SIM110 - as for the names of things, a generator takes twice the time
            if token in text:
                return True
        return False


@cache
def _concept_tokens(name: str) -> tuple[tuple[str, float], ...]:
    """Tokens of a concept's wordings with weights: a token that is a whole wording counts fully."""
    weights: dict[str, float] = {}
    for phrase in sorted(concepts()[name].phrases):
        tokens = [token for token in dict.fromkeys(query_tokens(phrase)) if token not in words("filler")]
        whole = [token for token in tokens if token == phrase or len(tokens) == 1]
        for token in tokens:
            weight = 1.0 if token in whole else 0.45
            weights[token] = max(weights.get(token, 0.0), weight)
    return tuple(sorted(weights.items(), key=lambda item: (-item[1], item[0])))[:24]


def concept_unit(span: Span, normal: str) -> Unit:
    concept = concepts()[span.name]
    return Unit(
        span.name, _concept_tokens(span.name), concept, CONCEPT_WEIGHT * concept.weight,
        surface=normal[span.start : span.end],
    )  # fmt: skip


def implied_units(units: list[Unit], found: tuple[Quantity, ...], normal: str) -> list[Unit]:
    """The attribute that a unit of measure implies where none is named: "under 500 g" asks for weight.

    So does what a limit looks like: "over 65B" asks for what is written as "7B".
    """
    if any(unit.concept is not None and unit.concept.name != VAGUE for unit in units):
        return []
    named = [c.name for q in found for c in concepts().values() if q.unit in c.units]
    named += [
        c.name for q in found for c in concepts().values()
        if not q.unit and c.shape is not None and c.type == "size" and c.shape.fullmatch(q.text) and _limit(q, normal)
    ]  # fmt: skip
    return [concept_unit(Span(name, 0, 0), "") for name in dict.fromkeys(named)]


def _limit(quantity: Quantity, normal: str) -> str:
    """Whether a number is a limit: "under 500 g", "500 克以下". "over port 80" is none."""
    if normal[: quantity.start].rstrip().endswith(tuple(words("identifying"))):
        return ""
    behind = normal[quantity.end : quantity.end + LIMIT_BEHIND]
    around = (normal[max(0, quantity.start - LIMIT_REACH) : quantity.start], behind if behind.isascii() else behind[:4])
    for name in ("below", "above"):
        if any(intent(name).search(text) for text in around):
            return name
    ahead = around[0].rstrip()
    if ahead.endswith(tuple(words("exceeding"))) and not ahead.endswith(tuple(words("done_before"))):
        return "above"
    before = normal[max(0, quantity.start - FITS_REACH) : quantity.start]
    if in_bytes(quantity) and any(intent("fits").search(text) for text in (before, behind)):
        return "below"
    return ""


def number_units(found: tuple[Quantity, ...], normal: str) -> list[Unit]:
    """A number asked about must occur in the evidence, in whatever notation."""
    units: list[Unit] = []
    ends = _range_ends(found, normal)
    for at, quantity in enumerate(found):
        tokens = tuple((token, 1.0) for token in dict.fromkeys(query_tokens(quantity.text)))
        end, limit = ends.get(at, (quantity, ""))
        if tokens:
            units.append(Unit(quantity.text, tokens, quantity=end, limit=limit or _limit(quantity, normal)))
    return units


def _range_ends(found: tuple[Quantity, ...], normal: str) -> dict[int, tuple[Quantity, str]]:
    """The ends of the ranges that a question gives, by their numbers, with the limit that each is.

    "between 30 and 80", "在 30 到 80 之间".
    """
    ends: dict[int, tuple[Quantity, str]] = {}
    for at, (low, high) in enumerate(pairwise(found)):
        before, behind = normal[max(0, low.start - LIMIT_REACH) : low.start], normal[high.end :]
        told = _RANGE_BEFORE.search(before) or _RANGE_BEHIND.match(behind)
        between = normal[low.end : high.start]
        if (told or (_THROUGH.fullmatch(between) and high.unit)) and JOINT.fullmatch(between) is not None:
            first, second = alike_ends(low, high)
            if units_agree(first, second) and first.value < second.value:
                ends |= {at: (first, "above"), at + 1: (second, "below")}
    return ends


def alike_ends(low: Quantity, high: Quantity) -> tuple[Quantity, Quantity]:
    """The ends of a range with the unit and multiplier that only the second states: "3 到 5 万"."""
    if low.unit or BARE.fullmatch(low.text) is None:
        return low, high
    number = BARE.match(high.text.lstrip("¥$€£ "))
    digits = float(number.group().replace(",", "").rstrip(".") or 0) if number else 0.0
    factor = high.value / digits if digits else 1.0
    return replace(low, value=low.value * factor, unit=high.unit), high


def month_units(found: tuple[Date, ...]) -> list[Unit]:
    """Whole months in the wordings that tables use for headers and rows."""
    units: list[Unit] = []
    for date in found:
        year, month, day = (*date.iso.split("-"), "", "")[:3]
        if month and not day:
            name = calendar.month_name[int(month)]
            words = (f"{int(year)}-{int(month)}", stem(name.lower()), stem(name[:3].lower()))
            units.append(Unit(date.iso, tuple((word, 1.0) for word in dict.fromkeys(words)), weight=MONTH_WEIGHT))
    return units


def word_units(normal: str, covered: list[tuple[int, int]], known: Known, *, limited: bool = False) -> list[Unit]:
    """Units of the words that neither a name nor a concept nor an intent accounts for.

    `limited`: a number is a limit, whose wording is accounted for as well.
    """
    rest = list(normal)
    for start, end in covered:
        rest[start:end] = " " * (end - start)
    text = _EITHER_OR.sub(" ", "".join(rest))
    for name in (
        *(("above", "below") if limited else ()),
        "list",
        "count",
        "definition",
        "howto",
        "kind",
        "conflict",
        "negated",
        "earliest",
        "latest",
        "before",
        "after",
        "between",
    ):
        text = intent(name).sub(" ", text)
    units, text = _country_units(text, known)
    tokens = list(
        dict.fromkeys(token for token in _taken_apart(content_words(text), known) if _is_content(token, known))
    )
    said = synonyms(text)
    alike = [(found.own, found.others, SYNONYM_WEIGHT) for found in said]
    alike += [
        (found.own, phrase, SYNONYM_PART_WEIGHT) for found in said for phrase in found.phrases
        if all(map(known, phrase))
    ]  # fmt: skip
    alike += [(*entry, COUNTRY_WEIGHT) for entry in countries(text)]
    for phrase, translations in _phrases(text, tokens):
        if has_cjk(normal) and phrase.isascii() and known(phrase):  # said as it is noted: no character is meant
            translations = tuple(t for t in translations if len(t.term) > 1)
        alternatives = [(part, 1.0) for part in phrase.split(" ")]
        alternatives += [(part, PART_WEIGHT) for part in _parts(phrase, text)]
        alternatives += [
            (token, TRANSLATION_WEIGHT * translation.weight)
            for translation in translations
            for token in translation.term.split(" ")
        ]
        alternatives += [
            (token, weight)
            for own, others, weight in alike
            if own & {phrase, *phrase.split(" ")}
            for token in others
            if known(token) or (len(token) > GLUED and has_cjk(token))
        ]
        if not translations and not any(known(token) for token, _ in alternatives):
            alternatives += [
                (token, SPELLING_WEIGHT * made.weight) for made in made_from(phrase) for token in made.term.split(" ")
            ]
            alternatives += [(right, SPELLING_WEIGHT) for right in spelt_right(phrase, known)]
        best: dict[str, float] = {}
        for token, weight in alternatives:
            best[token] = max(best.get(token, 0.0), weight)
        weight = KIND_WEIGHT if says_kind(phrase, normal) else CHARACTER_WEIGHT if len(phrase) == 1 else 1.0
        units.append(Unit(phrase, tuple(best.items()), weight=weight))
    return units + _counted(text)


def _country_units(text: str, known: Known) -> tuple[list[Unit], str]:
    """The countries that a text names in Chinese, and the text without them: no space parts them from the next word."""
    units: list[Unit] = []
    for own, others in countries(text):
        name = max((word for word in own if has_cjk(word) and word in text), key=len, default="")
        if name:
            text = text.replace(name, " ")
            alternatives = [(name, 1.0), *((token, COUNTRY_WEIGHT) for token in others if known(token))]
            units.append(Unit(name, tuple(alternatives)))
    return units, text


def _taken_apart(found: list[str], known: Known) -> Iterator[str]:
    """`found` with what the segmenter glued together, being no word that anyone knows, as its characters.

    Two neighbours among these that the corpus holds as a word are that word.
    """
    apart: list[str] = []
    for token in found:
        glued = len(token) == GLUED and has_cjk(token) and token.isalpha() and not is_word(token) and not known(token)
        apart += [char for char in token if is_cjk(char)] if glued else [token]
    at = 0
    while at < len(apart):
        pair = "".join(apart[at : at + 2])
        if len(pair) == GLUED and at + 1 < len(apart) and has_cjk(pair) and known(pair):
            yield pair
            at += 2
        else:
            yield apart[at]
            at += 1


def _phrases(text: str, tokens: list[str]) -> Iterator[tuple[str, tuple[Translation, ...]]]:
    """`tokens` of a text with their translations; a phrase of the lexicon stands together in the text."""
    left = dict.fromkeys(tokens)
    for piece in _apart().split(text):
        here = [token for token in content_words(piece) if token in left]
        for token in here:
            del left[token]
        yield from Lexicon.load().expand(here)
    yield from Lexicon.load().expand(list(left))


@cache
def _apart() -> re.Pattern[str]:
    """What parts words of one text: punctuation, what was taken out, English function words."""
    stops = "|".join(sorted(map(re.escape, stop_words("en"))))
    return re.compile(rf"\s{{2,}}|[,;:?!()\"]|(?<![\w'\-.])(?:{stops})(?![\w'\-.])")


def _is_content(token: str, known: Known) -> bool:
    """Whether a word of a question says what is asked; a single Chinese character only if the corpus holds it."""
    if token in words("filler") or stem(token) in _filler_stems() or _counting().fullmatch(token):
        return False
    if len(token) == 1:
        return is_cjk(token) and (known(token) or bool(Lexicon.load().translate(token)))
    return not (len(token) == 2 and has_cjk(token) and not is_word(token) and not known(token))


def _parts(word: str, text: str) -> tuple[str, ...]:
    """Tokens of the words that a hyphenated word of the question joins."""
    match = next((m for m in _HYPHENATED.finditer(text) if name_parts(m.group())[:1] == (word,)), None)
    return name_parts(match.group())[1:] if match else ()


def _counted(text: str) -> list[Unit]:
    """What Chinese counting words count: "几粒" wants a number of 粒."""
    return [Unit(match[1], ((match[1], 1.0),), weight=COUNTED_WEIGHT) for match in _COUNTED.finditer(text)]


@cache
def _counting() -> re.Pattern[str]:
    """Chinese counting words: "几张", "一台" say that a number is asked for, not which; "一叶" may be a name."""
    behind = "".join(sorted(words("counted")))
    return re.compile(rf"几[^\W\da-z]{{1,2}}|[一两多][{behind}]|百分之几|[一二三四五六七八九十]个")


@cache
def _filler_stems() -> frozenset[str]:
    return frozenset(stem(word) for word in words("filler") | words("kind") if word.isascii())
