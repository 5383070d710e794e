"""What of a corpus can be asked without guessing: things with clear names, and what is stated of them in few words."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from eval.generate.wordings import skipped_attributes
from eval.metrics import squeeze
from rag.answer.polarity import is_unknown
from rag.index import Snapshot
from rag.text.dates import dates
from rag.text.names import has_cjk
from rag.text.normalise import normalise
from rag.text.tokenise import is_word
from rag.types import Entity, Fact, FactKind, Lines, Location, Source

SURELY_A_THING = 3
"""Strength of a name that stands in a heading or a name column."""
LONGEST_NAME = 40
LONGEST_VALUE = 40
"""Characters: longer values are shortened in answers, and many ways to say them are right."""
MOST_WORDS = 8
"""Latin words of a value; more are a sentence."""
LONGEST_ATTRIBUTE = 24
SHORTEST_TELLING = 3
"""Characters of a value, squeezed, below which any answer might hold it by chance."""
Place = tuple[str, Location]
STRUCTURED = (FactKind.CELL, FactKind.KEY)
_SENTENCE = re.compile(r"[。；;！!？?\n]|\.\s|://|[，,].*[，,].*[，,]")
_DATED = re.compile(r"^\W*[\d\-/.年月日]+[\s:：，,—–-]*")
_PUNCTUATED = re.compile(r"[。；;！!？?，,：:\n|“”\"]|https?|\.\s")


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that has a name of its own. `aliases` are all ways to write it, `keys` what facts call it by."""

    keys: tuple[str, ...]
    name: str
    aliases: tuple[str, ...]

    @property
    def key(self) -> str:
        """What tells it from others."""
        return self.keys[0]

    def spoken(self, language: str) -> str:
        """Its name in a question: in English without Chinese characters where it has such a name."""
        if language == "en" and has_cjk(self.name):
            return next((alias for alias in self.aliases if not has_cjk(alias)), self.name)
        return self.name


@dataclass(frozen=True, slots=True)
class Stated:
    """The one value that all notes give a thing for an attribute, and everywhere they do."""

    thing: Thing
    attribute: str
    value: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """An attribute over the whole corpus.

    `stated` are the things with one clear value, by name; `unclear` the facts beside them: of things without a clear
    name, with several values, or whose value is a sentence. Whether those belong to a list cannot be told.
    """

    attribute: str
    stated: tuple[Stated, ...]
    unclear: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """All that questions are made from."""

    columns: tuple[Column, ...]
    sections: tuple[Column, ...]
    """Lists of events, each under the heading that it stands under, with the day as value."""
    facts: tuple[Fact, ...]
    things: Mapping[str, Thing]
    """By every key that a fact may bear."""
    about: Mapping[str, Sequence[Fact]]
    """Facts by every key that they are about or mention."""
    sources: Mapping[str, Source]

    def of(self, thing: Thing) -> list[Fact]:
        """Every fact about a thing or mentioning it."""
        return list(dict.fromkeys(fact for key in thing.keys for fact in self.about.get(key, ())))


def gather(snapshot: Snapshot) -> Material:
    """The material of one generation; papers are left out, whose tables are not read surely enough to be gold."""
    facts = tuple(fact for fact in snapshot.facts() if isinstance(fact.location, Lines))
    things = _things(snapshot.entities(), {normalise(fact.attribute) for fact in facts})
    grouped: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.kind in STRUCTURED and is_askable(fact.attribute):
            grouped[normalise(fact.attribute)].append(fact)
    links: dict[Place, list[str]] = defaultdict(list)
    about: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        for key in {fact.entity_key, *fact.mentions}:
            about[key].append(fact)
        if fact.kind is FactKind.LINK:
            links[fact.source, fact.location].append(normalise(fact.attribute))
    columns = tuple(_column(found, things, links) for _, found in sorted(grouped.items()))
    sources = {path: snapshot.source(path) for path in snapshot.source_paths()}
    return Material(columns, _sections(facts, things), facts, things, about, sources)


def is_askable(attribute: str) -> bool:
    """Whether a header or key can stand in a question as what is asked for."""
    normal = normalise(attribute)
    letters = sum(char.isalpha() for char in normal)
    if not 2 <= len(normal) <= LONGEST_ATTRIBUTE or letters < 2 or letters < len(normal) / 2:
        return False
    spoken = {normal, *(part.strip() for part in normal.split("/"))}
    return not spoken & skipped_attributes() and not _PUNCTUATED.search(attribute)


