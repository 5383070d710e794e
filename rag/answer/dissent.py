"""Statements that the notes themselves set against others: under "corrections", or as hearsay and own measurement."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files

from rag.answer.context import Context
from rag.index import Term
from rag.question.mentions import Mention
from rag.question.understand import Question
from rag.question.wording import attribute_concepts, pattern
from rag.retrieve.evidence import Scored, holds_type, unit_match
from rag.retrieve.view import view
from rag.text.dates import dates
from rag.text.names import name_key
from rag.text.normalise import normalise
from rag.text.tokenise import query_tokens
from rag.text.values import Quantity, cell_quantities, is_money, same_quantity
from rag.types import Fact, FactKind

ABOUT_IT = 0.9
"""How surely the best fact must be about the thing named for statements about that thing to be held against it."""
MOST = 3
MOST_READ = 400
"""Facts that hold the rarest word of a name."""
UNTYPED = frozenset(("", "yesno", "name", "speed"))
"""Kinds of value that anything may be."""
SPEAKS_OF_IT = 0.35
"""Least match of one thing asked for with the statement."""
_YEAR = re.compile(r"(?<![\d.])(?:19|20)\d{2}(?![\d.]|\s*(?:mAh|[wW]\b|x\d))")
_SENTENCES = (FactKind.STATEMENT, FactKind.KEY, FactKind.EVENT, FactKind.CELL)


@cache
def _wordings(table: str) -> re.Pattern[str]:
    raw = tomllib.loads((files("rag.answer") / "data" / "dissent.toml").read_text(encoding="utf-8"))
    return pattern(normalise(word) for word in raw[table]["words"])


def dissenting(context: Context, best: Fact) -> list[Scored]:
    """Facts set against others that give for what is asked another value than `best`; the most relevant first.

    Where `best` is itself set against others, those that it departs from.
    """
    question = context.question
    if not question.mentions:
        return []
    told = dict.fromkeys(speaking_of(context, question.mentions[0]))
    other = not _departs(best)
    found = [
        fact for fact in told
        if fact.kind in _SENTENCES and is_apart(fact, best) and _departs(fact) is other
        and _answers(question, fact, typed=other) and _gives_another(question, fact, best)
    ]  # fmt: skip
    against = as_ranked(context, found)
    against.sort(key=lambda scored: (-scored.relevance, scored.fact.source, scored.fact.ordinal))
    return one_a_line(against)[:MOST]


def speaking_of(context: Context, mention: Mention) -> Iterator[Fact]:
    """The facts of the thing named, and those that hold one of its names."""
    keys = sorted(mention.keys)
    yield from context.snapshot.facts_of(keys)
    yield from context.snapshot.facts_mentioning(keys)
    frequency = context.snapshot.document_frequency
    names = {name for entity in mention.entities for name in (entity.name, *entity.aliases)}
    tokens = ([token for token in query_tokens(name) if frequency(token)] for name in sorted(names))
    rarest = {min(found, key=lambda token: (frequency(token), token)) for found in tokens if found}
    if rarest:
        yield from context.snapshot.facts_matching([tuple(Term(token) for token in sorted(rarest))], MOST_READ)


def as_ranked(context: Context, facts: Iterable[Fact]) -> list[Scored]:
    """Each fact as it was ranked, or as one about the thing named that was not."""
    known = {scored.fact: scored for scored in context.ranked}
    return [known.get(fact) or Scored(fact, 0.0, 0.0, 1.0, frozenset(), None) for fact in facts]


def one_a_line(found: Sequence[Scored]) -> list[Scored]:
    """One for each line of the notes."""
    first: dict[tuple[str, object], Scored] = {}
    for scored in found:
        first.setdefault((scored.fact.source, scored.fact.location), scored)
    return list(first.values())


def is_apart(fact: Fact, best: Fact) -> bool:
    """Whether two facts stand in different places."""
    return (fact.source, fact.location) != (best.source, best.location)


def _departs(fact: Fact) -> bool:
    """Whether the fact is said to depart from what is written elsewhere."""
    above = normalise(" ； ".join(fact.heading))
    line = normalise(f"{fact.attribute} ； {fact.value}")
    return _wordings("heading").search(above) is not None or _wordings("line").search(line) is not None


def _answers(question: Question, fact: Fact, *, typed: bool) -> bool:
    """Whether the fact is about the things named and about something that is asked of them.

    With `typed` a value of the kind asked for says that.
    """
    seen = view(fact)
    if not of_things_named(question, fact):
        return False
    if typed and question.types - UNTYPED and holds_type(question, fact, seen):
        return True
    asked = [unit for unit in question.units if unit.quantity is None and unit.weight >= 1]
    return any(
        unit_match(unit, seen) >= SPEAKS_OF_IT
        or (unit.concept is not None and unit.concept.name in attribute_concepts(seen.attribute))
        for unit in asked
    )


def of_things_named(question: Question, fact: Fact) -> bool:
    """Whether the fact is about, or names, everything that the question names."""
    said = name_key(f"{fact.attribute} {fact.value}")
    return all(
        fact.entity_key in mention.keys
        or mention.stands_in(view(fact).words)
        or any(len(key) > 1 and key in said for key in mention.keys)
        for mention in question.mentions
    )


def _gives_another(question: Question, fact: Fact, best: Fact) -> bool:
    """Whether both give a value of one kind, and not the same."""
    if "date" in question.types:
        mine, its = _days(fact), _days(best)
        return bool(mine and its) and not any(a.startswith(b) or b.startswith(a) for a in mine for b in its)
    mine_numbers, its_numbers = _amounts(question, fact), _amounts(question, best)
    if its_numbers and (question.types - UNTYPED or all(q.unit for q in its_numbers)):
        units = {is_money(q.unit) or q.unit for q in its_numbers}
        alike = [q for q in mine_numbers if (is_money(q.unit) or q.unit) in units]
        return bool(alike) and not any(same_quantity(a, b) for a in alike for b in its_numbers)
    said, known = name_key(fact.value), name_key(best.value)
    headed = fact.kind in (FactKind.CELL, FactKind.KEY) or "name" not in question.types
    return headed and best.kind is FactKind.CELL and not mine_numbers and bool(known) and known not in said


def _amounts(question: Question, fact: Fact) -> list[Quantity]:
    found = cell_quantities(fact.attribute, fact.value)
    return [q for q in found if is_money(q.unit)] if "money" in question.types and len(found) > 1 else found


def _days(fact: Fact) -> set[str]:
    """Dates of the fact in ISO 8601, bare years included."""
    found = {fact.date} if fact.date else {date.iso for date in dates(fact.value)}
    return found or set(_YEAR.findall(fact.value))
