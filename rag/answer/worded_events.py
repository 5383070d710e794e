"""Which events word what a question for the first or last asks of them, beside the time."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answer.context import Context
from rag.answer.events import Event, place_holds, telling_words, wordings
from rag.question.understand import KIND_WEIGHT, Question, Unit
from rag.question.wording import intent
from rag.retrieve.evidence import unit_match
from rag.retrieve.view import view
from rag.types import FactKind

IN_PLACE = 0.6
"""What a heading, a header or the file's name holds says less of an event than its own words."""
LEAST = 0.5
"""Share of what is asked that the best event must word, else none is what is asked for."""
LEAST_FIRST = 0.25
"""The same for one that says itself that it was the first."""
AS_WELL = 0.9
"""Share of the best event's points from which another one may be meant as well."""


def telling(question: Question) -> list[Unit]:
    """The words that say which event is meant; a word for a sort of thing does not."""
    extreme = [intent(name) for name in ("earliest", "latest")]
    return [
        unit for unit in telling_words(question)
        if unit.weight > KIND_WEIGHT and not any(words.fullmatch(unit.label) for words in extreme)
    ]  # fmt: skip


def worded_best(context: Context, events: Sequence[Event]) -> list[Event]:
    """Those of `events` that word the question best; [] where none words enough of it.

    An entry that says of itself that something was done for the first time goes before those that do not.
    """
    words = telling(context.question)
    weights = [unit.weight * context.rare(unit) for unit in words]
    points = {event: _points(words, weights, event) for event in events}
    if context.question.asks("earliest"):
        firsts = {event: share for event, share in points.items() if share >= LEAST_FIRST and _is_first(event)}
        if firsts:
            return [event for event, share in firsts.items() if share == max(firsts.values())]
    best = max(points.values(), default=0.0)
    return [event for event, share in points.items() if share >= AS_WELL * best] if best >= LEAST else []


def _points(words: Sequence[Unit], weights: Sequence[float], event: Event) -> float:
    seen = view(event.fact)
    held = [max(unit_match(unit, seen), IN_PLACE * place_holds(unit, event.fact)) for unit in words]
    return sum(share * weight for share, weight in zip(held, weights, strict=True)) / (sum(weights) or 1.0)


def _is_first(event: Event) -> bool:
    """Whether an entry says that something was done for the first time."""
    return event.fact.kind is FactKind.EVENT and wordings("first_time").search(view(event.fact).value) is not None