def is_short(value: str) -> bool:
    """Whether a value is a name, a number, a date or a few words, and not a sentence or an unknown."""
    if not value.strip() or len(value) > LONGEST_VALUE or len(value.split()) > MOST_WORDS:
        return False
    return not _SENTENCE.search(value) and not is_unknown(value)


def is_telling(value: str) -> bool:
    """Whether an answer that holds the value says it on purpose."""
    return len(squeeze(value)) >= SHORTEST_TELLING


def one_date(value: str) -> str | None:
    """The date that a value is, nothing else: ISO 8601, as precise as it is written."""
    found = dates(value)
    if len(found) != 1 or len(value) > found[0].end - found[0].start + 2:
        return None
    return found[0].iso


def _things(entities: Iterable[Entity], attributes: set[str]) -> dict[str, Thing]:
    """Things by key: none that shares a key with another one, is a header too, or bears an everyday word as name."""
    entities = list(entities)
    owners = Counter(key for entity in entities for key in set(entity.keys))
    found: dict[str, Thing] = {}
    for entity in entities:
        shared = any(owners[key] > 1 for key in entity.keys)
        headers = {normalise(alias) for alias in (entity.name, *entity.aliases)} & attributes
        if entity.strength < SURELY_A_THING or shared or headers or not _is_name(entity.name):
            continue
        aliases = tuple(dict.fromkeys((entity.name, *entity.aliases)))
        found |= dict.fromkeys(entity.keys, Thing(entity.keys, entity.name, aliases))
    return found


def _is_name(name: str) -> bool:
    if not 2 <= len(name) <= LONGEST_NAME or not any(char.isalpha() for char in name) or dates(name):
        return False
    if has_cjk(name):
        return not (len(name) <= 3 and is_word(name)) and not _PUNCTUATED.search(name)
    return not name.islower() and not _PUNCTUATED.search(name) and len(name.split()) <= MOST_WORDS


def _sections(facts: Iterable[Fact], things: Mapping[str, Thing]) -> tuple[Column, ...]:
    """Lists of events that tell one day of one thing each: "2024-01-30: X" and perhaps more about it."""
    grouped: dict[tuple[str, tuple[str, ...]], list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.kind is FactKind.EVENT and fact.heading and is_askable(fact.heading[-1]):
            grouped[fact.source, fact.heading].append(fact)
    found = []
    for (_, heading), events in sorted(grouped.items()):
        times = Counter(things[fact.entity_key].key for fact in events if fact.entity_key in things)
        stated, unclear = [], []
        for fact in events:
            thing = things.get(fact.entity_key)
            if thing is not None and fact.date and times[thing.key] == 1 and _begins_with(thing, fact):
                stated.append(Stated(thing, heading[-1], fact.date, (fact,)))
            else:
                unclear.append(fact)
        found.append(Column(heading[-1], tuple(stated), tuple(unclear)))
    return tuple(found)


def _begins_with(thing: Thing, event: Fact) -> bool:
    """Whether an event is about the thing: its name follows the date."""
    after = _DATED.sub("", event.value, count=1)
    return any(after.startswith(alias) for alias in thing.aliases)


def _is_link_text(fact: Fact, links: Mapping[Place, Sequence[str]]) -> bool:
    """Whether a cell's text is what its links are called: the addresses are what it says."""
    own = normalise(fact.attribute)
    return any(label.startswith(own) for label in links.get((fact.source, fact.location), ()))


def _column(found: Iterable[Fact], things: Mapping[str, Thing], links: Mapping[Place, Sequence[str]]) -> Column:
    by_thing: dict[str, list[Fact]] = defaultdict(list)
    unclear: list[Fact] = []
    for fact in found:
        thing = things.get(fact.entity_key)
        if thing is None or _is_link_text(fact, links):
            unclear.append(fact)
        else:
            by_thing[thing.key].append(fact)
    stated: list[Stated] = []
    for facts in by_thing.values():
        first = facts[0]
        if len({squeeze(fact.value) for fact in facts}) == 1 and is_short(first.value):
            stated.append(Stated(things[first.entity_key], first.attribute, first.value, tuple(facts)))
        else:
            unclear += facts
    attribute = (stated[0].facts if stated else unclear)[0].attribute
    return Column(attribute, tuple(sorted(stated, key=lambda s: s.thing.name)), tuple(unclear))
