"""Timelines: order, first and last, before and after, the days between two events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rag.answer.context import Context, display
from rag.answer.draft import Draft
from rag.answer.messages import marks, say
from rag.retrieve.evidence import unit_match
from rag.retrieve.view import view
from rag.types import Claim, Fact, FactKind, Item, Kind, Status

MOST_EVENTS = 40


@dataclass(frozen=True, slots=True)
class Event:
    """A dated fact of a thing: ISO 8601, the thing's key and name."""

    date: str
    key: str
    name: str
    fact: Fact


def timeline(context: Context) -> Draft | None:
    """A timeline answer; None when the question's things have no dates."""
    question = context.question
    events = dated(context)
    if not events:
        return None
    named = [_of(events, mention.keys | mention.relatives, mention.keys) for mention in question.mentions]
    if len(named) == 2 and all(named):
        return _between(context, named)
    if len(named) > 2 and sum(1 for found in named if found) > 1:
        return _listed(context, sorted((e for found in named for e in found[:1]), key=lambda e: (e.date, e.name)))
    if len(named) == 1 and named[0] and question.asks("before", "after", "neighbour") and not question.dates:
        return _around(context, events, named[0][0])
    if named and not named[0]:
        return None
    if named and not question.asks("earliest", "latest", "timeline"):
        return None
    pool = _in_range(context, events)
    if not pool:
        return None
    if question.asks("earliest", "latest") and not question.asks("list"):
        return _extreme(context, pool)
    return _listed(context, pool)


def dated(context: Context) -> list[Event]:
    """All events of the corpus: dated timeline entries and date cells, earliest first."""
    events: list[Event] = []
    for fact in context.snapshot.facts():
        if fact.date is None or not fact.entity_key or fact.kind not in (FactKind.EVENT, FactKind.CELL, FactKind.KEY):
            continue
        if len(fact.date) < 7 and fact.kind is not FactKind.EVENT:
            continue
        entity = context.entity(fact.entity_key)
        key = entity.keys[0] if entity is not None else fact.entity_key
        events.append(Event(fact.date, key, display(entity) if entity is not None else fact.entity, fact))
    return sorted(events, key=lambda e: (e.date, e.name, e.fact.source, e.fact.ordinal))


def _of(events: Sequence[Event], keys: frozenset[str], own: frozenset[str]) -> list[Event]:
    exact = [event for event in events if event.fact.entity_key in own]
    return exact or [event for event in events if event.fact.entity_key in keys]


def _between(context: Context, named: Sequence[Sequence[Event]]) -> Draft:
    """Which of two came first, and by how many days; other dates that the notes give are told as well."""
    language = context.question.language
    draft = Draft(context.snapshot, language, Kind.TIMELINE)
    one, other = named[0][0], named[1][0]
    first, second = (one, other) if one.date <= other.date else (other, one)
    numbers = [(draft.cite(event.fact),) for event in (first, second)]
    parts = {
        "one": first.name, "one_date": first.date, "one_marks": marks(numbers[0]),
        "other": second.name, "other_date": second.date, "other_marks": marks(numbers[1]), "first": first.name,
    }  # fmt: skip
    gap = _days(first.date, second.date)
    if first.date == second.date:
        text = say(language, "same_day", **parts)
    elif gap is not None:
        text = say(language, "days", days=gap, **parts)
    else:
        text = say(
            language, "earlier", first=first.name, first_date=first.date, first_marks=marks(numbers[0]),
            second=second.name, second_date=second.date, second_marks=marks(numbers[1]),
        )  # fmt: skip
    draft.lines.append(text)
    draft.claims += [Claim(f"{e.name}: {e.date}", n) for e, n in zip((first, second), numbers, strict=True)]
    for events in named:
        for event in events[1:]:
            if event.date != events[0].date and not events[0].date.startswith(event.date):
                _add(draft, event)
    draft.items += [Item(e.name, Status.YES, e.date, n) for e, n in zip((first, second), numbers, strict=True)]
    return draft


def _days(one: str, other: str) -> int | None:
    if len(one) < 10 or len(other) < 10:
        return None
    return abs((date.fromisoformat(other) - date.fromisoformat(one)).days)


def _around(context: Context, events: Sequence[Event], anchor: Event) -> Draft:
    """Events before or after a thing's; only the neighbour when that is asked for."""
    question = context.question
    draft = Draft(context.snapshot, question.language, Kind.TIMELINE)
    same = [e for e in events if e.fact.source == anchor.fact.source and len(e.date) == len(anchor.date)]
    pool = same if question.asks("neighbour") else events
    before = question.asks("before") and not question.asks("after")
    chosen = [e for e in pool if e.key != anchor.key and (e.date < anchor.date if before else e.date > anchor.date)]
    if question.asks("neighbour") and chosen:
        nearest = max(e.date for e in chosen) if before else min(e.date for e in chosen)
        chosen = [e for e in chosen if e.date == nearest]
    _add(draft, anchor, item=False)
    for event in _distinct(chosen)[:MOST_EVENTS]:
        _add(draft, event)
    return draft


def _in_range(context: Context, events: Sequence[Event]) -> list[Event]:
    question = context.question
    wanted = question.dates
    if not wanted:
        pool = list(events)
    elif question.asks("before"):
        pool = [e for e in events if e.date < wanted[0].iso]
    elif question.asks("after") and len(wanted) == 1:
        pool = [e for e in events if e.date[: len(wanted[0].iso)] > wanted[0].iso]
    elif len(wanted) >= 2:
        low, high = sorted(w.iso for w in wanted[:2])
        pool = [e for e in events if e.date >= low and e.date[: len(high)] <= high]
    else:
        pool = [e for e in events if e.date.startswith(wanted[0].iso)]
    words = [
        u for u in question.units if u.concept is None or u.concept.name not in ("date", "organisation", "open_source")
    ]
    words = [u for u in words if u.quantity is None]
    narrowed = [e for e in pool if any(unit_match(u, view(e.fact)) > 0.3 for u in words)] if words else pool
    return narrowed or pool


def _extreme(context: Context, pool: Sequence[Event]) -> Draft:
    question = context.question
    draft = Draft(context.snapshot, question.language, Kind.TIMELINE)
    for name, pick in (("earliest", min), ("latest", max)):
        if question.asks(name):
            wanted = pick(event.date for event in pool)
            for event in _distinct([e for e in pool if e.date == wanted]):
                numbers = draft.item(event.name, Status.YES, event.date, [event.fact])
                draft.lines.append(
                    say(question.language, name, date=event.date, entity=event.name, marks=marks(numbers))
                )
    return draft


def _listed(context: Context, pool: Sequence[Event]) -> Draft:
    draft = Draft(context.snapshot, context.question.language, Kind.TIMELINE)
    for event in _distinct(pool)[:MOST_EVENTS]:
        _add(draft, event)
    return draft


def _distinct(events: Sequence[Event]) -> list[Event]:
    seen: dict[tuple[str, str], Event] = {}
    for event in events:
        seen.setdefault((event.date, event.key), event)
    return list(seen.values())


def _add(draft: Draft, event: Event, *, item: bool = True) -> None:
    if item:
        numbers = draft.item(event.name, Status.YES, event.date, [event.fact])
    else:
        numbers = (draft.cite(event.fact),)
        draft.claims.append(Claim(f"{event.name}: {event.date}", numbers))
    draft.lines.append(say(draft.language, "event_bare", date=event.date, entity=event.name, marks=marks(numbers)))
