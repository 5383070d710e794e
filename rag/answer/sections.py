"""Lists of what a section holds: "which tools for parsing are there" is answered by the section about parsing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from rag.answer.context import Context, display
from rag.answer.draft import Draft
from rag.answer.messages import marks, say
from rag.answer.wording import LONGEST_ITEM, shorten
from rag.question.understand import Unit
from rag.retrieve.evidence import query
from rag.text.names import has_cjk, name_key
from rag.text.normalise import normalise
from rag.text.tokenise import tokenise
from rag.types import Fact, FactKind, Kind, Status

HEADING_HOLDS = 0.5
"""Share of the question, by rarity, that a heading must hold for its section to be the list asked for."""
WORDS_OF_HEADING = 0.2
"""Share of a heading's characters that the words of the question must make up: a long title is about more."""
FEWEST, MOST = 2, 30


def section(context: Context, least: float = HEADING_HOLDS) -> Draft | None:
    """The things under the heading that words at least this share of the question; None when no heading does."""
    question = context.question
    units = [unit for unit in question.units if unit.quantity is None]
    if not units and not question.mentions:
        return None
    members: dict[tuple[str, tuple[str, ...]], list[Fact]] = defaultdict(list)
    for fact in _pool(context):
        for depth in range(1, len(fact.heading) + 1):
            members[fact.source, fact.heading[:depth]].append(fact)
    scored = sorted(
        ((_holds(context, heading[-1], units), -len(heading), source, heading) for source, heading in members),
        key=lambda entry: (-entry[0], entry[1], entry[2], entry[3]),
    )
    for score, _, source, heading in scored[:5]:
        if score < least:
            break
        if question.mentions and not any(m.stands_in(normalise(" ".join(heading))) for m in question.mentions):
            continue
        things = _things(context, members[source, heading], heading[-1])
        if FEWEST <= len(things) <= MOST:
            return _listed(context, things)
    return None


def _pool(context: Context) -> list[Fact]:
    """Facts of all sections some heading of which holds a word of the question."""
    clauses = query(context.question.units)
    found = context.snapshot.facts_matching(clauses) if clauses else ()
    keys = {key for mention in context.question.mentions for key in mention.keys}
    places = {(fact.source, heading) for fact in found for heading in fact.heading}
    facts: dict[Fact, None] = {}
    for source in sorted({source for source, _ in places}):
        text = context.snapshot.source(source).text
        facts.update(dict.fromkeys(context.snapshot.facts_at(source, 1, text.count("\n") + 1)))
    facts.update(dict.fromkeys(context.snapshot.facts_of(keys)))
    return sorted(facts, key=lambda fact: (fact.source, fact.ordinal))


def _holds(context: Context, heading: str, units: Sequence[Unit]) -> float:
    tokens, normal = set(tokenise(heading)), normalise(heading)
    total = held = 0.0
    letters = 0
    for unit in units:
        weight = unit.weight * context.rare(unit)
        total += weight
        if unit.concept is not None:
            found = unit.concept.in_questions.search(normal)
            held += weight if found else 0.0
            letters += len(found.group()) if found else 0
        else:
            share, form = max(
                ((w, t) for t, w in unit.alternatives if t in tokens or (has_cjk(t) and t in normal)),
                default=(0.0, ""),
            )
            held += weight * share
            letters += len(form)
    for mention in context.question.mentions:
        total += 1.0
        if mention.stands_in(normal):
            held += 1.0
            letters += mention.end - mention.start
    spoken = sum(1 for char in normal if char.isalnum())
    return held / total if total and letters >= WORDS_OF_HEADING * spoken else 0.0


def _things(context: Context, facts: Sequence[Fact], heading: str) -> dict[str, list[Fact]]:
    """What the facts of a section are about, in reading order; bare list items stand for themselves."""
    found: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.kind is FactKind.CODE:
            continue
        label = (
            fact.qualifiers[0][1] if fact.qualifiers and fact.qualifiers[0][0] and fact.kind is FactKind.CELL else ""
        )
        name = label or fact.entity
        if (
            not name
            and fact.kind is FactKind.STATEMENT
            and len(fact.value) <= 40
            and fact.value[-1:] not in "。.!！?？"
        ):
            name = fact.value
        if name and name_key(name) not in name_key(heading):
            entity = context.entity(name_key(name))
            found[display(entity) if entity is not None else name].append(fact)
    return found


def _listed(context: Context, things: dict[str, list[Fact]]) -> Draft:
    draft = Draft(context.snapshot, context.question.language, Kind.LIST)
    if context.question.asks("count"):
        draft.lines.append(say(draft.language, "count", count=len(things), other=0))
    for name, facts in things.items():
        fact = next((f for f in facts if f.kind is not FactKind.LINK), facts[0])
        value = (
            "" if name_key(fact.value) == name_key(name) else shorten(fact.value.replace("\n", " "), (), LONGEST_ITEM)
        )
        numbers = draft.item(name, Status.YES, value, [fact])
        message = "item" if value else "item_bare"
        draft.lines.append(say(draft.language, message, entity=name, value=value, marks=marks(numbers)))
    return draft
