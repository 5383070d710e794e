"""A question taken apart: what it names, what it asks of it, and what an answer must hold."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

from rag.question.asking import AFTER_WHICH, INTENTS, says_kind
from rag.question.asking import intents as asked_intents
from rag.question.mentions import Mention, NameIndex, edit_distance, find_mentions
from rag.question.wording import (
    Concept,
    Span,
    concepts,
    find_concepts,
    intent,
    without_weak,
    words,
    written_out,
)
from rag.text.language import is_cjk, language, stop_words
from rag.text.lexicon import Lexicon, Translation
from rag.text.names import has_cjk, name_key
from rag.text.normalise import normalise
from rag.text.stem import stem
from rag.text.tokenise import is_word, name_parts, query_tokens
from rag.text.tokenise import words as content_words
from rag.text.values import Date, Quantity, dates, quantities

_LATIN_WORD = re.compile(r"(?<![a-z0-9\-_.])[a-z]{5,}(?![a-z0-9\-_])")
_COUNTING = re.compile(r"几[^\W\da-z]{1,2}|[一两多][^\W\da-z]|百分之几|[一二三四五六七八九十]个")
"""Chinese counting words: "几张", "一台" say that a number is asked for, not which."""
_COUNTED = re.compile(r"几([张粒片台支块层种倍岁页年天章米条颗盒瓶袋次])")
_HYPHENATED = re.compile(r"[a-z]+(?:-[a-z]+)+")
KIND_WEIGHT = 0.25
"""What sort of thing is asked for is seldom repeated in a fact about it."""
SHORTEST_SLIP = 5
"""Letters below which a word is not taken for another one misspelt."""
LIMIT_REACH = 14
"""Characters before a number within which a wording of a limit governs it."""
PART_WEIGHT = 0.6
"""One part of a hyphenated word says less than the whole."""
COUNTED_WEIGHT = 0.5
SPELLING_WEIGHT = 0.8
"""What a misspelt word was probably meant to be."""
MONTH_WEIGHT = 0.5
"""Facts are compared by their dates as well."""
CHARACTER_WEIGHT = 0.6
"""A single Chinese character has many meanings."""
_HOW_MANY = re.compile(r"how many ([a-z\-]+)")
_EITHER_OR = re.compile(r"(.)不\1")
CONCEPT_WEIGHT = 1.3
"""A known attribute says more about what is asked than a plain word does."""
TRANSLATION_WEIGHT = 0.9
"""A translated word is worth less than the word itself; the lexicon's own weight multiplies this."""


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


@dataclass(frozen=True, slots=True)
class Question:
    """A question understood. `normal` is the normalised text that all spans refer to."""

    text: str
    normal: str
    language: str
    intents: frozenset[str]
    mentions: tuple[Mention, ...]
    units: tuple[Unit, ...]
    quantities: tuple[Quantity, ...]
    dates: tuple[Date, ...]
    unknown: tuple[str, ...]
    types: frozenset[str] = field(default_factory=frozenset)

    def asks(self, *names: str) -> bool:
        return any(name in self.intents for name in names)

    def concept(self, *names: str) -> Concept | None:
        """The first of the named concepts that the question asks for."""
        return next((u.concept for u in self.units if u.concept is not None and u.concept.name in names), None)


def _asks_attribute(mentions: list[Mention], units: list[Unit], normal: str) -> bool:
    """Whether "which", "how many" ask for an attribute of a named thing and not for things."""
    if not any(unit.concept is not None and unit.concept.weight >= 1 for unit in units):
        return False
    if intent("kind").search(normal) is not None and not any(_is_attribute(m[1]) for m in _HOW_MANY.finditer(normal)):
        return False
    return any(m.exact for m in mentions) and any(_is_attribute(m[1]) for m in AFTER_WHICH.finditer(normal))


def _is_attribute(phrase: str) -> bool:
    """Whether what follows "which" or "how many" begins with a concept's wording: "which weaknesses"."""
    spans = find_concepts(phrase)
    return (
        bool(spans)
        and spans[0].start <= (12 if phrase.isascii() else 3)
        and intent("kind").search(phrase[: spans[0].end]) is None
    )


Known = Callable[[str], bool]


