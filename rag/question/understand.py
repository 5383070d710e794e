"""A question taken apart: what it names, what it asks of it, and what an answer must hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from rag.question import initials, series
from rag.question.asking import AFTER_WHICH
from rag.question.asking import intents as asked_intents
from rag.question.mentions import Mention, NameIndex, find_mentions
from rag.question.numerals import in_digits
from rag.question.spelling import Known, capitalised, is_common, is_known, is_ordinary, respelt, spelt_right
from rag.question.stretches import stretched
from rag.question.transcribed import transcribed
from rag.question.undated import dated
from rag.question.units import (
    KIND_WEIGHT,
    VAGUE,
    Unit,
    concept_unit,
    implied_units,
    month_units,
    number_units,
    word_units,
)
from rag.question.wording import Concept, Span, concepts, find_concepts, intent, without_weak, written_out
from rag.text.countries import unabbreviated
from rag.text.dates import Date, dates
from rag.text.language import language
from rag.text.normalise import normalise
from rag.text.values import Quantity, quantities, same_quantity

__all__ = ["KIND_WEIGHT", "Known", "Question", "Unit", "understand"]

_WHICH_THINGS = re.compile(r"(?:有|都是)谁")
""""Who is there" asks for things of any sort."""
_CROSSED = re.compile(r"(?<![\w.])\d+x\d+(?![\w.])")
_SAID_OF = re.compile(r"(?:不是|是|并非|不|没)")
"""What follows "which" then is said of the things asked for: "哪些不是基于…"."""
FIGURES = frozenset(("money", "date", "duration", "bytes", "size", "count", "speed"))
"""Kinds of value that are numbers or dates."""
FEWEST_STATED = 10
"""A lesser bare number before an attribute belongs to a name: "Foo 2 release date"."""
_PLUS = re.compile(r"(?<=[a-z0-9]{2})\+(?=[a-z0-9]{2})")
"""What joins settings, each of which counts: "adam+fp16+512"."""
_STATED = re.compile(r"\s?(?:of|is|=|:|为|是)?\s?")
"""What may stand between an attribute and its number."""
_HOW_MANY = re.compile(r"how many ([a-z\-]+)")


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
    if intent("kind").search(normal) is not None and not any(is_attribute(m[1]) for m in _HOW_MANY.finditer(normal)):
        return False
    return any(m.exact for m in mentions) and any(is_attribute(m[1]) for m in AFTER_WHICH.finditer(normal))


def _asks_measure(normal: str) -> bool:
    """Whether every "how many" asks for an amount in a unit and counts no things: "how many years of warranty"."""
    counted = _HOW_MANY.findall(normal)
    return bool(counted) and all(any(found.unit for found in quantities(f"2 {noun}")) for noun in counted)


def is_attribute(phrase: str) -> bool:
    """Whether what follows "which" or "how many" begins with a concept's wording: "which weaknesses"."""
    spans = find_concepts(phrase)
    return (
        bool(spans)
        and _SAID_OF.match(phrase) is None
        and spans[0].start <= (12 if phrase.isascii() else 3)
        and intent("kind").search(phrase[: spans[0].end]) is None
    )


def understand(text: str, index: NameIndex, known: Known) -> Question:
    """`text` taken apart against the names that the corpus knows; `known` tells whether it holds a token."""
    plain = _said_once(in_digits(written_out(_PLUS.sub(" ", normalise(unabbreviated(text))))))
    index.expect(plain)
    spelt = transcribed(initials.in_full(plain, text, index, known), text, index, known)
    in_full = stretched(dated(respelt(spelt, index, known, capitalised(text)), known), known)
    normal = series.written_out(in_full, index)
    spans = find_concepts(normal)
    mentions, foreign = find_mentions(normal, index, is_ordinary, is_common, known)
    mentions = _without_concept_words(mentions, spans)
    spans = [span for span in spans if not any(m.start <= span.start and span.end <= m.end for m in mentions)]
    spans = _without_list_words(spans, normal)
    found_dates, found_numbers = _values(normal, [(m.start, m.end) for m in mentions] + _codes(normal, known))
    found_numbers = tuple(_in_bytes(number, text) for number in found_numbers)
    timed = bool(found_dates) or any(span.name == "date" for span in spans)
    numbered = [span for span in spans if _is_numbered(span, found_numbers, normal)]
    spans = [span for span in spans if span not in numbered]
    intents = asked_intents(normal, mentions, dated=timed)
    units = _concept_units(spans, normal, several=len(mentions) > 1 or _WHICH_THINGS.search(normal) is not None)
    if implied := implied_units(units, found_numbers, normal):
        units = [unit for unit in units if unit.concept is None or unit.concept.name != VAGUE] + implied
    units += number_units(found_numbers, normal)
    units += month_units(found_dates) if "list" not in intents else []
    covered = [(m.start, m.end) for m in mentions] + [(span.start, span.end) for span in (*spans, *numbered)]
    covered += [(q.start, q.end) for q in found_numbers] + [(date.start, date.end) for date in found_dates]
    units += word_units(normal, covered, known, limited=any(unit.limit for unit in units))
    if _asks_attribute(mentions, units, normal):
        intents -= {"list", "count"}
    if _asks_measure(normal):
        intents -= {"count"}
    if _lists_within(spans, normal):
        intents -= {"list"}
    if "list" in intents:
        units = [unit for unit in units if len(unit.label) > 1 or unit.quantity is not None]
    asked = [unit for unit in units if unit.concept is not None and not _is_stated(unit, found_numbers, normal)]
    types = frozenset(unit.concept.type for unit in asked if unit.concept and unit.concept.type)
    if not types & FIGURES and "list" not in intents and intent("figure").search(normal) is not None:
        types |= {"count"}
    return Question(
        text, normal, language(text), intents, tuple(mentions), tuple(units), found_numbers, found_dates,
        _unknown(foreign, text, normal, [*spans, *found_dates], known), types,
    )  # fmt: skip


