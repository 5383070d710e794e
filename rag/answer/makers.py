"""The maker or brand whose things a question asks about: a name that begins several names, or a maker's cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.answer.context import Context, once
from rag.answer.events import Event, event_of, is_founding
from rag.index import Term
from rag.question.mentions import Mention
from rag.question.understand import Question
from rag.question.wording import attribute_concepts
from rag.retrieve.evidence import stands_in
from rag.retrieve.view import view
from rag.text.dates import dates
from rag.text.language import HAN
from rag.text.names import has_cjk, name_key
from rag.text.normalise import normalise
from rag.text.tokenise import query_tokens
from rag.types import Entity, FactKind

FEWEST = 2
"""Things whose names begin with one word from which it is their brand."""
SHORTEST = 2
"""Characters of such a word."""
LONGEST_NAMES = 60
"""Characters of the names that are looked at."""
LONGEST_CELL = 3
"""A maker's cell is at most so many times as long as the name in it."""
MOST_UNDATED = 6
"""Things of a brand without an event for which sentences are searched, and the facts searched for each."""
MOST_SEARCHED = 30
MOST_OF_MAKER = 200
"""Facts that word a maker's name among which its things are looked for."""
_GLUED = re.compile(rf"^([{HAN}]+)(?=[a-z0-9])")
"""A Chinese brand with the Latin name of its thing right behind it."""
MADE_BY = ("organisation", "owner")
"""Attributes that say whose a thing is."""


@dataclass(frozen=True, slots=True)
class Maker:
    """What a maker is called in the notes, normalised, its own keys, and the things of its."""

    words: frozenset[str]
    own: frozenset[str]
    things: tuple[Entity, ...]

    @property
    def keys(self) -> frozenset[str]:
        """Keys of its things."""
        return frozenset(key for entity in self.things for key in entity.keys)

    def holds(self, event: Event) -> bool:
        """Whether an event is of one of its things, or words its name."""
        if event.key in self.keys or event.fact.entity_key in self.keys:
            return True
        return self.is_named(normalise(f"{event.fact.entity} {event.fact.value}"))

    def is_named(self, normal: str) -> bool:
        """Whether a normalised text words its name."""
        return any(stands_in(word, normal) for word in self.words)


@once
def maker(context: Context) -> Maker | None:
    """The one maker or brand that a question names; None where it names none, or several."""
    question = context.question
    if len(question.mentions) > 1:
        return None
    if question.mentions:
        return _named(context, question.mentions[0])
    found = [
        made for word in _words(question)
        if len((made := _of_words(context, (word,), frozenset())).things) >= FEWEST
    ]  # fmt: skip
    return found[0] if len(found) == 1 else None


def _named(context: Context, mention: Mention) -> Maker | None:
    """The things of the maker that is named; None where what is named has none, or is one of several that begin so."""
    own = mention.keys if mention.exact else frozenset[str]()
    words = {mention.surface, *(normalise(part) for entity in mention.entities for part in _parts(entity))}
    made = _of_words(context, sorted(words), own)
    by_cells = _by_cells(context, mention)
    things = {entity.name: entity for entity in (*made.things, *by_cells)}
    return Maker(made.words, own, tuple(things.values())) if len(things) >= FEWEST else None


def _parts(entity: Entity) -> list[str]:
    """A name in all its forms, and the words of those that have it in two scripts: "福山 Foo"."""
    found: list[str] = []
    for alias in entity.aliases:
        parts = alias.split()
        found += [alias] if len(parts) == 1 else []
        found += parts if len({has_cjk(part) for part in parts}) > 1 else []
    return found


def _words(question: Question) -> Sequence[str]:
    """The words of a question that may be a brand."""
    words = [unit.label for unit in question.units if unit.concept is None and unit.quantity is None]
    return [word for word in dict.fromkeys(words) if len(word) >= SHORTEST and not word[0].isdigit()]


