"""The events of a corpus, arranged by what a question can name of them: things, notes, timelines."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from rag.answer.context import Context
from rag.answer.events import Event, dated, events_in
from rag.index import Snapshot
from rag.index.uncollected import uncollected
from rag.question.understand import Question
from rag.text.tokenise import tokenise
from rag.types import FactKind

NAMES_LIST = 2
"""Words of the question that a timeline's heading must hold to be meant itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Arranged:
    """`events`, earliest first, looked up instead of gone through for every question.

    `lists` are the timelines, in reading order; `by_word` tells which of them have a word in heading or file name.
    """

    events: Sequence[Event]
    sources: tuple[str, ...]
    by_key: Mapping[str, tuple[int, ...]]
    lists: tuple[tuple[Event, ...], ...]
    by_word: Mapping[str, tuple[int, ...]]

    def of(self, keys: Collection[str]) -> list[Event]:
        """The events of the things with these keys, earliest first."""
        return [self.events[at] for at in sorted({at for key in keys for at in self.by_key.get(key, ())})]

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
    """The events of a large corpus: those of one thing or timeline are looked up, all are read when all are asked."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @property
    def events(self) -> Sequence[Event]:
        """All events, earliest first."""
        return arranged(self._context).events

    @property
    def sources(self) -> tuple[str, ...]:
        """The notes that hold events."""
        return arranged(self._context).sources

    def of(self, keys: Collection[str]) -> list[Event]:
        """The events of the things with these keys, earliest first."""
        return list(events_in(self._context, self._context.snapshot.dated_facts_of(keys))) if keys else []

    def listed_in(self, question: Question) -> list[Event]:
        """The entries of the one timeline whose heading and title the question words; none when it words no such."""
        facts = self._context.snapshot.timelines_of(_asked(question), NAMES_LIST)
        lists = arrange(events_in(self._context, facts)).lists
        return list(lists[0]) if lists else []


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
            kept = _arranged[context.snapshot] = arrange(dated(context))
    return kept


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