def _is_stated(unit: Unit, found: tuple[Quantity, ...], normal: str) -> bool:
    """Whether a question states the number of an attribute and does not ask for it: "长度256", "at a length of 256"."""
    at = normal.find(unit.surface) if unit.surface else -1
    if at < 0:
        return False
    end = at + len(unit.surface)
    behind = any(_STATED.fullmatch(normal[end : number.start]) for number in found if number.start >= end)
    before = (number for number in found if number.end <= at and (number.unit or number.value >= FEWEST_STATED))
    return behind or any(normal[number.end : at] in ("", " ") for number in before)


def _lists_within(spans: list[Span], normal: str) -> bool:
    """Whether what sounds like a wording of lists is only part of an attribute: "list price", "所有者"."""
    asking = [match.span() for match in intent("list").finditer(normal)]
    return bool(asking) and all(
        any(s.start <= start and end <= s.end and s.end - s.start > end - start for s in spans) for start, end in asking
    )


def _without_list_words(spans: list[Span], normal: str) -> list[Span]:
    """Without the words that only ask for a list: the "who" of "who are there all"."""
    asking = [match.span() for match in intent("list").finditer(normal)]

    def only_asks(span: Span) -> bool:
        length = span.end - span.start
        return any(start <= span.start and span.end <= end and end - start > length for start, end in asking)

    return [span for span in spans if not only_asks(span)]


def _concept_units(spans: list[Span], normal: str, *, several: bool) -> list[Unit]:
    """The attributes asked for; with `several` things named or asked for, "who" is one of them and no attribute."""
    units = [concept_unit(span, normal) for span in _distinct(without_weak(spans, normal))]
    return [unit for unit in units if not (several and unit.concept is not None and unit.concept.name == "person")]


def _unknown(foreign: list[str], text: str, normal: str, spans: Sequence[Span | Date], known: Known) -> tuple[str, ...]:
    """Those of the words that name nothing known which are no everyday words, misspelt or not."""
    written = capitalised(text)
    return tuple(
        word
        for word in foreign
        if not word[0].isdigit()
        and not is_known(word, known)
        and (word in written or not spelt_right(word, known))
        and not any(span.start <= normal.find(word) < span.end for span in spans)
    )


def _values(normal: str, inside: list[tuple[int, int]]) -> tuple[tuple[Date, ...], tuple[Quantity, ...]]:
    """Dates, and numbers that are no parts of names."""
    free = [q for q in quantities(normal) if not any(start <= q.start < end for start, end in inside)]
    return tuple(dates(normal)), tuple(free)


def _said_once(plain: str) -> str:
    """`plain` without numbers in brackets that are the ones before them in another notation: "9B（90亿）"."""
    found = quantities(plain)
    for one, other in reversed(list(pairwise(found))):
        opening, closing = plain[one.end : other.start].strip(), plain[other.end : other.end + 1]
        if opening in ("(", "（") and closing in (")", "）") and same_quantity(one, other):
            plain = plain[: one.end] + plain[other.end + 1 :]
    return plain


def _is_numbered(span: Span, found: tuple[Quantity, ...], normal: str) -> bool:
    """Whether a wording only says what has the number before it: "13B version"."""
    behind = any(0 <= span.start - number.end <= 1 for number in found)
    return behind and intent("numbered").fullmatch(normal[span.start : span.end]) is not None


def _in_bytes(number: Quantity, text: str) -> Quantity:
    """ "1G" as a question writes it is one of gigabytes, "1g" may be a gram."""
    written = number.unit == "g" and re.search(rf"(?<![A-Za-z0-9.]){number.value:g}(?:\.0+)?\s?G(?![A-Za-z0-9.])", text)
    return replace(number, unit="gb") if written else number


def _codes(normal: str, known: Known) -> list[tuple[int, int]]:
    """Words like "3x3" that the corpus holds as they stand: names, and no two numbers."""
    return [match.span() for match in _CROSSED.finditer(normal) if known(match.group())]


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


def without_names(question: Question) -> str:
    """The normalised question without the things that it names."""
    left = list(question.normal)
    for mention in question.mentions:
        left[mention.start : mention.end] = " " * (mention.end - mention.start)
    return "".join(left)
