"""The most or least of an attribute: every thing's value is compared, not the first few found."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rag.answer.context import Context, display
from rag.answer.draft import Draft
from rag.answer.messages import marks, say
from rag.answer.wording import attribute_text
from rag.question.asking import says_kind
from rag.question.understand import Question, Unit
from rag.question.units import VAGUE
from rag.question.wording import attribute_concepts, intent
from rag.retrieve.evidence import TYPE_UNITS, query, unit_match
from rag.retrieve.view import view
from rag.text.tokenise import tokenise
from rag.text.values import Quantity, cell_quantities, comparable, units_agree
from rag.types import Fact, FactKind, Kind, Status

RUNNERS_UP = 2
"""Next ones told beside the extreme, so that a reader can check it."""
LEAST_WORDED = 0.4
"""How well a word of the question must be worded in a header to ask for its column."""
LEAST_ASKED = 0.38
"""Share of the most telling word's weight that the header's words must make up."""
EXACT = 0.1
"""What a header gains that holds no words but those asked."""
AS_WELL = 0.85
"""Share of the best header's points from which another one states the same attribute."""
LEAST_PLACED = 0.3
"""How well a thing's row, table or headings must hold a word that no header words."""
TELLING = 0.8
"""Weight of a word from which it must be held somewhere."""
_LISTED = re.compile(r"\s*(?:[、,，;；/|~～\-–—]|和|或|到|至|and|or|to)\s*")
"""What parts the numbers of a list or a range."""
MOST_NUMBERS = 6
"""Numbers of a cell that are values of the thing; a text with more is no measure."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One thing's value of the attribute."""

    key: str
    name: str
    value: Quantity
    fact: Fact


def superlative(context: Context) -> Draft | None:
    """The things with the largest or smallest value; None when the attribute is not measured for two of them."""
    units = _asked(context.question)
    told = [unit for unit in units if not _says_kind(unit.said, context.question.normal)]
    return _of(context, told) or (_of(context, units) if len(told) < len(units) else None)


def _of(context: Context, units: Sequence[Unit]) -> Draft | None:
    """The same for some of the question's units."""
    question = context.question
    most = question.asks("superlative_max")
    facts = _cells(context)
    headers = _headers(context, units, {fact.attribute for fact in facts})
    asked = [unit.concept for unit in units if unit.concept is not None]
    wanted = {unit for concept in asked for unit in (*concept.units, *TYPE_UNITS.get(concept.type, ()))}
    found: dict[str, Measured] = {}
    for fact in _in_place(units, headers, facts):
        item = _measured(context, fact, wanted, most=most)
        if item is not None:
            found.setdefault(item.key, item)
    alike = _alike(list(found.values()))
    if len(alike) < 2:
        return None
    ordered = sorted(alike, key=lambda entry: (-entry[1] if most else entry[1], entry[0].name))
    best = [item for item, value in ordered if value == ordered[0][1]]
    draft = Draft(context.snapshot, question.language, Kind.LIST)
    for item, _ in ordered[: len(best) + RUNNERS_UP]:
        value = f"{attribute_text(item.fact)}: {item.fact.value}"
        numbers = draft.item(item.name, Status.YES, value, [item.fact]) if item in best else (draft.cite(item.fact),)
        draft.lines.append(say(draft.language, "item", entity=item.name, value=value, marks=marks(numbers)))
    return draft


def _asked(question: Question) -> list[Unit]:
    """What is asked, without the words for the extreme itself: "largest" says of what only where nothing else does."""
    extreme = [intent(name) for name in ("superlative_max", "superlative_min")]
    units = [u for u in question.units if u.concept is not None or not any(w.search(u.label) for w in extreme)]
    telling = [u for u in units if u.concept is None or u.concept.name != VAGUE]
    return telling if any(unit.concept is not None for unit in telling) else units


def _says_kind(word: str, normal: str) -> bool:
    """Whether a word says what sort of thing has the extreme: "which version", "哪个版本"."""
    after = (normal[match.end() :].lstrip() for match in intent("which").finditer(normal))
    return (word.isascii() and says_kind(word, normal)) or any(rest.startswith(word) for rest in after)