def understand(text: str, index: NameIndex, known: Known) -> Question:
    """`text` taken apart against the names that the corpus knows; `known` tells whether it holds a token."""
    normal = _respelt(written_out(normalise(text)), index, known)
    spans = find_concepts(normal)
    mentions, unknown = find_mentions(normal, index, _is_ordinary, _is_common)
    unknown = [word for word in unknown if not word[0].isdigit() and not _is_known(word, known)]
    mentions = _without_concept_words(mentions, spans)
    spans = [span for span in spans if not any(m.start <= span.start and span.end <= m.end for m in mentions)]
    covered = [(m.start, m.end) for m in mentions] + [(s.start, s.end) for s in spans]
    units = [_concept_unit(span, normal) for span in _distinct(without_weak(spans, normal))]
    found_dates, found_numbers = _values(normal, mentions)
    dated = bool(found_dates) or any(span.name == "date" for span in spans)
    if len(mentions) > 1:
        units = [unit for unit in units if unit.concept is None or unit.concept.name != "person"]
    intents = asked_intents(normal, mentions, dated=dated)
    units += _implied_units(units, found_numbers)
    units += _number_units(found_numbers, normal)
    units += _month_units(found_dates) if "list" not in intents else []
    covered += [(q.start, q.end) for q in found_numbers] + [(date.start, date.end) for date in found_dates]
    units += _word_units(normal, covered, known)
    if _asks_attribute(mentions, units, normal):
        intents -= {"list", "count"}
    if "list" in intents:
        units = [unit for unit in units if len(unit.label) > 1 or unit.quantity is not None]
    types = frozenset(unit.concept.type for unit in units if unit.concept and unit.concept.type)
    unknown = [word for word in unknown if word in _capitalised(text) or not spelt_right(word, known)]
    unknown = [word for word in unknown if not any(s.start <= normal.find(word) < s.end for s in spans)]
    return Question(
        text, normal, language(text), intents, tuple(mentions), tuple(units), found_numbers, found_dates,
        tuple(unknown), types,
    )  # fmt: skip


def _values(normal: str, mentions: list[Mention]) -> tuple[tuple[Date, ...], tuple[Quantity, ...]]:
    inside = [(m.start, m.end) for m in mentions]
    free = [q for q in quantities(normal) if not any(start <= q.start < end for start, end in inside)]
    return tuple(dates(normal)), tuple(free)


def _without_concept_words(mentions: list[Mention], spans: list[Span]) -> list[Mention]:
    """Mentions that are not merely the wording of a concept ("license", "参数")."""
    return [
        m for m in mentions
        if not any(s.start <= m.start and m.end <= s.end and _is_wording(m, s) for s in spans)
    ]  # fmt: skip


def _is_wording(mention: Mention, span: Span) -> bool:
    return not mention.exact or mention.entities[0].strength < 3 or mention.surface in concepts()[span.name].phrases


def _distinct(spans: list[Span]) -> list[Span]:
    seen: dict[str, Span] = {}
    for span in spans:
        seen.setdefault(span.name, span)
    return list(seen.values())


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


def _concept_unit(span: Span, normal: str) -> Unit:
    concept = concepts()[span.name]
    return Unit(
        span.name, _concept_tokens(span.name), concept, CONCEPT_WEIGHT * concept.weight,
        surface=normal[span.start : span.end],
    )  # fmt: skip


def _implied_units(units: list[Unit], found: tuple[Quantity, ...]) -> list[Unit]:
    """The attribute that a unit of measure implies where none is named: "under 500 g" asks for weight."""
    if any(unit.concept is not None for unit in units):
        return []
    named = [c.name for q in found for c in concepts().values() if q.unit in c.units]
    return [_concept_unit(Span(name, 0, 0), "") for name in dict.fromkeys(named)]


def _limit(quantity: Quantity, normal: str) -> str:
    """Whether a number is a limit: "under 500 g", "500 克以下"."""
    around = (normal[max(0, quantity.start - LIMIT_REACH) : quantity.start], normal[quantity.end : quantity.end + 4])
    for name in ("below", "above"):
        if any(intent(name).search(text) for text in around):
            return name
    return ""


def _number_units(found: tuple[Quantity, ...], normal: str) -> list[Unit]:
    """A number asked about must occur in the evidence, in whatever notation."""
    units: list[Unit] = []
    for quantity in found:
        tokens = tuple((token, 1.0) for token in dict.fromkeys(query_tokens(quantity.text)))
        if tokens:
            units.append(Unit(quantity.text, tokens, quantity=quantity, limit=_limit(quantity, normal)))
    return units


def _month_units(found: tuple[Date, ...]) -> list[Unit]:
    """Whole months in the wordings that tables use for headers and rows."""
    units: list[Unit] = []
    for date in found:
        year, month, day = (*date.iso.split("-"), "", "")[:3]
        if month and not day:
            name = calendar.month_name[int(month)]
            words = (f"{int(year)}-{int(month)}", stem(name.lower()), stem(name[:3].lower()))
            units.append(Unit(date.iso, tuple((word, 1.0) for word in dict.fromkeys(words)), weight=MONTH_WEIGHT))
    return units


