"""What a list question may mean besides: the things that another reading picks out, in one line below the answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rag.answer.choice import Choice, Readings
from rag.answer.context import Context
from rag.answer.draft import MOST_ITEMS, Draft
from rag.answer.messages import marks, say
from rag.answer.wants import wants_list
from rag.answer.ways import Candidate
from rag.question.scope import places
from rag.question.understand import Question
from rag.text.names import name_key
from rag.text.normalise import normalise
from rag.text.tokenise import tokenise
from rag.types import Fact, FactKind, Item, Kind, OtherReading, Page, Status

LIKELY = 0.05
"""Likelihood from which another reading is told: of 242 questions to develop with it made 36 right, of 230 below 9."""
CLEAR = 0.3
"""Likelihood of the best reading from which nothing else is told beside an answer that agrees with it."""
AGREES = 0.8
"""Share of all places of two lists that both cite for them to be one."""
LESS = 0.15
"""Share of the question that another reading may hold less of than the answer does: it leaves out no condition."""
MOST = 15
"""Things that fit on a line."""


def tell_otherwise(context: Context, draft: Draft, readings: Readings) -> None:
    """Add to a list what the question lists if it means something else, where that is likely enough.

    Not beside the list of a rule that accounts for the question: of 78 that were told there 35 stood beside a right
    answer, and 15 were right themselves.
    """
    question = context.question
    if draft.sure and not readings.are_made:
        return
    told = draft.kind is Kind.LIST or (draft.kind in (Kind.LOOKUP, Kind.PASSAGE) and wants_list(question))
    if draft.abstained or not told or len(draft.items) >= MOST_ITEMS or _leaves_one_reading(question):
        return
    if not readings.first:
        return
    best = readings.first[0]
    if best.likelihood > CLEAR and _shared(draft, best) >= AGREES:
        return
    other = next((choice for choice in readings.first if _leads_elsewhere(draft, choice)), None)
    if other is None or other.likelihood < LIKELY or other.firm_left or len(other.candidate.keys) > MOST:
        return
    if _held(question, _said_by(other.candidate)) >= _held(question, _said_in(draft)) - LESS:
        _tell(draft, other.candidate)


def _leaves_one_reading(question: Question) -> bool:
    """Whether a question denies, limits, compares or says where to look: what differs is then what it excludes."""
    excludes = question.asks("negated", "unstated", "only", "except", "superlative_max", "superlative_min")
    return excludes or any(unit.limit for unit in question.units) or bool(places(question.normal))


def _shared(draft: Draft, choice: Choice) -> float:
    told, other = _cited(draft), _places(choice.candidate)
    return len(told & other) / len(told | other)


def _leads_elsewhere(draft: Draft, choice: Choice) -> bool:
    """Whether a reading names a thing that is not told yet, from a place that is not cited yet.

    What a paper's sentences name is no list: they speak of many things by the way.
    """
    if all(is_prose_of_paper(fact) for facts in _facts(choice.candidate) for fact in facts):
        return False
    told = {name_key(item.entity) for item in draft.items}
    names = {name_key(name) for name in _names(choice.candidate)}
    return not names <= told and not _places(choice.candidate) <= _cited(draft)


def _held(question: Question, said: Iterable[str]) -> float:
    """The share of the question's words, by weight, that a text holds."""
    tokens = set(tokenise(normalise("\n".join(said))))
    held = (unit.weight * max((w for token, w in unit.alternatives if token in tokens), default=0.0)
            for unit in question.units)  # fmt: skip
    return sum(held) / (sum(unit.weight for unit in question.units) or 1.0)


def _said_in(draft: Draft) -> Iterator[str]:
    yield from draft.lines
    yield from draft.beside.values()
    for citation in draft.citations:
        yield from (citation.quote, *citation.heading, citation.source)


def _said_by(candidate: Candidate) -> Iterator[str]:
    yield from _names(candidate)
    for fact in (fact for facts in _facts(candidate) for fact in facts):
        qualifiers = (part for pair in fact.qualifiers for part in pair)
        yield from (fact.quote, fact.entity, fact.attribute, fact.value, *qualifiers, *fact.heading, fact.source)


def _cited(draft: Draft) -> set[object]:
    return {(citation.source, citation.location) for citation in draft.citations}


def _places(candidate: Candidate) -> set[object]:
    return {(fact.source, fact.location) for facts in _facts(candidate) for fact in facts}


def is_prose_of_paper(fact: Fact) -> bool:
    """Whether a fact is a sentence of a paper."""
    return fact.kind is FactKind.STATEMENT and isinstance(fact.location, Page)


def _facts(candidate: Candidate) -> list[list[Fact]]:
    """For every thing the facts that pick it out."""
    return [list(dict.fromkeys(pick.hits[key] for pick in candidate.picks)) for key in candidate.keys]


def _names(candidate: Candidate) -> list[str]:
    return [candidate.sheet.names[key] for key in candidate.keys]


def _tell(draft: Draft, candidate: Candidate) -> None:
    items = []
    for name, facts in zip(_names(candidate), _facts(candidate), strict=True):
        items.append(Item(name, Status.YES, "", draft.name(name, facts)))
    listed = say(draft.language, "list_separator").join(f"{item.entity} {marks(item.citations)}" for item in items)
    label = _label(draft, candidate, [fact for facts in _facts(candidate) for fact in facts])
    if label:
        line = say(draft.language, "otherwise", reading=label, listed=listed)
    else:
        line = say(draft.language, "otherwise_bare", listed=listed)
    draft.lines.append(line)
    draft.otherwise = OtherReading(label, line, tuple(items))


def _label(draft: Draft, candidate: Candidate, facts: Sequence[Fact]) -> str:
    """Where the things stand and under which headers: "Presses, Weight"; empty where that has no words."""
    headers = dict.fromkeys(pick.attribute.strip() for pick in candidate.picks)
    places = {(fact.source, fact.heading) for fact in facts}
    place = ""
    if len(places) == 1:
        source, heading = places.pop()
        place = heading[-1] if heading else draft.snapshot.source(source).title
    return say(draft.language, "list_separator").join(part for part in (place, *headers) if part)
