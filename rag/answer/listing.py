"""Complete lists: every thing of the corpus that meets the conditions, grouped by what the notes say of it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.answer.conditions import is_only_in_address, match_header
from rag.answer.context import Context, display
from rag.answer.draft import MOST_ITEMS, Draft
from rag.answer.messages import marks, say
from rag.answer.polarity import condition, stance, verdict
from rag.answer.sentence_subject import subjects
from rag.answer.wording import LONGEST_ITEM, attribute_text, shorten
from rag.index import Term
from rag.question.mentions import Mention
from rag.question.understand import KIND_WEIGHT, Question, Unit
from rag.question.wording import Concept, attribute_concepts, intent
from rag.retrieve.evidence import query, unit_match
from rag.retrieve.view import View, view
from rag.retrieve.weights import SMALLEST_SIZE
from rag.text.names import name_key
from rag.text.normalise import normalise
from rag.text.values import is_money
from rag.types import Fact, FactKind, Kind, Status

HOLDS = 0.5
"""Least match of every condition in one fact for the fact to count."""
SAID = 0.7
"""Least match of an attribute asked of a list: the fact itself must speak of it, a heading above is not enough."""
LONG_VALUE = 80
"""Characters beyond which a cell's sentences are facts of their own and stand for it."""
SIZES = frozenset(("parameters", "magnitude"))
STRICTNESS = (1.0, 0.45, 0.0)
"""Shares of the conditions tried in turn: all attributes; then, beside a number or name, about half of them; then
a yes-or-no attribute alone."""
WORD_HELD = 0.35
MOST_WORDS = 0.6
"""Share of the plain words, by rarity, that one fact must hold: some are only ways of speaking."""
BARE_VERDICT = 14
"""Characters up to which a value only says that there are conditions, not which."""
ONE_CELL = 0.8
"""Coverage from which a single cell is the whole answer."""
_ASKING = re.compile(r"是否|能否|可否|可不可以|可以|允许|支持|可|能|用|[?？\s()（）]|allowed|permitted|use|is|can")
MOST_BESIDE = 0.34
"""Share of a yes-or-no header that may be other words."""
CLOSE = 16
"""Characters between a relation's words and the thing it relates to."""
_APART = re.compile(r"[。；;）)]|[,，]")
_ORDER = (Status.YES, Status.CONDITIONAL, Status.NO)


@dataclass(frozen=True, slots=True)
class Found:
    """One fact that speaks to the conditions, of which thing, and what it says."""

    key: str
    name: str
    status: Status
    fact: Fact
    value: str


def listing(context: Context) -> Draft | None:
    """A list answer; None when no fact meets the conditions (then the question is no list question)."""
    question = context.question
    if _is_one_attribute(context) or is_unconditional(question):
        return None
    found = matches(context)
    if not found:
        return None
    groups = by_thing(context, found)
    verdicts = {key: settle([f.status for f in _deciding(question, facts)]) for key, facts in groups.items()}
    verdictive = _is_verdict_question(question) or _are_verdicts(found)
    if question.asks("negated") and verdictive:
        verdicts = {key: _inverted(status) for key, status in verdicts.items()}
    if not any(status in (Status.YES, Status.CONDITIONAL) for status in verdicts.values()) and not verdictive:
        return None
    draft = _compose(context, groups, verdicts, verdictive)
    return draft if draft.items else None


def is_unconditional(question: Question) -> bool:
    """Whether nothing is asked of the things but what sort they are."""
    plain = all(unit.concept is None and unit.weight <= KIND_WEIGHT for unit in question.units)
    return plain and not question.mentions and not question.dates


def _is_one_attribute(context: Context) -> bool:
    """Whether one cell about the one thing named answers it all: "which APIs does X have"."""
    if len(context.question.mentions) != 1 or not context.ranked or intent("kind").search(context.question.normal):
        return False
    best = context.ranked[0]
    if context.question.mentions[0].entities[0].strength < 3:
        return False
    return best.subject >= 1 and best.coverage >= ONE_CELL and best.fact.kind in (FactKind.CELL, FactKind.KEY)


