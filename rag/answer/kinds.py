"""Lists by kind of thing: "which of these are frameworks" is answered from what the notes call each thing.

A sentence says what a thing is ("X is a ... framework"), a short description ends with it ("a framework made by Y"),
a cell under "kind" holds it, the thing's own name does ("foo-data"), or the heading above names nothing but the kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.answer.clauses import CLAUSE, SENTENCE
from rag.answer.contents import facts_in
from rag.answer.context import Context, display
from rag.answer.draft import Draft
from rag.answer.kind_words import KindWords, asked_kind, does, leads
from rag.answer.listing import Found, by_thing
from rag.answer.messages import marks, say
from rag.answer.regions import regions
from rag.answer.wording import LONGEST_ITEM, shorten
from rag.index import Term
from rag.question.understand import Unit
from rag.question.wording import intent
from rag.retrieve.view import view
from rag.text.names import latin_names, name_key
from rag.text.normalise import normalise
from rag.text.tokenise import query_tokens
from rag.types import Fact, FactKind, Kind, Status

FEWEST, MOST = 2, 40
SEVERAL = 3
"""Things called by a kind from which they come before those of one place."""
MOST_CITED = 2
LONGEST_LABEL = 24
"""Characters of a cell that does nothing but say what its thing is."""
LONGEST_NOTE = 40
"""The same of a line under a thing's heading."""


def kinds(context: Context, fewest: int = FEWEST) -> Draft | None:
    """The things that the notes call by the asked kind; None when no kind is asked for or few are called so."""
    asked, further = asked_kind(context.question)
    if asked is None:
        return None
    said, below = list(_said(context, asked)), list(_below(context, asked))
    if fewest > FEWEST and not said:
        return None  # a heading says it all
    groups = by_thing(context, [*said, *below])
    groups = {key: found for key, found in groups.items() if _is_such(context, key, found, further)}
    if not fewest <= len(groups) <= MOST:
        return None
    return _composed(context, groups)


def _said(context: Context, asked: KindWords) -> Iterator[Found]:
    """What the notes call by the kind, each with the fact that says so."""
    tokens = {token for form in (*asked.forms, *asked.roots) for token in query_tokens(form)}
    terms = tuple(Term(token) for token in sorted(tokens))
    for fact in context.snapshot.facts_matching([terms]):
        if fact.entity_key and fact.kind is not FactKind.CODE and _calls(fact, asked):
            for key, name in _subjects(context, fact):
                yield Found(key, name, Status.YES, fact, fact.value)
    for entity in context.snapshot.entities() if context.snapshot.name_table is None else ():
        if asked.names(display(entity)) and (facts := context.snapshot.facts_of(entity.keys)):
            yield Found(entity.keys[0], display(entity), Status.YES, facts[0], facts[0].value)


def _below(context: Context, asked: KindWords) -> Iterator[Found]:
    """The things under headings that name nothing but the kind; none of a large corpus, which has too many."""
    if context.snapshot.name_table is not None:
        return
    for region in regions(context.snapshot, context.snapshot.source_paths()):
        if region.lines is None and region.heading and asked.heads(region.heading[-1]):
            for fact in facts_in(context, [region]):
                name = fact.entity or (fact.value if _is_bare(fact) else "")
                if fact.kind is not FactKind.CODE and name and not asked.heads(name):
                    yield Found(fact.entity_key or name_key(name), name, Status.YES, fact, fact.value)


def _is_bare(fact: Fact) -> bool:
    """Whether an item of a list is nothing but a name."""
    return (
        fact.kind is FactKind.STATEMENT and len(fact.value) <= LONGEST_LABEL and fact.value[-1:] not in "。.!！?？:："
    )


def _calls(fact: Fact, asked: KindWords) -> bool:
    """Whether a fact says of its subject that it is of the kind."""
    seen = view(fact)
    if fact.kind in (FactKind.CELL, FactKind.KEY):
        if intent("kind_header").search(seen.attribute) and asked.kind.search(seen.value):
            return True
        first = CLAUSE.split(seen.value)[0].strip()
        if len(first) <= LONGEST_LABEL and asked.label.search(first) and not does().search(first):
            return not any(form in seen.attribute for form in (*asked.forms, *asked.roots))
    value = seen.value.removeprefix(normalise(fact.entity)).lstrip(" :：")
    if any(asked.called.search(clause.strip()) for clause in CLAUSE.split(value)):
        return True
    if any(asked.sums_up.search(sentence.strip()) for sentence in SENTENCE.split(value)):
        return True
    first = CLAUSE.split(value)[0].strip()
    brief = fact.kind is FactKind.STATEMENT and len(first) <= LONGEST_NOTE
    if brief and not does().search(first) and not leads().match(first) and asked.ends.search(first):
        return True
    return _own_heading(fact) and asked.names(fact.heading[-1].split("(")[0].split("（")[0].strip())


def _subjects(context: Context, fact: Fact) -> list[tuple[str, str]]:
    """(key, name) of what a fact calls something: the thing that opens its sentence, else its own."""
    opening = latin_names(normalise(fact.value)[:LONGEST_LABEL]) if fact.kind is FactKind.STATEMENT else []
    first = context.entity(name_key(opening[0])) if opening and name_key(opening[0]) in fact.mentions else None
    if first is not None and re.match(rf"{re.escape(opening[0])}\s?(?:[是这为:：]|is\b)", normalise(fact.value)):
        return [(name_key(opening[0]), display(first))]
    return [(fact.entity_key, fact.entity)]


def _own_heading(fact: Fact) -> bool:
    """Whether a fact stands under the heading of the thing that it is about."""
    return bool(fact.heading) and bool(fact.entity) and name_key(fact.entity) in name_key(fact.heading[-1])


def _is_such(context: Context, key: str, found: Sequence[Found], further: Sequence[Unit]) -> bool:
    """Whether a thing is what else is asked: what calls it so says it, else any fact of it."""
    for unit in further:
        entity = context.entity(key)
        facts = [item.fact for item in found]
        facts += context.snapshot.facts_of(entity.keys if entity is not None else (key,))
        if not any(_says(unit, fact) for fact in facts):
            return False
    return True


def _says(unit: Unit, fact: Fact) -> bool:
    seen = view(fact)
    if unit.concept is not None:
        return unit.concept.in_notes.search(seen.value) is not None
    return unit.may_stand_in(seen.value_tokens, seen.value)


def _composed(context: Context, groups: dict[str, list[Found]]) -> Draft:
    draft = Draft(context.snapshot, context.question.language, Kind.LIST)
    if context.question.asks("count"):
        draft.lines.append(say(draft.language, "count", count=len(groups), other=0))
    for key, found in sorted(groups.items(), key=lambda entry: (entry[1][0].fact.source, entry[1][0].fact.ordinal)):
        entity = context.entity(key)
        name = display(entity, found[0].name) if entity is not None else found[0].name
        value = shorten(found[0].value.replace("\n", " "), context.question.units, LONGEST_ITEM)
        numbers = draft.item(name, Status.YES, value, [item.fact for item in found[:MOST_CITED]])
        message = "item" if name_key(value) != name_key(name) else "item_bare"
        draft.lines.append(say(draft.language, message, entity=name, value=value, marks=marks(numbers)))
    return draft