def _of_words(context: Context, words: Iterable[str], own: frozenset[str]) -> Maker:
    """The things whose names begin with one of `words`, or with what a longer one of them begins with."""
    called: set[str] = set()
    things: dict[str, Entity] = {}
    for word in words:
        begun: dict[str, dict[str, Entity]] = {}
        for entity in _beginning(context, word, own):
            for alias in entity.aliases:
                first, *rest = _GLUED.sub(r"\1 ", normalise(alias)).split() or [""]
                if rest and len(first) >= SHORTEST and (first == word or (has_cjk(word) and word.startswith(first))):
                    begun.setdefault(first, {})[entity.name] = entity
        for first, found in begun.items():
            if len(found) >= FEWEST:
                called |= {first, word}
                things |= found
    return Maker(frozenset(called | set(words)), own, tuple(things.values()))


def _beginning(context: Context, word: str, own: frozenset[str]) -> list[Entity]:
    """The things with a name that begins as a word does, but for the word's own thing."""
    key = name_key(word)
    starts = {key[:length] for length in range(SHORTEST, len(key))} if has_cjk(word) else set()
    found: dict[str, Entity] = {}
    for start in sorted({key, *starts}):
        for longer in context.names.keys.beginning(start, LONGEST_NAMES) if len(start) >= SHORTEST else ():
            entity = context.entity(longer)
            if entity is not None and longer not in own and not own.intersection(entity.keys):
                found[entity.name] = entity
    return list(found.values())


def _by_cells(context: Context, mention: Mention) -> list[Entity]:
    """The things that have the maker in the cell of whose they are."""
    found: dict[str, Entity] = {}
    clauses = [(Term(token),) for token in mention.tokens]
    hits = context.snapshot.search_facts(clauses, MOST_OF_MAKER) if clauses else []
    for fact in dict.fromkeys((*context.snapshot.facts_mentioning(mention.keys), *(hit for hit, _ in hits))):
        if not mention.stands_in(view(fact).value):
            continue
        if fact.kind not in (FactKind.CELL, FactKind.KEY) or len(fact.value) > LONGEST_CELL * len(mention.surface):
            continue
        said = attribute_concepts(view(fact).attribute)
        entity = context.entity(fact.entity_key)
        if entity is None or not any(said.get(name, 0.0) >= 1 for name in MADE_BY):
            continue
        if not mention.keys.intersection(entity.keys):
            found[entity.name] = entity
    return list(found.values())


def is_of_things(event: Event) -> bool:
    """Whether an event may be of a thing that was made: a firm's own founding is not."""
    return event.fact.kind is FactKind.EVENT or not is_founding(event.fact)


def undated(context: Context, made: Maker, events: Iterable[Event]) -> list[Event]:
    """Sentences that give the one date of things of which no event tells."""
    told = {event.key for event in events}
    rest = [entity for entity in made.things if not told.intersection(entity.keys)]
    found: list[Event] = []
    for entity in rest[:MOST_UNDATED]:
        names = sorted({_bare(normalise(alias), made.words) for alias in entity.aliases} - {""})
        tokens = dict.fromkeys(token for name in names for token in query_tokens(name))
        hits = context.snapshot.search_facts([(Term(token),) for token in tokens], MOST_SEARCHED) if tokens else []
        for fact, _ in hits:
            stated = [date.iso for date in dates(fact.value) if date.iso]
            said = view(fact).value
            if fact.kind is FactKind.STATEMENT and len(stated) == 1 and any(stands_in(name, said) for name in names):
                event = event_of(context, fact, stated[0])
                found.append(Event(event.date, context.key(entity.keys[0]), entity.name, fact))
                break
    return found


def _bare(alias: str, words: frozenset[str]) -> str:
    """A name without the brand that it begins with, where enough is left to be told from others."""
    first, _, rest = alias.partition(" ")
    bare = rest.strip() if first in words else alias
    return bare if len(name_key(bare)) > SHORTEST else alias
