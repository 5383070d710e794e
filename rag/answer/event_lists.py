"""The events of a corpus, arranged by what a question can name of them: things, notes, timelines."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from rag.answer.context import Context
from rag.answer.events import Event, dated
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


def listed_in(question: Question, held: Arranged) -> list[Event]:
    """The entries of the one timeline whose heading and title the question words; none when it words no such."""
    units = [unit.alternatives for unit in question.units if unit.concept is None and unit.quantity is None]
    named = [tuple((token, 1.0) for token in mention.tokens) for mention in question.mentions]
    hits: Counter[int] = Counter()
    for alternatives in (*units, *named):
        hits.update({number for token, _ in alternatives for number in held.by_word.get(token, ())})
    most = max(hits.values(), default=0)
    if most < NAMES_LIST:
        return []
    return list(held.lists[min(number for number, count in hits.items() if count == most)])
