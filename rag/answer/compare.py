"""Comparisons of named things over the asked attributes, with what follows from the numbers.

Each thing is looked up alone; what is shown is the attribute that answers best for all of them together, so that
like is set beside like.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answer.abreast import abreast, qualified_by
from rag.answer.alone import alone, asks_nothing, stands_for
from rag.answer.asked_headers import asked_headers, is_label
from rag.answer.context import Context, display
from rag.answer.derive import Value, conclusion
from rag.answer.draft import Draft
from rag.answer.measures import measured_in, units_asked
from rag.answer.messages import marks, say
from rag.answer.sides import MOST_SIDES, Side, has_stages, row_name, sides
from rag.answer.support import numbers_agree
from rag.answer.wording import LONGEST_ITEM, attribute_text, shorten, statement
from rag.question.mentions import Mention
from rag.question.understand import Question
from rag.question.wording import attribute_concepts
from rag.retrieve.evidence import Scored, unit_match
from rag.retrieve.view import view
from rag.text.names import has_cjk, name_key
from rag.text.normalise import normalise
from rag.text.tokenise import query_tokens, tokenise
from rag.text.values import cell_quantities
from rag.types import Fact, FactKind, Item, Kind, Status

LOOKED_THROUGH = 100
"""Facts of a side that were weighed and are looked through."""
LEAST_HELD = 0.4
"""How much of what stands for a side a fact must hold to be about it."""
OWN = 0.85
"""From here on a fact is about the side's own thing, or another size of it."""
HELD_WEIGHT = 2.0
"""Relevance that holding all of it is worth."""
MEASURED = 2.0
"""Relevance that a value gains which is measured as the question's comparing words are."""
TOGETHER = 1.0
"""Relevance that a fact gains which speaks of several sides: it compares them itself."""
MISSING = 2.5
"""Relevance that an attribute loses for each side that lacks it."""
UNALIKE = 1.0
"""Relevance by which different attributes of the sides must lead over one that they share."""
NEAR = 0.6
"""Relevance behind the best attribute within which another one is shown too, where the best is not sure."""
SURE = 0.5
"""Chance to answer from which the best attribute stands alone."""
LEAST_CHANCE = 0.1
"""Least chance to answer that one of the facts shown must have."""
LONGEST_CELL = 60
"""Characters of one value in a table of several attributes."""
LONGEST_STATEMENT = 400
"""Characters of the sentences of one row together."""
LENGTH = 470
"""Characters of the lines, so that what is asked is said within 500."""
MOST_ATTRIBUTES = 4
SAID_OF_EACH = 2
ASKED_WEIGHT = 0.7
"""Weight from which a concept of the question is an attribute that is asked for."""

_NUMBERS = re.compile(r"[\d.,~≈<>+\s]+|(?<=\d)[kmb]\b")

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Looked:
    """One side looked up: its question, and its best fact by attribute with how well that answers."""

    side: Side
    question: Question
    best: dict[Key, tuple[float, Scored]]

    def top(self) -> float:
        return max((weight for weight, _ in self.best.values()), default=float("-inf"))


Row = list[Scored | None]
"""One fact of each side, in order."""


def compare(context: Context) -> Draft | None:
    """A comparison; None when fewer than two of the things have anything to compare."""
    found = sides(context.question)
    if len(found) < 2 or _told_together(context, found):
        return None
    each = [alone(context, found, at) for at in range(len(found))]
    units = units_asked(_without_sides(context.question.normal, found))
    looked = [_look(side, own, units) for side, own in each]
    seen = [[scored.fact for scored in own.ranked[:LOOKED_THROUGH]] for _, own in each]
    named = [side.mention for side, _ in each if side.mention is not None]
    if len(named) == len(each) and all(asks_nothing(entry.question) for entry in looked):
        return abreast(context, named, seen, units) or _described(context, [own for _, own in each])
    asked = _asked_rows(context.question, looked)
    if len(asked) > 1 and any(None not in row for row in asked):
        return _table(context, looked, asked)
    fewest = 1 if context.question.asks("each", "compare") and len(named) == len(each) else 2
    rows = [row for row in _rows(looked) if sum(scored is not None for scored in row) >= fewest]
    if rows and has_stages(context.question) and len({scored.fact for scored in rows[0] if scored is not None}) < 2:
        return None
    likely = bool(rows) and max(sum(s.chance for s in row if s is not None) for row in rows) >= LEAST_CHANCE
    fits = bool(rows) and any(s is not None and (measured_in(s.fact, units) or s.chance >= SURE) for s in rows[0])
    if len(named) == len(each) and not context.question.unknown and (not likely or (units and not fits)):
        draft = abreast(context, named, seen, units, measured=likely or _asks_attribute(looked))
        if draft is not None:
            return draft
    if not likely:
        return None
    return _drafted(context, looked, rows)


