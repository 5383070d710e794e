"""What kind of answer a question wants: predicates over its words and the best evidence."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from rag.answer.asked_dates import asked_dates
from rag.answer.context import Context
from rag.answer.enumeration import enumeration
from rag.answer.measures import side_wordings
from rag.answer.relation import is_done
from rag.answer.sides import asks_again, chooses, contrasts, sides
from rag.answer.support import OF_RELATIVE
from rag.answer.timeline import in_order, is_sooner
from rag.question.asking import AFTER_WHICH
from rag.question.scope import is_bare, is_headless, places
from rag.question.understand import Question, is_attribute
from rag.question.wording import intent, words
from rag.retrieve.evidence import TYPE_UNITS
from rag.retrieve.view import view
from rag.types import FactKind

_JOINED = re.compile(
    r"\s*(?:'s)?\s*(?:(?:(?:more|less) [a-z]+|[a-z]+er) (?=than))?"
    r"(?:和|与|跟|同|及|以及|、|,|/|还是|或|或者|比|对比|相比|and|or|vs\.?|versus|than|to|with|&)\s*(?:the\s+)?"
)
"""What stands between two names that are put side by side."""


_LISTED = re.compile(r"[、;；]|[,，](?!\d)|\s/\s")
"""What stands between the parts of a cell that lists things."""
_HOW_MANY_OF = re.compile(r"\bhow many (?:[\w\-%]+ ){1,4}(?:does|do|did) (?:the |that |a |an )?(?:[\w\-]+ )?$")
""""How many X does" right before a name: a number that the thing has."""
MOSTLY_HEADED = 0.75
"""Share of the question that a heading must word for its section to come before lists by conditions."""
LED_IN = 0.6
"""Share of the question that a lead-in must word for the list below it to be the answer."""


def _only_beside_dates(question: Question) -> bool:
    """Whether nothing is asked for but what came, and who brought it."""
    return all(unit.concept is not None and unit.concept.name in BESIDE_DATES for unit in question.units)


def lists_by_date(question: Question) -> bool:
    """Whether all is asked for that came at a time, and nothing else of it."""
    dated = question.asks("list") and bool(asked_dates(question)) and question.concept("date") is not None
    plain = all(unit.concept is not None or unit.label in words("kind") for unit in question.units)
    return dated and plain and not question.mentions and not other_concepts(question) and not question.asks("negated")


def wants_timeline(question: Question) -> bool:
    if lists_by_date(question) and not _limits_a_number(question):
        return True
    if question.asks("conflict") or _limits_a_number(question):
        return False
    stated = bool(asked_dates(question))
    if len(sides(question)) > 1:
        ordered = in_order(_without_places(question)) or question.asks("between") or is_sooner(question)
        return ordered or (only_dates(question) and contrasts(question))
    itself = in_order(_without_places(question)) or question.asks("earliest", "latest")
    if in_order(question) and itself and not other_concepts(question):
        return True
    if (_asks_order(question) or question.asks("between")) and (stated or len(question.mentions) != 1):
        return True
    placed = question.asks("before", "after", "neighbour") and bool(question.mentions or stated)
    placed = placed and not (question.asks("count") and not question.asks("list"))
    if placed and (about_dates(question) or not other_concepts(question)):
        return True
    if question.asks("earliest", "latest") and (not question.mentions or question.concept("date") is not None):
        return about_dates(question) or _only_beside_dates(question)
    wide = question.asks("list", "count") or (not question.mentions and (stated or about_dates(question)))
    return stated and wide and not other_concepts(question)


def _limits_a_number(question: Question) -> bool:
    """Whether a number other than a length of time is limited: that asks for more than a sequence."""
    limited = (unit.quantity for unit in question.units if unit.limit and unit.quantity is not None)
    return any(quantity.unit not in TYPE_UNITS["duration"] for quantity in limited) and not in_order(question)


def _asks_order(question: Question) -> bool:
    """Whether a sequence in time is asked for, other than by the name of a note: "the timeline note"."""
    left = _without_places(question).normal
    return question.asks("timeline") and intent("timeline").search(left) is not None


def _without_places(question: Question) -> Question:
    """The question without the words that name a table, section or note."""
    left = question.normal
    for phrase in places(question.normal):
        left = left.replace(phrase.text, " " * len(phrase.text))
    return replace(question, normal=left)


def only_dates(question: Question) -> bool:
    """Whether dates are asked for and no other attribute is."""
    whichever = side_wordings()["whichever"]["words"]
    named = [u for u in question.units if u.concept is not None and u.surface not in whichever]
    return bool(named) and all(unit.concept is not None and unit.concept.name == "date" for unit in named)


def compares(question: Question) -> bool:
    """Whether things are held against each other or asked about one by one."""
    found = sides(question)
    if len(found) < 2 or question.asks("conflict") or question.concept("reason") is not None:
        return False
    named = all(side.mention is not None for side in found)
    if chooses(question, found) and (named or not question.asks("list")):
        return True
    return contrasts(question) and not question.asks("list")


def names_several(question: Question) -> bool:
    """Whether two things are named side by side ("A 和 B", "A or B"), not one within a statement about the other."""
    normal = question.normal
    return question.concept("reason") is None and any(
        _JOINED.fullmatch(normal[one.end : other.start]) or asks_again(question, one, other)
        for one, other in pairwise(question.mentions)
    )


def goes_on_with_several(question: Question) -> bool:
    """Whether a question names nothing and the conversation left several things side by side."""
    written = any(question.normal[m.start : m.end] == m.surface for m in question.mentions)
    return not written and len(sides(question)) > 1 and bool(question.units)


def names_no_place(question: Question) -> bool:
    """Whether a question does not say in which table, section or note to look."""
    return not places(question.normal)


def is_announced(context: Context) -> bool:
    """Whether the best fact is a lead-in that words the question and has its entries below it."""
    if not context.ranked or context.ranked[0].coverage < LED_IN:
        return False
    if any(is_done(context.question, unit) for unit in context.question.units):
        return False
    best = context.ranked[0].fact
    return best.value.rstrip().endswith((":", "：")) and bool(enumeration(context, best))


def dated_in_one_place(question: Question) -> bool:
    """Whether all of a date is asked for of one table, section or note: the order is of no matter."""
    ordered = question.asks("before", "after", "between", "earliest", "latest", "neighbour", "timeline", "conflict")
    return question.asks("list") and len(question.dates) == 1 and not ordered and bool(places(question.normal))


def is_listed_in_cell(context: Context) -> bool:
    """Whether one cell of the one thing named lists what is asked for: "which APIs does X have"."""
    question = context.question
    if len(question.mentions) != 1 or not context.ranked or question.asks("negated", "unstated"):
        return False
    if question.quantities or asks_for_related(question):
        return False
    best = context.ranked[0]
    parts = [part for part in _LISTED.split(best.fact.value) if part.strip()]
    told = best.fact.kind in (FactKind.CELL, FactKind.KEY) and len(parts) > 1
    return told and best.subject >= 1 and best.coverage >= MOSTLY_HEADED


def asks_for_related(question: Question) -> bool:
    """Whether a question asks which things stand in a relation to the one it names: "which ones build on X"."""
    if "name" not in question.types or len(question.mentions) != 1:
        return False
    which = AFTER_WHICH.search(question.normal)
    return which is not None and which.start() < question.mentions[0].start and not is_attribute(which[1])


def wants_extreme(question: Question) -> bool:
    """Whether the most or least of an attribute is asked for, over all things or the variants of one."""
    counted = any(unit.quantity is not None for unit in question.units)
    return question.asks("superlative_max", "superlative_min") and len(question.mentions) < 2 and not counted


def about_dates(question: Question) -> bool:
    return question.concept("date") is not None or not question.units or bool(question.dates)


BESIDE_DATES = frozenset(("date", "organisation", "person", "open_source"))
"""Attributes of which a question for a sequence speaks by the way: what came out, and who brought it."""


def other_concepts(question: Question) -> bool:
    return any(u.concept is not None and u.concept.name not in BESIDE_DATES for u in question.units)


def wants_list(question: Question) -> bool:
    limited = any(unit.limit for unit in question.units) and not question.mentions
    return limited or question.asks("list") or (question.asks("count") and not _counts_of_named(question))


def _counts_of_named(question: Question) -> bool:
    """Whether a number that a named thing has is asked for, as its grammar says: "how many layers does X have"."""
    named = (question.normal[: mention.start] for mention in question.mentions if mention.exact)
    return any(_HOW_MANY_OF.search(before) is not None for before in named)


def wants_things(question: Question) -> bool:
    """Whether a question asks which things there are of some sort, be it only by saying of which: "有舵没有桨的"."""
    alone = is_bare(question.normal) or (is_headless(question.normal) and not question.mentions)
    return wants_list(question) or question.asks("which") or alone


def looks_in_one_place(context: Context) -> bool:
    """Whether a list is asked for that may keep to one table or section."""
    question = context.question
    placed = question.asks("which") and bool(places(question.normal))
    return (wants_list(question) or placed or is_bare(question.normal)) and not counts_of_one(context)


def asks_command(question: Question) -> bool:
    """Whether a command is asked for in so many words, be it one that fetches something from an address."""
    return intent("commanding").search(question.normal) is not None


def asks_for_things(question: Question) -> bool:
    """Whether a question says "which ones" or "what came of", be it no plain list, and does not ask for a person."""
    if question.concept("owner", "person") is not None:
        return False
    return question.asks("which") or intent("list").search(question.normal) is not None


def names_a_value(context: Context) -> bool:
    """Whether what the question names is a value of other things: "who has an X"."""
    if not context.ranked or not context.question.mentions:
        return False
    best = context.ranked[0].fact
    named = any(mention.stands_in(view(best).value) for mention in context.question.mentions)
    return (
        named and best.kind is FactKind.CELL and all(best.entity_key not in m.keys for m in context.question.mentions)
    )


def asks_relation(question: Question) -> bool:
    """Whether a yes-or-no attribute is asked, or what stands in a relation to a named thing ("based on X")."""
    return "yesno" in question.types or ("name" in question.types and bool(question.mentions))


def counts_of_one(context: Context) -> bool:
    """Whether a number of one named thing is asked for: "how many layers does X have"."""
    question = context.question
    if question.asks("list") or not any(mention.exact for mention in question.mentions) or not context.ranked:
        return False
    return context.ranked[0].subject >= OF_RELATIVE


def asks_kind(question: Question) -> bool:
    """Whether nothing but words for a kind of thing are asked: no attribute, number, date or denial."""
    plain = all(unit.concept is None and unit.quantity is None for unit in question.units)
    return plain and not question.dates and not question.asks("negated")


def is_definition(context: Context) -> bool:
    """Whether a thing itself is asked about, not an attribute of it."""
    question = context.question
    if any(scored.literal and scored.subject >= OF_RELATIVE for scored in context.ranked[:3]):
        return False
    return not question.units


def asks_what_it_is(context: Context) -> bool:
    """Whether the words for a doubt only press for what a thing is: "X 到底是什么"."""
    return context.question.asks("definition") and is_definition(context)