def _cells(context: Context) -> list[Fact]:
    """The cells and key-value lines that hold anything asked; of the thing named and its variants, where one is."""
    question = context.question
    facts: Iterable[Fact] = context.snapshot.facts_matching(query(question.units))
    for mention in question.mentions:
        keys = {*mention.keys, *mention.relatives}
        facts = [fact for fact in facts if fact.entity_key in keys or mention.stands_in(view(fact).heading)]
    return [fact for fact in facts if fact.kind in (FactKind.CELL, FactKind.KEY) and fact.entity_key]


def _headers(context: Context, units: Sequence[Unit], headers: set[str]) -> Mapping[str, frozenset[Unit]]:
    """The headers that word what is asked, each with what it words; {} where none does.

    A header that itself speaks of an extreme ("maximum length") states it of one thing: nothing is to be compared.
    """
    extreme = [intent(name) for name in ("superlative_max", "superlative_min")]
    weights = {unit: unit.weight * context.rare(unit) for unit in units}
    scored: dict[str, tuple[float, frozenset[Unit]]] = {}
    for header in headers:
        if any(words.search(header.casefold()) for words in extreme):
            continue
        worded = {unit: _worded(unit, header) for unit in units}
        held = frozenset(unit for unit, share in worded.items() if share >= LEAST_WORDED)
        points = sum(weights[unit] * worded[unit] for unit in held)
        scored[header] = (points * (1 + EXACT * _exactness(held, header)), held)
    best = max((points for points, _ in scored.values()), default=0.0)
    if not best or best < LEAST_ASKED * max(weights.values()):
        return {}
    return {header: held for header, (points, held) in scored.items() if points >= AS_WELL * best}


def _worded(unit: Unit, header: str) -> float:
    """How well a header words a unit, 0 to 1."""
    if unit.concept is not None:
        return attribute_concepts(header.casefold()).get(unit.concept.name, 0.0)
    tokens = frozenset(tokenise(header))
    return max((weight for token, weight in unit.alternatives if token in tokens), default=0.0)


def _exactness(held: Iterable[Unit], header: str) -> float:
    """Share of the header's words that the question accounts for."""
    tokens = frozenset(tokenise(header))
    said = {token for unit in held for token, _ in unit.alternatives}
    return len(tokens & said) / len(tokens) if tokens else 0.0


def _in_place(units: Sequence[Unit], headers: Mapping[str, frozenset[Unit]], facts: Sequence[Fact]) -> list[Fact]:
    """The facts under `headers` whose row, table or headings hold what else is asked; [] where fewer than two do."""
    kept = [fact for fact in facts if fact.attribute in headers]
    worded = frozenset[Unit]().union(*headers.values())
    for unit in units:
        if unit in worded or unit.quantity is not None:
            continue
        inside = [fact for fact in kept if unit_match(unit, view(fact)) >= LEAST_PLACED]
        if len({fact.entity_key for fact in inside}) > 1:
            kept = inside
        elif unit.weight >= TELLING:
            return []
    return kept


def _measured(context: Context, fact: Fact, wanted: Collection[str], *, most: bool) -> Measured | None:
    """The measure in a cell: of a list the extreme, of a sum all of it, else the first; None where it holds none.

    `wanted` are the units of what is asked, if it has any: other numbers of the cell say what it is a measure of.
    """
    own = [q for q in cell_quantities(fact.attribute, fact.value) if q.value > 0]
    own = [q for q in own if q.unit in wanted] or own
    if not own or len(own) > MOST_NUMBERS or any(q.unit != own[0].unit for q in own):
        return None
    entity = context.entity(fact.entity_key)
    name = display(entity, fact.entity) if entity is not None else fact.entity
    key = entity.keys[0] if entity is not None else fact.entity_key
    between = [fact.value[one.end : other.start] for one, other in pairwise(own)]
    values = [q.value for q in own]
    value = values[0]
    if all("+" in part for part in between):
        value = sum(values)
    elif all(_LISTED.fullmatch(part) for part in between):
        value = max(values) if most else min(values)
    return Measured(key, name, replace(own[0], value=value), fact)


def _alike(found: Sequence[Measured]) -> list[tuple[Measured, float]]:
    """The measures in the commonest unit, and those in units that can be compared with it; values in one unit."""
    if not found:
        return []
    unit = Counter(item.value.unit for item in found).most_common(1)[0][0]
    one = next(replace(item.value, value=1.0) for item in found if item.value.unit == unit)
    same = [item for item in found if bool(item.value.unit) == bool(unit) and units_agree(item.value, one)]
    compared = [(item, comparable(item.value, one)) for item in same]
    return [(item, value / base) for item, (value, base) in compared]
