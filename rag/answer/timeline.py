"""Timelines: order, first and last, before and after, the days between two events."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby, islice

from rag.answer.abreast import qualified_by
from rag.answer.alone import alone
from rag.answer.asked_dates import asked_dates, states_day
from rag.answer.compare import HELD_WEIGHT, LEAST_HELD, LOOKED_THROUGH, forms, held
from rag.answer.context import Context, display
from rag.answer.date_limits import within_dates
from rag.answer.derive import FULL_DATE, days_between
from rag.answer.draft import Draft
from rag.answer.event_lists import Arranged, LookedUp, arrange, looked_up, with_years
from rag.answer.events import (
    ANY,
    Event,
    Sought,
    asked_events,
    asks_appearance,
    event_of,
    headers_of,
    is_founding,
    narrowed,
    ordering_header,
    tells,
    wordings,
    year_of,
)
from rag.answer.makers import Maker, is_of_things, maker, undated
from rag.answer.meant_regions import named
from rag.answer.messages import marks, say
from rag.answer.sides import Side, row_name, sides
from rag.answer.worded_events import telling, worded_best
from rag.question.mentions import Mention
from rag.question.scope import places
from rag.question.understand import Question
from rag.question.wording import intent
from rag.retrieve.view import view
from rag.text.dates import dates
from rag.text.names import name_key
from rag.types import Claim, Fact, FactKind, Item, Kind, Status

MOST_EVENTS = 40
LONGEST_ENTRY = 80
"""Characters of what a timeline entry says beside its date."""
PRECISE = 0.5
"""Relevance that a date with its day has before one without."""
OTHER_DATE = 1.5
"""Relevance behind a thing's best date within which another note's date is told too."""
_LEADING_DATE = re.compile(r"^[\s\d年月日号.\-/:：,，~–—]+")


def timeline(context: Context) -> Draft | None:
    """A timeline answer; None when the question's things have no dates."""
    question = context.question
    found = sides(question)
    if len(found) > 1 and not all(_is_kind(side) for side in found):
        return _of_sides(context, found)
    limited = asked_dates(question) and not question.asks("earliest", "latest")
    placed = _placed(context, with_years(context) if limited else looked_up(context))
    if question.asks("between") and len(question.mentions) == 2:
        named = [placed.of(mention.keys) or placed.of(mention.relatives) for mention in question.mentions]
        if all(named):
            return _between(context, named)
    made = maker(context)
    if made is not None and in_order(question) and not question.asks("before", "after", "neighbour"):
        return _of_maker(context, placed, made)
    if question.mentions and not asked_dates(question):
        return _of_one(context, placed, question.mentions[0], ordered=in_order(question))
    pool = _Pool(question, placed, placed.sought(question))
    if not pool and asked_dates(question):
        pool = replace(pool, sought=ANY)
    if not pool:
        return None
    if question.asks("earliest", "latest") and not question.asks("list"):
        if pool.sought.named or not telling(question):
            return _extreme(context, pool.sought.named, pool.in_order)
        worded = worded_best(context, pool.worded())
        return _extreme(context, "", partial(arrange(worded).on, ANY, lambda _: True)) if worded else None
    return _listed(context, pool.in_order())


def _is_kind(side: Side) -> bool:
    """Whether a side is only a sort of thing: "models or projects"."""
    return side.mention is None and intent("kind").fullmatch(side.surface.strip()) is not None


@dataclass(frozen=True, slots=True)
class _Pool:
    """The events that a question asks for, on dates that it allows; read as they are asked for."""

    question: Question
    placed: Arranged | LookedUp
    sought: Sought

    def __bool__(self) -> bool:
        return next(self.in_order(), None) is not None

    def worded(self) -> list[Event]:
        """Those that may hold words of the question, earliest first."""
        within = within_dates(self.question)
        found = self.placed.naming(None, self.question)
        return [event for event in found if self.sought.holds(event) and within(event.date)]

    def in_order(self, *, latest: bool = False) -> Iterator[Event]:
        """Earliest first, or the `latest` date first."""
        return narrowed(self.question, self.placed.on(self.sought, within_dates(self.question), latest=latest))


def _placed(context: Context, every: Arranged | LookedUp) -> Arranged | LookedUp:
    """The events of the table, section or note that the question names; all of them where it names none."""
    if not any(True for _ in places(context.question.normal)):
        return every
    found, _ = named(context.snapshot, context.question.normal, every.reached(context.question))
    sources = {region.source for region in found}
    inside = every.inside(lambda fact: any(region.holds(fact) for region in found), sources) if found else []
    return arrange(inside) if inside else every


def in_order(question: Question) -> bool:
    """Whether a whole sequence is asked for."""
    return wordings("order").search(question.normal) is not None


def is_sooner(question: Question) -> bool:
    """Whether things are put in order of time."""
    return wordings("sooner").search(question.normal) is not None