def compare_again(context: Context) -> Draft | None:
    """The things of the conversation over other attributes; None unless headers word these and each thing has them."""
    found = sides(context.question)
    each = [alone(context, found, at) for at in range(len(found))]
    looked = [_look(side, own, frozenset()) for side, own in each]
    asked = _asked_rows(context.question, looked)
    if not asked or any(None in row for row in asked):
        return None
    return _table(context, looked, asked)


def _without_sides(normal: str, found: Sequence[Side]) -> str:
    """The question without the things' names, which may hold a comparing word."""
    kept = list(normal)
    for side in found:
        kept[side.start : side.end] = " " * (side.end - side.start)
    return "".join(kept)


def _told_together(context: Context, found: Sequence[Side]) -> bool:
    """Whether one likely sentence speaks of two of the sides: it holds them against each other itself."""
    best = context.ranked[0] if context.ranked else None
    if best is None or best.fact.kind is not FactKind.STATEMENT or best.chance < SURE:
        return False
    said = view(best.fact).value
    return sum(side.surface in said for side in found) > 1


def _described(context: Context, each: Sequence[Context]) -> Draft | None:
    """What the notes say of each thing first of all; None where they say nothing of one."""
    draft = Draft(context.snapshot, context.question.language, Kind.COMPARE)
    for own in each:
        said = [
            s.fact for s in own.ranked[:LOOKED_THROUGH]
            if s.subject >= 1.0 and s.fact.kind not in (FactKind.LINK, FactKind.CODE)
        ]  # fmt: skip
        if not said:
            return None
        for fact in said[:SAID_OF_EACH]:
            draft.claim(statement(own.question, fact, LONGEST_STATEMENT // (SAID_OF_EACH * len(each))), [fact])
    return draft


def _asks_attribute(looked: Sequence[Looked]) -> bool:
    return any(unit.concept is not None and unit.weight >= ASKED_WEIGHT for e in looked for unit in e.question.units)


def stages(context: Context) -> Draft | None:
    """One thing in its states or sizes: the asked attribute of every row whose name begins with the thing's."""
    question = context.question
    if len(question.mentions) != 1 or not context.ranked:
        return None
    mention, best = question.mentions[0], context.ranked[0]
    if best.chance < LEAST_CHANCE or best.fact.kind is not FactKind.CELL:
        return None
    keys = {key for own in mention.keys for key in context.names.keys.beginning(own)}
    rows = [
        fact for fact in context.snapshot.facts_of(keys)
        if (fact.source, fact.heading, fact.attribute) == (best.fact.source, best.fact.heading, best.fact.attribute)
    ]  # fmt: skip
    if not 2 <= len(rows) <= MOST_SIDES:
        return None
    draft = Draft(context.snapshot, question.language, Kind.COMPARE)
    _add_row(draft, question, [(fact.entity, fact) for fact in sorted(rows, key=lambda fact: fact.ordinal)])
    return draft


def _look(side: Side, context: Context, units: frozenset[str]) -> Looked:
    """The best fact of a side by attribute."""
    best: dict[Key, tuple[float, Scored]] = {}
    for scored in context.ranked[:LOOKED_THROUGH]:
        share = held(side, context.question, scored.fact)
        if share < LEAST_HELD or not numbers_agree(context.question, scored):
            continue
        weight = scored.relevance + HELD_WEIGHT * share + MEASURED * measured_in(scored.fact, units)
        key = _key(context.question, scored.fact)
        if key not in best or weight > best[key][0]:
            best[key] = (weight, scored)
    return Looked(side, context.question, best)


def _key(question: Question, fact: Fact) -> Key:
    """What a fact tells of its thing: the asked attribute however it is worded, another one, or something in words."""
    if fact.kind not in (FactKind.CELL, FactKind.KEY) or not fact.attribute:
        return ("", "")
    stated = attribute_concepts(view(fact).attribute)
    for unit in question.units:
        if unit.concept is not None and stated.get(unit.concept.name, 0.0) >= 1:
            return ("concept", unit.concept.name)
    return ("header", name_key(fact.attribute))


def held(side: Side, question: Question, fact: Fact) -> float:
    """How much of what stands for a side a fact holds, 0 to 1."""
    seen = view(fact)
    if side.mention is None:
        own = [unit for unit in question.units if stands_for(unit, side)]
        words = sum(unit_match(unit, seen) for unit in own) / len(own) if own else 0.0
        return max(words, float(side.surface in f"{normalise(fact.entity)} {seen.qualifier} {seen.value}"))
    mention = side.mention
    entity = set(tokenise(fact.entity))
    if fact.entity_key in mention.keys or qualified_by(fact, mention):
        name = 1.0
    elif fact.entity_key in mention.relatives:
        name = 0.85
    elif any(form.stands_in(seen.words) for form in forms(mention)):
        name = 0.6
    else:
        name = 0.8 * len(entity & set(mention.tokens)) / len(mention.tokens) if mention.tokens else 0.0
    tail = [token for token in query_tokens(side.surface) if token not in mention.tokens]
    if not tail:
        return name
    around = entity | seen.qualifier_tokens | seen.attribute_tokens | seen.value_tokens
    return (name + sum(token in around for token in tail) / len(tail)) / 2


def forms(mention: Mention) -> list[Mention]:
    """The name as the question has it, and where that is a mixture of scripts the name itself."""
    if not has_cjk(mention.surface) or mention.surface.isalpha():
        return [mention]
    return [mention, *(replace(mention, surface=normalise(entity.name)) for entity in mention.entities)]


def _rows(looked: Sequence[Looked]) -> list[Row]:
    """What is shown: for each asked attribute the row that answers it; else the row that answers best."""
    question = looked[0].question
    asked = [unit.concept.name for unit in question.units if unit.concept is not None and unit.weight >= ASKED_WEIGHT]
    if len(asked) > 1:
        rows = [row for name in asked if any(row := _row(looked, ("concept", name)))]
        if rows and all(scored is not None for row in rows for scored in row):
            return rows
    first, *others = _best_rows(looked) or [[]]
    if len({s.fact for s in first if s is not None}) < len(first) and None not in first:
        others.insert(0, [s if held(e.side, e.question, s.fact) >= OWN else None for e, s in _tops(looked)])
    return [first, *others]


def _asked_rows(question: Question, looked: Sequence[Looked]) -> list[Row]:
    """A row for each attribute that the question words in a header, where at least one of the things has it."""
    own = [unit for unit in question.units if not any(stands_for(unit, entry.side) for entry in looked)]
    columns: dict[Key, Fact] = {}
    common: dict[Key, int] = {}
    for entry in looked:
        for key, (_, scored) in entry.best.items():
            if key[0] and held(entry.side, entry.question, scored.fact) >= OWN:
                columns.setdefault(key, scored.fact)
                common[key] = common.get(key, 0) + 1
    by_sharing = [{k: f for k, f in columns.items() if common[k] == most} for most in range(len(looked), 0, -1)]
    rows = [_row(looked, key) for key in asked_headers(question, own, by_sharing)]
    return [row for row in rows if not _is_of_one_fact(row)]


def _is_of_one_fact(row: Row) -> bool:
    """Whether the same fact stands for several things: it sets nothing beside anything."""
    told = [scored.fact for scored in row if scored is not None]
    return len(told) > 1 and len(set(told)) == 1


def _tops(looked: Sequence[Looked]) -> list[tuple[Looked, Scored]]:
    """The best fact of each side that has any."""
    return [(entry, max(entry.best.values(), key=lambda found: found[0])[1]) for entry in looked if entry.best]


def _best_rows(looked: Sequence[Looked]) -> list[Row]:
    """The attribute that answers best for all sides together, and those near it where it is not sure."""
    keys = sorted({key for entry in looked for key in entry.best})
    weights = {key: _weight(looked, key) for key in keys}
    order = sorted(keys, key=lambda key: (-weights[key], key))
    if not order:
        return []
    tops = _tops(looked)
    own = sum(entry.top() for entry in looked) / len(looked) - UNALIKE
    likely = len(tops) == len(looked) and all(scored.chance >= LEAST_CHANCE for _, scored in tops)
    if likely and own > weights[order[0]]:
        return [[scored for _, scored in tops]]
    first = _row(looked, order[0])
    sure = max(scored.chance for scored in first if scored is not None) >= SURE
    near = [key for key in order[1:] if weights[key] >= weights[order[0]] - NEAR and key[0] and not sure]
    return [first, *(_row(looked, key) for key in near[: MOST_ATTRIBUTES - 1])]


def _weight(looked: Sequence[Looked], key: Key) -> float:
    """How well an attribute answers for all sides together."""
    facts = [e.best[key][1].fact for e in looked if key in e.best]
    own = sum(e.best[key][0] if key in e.best else e.top() - MISSING for e in looked if e.best) / len(looked)
    return own + TOGETHER * (len(set(facts)) < len(facts))


def _row(looked: Sequence[Looked], key: Key) -> Row:
    return [entry.best[key][1] if key in entry.best else None for entry in looked]


def _drafted(context: Context, looked: Sequence[Looked], rows: Sequence[Row]) -> Draft:
    question = context.question
    draft = Draft(context.snapshot, question.language, Kind.COMPARE)
    for at, row in enumerate(rows):
        if at and len(draft.text) > LENGTH - LONGEST_ITEM:
            break
        pairs = list(zip(looked, row, strict=True))
        told = [(_name(entry.side, scored.fact), scored.fact) for entry, scored in pairs if scored is not None]
        _add_row(draft, looked[0].question, told, conclude=len(told) == len(looked))
        for name in [_name(entry.side, None) for entry, scored in pairs if scored is None and at == 0]:
            draft.lines.append(say(question.language, "missing", entity=name))
            draft.items.append(Item(name, Status.UNKNOWN, "", ()))
    return draft


def _table(context: Context, looked: Sequence[Looked], rows: Sequence[Row]) -> Draft:
    """A line an attribute with each thing's value, and what follows from those that are measured."""
    question = context.question
    draft = Draft(context.snapshot, question.language, Kind.COMPARE)
    for row in rows[:MOST_ATTRIBUTES]:
        told: list[str] = []
        values: list[Value] = []
        for entry, scored in zip(looked, row, strict=True):
            if scored is None:
                continue
            name = _name(entry.side, scored.fact)
            value = shorten(scored.fact.value.replace("\n", " "), question.units, LONGEST_CELL)
            numbers = draft.item(name, Status.YES, f"{attribute_text(scored.fact)}: {value}", [scored.fact])
            told.append(f"{name} {value} {marks(numbers)}")
            values.append(Value(name, scored.fact, numbers))
        if not values:
            continue
        listed = say(draft.language, "side_separator").join(told)
        line = say(draft.language, "item", entity=attribute_text(values[0].fact), value=listed, marks="").rstrip()
        whole = len(values) == len(looked) and not is_label(values[0].fact) and _count_alike(values)
        concluded = conclusion(draft.language, values, question.types) if whole else ""
        draft.lines += [line, *([concluded] if concluded else [])]
    return draft


def _count_alike(values: Sequence[Value]) -> bool:
    """Whether bare numbers stand with the same words: "5 hosts" and "20 events" are not to be compared."""
    facts = [value.fact for value in values]
    if all(q.unit for fact in facts for q in cell_quantities(fact.attribute, fact.value)):
        return True
    return len({_NUMBERS.sub("", view(fact).value) for fact in facts}) == 1


def _add_row(draft: Draft, question: Question, told: Sequence[tuple[str, Fact]], *, conclude: bool = True) -> None:
    """One attribute: a line a thing, then what follows from their values; a fact that is about several is told once."""
    facts = list(dict.fromkeys(fact for _, fact in told))
    values: list[Value] = []
    for fact in facts:
        names = [name for name, own in told if own is fact]
        name = names[0] if len(names) == 1 else fact.entity or names[0]
        value = _said(question, fact, LONGEST_STATEMENT // len(facts))
        numbers = draft.item(name, Status.YES, value, [fact])
        line = say(draft.language, "item", entity=name, value=value, marks=marks(numbers))
        if line not in draft.lines:
            draft.lines.append(line)
        values.append(Value(name, fact, numbers))
    alike = len({_key(question, fact) for fact in facts} - {("", "")}) <= 1
    concluded = (
        conclusion(draft.language, values, question.types) if conclude and alike and len(facts) == len(told) else ""
    )
    if concluded:
        draft.lines.append(concluded)


def _name(side: Side, fact: Fact | None) -> str:
    """What a line calls its thing: as it is named in the notes, or as the question has it."""
    mention = side.mention
    if mention is None and fact is not None and (name := row_name(side, fact)):
        return name
    own = fact is None or not fact.entity or (mention is not None and qualified_by(fact, mention))
    if mention is not None and (own or (fact is not None and fact.entity_key in mention.keys)):
        return display(mention.entities[0])
    return fact.entity if fact is not None and fact.entity else side.surface


def _said(question: Question, fact: Fact, longest: int) -> str:
    structured = fact.kind in (FactKind.CELL, FactKind.KEY)
    value = shorten(fact.value.replace("\n", " "), question.units, LONGEST_ITEM if structured else longest)
    attribute = attribute_text(fact)
    return f"{attribute}: {value}" if attribute and structured else value
