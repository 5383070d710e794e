"""Dated things: timeline entries and date cells, and which of them a question asks for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rag.answer.context import Context, display
from rag.question.mentions import Mention
from rag.question.understand import Question, Unit
from rag.question.wording import Wordings, attribute_concepts, concepts
from rag.retrieve.evidence import stands_in, unit_match
from rag.retrieve.view import view
from rag.text.lexicon import Lexicon
from rag.text.names import name_key
from rag.text.normalise import normalise
from rag.text.tokenise import tokenise
from rag.types import Fact, FactKind

MONTH = 7
"""Characters of an ISO 8601 date with its month: a bare year in a cell is often something else."""
BARE = 25
"""Characters beside name and date up to which a timeline entry only says that the thing came."""
HIT = 0.5
"""Least match of a header with a word of the question for its column to be the one asked for."""
SUREST = 1
"""Translations by which a word and a header of one language meet: "buy" and "Bought"."""


@dataclass(frozen=True, slots=True)
class Event:
    """A dated fact of a thing: ISO 8601, the thing's key and name."""

    date: str
    key: str
    name: str
    fact: Fact


@cache
def wordings(table: str) -> Wordings:
    """The wordings of a table of data/timeline.toml."""
    return Wordings(normalise(word) for word in _raw()[table]["words"])


@cache
def _raw() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((files("rag.answer") / "data" / "timeline.toml").read_text(encoding="utf-8"))


def event_of(context: Context, fact: Fact, date: str) -> Event:
    """The event that a dated fact tells of."""
    entity = context.entity(fact.entity_key)
    key = entity.keys[0] if entity is not None else fact.entity_key
    return Event(date, key, display(entity) if entity is not None else fact.entity, fact)


def dated(context: Context) -> tuple[Event, ...]:
    """All events of the corpus: dated timeline entries and date cells, earliest first. Gone through anew each time."""
    return events_in(context, context.snapshot.dated_facts())


def events_in(context: Context, facts: Iterable[Fact]) -> tuple[Event, ...]:
    """The events among dated facts, earliest first."""
    events: list[Event] = []
    for fact in facts:
        if fact.date is None or fact.kind not in (FactKind.EVENT, FactKind.CELL, FactKind.KEY):
            continue
        if len(fact.date) >= MONTH or fact.kind is FactKind.EVENT:
            events.append(event_of(context, fact, fact.date))
    return tuple(sorted(events, key=lambda e: (e.date, e.name, e.fact.source, e.fact.ordinal)))


def asked_events(question: Question, events: Sequence[Event]) -> list[Event]:
    """The events of the kind that is asked for.

    A column whose header the question words stands alone. Where the question asks for what came out, columns of
    other dates and entries about something else are left out.
    """
    named = ordering_header(question, events)
    if named:
        return [e for e in events if e.fact.kind is not FactKind.EVENT and view(e.fact).attribute == named]
    words = _telling(question)
    columns = [e for e in events if e.fact.kind is not FactKind.EVENT and _header_hit(words, e.fact)]
    if columns:
        return columns
    if not asks_appearance(question):
        entries = [event for event in events if event.fact.kind is FactKind.EVENT or _is_date(event.fact)]
        return entries or list(events)
    return [event for event in events if appears(event.fact, event.date)]


def ordering_header(question: Question, events: Sequence[Event]) -> str:
    """The header, normalised, that the question puts things in order by ("按首次发布算"); "" where it names none."""
    headers = {view(event.fact).attribute for event in events if event.fact.kind is not FactKind.EVENT}
    said = [header for header in headers if stands_in(header, question.normal)]
    before, behind = _ordering()
    for header in sorted(said, key=lambda header: (-len(header), header)):
        name = rf"[\"'“”]?{re.escape(header)}[\"'“”]?"
        if re.search(rf"(?:{before})\s*(?:the\s+)?{name}|{name}\s*(?:{behind})", question.normal):
            return header
    return ""