def _of_one(context: Context, placed: Arranged | LookedUp, mention: Mention, *, ordered: bool) -> Draft | None:
    """What lies before or after one thing, the first or last entry of a timeline, or all that bears a name."""
    question = context.question
    if question.asks("before", "after", "neighbour") and (
        own := placed.of(mention.keys) or placed.of(mention.relatives)
    ):
        return _around(context, placed, own[0])
    if not ordered and not question.asks("earliest", "latest"):
        return None
    entries = placed.listed_in(question)
    if entries and question.asks("earliest", "latest"):
        return _extreme(
            context, ordering_header(question, headers_of(entries)), partial(arrange(entries).on, ANY, lambda _: True)
        )
    if not ordered:
        return None
    pool = asked_events(question, placed.about(mention))
    pool = pool if len({event.key for event in pool}) > 1 else entries or pool
    return _listed(context, pool) if len(pool) > 1 else None


def _of_maker(context: Context, placed: Arranged | LookedUp, made: Maker) -> Draft | None:
    """What came of one maker: the dates of its things, what timelines say of it, and its own dates.

    Its own are left out where the question asks for what came out.
    """
    question = context.question
    mention = question.mentions[0] if question.mentions else None
    found = placed.of({*made.keys, *made.own})
    found += [event for event in placed.naming(mention, question) if event not in found and made.holds(event)]
    if asks_appearance(question):
        found = [event for event in found if event.fact.entity_key not in made.own and is_of_things(event)]
    within = within_dates(question)
    found = [event for event in asked_events(question, found) if within(event.date)]
    found += [event for event in undated(context, made, found) if within(event.date)]
    found.sort(key=lambda event: (event.date, event.name))
    return _listed(context, found) if len(found) > 1 else None


def _of_sides(context: Context, found: Sequence[Side]) -> Draft | None:
    """The dates of things put side by side: each is looked up alone."""
    named = [_dates_of(*alone(context, found, at), [s.surface for s in found]) for at in range(len(found))]
    told = [events for events in named if events]
    if len(told) < 2:
        return None
    if len(told) == 2 and all(events[0].date for events in told):
        return _between(context, told)
    firsts = [event for events in told for event in events[: None if len(told) > 2 else 1]]
    return _listed(context, sorted(firsts, key=lambda event: (event.date, event.name)))


def _dates_of(side: Side, context: Context, named: Sequence[str]) -> list[Event]:
    """The event of a side that fits the question best, and others that may be meant as well.

    `named` are the names of all sides: what speaks of "Foo X5" does not speak of "Foo".
    """
    longer = [name for name in named if side.surface in name and name != side.surface]
    weights: dict[Event, float] = {}
    least = min((scored.relevance for scored in context.ranked[:LOOKED_THROUGH]), default=0.0)
    for at, scored in enumerate(context.ranked):
        date = _date(scored.fact)
        share = held(side, context.question, scored.fact) if date is not None else 0.0
        if date is None or share < LEAST_HELD or any(name in view(scored.fact).value for name in longer):
            continue
        relevance = scored.relevance if at < LOOKED_THROUGH else least
        weights[event_of(context, scored.fact, date)] = (
            relevance + HELD_WEIGHT * share + PRECISE * (len(date) >= FULL_DATE)
        )
    for event in looked_up(context).naming(side.mention, context.question):
        share = held(side, context.question, event.fact)
        if share >= LEAST_HELD and event not in weights and not any(n in view(event.fact).value for n in longer):
            weights[event] = least + HELD_WEIGHT * share
    if not weights:
        return _own_dates(context)
    asked = asked_events(context.question, list(weights))
    if wordings("aged").search(context.question.normal) is not None:
        begun = [event for event in weights if event.fact.kind is not FactKind.EVENT]
        asked = [event for event in begun if is_founding(event.fact)] or [e for e in begun if e in asked] or asked
    weighed = [(weight, event) for event, weight in weights.items() if event in asked or not asked]
    weighed.sort(key=lambda entry: -entry[0])
    weight, best = weighed[0]
    near = [event for other, event in weighed[1:] if other >= weight - OTHER_DATE and event.key == best.key]
    near = [event for event in near if event.fact.source != best.fact.source]
    if not near and best.fact.kind is FactKind.CELL and not tells(context.question, best):
        near = [event for _, event in weighed[1:] if event.fact.kind is FactKind.EVENT][:1]
    return [_named(event, side) for event in (best, *near)]


def _named(event: Event, side: Side) -> Event:
    """The event under the name of the thing that was asked about, where a longer entry is filed under another."""
    mention = side.mention
    if mention is None and (name := row_name(side, event.fact)):
        return replace(event, name=name)
    if mention is None or event.fact.entity_key in mention.keys:
        return event
    spoken = any(form.stands_in(view(event.fact).value) for form in forms(mention))
    if not spoken and not qualified_by(event.fact, mention):
        return event
    return replace(event, name=display(mention.entities[0]))


def _own_dates(context: Context) -> list[Event]:
    """The date of the thing itself, for a stage of it that the notes do not name."""
    keys = {key for mention in context.question.mentions for key in mention.keys}
    own = [s.fact for s in context.ranked if s.fact.entity_key in keys and s.fact.kind is FactKind.CELL and s.fact.date]
    return [event_of(context, fact, fact.date) for fact in own[:1] if fact.date]


