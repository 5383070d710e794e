"""Which conditions of a list question one fact meets: a mark, a value, a number within a limit, a name, a date."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rag.answer.date_limits import within_dates
from rag.answer.events import year_of
from rag.answer.polarity import is_unknown, stance, verdict
from rag.answer.regions import Wording
from rag.question.mentions import Mention
from rag.question.understand import KIND_WEIGHT, Question, Unit
from rag.question.wording import attribute_concepts, intent
from rag.question.wording import concepts as _all_concepts
from rag.retrieve.evidence import within_limit
from rag.retrieve.view import View, said_value, view
from rag.retrieve.weights import SMALLEST_SIZE
from rag.text.names import name_key
from rag.text.normalise import normalise
from rag.text.tokenise import query_tokens, tokenise
from rag.text.values import Quantity, in_bytes, is_size_beside, quantities, same_quantity, units_agree
from rag.types import Fact, FactKind, Status

MET = 0.35
"""Least match of a condition that counts as met; a word may be a weak translation."""
IN_OTHER_WORDS = 0.7
"""A mark under a header that words the asked attribute in other words: where one says it as asked, that one counts."""
IN_ROW = 0.9
"""A condition met by the name of the thing or by another identifying cell of the row."""
IN_SENTENCE = 0.6
"""A condition met by a sentence: it may speak of the word in passing."""
NAMED_IN_SENTENCE = 0.85
"""A name in a sentence is seldom there in passing."""
IN_TEXT = 0.85
"""A condition met by a cell that says more than the asked value."""
AMONG_OTHERS = 0.5
"""A value that stands among others where only it is asked for."""
IN_HEADING = 0.5
"""A condition met by the heading above alone."""
OF_ANOTHER = 0.6
"""A number within a limit under another header than the attribute that is asked for."""
BARE_NUMBER = 20
"""Characters up to which a cell that holds a number within a limit is that number and not a text with numbers."""
SHORT_ENTRY = 60
"""Characters up to which an entry ("name: steel, 620 g, holds 40 kg") may hold the number among others."""
VALUES_KEPT = 1 << 13
"""Values of cells whose parts are kept in memory: questions look at the same ones again and again."""
_OTHER = re.compile("[半非不未无准]")
"""Before a word it makes another: "半开放" is not "开放"."""
_LISTED = re.compile(r"[、,，;；/|+]+")
_PARTS = re.compile(r"[、,，;；/|\\s()（）+]+")


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition that a fact meets: its number, how well, whether the fact itself does, and by a mark.

    A share of 0 says that the fact has the opposite mark.
    """

    at: int
    share: float
    picks: bool = True
    marked: bool = False


def conditions(question: Question, fact: Fact) -> Iterable[Condition]:
    """What `fact` meets. Numbered: the units of the question, then its names, then its dates."""
    seen = view(fact)
    structured = fact.kind in (FactKind.CELL, FactKind.KEY)
    mark = verdict(fact.value) if structured else None
    firm = mark is not None and mark is not Status.UNKNOWN
    favourable = firm and (mark is not Status.NO) != question.asks("negated")
    headed: list[int] = []
    valued = False
    for at, unit in enumerate(question.units):
        if _is_nowhere(unit, seen):
            continue
        in_header = match_header(unit, seen) if structured else 0.0
        if unit.quantity is not None:
            if firm and not unit.limit and any(same_quantity(unit.quantity, q) for q in quantities(seen.attribute)):
                yield Condition(at, 1.0 if favourable else 0.0, marked=True)
                continue
            if share := _number(question, unit, fact, seen):
                valued = True
                yield Condition(at, share)
            continue
        as_said = unit.concept is None or (bool(unit.surface) and unit.surface in seen.attribute)
        if in_header >= MET and firm and (unit.concept is None or as_said or unit.concept.type in ("", "yesno")):
            yield Condition(at, in_header * (1.0 if as_said else IN_OTHER_WORDS) if favourable else 0.0, marked=True)
            continue
        in_value = match_value(question, unit, fact, seen)
        if in_value >= MET * IN_SENTENCE:
            valued = True
            yield Condition(at, in_value)
        elif in_header >= MET:
            headed.append(at)
        elif (in_row := _of_row(unit, seen)) >= MET:
            yield Condition(at, IN_ROW * in_row)
        elif (above := _tokens(unit, seen.heading_tokens, seen.heading)) >= MET:
            yield Condition(at, IN_HEADING * above, picks=False)
    for number, mention in enumerate(question.mentions, len(question.units)):
        if firm and mention.stands_in(seen.attribute):
            yield Condition(number, 1.0 if favourable else 0.0, marked=True)
        elif match_name(mention, fact, seen):
            valued = True
            yield Condition(number, _named(question, seen) if structured else NAMED_IN_SENTENCE)
        elif mention.stands_in(seen.heading):
            yield Condition(number, IN_HEADING, picks=False)
    if question.dates and any(map(within_dates(question), _dates(fact, seen))):
        valued = True
        yield Condition(len(question.units) + len(question.mentions), 1.0)
    for at in headed:
        # A header words the attribute; it is the value in the cell that picks the thing out.
        yield Condition(at, 1.0 if valued else IN_HEADING, picks=valued or not is_unknown(fact.value))