@cache
def _ordering() -> tuple[str, str]:
    """Patterns of what stands before and behind a header by which things are put in order."""
    raw = _raw()["by"]
    before, behind = ("|".join(re.escape(normalise(word)) for word in raw[side]) for side in ("before", "behind"))
    return before, behind


def narrowed(question: Question, events: Sequence[Event]) -> list[Event]:
    """The events that hold what the question says beside the dates, where any does."""
    words = _telling(question)
    held = [event for event in events if any(unit_match(unit, view(event.fact)) > HIT for unit in words)]
    if held or not words:
        return held or list(events)
    most = max((_place_hits(words, event.fact) for event in events), default=0)
    return [event for event in events if _place_hits(words, event.fact) == most]


def _place_hits(words: Sequence[Unit], fact: Fact) -> int:
    """How many words the headings, headers and file name around a fact hold."""
    tokens = frozenset(tokenise(" ".join((fact.source, *fact.heading, *(header for header, _ in fact.qualifiers)))))
    return sum(any(token in tokens and weight >= HIT for token, weight in unit.alternatives) for unit in words)


def tells(question: Question, event: Event) -> bool:
    """Whether an event holds a word of the question that says what happened; True where there is none."""
    words = _telling(question)
    return not words or any(unit_match(unit, view(event.fact)) > HIT for unit in words)


def about(mention: Mention, events: Sequence[Event]) -> list[Event]:
    """The events of things that are called by a name or by a part of it, in either script."""
    names = {mention.surface, *_counterparts(mention)}
    found = [
        event for event in events
        if event.fact.entity_key in mention.keys
        or any(name in normalise(f"{event.fact.entity} {event.fact.value}") for name in names)
    ]  # fmt: skip
    entries = [event for event in found if event.fact.kind is FactKind.EVENT]
    return entries if len(entries) > 1 else found


def _counterparts(mention: Mention) -> set[str]:
    """What stands for a part of a name in its other forms: of "Foo X5" and "福 X5" that is 福 for foo."""
    found: set[str] = set()
    for entity in mention.entities:
        forms = [normalise(alias) for alias in entity.aliases]
        rests = {form.replace(mention.surface, "").strip() for form in forms if mention.surface in form} - {""}
        found |= {
            form.removesuffix(rest).strip()
            for rest in rests for form in forms
            if form.endswith(rest) and mention.surface not in form
        }  # fmt: skip
    return found - {""}


def _telling(question: Question) -> list[Unit]:
    """The words that say something of the things, not of time."""
    temporal = wordings("temporal")
    appearing = wordings("appearing")
    return [
        unit for unit in question.units
        if unit.concept is None and unit.quantity is None and not unit.label.isdigit()
        and not temporal.fullmatch(unit.label) and not appearing.search(unit.label)
    ]  # fmt: skip


def _header_hit(words: Sequence[Unit], fact: Fact) -> bool:
    tokens = view(fact).attribute_tokens
    meant = {term.term for token in tokens if token.isascii() for term in Lexicon.load().translate(token)[:SUREST]}
    return any(
        (weight >= HIT and token in tokens) or (at <= SUREST and token in meant)
        for unit in words for at, (token, weight) in enumerate(unit.alternatives)
    )  # fmt: skip


def _is_date(fact: Fact) -> bool:
    """Whether a column is headed as the date of its things."""
    return attribute_concepts(view(fact).attribute).get("date", 0.0) >= 1


def asks_appearance(question: Question) -> bool:
    """Whether the question asks for when things came out."""
    return wordings("appearing").search(question.normal) is not None


def appears(fact: Fact, date: str) -> bool:
    """Whether its thing came out: the column holds such dates, or the words say so or nothing else."""
    if fact.kind in (FactKind.CELL, FactKind.KEY) and _is_date(fact):
        return True
    if concepts()["date"].in_notes.search(view(fact).value) or wordings("appearing").search(view(fact).value):
        return True
    return fact.kind is FactKind.EVENT and len(fact.value) - len(date) - len(name_key(fact.entity)) <= BARE