def _are_verdicts(found: Sequence[Found]) -> bool:
    """Whether the facts are mostly cells of a yes-or-no column."""
    cells = sum(1 for item in found if item.fact.kind is FactKind.CELL and verdict(item.fact.value) is not None)
    return cells * 2 > len(found)


def _compose(context: Context, groups: dict[str, list[Found]], verdicts: dict[str, Status], verdictive: bool) -> Draft:
    question = context.question
    draft = Draft(context.snapshot, question.language, Kind.LIST)
    several = len(set(verdicts.values())) > 1
    inverted = verdictive and question.asks("negated")
    if question.asks("count"):
        counted = sum(1 for status in verdicts.values() if status is not Status.NO)
        other = len(verdicts) - counted
        name = "count_split" if other else "count"
        draft.lines.append(say(question.language, name, count=counted, other=other))
    for status in _ORDER[:2] if question.asks("negated") else _ORDER:
        members = sorted(
            (key for key, said in verdicts.items() if said is status),
            key=lambda key: (_first_place(groups[key]), key),
        )
        if not members:
            continue
        if several or status is not Status.YES:
            label = say(question.language, "denied" if status is Status.YES and inverted else status.value)
            draft.lines.append(say(question.language, "group", label=label, count=len(members)))
        for key in members[:MOST_ITEMS]:
            _add_item(context, draft, key, status, groups[key])
        if len(members) > MOST_ITEMS:
            draft.lines.append(say(question.language, "and_more", count=len(members) - MOST_ITEMS))
    total = context.snapshot.thing_count(3)
    draft.silent = max(total - len(verdicts), 0)
    if verdictive and draft.silent:
        draft.lines.append(say(question.language, "silent", count=draft.silent))
    return draft


def _add_item(context: Context, draft: Draft, key: str, status: Status, found: Sequence[Found]) -> None:
    entity = context.entity(key)
    written = Counter(item.name for item in found).most_common(1)[0][0]
    name = display(entity, written) if entity is not None else written
    decisive = [f for f in found if _ranks_with(f.status, status)] or list(found)
    distinct: list[Found] = []
    for item in sorted(decisive, key=lambda f: (len(f.value) > LONGEST_ITEM, f.fact.source, f.fact.ordinal)):
        if status is Status.CONDITIONAL or all(
            item.fact.location != other.fact.location or item.fact.source != other.fact.source for other in distinct
        ):
            distinct.append(item)
    shown = distinct[:3]
    told = [item for item in shown if len(item.value) > BARE_VERDICT] if status is Status.CONDITIONAL else []
    value = shorten((told or shown)[0].value.replace("\n", " "), context.question.units, LONGEST_ITEM)
    numbers = draft.item(name, status, value, [item.fact for item in shown])
    message = "item" if value and name_key(value) != name_key(name) else "item_bare"
    draft.lines.append(say(draft.language, message, entity=name, value=value, marks=marks(numbers)))


def _ranks_with(one: Status, other: Status) -> bool:
    return one is other or {one, other} == {Status.YES, Status.NO}


def _first_place(found: Sequence[Found]) -> tuple[str, int]:
    return min((item.fact.source, item.fact.ordinal) for item in found)


def _deciding(question: Question, found: Sequence[Found]) -> Sequence[Found]:
    """The cells of the asked yes-or-no column, where there are any; else everything said."""
    asked = {u.concept.name for u in question.units if u.concept is not None and u.concept.type == "yesno"}
    plain = [
        f for f in found
        if f.fact.kind is FactKind.CELL and verdict(f.fact.value) is not None
        and asked & attribute_concepts(view(f.fact).attribute).keys()
    ]  # fmt: skip
    return plain or found


def settle(said: Sequence[Status]) -> Status:
    """One verdict of several: a condition limits a yes; a plain no among yeses leaves conditions."""
    if Status.CONDITIONAL in said or (Status.YES in said and Status.NO in said):
        return Status.CONDITIONAL
    return Status.NO if Status.NO in said else Status.YES


def _inverted(status: Status) -> Status:
    return {Status.YES: Status.NO, Status.NO: Status.YES}.get(status, status)