def _dates(fact: Fact, seen: View) -> Iterable[str]:
    """The dates that a fact states, ISO 8601; a bare year under a header of dates is one."""
    return [date.iso for date in seen.dates] or [year for year in (year_of(fact),) if year]


def _named(question: Question, seen: View) -> float:
    """How well a cell that names a thing says just that."""
    several = sum(1 for part in _LISTED.split(seen.value) if part.strip()) > 1
    return AMONG_OTHERS if several and question.asks("only") else 1.0


def match_name(mention: Mention, fact: Fact, seen: View) -> bool:
    held = [key for key in fact.mentions if key in mention.keys]
    if held:
        said = name_key(f"{fact.attribute} {fact.value}")
        if any(key in said for key in held):
            return True
    return mention.stands_in(seen.words)


def _number(question: Question, unit: Unit, fact: Fact, seen: View) -> float:
    """How well a fact holds the number, or one within the limit: of the asked attribute, less well of the same unit."""
    assert unit.quantity is not None
    if not unit.limit:
        return float(any(same_quantity(unit.quantity, quantity) for quantity in seen.quantities))
    if fact.kind not in (FactKind.CELL, FactKind.KEY) or len(fact.value) > SHORT_ENTRY:
        return 0.0
    if len(fact.value) > BARE_NUMBER:
        return float(fact.kind is FactKind.KEY and any(within_limit(unit, q) and _alike(unit, q) for q in seen.own))
    concepts = attribute_concepts(seen.attribute)
    asked = any(
        (u.concept is not None and u.concept.name in concepts)
        or (u.concept is None and u.quantity is None and _tokens(u, seen.attribute_tokens, seen.attribute) >= MET)
        for u in question.units
        if u.weight > KIND_WEIGHT
    )
    reaching = reaches(question)
    if not any(
        (within_limit(unit, quantity) or (reaching and same_quantity(unit.quantity, quantity)))
        and (asked or _alike(unit, quantity))
        and is_measured(unit.quantity, quantity, seen.attribute)
        for quantity in seen.own
    ):
        return 0.0
    named = any(
        u.concept is not None and u.concept.type in ("size", "bytes", "money", "duration") for u in question.units
    )
    return 1.0 if asked or not named else OF_ANOTHER


def reaches(question: Question) -> bool:
    """Whether the limits that a question sets count themselves: "at least 3", "fits in 24 GB"."""
    return any(intent(name).search(question.normal) is not None for name in ("reaching", "fits"))


def is_measured(limit: Quantity, quantity: Quantity, attribute: str) -> bool:
    """Whether a number may be in the unit of a limit: of bytes a bare one is where its header speaks of memory."""
    if is_size_beside(limit, quantity):
        return False
    if quantity.unit or not in_bytes(limit):
        return True
    return any(_all_concepts()[name].type == "bytes" for name in attribute_concepts(attribute))