def _date(fact: Fact) -> str | None:
    """The one date of a fact; "" for one without its year; None where it states none or several."""
    if fact.kind in (FactKind.LINK, FactKind.CODE) or fact.value.startswith("http"):
        return None
    stated = [fact.date] if fact.date else [date.iso for date in dates(fact.value)]
    if not stated and (year := year_of(fact)):
        return year
    if not stated and states_day(fact.value):
        return ""
    return stated[0] if len(stated) == 1 else None


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
    gap = days_between(first.date, second.date)
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
    draft.claims += [Claim(f"{e.name}: {_value(e)}", n) for e, n in zip((first, second), numbers, strict=True)]
    if any(event.fact.kind is not FactKind.CELL for event in (first, second)):
        for event in (first, second):
            _add(draft, event, item=False)
    for events in named:
        for event in events[1:]:
            if event.date != events[0].date and not events[0].date.startswith(event.date):
                _add(draft, event)
    draft.items += [Item(e.name, Status.YES, _value(e), n) for e, n in zip((first, second), numbers, strict=True)]
    return draft


def _around(context: Context, placed: Arranged | LookedUp, anchor: Event) -> Draft:
    """Events before or after a thing's; only the neighbour when that is asked for."""
    question = context.question
    draft = Draft(context.snapshot, question.language, Kind.TIMELINE)
    sought = placed.sought(question)
    before = question.asks("before") and not question.asks("after")
    _add(draft, anchor, item=False)

    def beyond(date: str) -> bool:
        return date < anchor.date if before else date > anchor.date

    if question.asks("neighbour"):
        pool = [e for e in placed.in_note(anchor.fact.source) if sought.holds(e) and len(e.date) == len(anchor.date)]
        chosen = [e for e in pool if e.key != anchor.key and beyond(e.date)]
        nearest = (max if before else min)((e.date for e in chosen), default="")
        found: Iterable[Event] = [e for e in chosen if e.date == nearest]
    else:
        found = (e for e in placed.on(sought, beyond) if e.key != anchor.key)
    for event in islice(_distinct(found), MOST_EVENTS):
        _add(draft, event)
    return draft


def _extreme(context: Context, header: str, pool: Callable[..., Iterator[Event]]) -> Draft:
    """The first or last events of `pool`, which gives the `latest` first when told so; `header` puts them in order."""
    question = context.question
    draft = Draft(context.snapshot, question.language, Kind.TIMELINE)
    beside = question.normal.replace(header, " ") if header else question.normal
    for name in ("earliest", "latest"):
        if intent(name).search(beside):
            _, events = next(groupby(pool(latest=name == "latest"), key=lambda event: event.date))
            for event in _distinct(events):
                numbers = draft.item(event.name, Status.YES, event.date, [event.fact])
                said = _entry(event)
                told = event.name if not said or name_key(event.name) in name_key(said) else said
                draft.lines.append(say(question.language, name, date=event.date, entity=told, marks=marks(numbers)))
    return draft


def _listed(context: Context, pool: Iterable[Event]) -> Draft:
    draft = Draft(context.snapshot, context.question.language, Kind.TIMELINE)
    events = list(islice(_distinct(pool), MOST_EVENTS))
    if context.question.asks("count"):
        draft.lines.append(say(draft.language, "count", count=len(events), other=0))
    for event in events:
        _add(draft, event)
    return draft


def _distinct(events: Iterable[Event]) -> Iterator[Event]:
    """The first event of each thing on each date."""
    seen: set[tuple[str, str]] = set()
    for event in events:
        if (event.date, event.key) not in seen:
            seen.add((event.date, event.key))
            yield event


def _value(event: Event) -> str:
    """The date as far as the fact itself states it so, else the fact's own words."""
    return event.date if event.fact.date else _entry(event)


def _add(draft: Draft, event: Event, *, item: bool = True) -> None:
    if item:
        numbers = draft.item(event.name, Status.YES, _value(event), [event.fact])
    else:
        numbers = (draft.cite(event.fact),)
        draft.claims.append(Claim(f"{event.name}: {_value(event)}", numbers))
    said = _entry(event)
    if not event.date:
        line = say(draft.language, "item", entity=event.name, value=said, marks=marks(numbers))
    elif said:
        line = say(draft.language, "event", date=event.date, entity=event.name, value=said, marks=marks(numbers))
    else:
        line = say(draft.language, "event_bare", date=event.date, entity=event.name, marks=marks(numbers))
    if line not in draft.lines:
        draft.lines.append(line)


def _entry(event: Event) -> str:
    """What a timeline entry says beside its date; "" for a date cell."""
    if event.fact.kind in (FactKind.CELL, FactKind.KEY):
        return ""
    value = event.fact.value.replace("\n", " ")
    value = _LEADING_DATE.sub("", value) if event.date else value
    return value if len(value) <= LONGEST_ENTRY else value[:LONGEST_ENTRY].rstrip() + "…"