def _is_verdict_question(question: Question) -> bool:
    """Whether the list is over a yes-or-no attribute."""
    return "yesno" in question.types and not any(u.quantity is not None for u in question.units)


def by_thing(context: Context, found: Iterable[Found]) -> dict[str, list[Found]]:
    """`found` grouped by entity; keys that no entity owns stand for themselves."""
    groups: dict[str, list[Found]] = defaultdict(list)
    for item in found:
        entity = context.entity(item.key)
        groups[entity.keys[0] if entity is not None else item.key].append(item)
    return dict(groups)


def matches(context: Context) -> list[Found]:
    """Every fact of the corpus that meets all conditions, with its subject and verdict."""
    pool = _pool(context)
    counted = any(unit.quantity is not None for unit in context.question.units)
    for strictness in STRICTNESS[1:] if counted else STRICTNESS:
        found = _matches(context, pool, strictness)
        if found:
            return found
    return []


def _matches(context: Context, pool: Sequence[Fact], strictness: float) -> list[Found]:
    question = context.question
    found: list[Found] = []
    seen: set[tuple[str, str, object]] = set()
    for fact in pool:
        seen_view = view(fact)
        if not _meets(context, fact, seen_view, strictness):
            continue
        for key, name in subjects(context, fact):
            if not key or any(key in mention.keys for mention in question.mentions):
                continue
            status = _status(question, fact, seen_view)
            mark = (key, fact.source, (fact.location, fact.attribute))
            if status is Status.UNKNOWN or mark in seen:
                continue
            seen.add(mark)
            found.append(Found(key, name, status, fact, _value(question, fact)))
    return _without_echoes(context, found)


def _pool(context: Context) -> list[Fact]:
    """All facts that hold a word of the conditions or name what they name, in reading order."""
    question = context.question
    facts: dict[Fact, None] = {}
    clauses = query(question.units)
    if clauses:
        facts.update(dict.fromkeys(context.snapshot.facts_matching(clauses)))
    keys = {key for mention in question.mentions for key in mention.keys}
    if keys:
        facts.update(dict.fromkeys(context.snapshot.facts_mentioning(keys)))
        tokens = tuple(Term(token) for mention in question.mentions for token in mention.tokens)
        facts.update(dict.fromkeys(context.snapshot.facts_matching([tokens])))
    return sorted(facts, key=lambda fact: (fact.source, fact.ordinal))


def _meets(context: Context, fact: Fact, seen: View, strictness: float) -> bool:
    """Whether one fact meets the conditions: all numbers, names and dates, and this share of the rest by weight."""
    question = context.question
    if fact.kind is FactKind.CODE or (fact.kind is FactKind.LINK and not question.asks("link")):
        return False
    if fact.kind in (FactKind.CELL, FactKind.KEY) and len(fact.value) > LONG_VALUE:
        return False
    firm = bool(question.mentions or question.dates or any(u.quantity is not None for u in question.units))
    if 0 < strictness < 1 and not firm:
        return False
    if strictness == 0 and "yesno" not in question.types:
        return False
    total = held = 0.0
    for unit in question.units:
        share = unit_match(unit, seen, beside=False)
        if share and is_only_in_address(question, unit, seen) and not unit.may_stand_in(*_beside_value(seen)):
            share = 0.0
        if unit.quantity is not None:
            if share < HOLDS or (unit.limit and not _measures(question, unit, seen)):
                return False
            continue
        if unit.concept is not None and (strictness >= 1 or strictness == 0):
            if share < SAID:
                return False
            continue
        weight = unit.weight * context.rare(unit)
        total += weight
        held += weight if share >= (HOLDS if unit.concept is not None else WORD_HELD) else 0.0
    sized = bool(SIZES & attribute_concepts(seen.attribute).keys()) and any(
        u.quantity is not None and u.quantity.value >= SMALLEST_SIZE for u in question.units
    )
    if held < total * min(strictness, MOST_WORDS) and not sized:
        return False
    named = all(_names(mention, fact, seen) for mention in question.mentions)
    if named and fact.kind is FactKind.STATEMENT and not _relates(question, seen):
        return False
    dated = all(any(date.iso.startswith(wanted.iso) for date in seen.dates) for wanted in question.dates)
    return named and dated and bool(question.units or firm)