def _alike(unit: Unit, quantity: Quantity) -> bool:
    """Whether both have a unit of the same dimension, or are large numbers with a multiplier: "7B" and "70亿"."""
    limit = unit.quantity
    if limit is None or bool(limit.unit) != bool(quantity.unit):
        return False
    multiplied = all(q.value >= SMALLEST_SIZE and not q.text[-1:].isdigit() for q in (limit, quantity))
    return units_agree(limit, quantity) if limit.unit else multiplied


def match_header(unit: Unit, seen: View) -> float:
    if unit.concept is not None:
        return attribute_concepts(seen.attribute).get(unit.concept.name, 0.0)
    return _tokens(unit, seen.attribute_tokens, seen.attribute)


def header_words(unit: Unit, attribute: str) -> float:
    """How well a header as written words a unit: 0 to 1."""
    normal = normalise(attribute)
    if unit.concept is not None:
        return attribute_concepts(normal).get(unit.concept.name, 0.0)
    return _tokens(unit, frozenset(tokenise(attribute)), normal)


def worded_by(unit: Unit, text: Wording) -> float:
    """How well a heading, a header or a title words a unit: 0 to 1."""
    if unit.concept is None:
        return _tokens(unit, text.tokens, text.normal)
    named = unit.concept.in_questions.search(text.normal) is not None
    return float(named or unit.concept.name in attribute_concepts(text.normal))


def _of_row(unit: Unit, seen: View) -> float:
    if unit.concept is not None:
        return 1.0 if unit.concept.in_notes.search(seen.qualifier) else 0.0
    return _tokens(unit, seen.qualifier_tokens | seen.entity_tokens, seen.qualifier)


def match_value(question: Question, unit: Unit, fact: Fact, seen: View) -> float:
    """How well the value itself holds a concept or word: fully where it is just that, or one of its parts is."""
    if unit.concept is not None:
        if not unit.concept.in_notes.search(seen.value):
            return 0.0
        denied = stance(seen.value, unit.concept.in_notes) is Status.NO
        return 0.0 if denied else IN_TEXT if fact.kind in (FactKind.CELL, FactKind.KEY) else IN_SENTENCE
    held = _tokens(unit, seen.value_tokens, seen.value)
    if not held or is_only_in_address(question, unit, seen):
        return 0.0
    if fact.kind not in (FactKind.CELL, FactKind.KEY):
        return IN_SENTENCE * held
    forms = {token for token, weight in unit.alternatives if weight >= MET}
    parts = _parts(seen.value)
    another = any(_OTHER.match(part) and part[1:] in forms for part, _ in parts)
    if another and not any(part in forms for part, _ in parts):
        return 0.0
    whole = any(tokens <= forms for _, tokens in parts)
    if question.asks("only") and not (whole and len(parts) == 1):
        return AMONG_OTHERS * held
    return held if whole else IN_TEXT * held


@lru_cache(maxsize=VALUES_KEPT)
def _parts(value: str) -> tuple[tuple[str, frozenset[str]], ...]:
    """The parts of a normalised value with their words."""
    return tuple((part, frozenset(query_tokens(part))) for part in _PARTS.split(value) if part.strip())


def is_only_in_address(question: Question, unit: Unit, seen: View) -> bool:
    """Whether a value has a word in a web address alone, and the question does not ask where things are kept."""
    if "://" not in seen.value or question.asks("link") or intent("hosted").search(question.normal):
        return False
    return unit.concept is None and not unit.may_stand_in(*said_value(seen.value))


def _is_nowhere(unit: Unit, seen: View) -> bool:
    """Whether a plain word stands in no field of a fact: most hold but one or two of the words of a question."""
    if unit.concept is not None or unit.quantity is not None or unit.may_stand_in(seen.tokens, seen.said):
        return False
    return not any(token in seen.heading for token in unit.cut)


def _tokens(unit: Unit, tokens: frozenset[str], text: str) -> float:
    if not unit.may_stand_in(tokens, text):
        return 0.0
    for token, weight, inside in unit.by_weight:
        if token in tokens or (inside and token in text):
            return weight
    return 0.0
