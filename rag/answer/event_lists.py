"""The events of a corpus, arranged by what a question can name of them: things, notes, timelines."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from weakref import WeakKeyDictionary

from rag.answer.context import Context
from rag.answer.date_limits import Within
from rag.answer.events import (
    MONTH,
    Event,
    Sought,
    about,
    bare_year,
    event_of,
    events_in,
    headers_of,
    in_time,
    is_of_dates,
    is_of_founding,
    sought,
)
from rag.answer.meant_regions import reached
from rag.index import Snapshot, Term
from rag.index.uncollected import uncollected
from rag.question.mentions import Mention
from rag.question.understand import Question
from rag.retrieve.evidence import query
from rag.text.tokenise import tokenise
from rag.types import Fact, FactKind

NAMES_LIST = 2
"""Words of the question that a timeline's heading must hold to be meant itself."""
MOST_GONE_THROUGH = 10_000
"""Events of a large corpus that are looked at for one question, those of the earliest dates that it allows."""
DATES_AT_ONCE = 64
"""Distinct dates whose events are read together at most: what only wants the first few reads those of a few."""
MOST_SEARCHED = 200
"""Facts that word a name among which its dates are looked for, besides those of the thing itself."""


@dataclass(frozen=True, eq=False)
class Arranged:
    """`events`, earliest first, looked up instead of gone through for every question.

    `lists` are the timelines, in reading order; `by_word` tells which of them have a word in heading or file name.
    """

    events: Sequence[Event]
    sources: tuple[str, ...]
    by_key: Mapping[str, tuple[int, ...]]
    lists: tuple[tuple[Event, ...], ...]
    by_word: Mapping[str, tuple[int, ...]]

    @cached_property
    def headers(self) -> frozenset[str]:
        """The headers over the dates that are no entries of timelines."""
        return headers_of(self.events)

    def sought(self, question: Question) -> Sought:
        """The events that the question asks for."""
        return sought(question, self.headers, entries=bool(self.lists))

    def on(self, asked: Sought, within: Within, *, latest: bool = False) -> Iterator[Event]:
        """The asked events on dates `within`, earliest first; of the `latest` date first."""
        events = [event for event in self.events if within(event.date) and asked.holds(event)]
        return _latest_first(events) if latest else iter(events)

    def of(self, keys: Collection[str]) -> list[Event]:
        """The events of the things with these keys, earliest first."""
        return [self.events[at] for at in sorted({at for key in keys for at in self.by_key.get(key, ())})]

    def about(self, mention: Mention) -> list[Event]:
        """The events of things that are called by a name or by a part of it, earliest first."""
        return about(mention, self.events)

    def in_note(self, path: str) -> list[Event]:
        """The events that the note at `path` tells of, earliest first."""
        return [event for event in self.events if event.fact.source == path]

    def naming(self, mention: Mention | None, question: Question) -> Sequence[Event]:
        """Events among which all are that hold a name or, without one, words of the question; earliest first."""
        return self.events

    def reached(self, question: Question) -> Sequence[str]:
        """The notes with events, or those of them that the question words."""
        return self.sources

    def inside(self, holds: Callable[[Fact], bool], sources: Collection[str]) -> list[Event]:
        """The events of facts that `holds` takes, all of which are in `sources`; earliest first."""
        return [event for event in self.events if holds(event.fact)]

    def listed_in(self, question: Question) -> list[Event]:
        """The entries of the one timeline whose heading and title the question words; none when it words no such."""
        hits: Counter[int] = Counter()
        for tokens in _asked(question):
            hits.update({number for token in tokens for number in self.by_word.get(token, ())})
        most = max(hits.values(), default=0)
        if most < NAMES_LIST:
            return []
        return list(self.lists[min(number for number, count in hits.items() if count == most)])