def _measures(question: Question, unit: Unit, seen: View) -> bool:
    """Whether a number may be what a limit without a unit is meant of: a bare one, a sum, or one of what is asked."""
    assert unit.quantity is not None
    if unit.quantity.unit or any(not q.unit or is_money(q.unit) for q in seen.own):
        return True
    told = (other for other in question.units if other.quantity is None and other.weight > KIND_WEIGHT)
    return any(match_header(other, seen) >= HOLDS for other in told)


def _beside_value(seen: View) -> tuple[frozenset[str], str]:
    return seen.attribute_tokens | seen.qualifier_tokens | seen.entity_tokens, f"{seen.attribute} {seen.qualifier}"


def _relates(question: Question, seen: View) -> bool:
    """Whether a sentence ties a named thing to the asked relation ("based on X"): the words stand close together."""
    relation = next((u.concept for u in question.units if u.concept is not None and u.concept.type == "name"), None)
    if relation is None or not question.mentions or relation.in_notes.search(seen.attribute):
        return True
    for match in relation.in_notes.finditer(seen.value):
        for mention in question.mentions:
            at = seen.value.find(mention.surface)
            while at >= 0:
                gap = (
                    seen.value[match.end() : at]
                    if at >= match.end()
                    else seen.value[at + len(mention.surface) : match.start()]
                )
                if len(gap) <= CLOSE and not _APART.search(gap):
                    return True
                at = seen.value.find(mention.surface, at + 1)
    return False


def _names(mention: Mention, fact: Fact, seen: View) -> bool:
    """Whether the fact's value, qualifiers or attribute names the thing."""
    said = name_key(f"{fact.attribute} {fact.value}")
    if any(key in mention.keys for key in fact.mentions) and any(key in said for key in mention.keys):
        return True
    return mention.stands_in(seen.words)


def _status(question: Question, fact: Fact, seen: View) -> Status:
    said = verdict(fact.value) if fact.kind in (FactKind.CELL, FactKind.KEY) else None
    if said is Status.UNKNOWN and any(token in seen.value for u in question.units for token, _ in u.alternatives):
        return Status.YES
    if fact.kind is FactKind.CELL and said is None and not fact.value.strip():
        return Status.UNKNOWN
    if said is not None and len(fact.value) <= 60:
        return said
    concept = next((u.concept for u in question.units if u.concept is not None and u.concept.type == "yesno"), None)
    if concept is not None and fact.kind is FactKind.CELL and not concept.in_notes.search(seen.value):
        return condition(seen.value) if _is_column_of(concept, seen.attribute) else Status.UNKNOWN
    if concept is not None:
        return stance(
            seen.value if concept.in_notes.search(seen.value) else seen.value or seen.attribute,
            concept.in_notes,
        )
    for asked in [re.compile(re.escape(mention.surface)) for mention in question.mentions]:
        if asked.search(seen.value):
            return Status.NO if stance(seen.value, asked) is Status.NO else Status.YES
    bare = not question.mentions and not any(u.quantity is not None for u in question.units)
    return condition(seen.value) if bare and fact.kind is FactKind.CELL else Status.YES


def _is_column_of(concept: Concept, attribute: str) -> bool:
    """Whether a header asks the yes-or-no question itself ("能否商用"), not for a detail of it ("开源规模")."""
    rest = concept.in_notes.sub("", attribute)
    return len(_ASKING.sub("", rest)) <= len(attribute) * MOST_BESIDE


def _value(question: Question, fact: Fact) -> str:
    attribute = attribute_text(fact)
    if fact.kind in (FactKind.CELL, FactKind.KEY) and attribute and len(fact.value) <= 40:
        return f"{attribute}: {fact.value}"
    return fact.value


def _without_echoes(context: Context, found: Sequence[Found]) -> list[Found]:
    """Without things that only a kind word or an intent word names."""
    stop = intent("kind")
    return [item for item in found if not stop.fullmatch(normalise(item.name)) and len(item.key) > 1]