def _word_units(normal: str, covered: list[tuple[int, int]], known: Known) -> list[Unit]:
    """Units of the words that neither a name nor a concept nor an intent accounts for."""
    rest = list(normal)
    for start, end in covered:
        rest[start:end] = " " * (end - start)
    text = _EITHER_OR.sub(" ", "".join(rest))
    for name in (
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
    tokens = [token for token in content_words(text) if _is_content(token, known)]
    units: list[Unit] = []
    for phrase, translations in _phrases(text, tokens):
        alternatives = [(part, 1.0) for part in phrase.split(" ")]
        alternatives += [(part, PART_WEIGHT) for part in _parts(phrase, text)]
        alternatives += [
            (token, TRANSLATION_WEIGHT * translation.weight)
            for translation in translations
            for token in translation.term.split(" ")
        ]
        if not translations and not any(known(token) for token, _ in alternatives):
            alternatives += [(right, SPELLING_WEIGHT) for right in spelt_right(phrase, known)]
        best: dict[str, float] = {}
        for token, weight in alternatives:
            best[token] = max(best.get(token, 0.0), weight)
        weight = KIND_WEIGHT if says_kind(phrase, normal) else CHARACTER_WEIGHT if len(phrase) == 1 else 1.0
        units.append(Unit(phrase, tuple(best.items()), weight=weight))
    return units + _counted(text)


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
    if token in words("filler") or stem(token) in _filler_stems() or _COUNTING.fullmatch(token):
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
def _filler_stems() -> frozenset[str]:
    return frozenset(stem(word) for word in words("filler") | words("kind") if word.isascii())


def _is_known(word: str, known: Known) -> bool:
    """Whether a word occurs in the corpus or is one that the lexicon knows."""
    tokens = content_words(word)
    if not tokens:
        return True
    token = tokens[0]
    if known(token) or known(word) or bool(Lexicon.load().translate(token)) or stem(word) in _ordinary():
        return True
    parts = word.split("-")
    return len(parts) > 1 and all(part and _is_known(part, known) for part in parts)


def _capitalised(text: str) -> frozenset[str]:
    """Words that a question writes with capitals or digits, as names are written; folded."""
    return frozenset(word.casefold() for word in re.findall(r"[A-Za-z0-9][\w\-.]*", text) if not word.islower())


def spelt_right(word: str, known: Known) -> tuple[str, ...]:
    """Everyday words of the corpus, as tokens, that a word without capitals is one slip away from ("suport")."""
    if len(word) < SHORTEST_SLIP or not word.isascii() or not word.isalpha():
        return ()
    letters = "abcdefghijklmnopqrstuvwxyz"
    cuts = [(word[:at], word[at:]) for at in range(1, len(word) + 1)]
    slips = [left + right[1:] for left, right in cuts if right]
    slips += [left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1]
    slips += [left + letter + right[1:] for left, right in cuts if right for letter in letters]
    slips += [left + letter + right for left, right in cuts for letter in letters]
    tokens = dict.fromkeys(stem(slip) for slip in slips)
    return tuple(token for token in tokens if known(token) and Lexicon.load().translate(token))[:3]


def _respelt(normal: str, index: NameIndex, known: Known) -> str:
    """`normal` with misspelt words of concepts and intents put right ("vocabluary")."""
    for match in reversed(list(_LATIN_WORD.finditer(normal))):
        word = match.group()
        if word in _spellings() or word in index.parts or _is_known(word, known) or name_key(word) in index.names:
            continue
        allowed = 1 if len(word) < 7 else 2
        close = sorted(
            (distance, right) for right in _spellings()
            if right[0] == word[0] and (distance := edit_distance(word, right, allowed)) <= allowed
        )  # fmt: skip
        if close:
            normal = normal[: match.start()] + close[0][1] + normal[match.end() :]
    return normal


@cache
def _spellings() -> frozenset[str]:
    """English words of the wordings, long enough to be recognised misspelt."""
    phrases = [phrase for concept in concepts().values() for phrase in concept.phrases]
    phrases += [phrase for name in INTENTS for phrase in words(name)]
    return frozenset(word for phrase in phrases for word in re.findall(r"[a-z]{5,}", phrase))


def _is_common(word: str) -> bool:
    """Whether a word is one of the wordings themselves."""
    return stem(word) in _ordinary() or word in _ordinary()


def _is_ordinary(word: str) -> bool:
    """Whether a word is an everyday one, which names nothing unless it is written as the whole name."""
    return stem(word) in _ordinary() or word in _ordinary() or bool(Lexicon.load().translate(stem(word)))


@cache
def _ordinary() -> frozenset[str]:
    """Stems of words that are never parts of names by themselves."""
    found: set[str] = set()
    for name in (*INTENTS, "kind", "filler", "pronoun", "ellipsis", "opening"):
        for phrase in words(name):
            found.update(phrase.split())
    for concept in concepts().values():
        for phrase in sorted(concept.phrases):
            found.update(re.split(r"[\s\-]+", phrase))
    return frozenset(stem(word) for word in found) | frozenset(found)