class LookedUp:
    """The events of a large corpus: what is asked for is looked up in the records, by name, by words or by date."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._snapshot = context.snapshot

    @cached_property
    def _dates(self) -> Mapping[str, frozenset[tuple[FactKind, str]]]:
        """ISO 8601 date -> kinds and headers of the events on it; earliest first."""
        kinds = {kind.value: kind for kind in (FactKind.EVENT, FactKind.CELL, FactKind.KEY)}
        found: dict[str, set[tuple[FactKind, str]]] = defaultdict(set)
        for dated in self._snapshot.dates:
            kind = kinds.get(dated.kind)
            if kind is FactKind.EVENT or (kind is not None and len(dated.date) >= MONTH):
                found[dated.date].add((kind, dated.attribute))
        return {date: frozenset(headers) for date, headers in found.items()}

    def sought(self, question: Question) -> Sought:
        """The events that the question asks for."""
        headers = frozenset[tuple[FactKind, str]]().union(*self._dates.values())
        entries = any(kind is FactKind.EVENT for kind, _ in headers)
        named = {attribute for kind, attribute in headers if kind is not FactKind.EVENT}
        while True:
            asked = sought(question, named, entries=entries)
            if not asked.headers or asked.entries or next(self.on(asked, lambda _: True), None) is not None:
                return asked
            named -= asked.headers  # only facts that are gone stood under them

    def on(self, asked: Sought, within: Within, *, latest: bool = False) -> Iterator[Event]:
        """The asked events on dates `within`, earliest first; of the `latest` date first. At most MOST_GONE_THROUGH."""
        under: dict[str, set[tuple[FactKind, str]]] = {}
        for date, every in self._dates.items():
            if within(date) and (taken := {(kind, header) for kind, header in every if asked.takes(kind, header)}):
                under[date] = taken
        dates = sorted(under, reverse=latest)
        left, at, size = MOST_GONE_THROUGH, 0, 1
        while at < len(dates) and left > 0:
            part = dates[at : at + size]
            headers = {(kind.value, header) for date in part for kind, header in under[date]}
            facts = self._snapshot.facts_on(part, headers, left)
            events = [event for event in events_in(self._context, facts) if asked.holds(event)]
            yield from _latest_first(events) if latest else events
            left -= len(facts)
            at, size = at + size, min(size * 2, DATES_AT_ONCE)

    def of(self, keys: Collection[str]) -> list[Event]:
        """The events of the things with these keys, earliest first."""
        return list(events_in(self._context, self._snapshot.dated_facts_of(keys))) if keys else []

    def about(self, mention: Mention) -> list[Event]:
        """The events of things that are called by a name or by a part of it, earliest first."""
        return about(mention, self.naming(mention, self._context.question))

    def in_note(self, path: str) -> list[Event]:
        """The events that the note at `path` tells of, earliest first."""
        return list(events_in(self._context, self._snapshot.dated_facts_in([path])))

    def naming(self, mention: Mention | None, question: Question) -> Sequence[Event]:
        """Events that hold a name or, without one, words of the question best; earliest first."""
        found: dict[Fact, None] = {}
        if mention is not None:
            keys = {*mention.keys, *mention.relatives}
            found = dict.fromkeys(self._snapshot.dated_facts_of(keys)) if keys else {}
            found |= dict.fromkeys(self._snapshot.facts_mentioning(mention.keys) if mention.keys else ())
        clauses = query(question.units) if mention is None else [(Term(token),) for token in mention.tokens]
        best = self._snapshot.search_facts(clauses, MOST_SEARCHED) if clauses else ()
        found |= dict.fromkeys(fact for fact, _ in best)
        return events_in(self._context, (fact for fact in found if fact.entity_key))

    def reached(self, question: Question) -> Sequence[str]:
        """The notes that the question words."""
        return reached(self._snapshot, question)

    def inside(self, holds: Callable[[Fact], bool], sources: Collection[str]) -> list[Event]:
        """The events of facts that `holds` takes, all of which are in `sources`; earliest first."""
        facts = self._snapshot.dated_facts_in(sources)
        return list(events_in(self._context, (fact for fact in facts if holds(fact))))

    def listed_in(self, question: Question) -> list[Event]:
        """The entries of the one timeline whose heading and title the question words; none when it words no such."""
        facts = self._snapshot.timelines_of(_asked(question), NAMES_LIST)
        lists = arrange(events_in(self._context, facts)).lists
        return list(lists[0]) if lists else []


def _latest_first(events: Iterable[Event]) -> Iterator[Event]:
    """`events`, which come earliest first, date by date from the latest; those of one date stay in their order."""
    by_date = [list(group) for _, group in groupby(events, key=lambda event: event.date)]
    return (event for group in reversed(by_date) for event in group)


def _asked(question: Question) -> list[frozenset[str]]:
    """For each word and name of a question the tokens that stand for it."""
    units = [unit.alternatives for unit in question.units if unit.concept is None and unit.quantity is None]
    named = [frozenset(mention.tokens) for mention in question.mentions]
    return [*(frozenset(token for token, _ in alternatives) for alternatives in units), *named]


def looked_up(context: Context) -> Arranged | LookedUp:
    """The events of the corpus, all arranged where they are few."""
    return arranged(context) if context.snapshot.name_table is None else LookedUp(context)


def arranged(context: Context) -> Arranged:
    """All events of the corpus."""
    kept = _arranged.get(context.snapshot)
    if kept is None:
        with uncollected():
            kept = _arranged[context.snapshot] = arrange(events_in(context, context.snapshot.dated_facts()))
    return kept


def with_years(context: Context) -> Arranged | LookedUp:
    """The same with the bare years that stand under headers of dates, unless the corpus is large."""
    every = looked_up(context)
    if isinstance(every, LookedUp):
        return every
    takes = is_of_founding if context.question.concept("founding") is not None else is_of_dates
    headers = {header for header, _ in context.snapshot.attributes() if takes(header)}
    facts = context.snapshot.facts_under(headers, lambda _, value: bool(bare_year(value))) if headers else ()
    years = [event_of(context, fact, bare_year(fact.value)) for fact in facts if fact.entity_key]
    return arrange(in_time((*every.events, *years))) if years else every


_arranged: WeakKeyDictionary[Snapshot, Arranged] = WeakKeyDictionary()
"""The events of a generation: the same for every question."""


def arrange(events: Sequence[Event]) -> Arranged:
    """`events`, which come earliest first."""
    by_key: dict[str, list[int]] = defaultdict(list)
    entries: dict[tuple[str, tuple[str, ...]], list[Event]] = defaultdict(list)
    for at, event in enumerate(events):
        by_key[event.fact.entity_key].append(at)
        if event.fact.kind is FactKind.EVENT:
            entries[event.fact.source, event.fact.heading].append(event)
    lists = sorted(entries.items(), key=lambda item: (item[0][0], item[1][0].fact.ordinal))
    by_word: dict[str, list[int]] = defaultdict(list)
    for number, ((source, heading), _) in enumerate(lists):
        for token in dict.fromkeys(tokenise(" ".join((source, *heading)))):
            by_word[token].append(number)
    return Arranged(
        events,
        tuple(sorted({event.fact.source for event in events})),
        {key: tuple(places) for key, places in by_key.items()},
        tuple(tuple(listed) for _, listed in lists),
        {word: tuple(numbers) for word, numbers in by_word.items()},
    )
