"""Dated things: timeline entries and date cells, and which of them a question asks for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from rag.answer.context import Context
from rag.question.mentions import Mention
from rag.question.understand import KIND_WEIGHT, Question, Unit
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
_YEAR = re.compile(r"(?:1[89]|20)\d\d(?=年?\s*(?:$|[,，;；(（]))")
HEADERS_KEPT = 10_000
"""Headers kept in memory as matching sees them: dates of a corpus stand under few, thousands of them under each."""
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
    raw = _raw()[table]
    return Wordings(map(normalise, raw["words"]), [normalise(word) for word in raw.get("unless", ())])


@cache
def _raw() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((files("rag.answer") / "data" / "timeline.toml").read_text(encoding="utf-8"))


def event_of(context: Context, fact: Fact, date: str) -> Event:
    """The event that a dated fact tells of."""
    return Event(date, context.key(fact.entity_key), context.subject(fact), fact)


def events_in(context: Context, facts: Iterable[Fact]) -> tuple[Event, ...]:
    """The events among dated facts, earliest first."""
    events: list[Event] = []
    for fact in facts:
        if fact.date is None or fact.kind not in (FactKind.EVENT, FactKind.CELL, FactKind.KEY):
            continue
        if len(fact.date) >= MONTH or fact.kind is FactKind.EVENT:
            events.append(event_of(context, fact, fact.date))
    return in_time(events)


def in_time(events: Iterable[Event]) -> tuple[Event, ...]:
    """Events, earliest first."""
    return tuple(sorted(events, key=lambda e: (e.date, e.name, e.fact.source, e.fact.ordinal)))


@dataclass(frozen=True, slots=True)
class Sought:
    """Which events a question asks for: by the headers of dates, by entries of timelines, by what their words say.

    `named` is the header, normalised, that the question puts things in order by; "" where it names none.
    """

    headers: frozenset[str] | None
    """As written; any where it is None."""
    entries: bool = True
    appearing: bool = False
    named: str = ""

    def takes(self, kind: FactKind, attribute: str) -> bool:
        """Whether events of this kind under this header may be asked for."""
        if kind is FactKind.EVENT:
            return self.entries
        return self.headers is None or attribute in self.headers

    def holds(self, event: Event) -> bool:
        """Whether the event is asked for."""
        taken = self.takes(event.fact.kind, event.fact.attribute)
        return taken and (not self.appearing or appears(event.fact, event.date))


ANY = Sought(None)


def headers_of(events: Iterable[Event]) -> frozenset[str]:
    """The headers over the dates that are no entries of timelines."""
    return frozenset(event.fact.attribute for event in events if event.fact.kind is not FactKind.EVENT)


def sought(question: Question, headers: Collection[str], *, entries: bool) -> Sought:
    """The events of the kind that is asked for, among those under `headers` and, if there are any, `entries`.

    A column whose header the question words stands alone. Where the question asks for what came out, columns of
    other dates and entries about something else are left out.
    """
    named = ordering_header(question, headers)
    if named:
        return Sought(frozenset(h for h in headers if _header(h).text == named), entries=False, named=named)
    words = telling_words(question)
    worded = frozenset(header for header in headers if _is_worded(words, _header(header)))
    if worded:
        return Sought(worded, entries=False)
    if asks_appearance(question):
        return Sought(None, appearing=True)
    of_dates = frozenset(header for header in headers if _header(header).is_date)
    return Sought(of_dates) if entries or of_dates else ANY


def asked_events(question: Question, events: Sequence[Event]) -> list[Event]:
    """Those of `events` that are of the kind that is asked for."""
    entries = any(event.fact.kind is FactKind.EVENT for event in events)
    asked = sought(question, headers_of(events), entries=entries)
    return [event for event in events if asked.holds(event)]


def ordering_header(question: Question, headers: Iterable[str]) -> str:
    """The header, normalised, that the question puts things in order by ("按首次发布算"); "" where it names none."""
    said = [text for text in {_header(header).text for header in headers} if stands_in(text, question.normal)]
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


def narrowed(question: Question, events: Iterable[Event]) -> Iterator[Event]:
    """The events that hold what the question says beside the dates, where any does: as they come, one by one."""
    words = telling_words(question)
    if not words:
        yield from events
        return
    sorts = [unit for unit in words if unit.weight <= KIND_WEIGHT]  # what stands under "alpacas" is one by any name
    held = False
    others: list[Event] = []
    for event in events:
        if any(unit_match(unit, view(event.fact)) > HIT for unit in words) or _place_hits(sorts, event.fact):
            held, others = True, []
            yield event
        elif not held:
            others.append(event)
    most = max((_place_hits(words, event.fact) for event in others), default=0)
    yield from (event for event in others if _place_hits(words, event.fact) == most)


def _place_hits(words: Sequence[Unit], fact: Fact) -> int:
    """How many words the headings, headers and file name around a fact hold."""
    return sum(place_holds(unit, fact) for unit in words)


def place_holds(unit: Unit, fact: Fact) -> bool:
    """Whether the headings, headers and file name around a fact hold a word."""
    tokens = _place(fact.source, fact.heading, tuple(header for header, _ in fact.qualifiers))
    return any(token in tokens and weight >= HIT for token, weight in unit.alternatives)


@lru_cache(maxsize=HEADERS_KEPT)
def _place(source: str, heading: tuple[str, ...], headers: tuple[str, ...]) -> frozenset[str]:
    return frozenset(tokenise(" ".join((source, *heading, *headers))))


def tells(question: Question, event: Event) -> bool:
    """Whether an event holds a word of the question that says what happened; True where there is none."""
    words = telling_words(question)
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


def telling_words(question: Question) -> list[Unit]:
    """The words that say something of the things, not of time."""
    temporal = wordings("temporal")
    appearing = wordings("appearing")
    return [
        unit for unit in question.units
        if unit.concept is None and unit.quantity is None and not unit.label.isdigit()
        and not temporal.fullmatch(unit.label) and not appearing.search(unit.label)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Header:
    """A header as matching sees it: normalised, its tokens, the surest translations of them, whether it says "date"."""

    text: str
    tokens: frozenset[str]
    meant: frozenset[str]
    is_date: bool


@lru_cache(maxsize=HEADERS_KEPT)
def _header(attribute: str) -> _Header:
    text, tokens = normalise(attribute), frozenset(tokenise(attribute))
    meant = {term.term for token in tokens if token.isascii() for term in Lexicon.load().translate(token)[:SUREST]}
    return _Header(text, tokens, frozenset(meant), attribute_concepts(text).get("date", 0.0) >= 1)


def _is_worded(words: Sequence[Unit], header: _Header) -> bool:
    return any(
        (weight >= HIT and token in header.tokens) or (at <= SUREST and token in header.meant)
        for unit in words for at, (token, weight) in enumerate(unit.alternatives)
    )  # fmt: skip


def _is_date(fact: Fact) -> bool:
    """Whether a column is headed as the date of its things."""
    return _header(fact.attribute).is_date


def is_of_dates(header: str) -> bool:
    """Whether a header or key, as written, says that dates or foundings stand under it."""
    return _header(header).is_date or is_of_founding(header)


def bare_year(value: str) -> str:
    """The year that a value is or begins with; "" where it holds none."""
    match = _YEAR.match(value)
    return match.group() if match is not None else ""


def is_of_founding(header: str) -> bool:
    """Whether a header or key, as written, says that its things were founded then."""
    return attribute_concepts(_header(header).text).get("founding", 0.0) >= 1


def is_founding(fact: Fact) -> bool:
    """Whether a header or key says that its thing was founded."""
    return is_of_founding(fact.attribute)


def year_of(fact: Fact) -> str:
    """The year that a cell under a header of dates holds or begins with; "" where it holds none."""
    dated = fact.kind in (FactKind.CELL, FactKind.KEY) and is_of_dates(fact.attribute)
    return bare_year(fact.value) if dated else ""


def asks_appearance(question: Question) -> bool:
    """Whether the question asks for when things came out."""
    return wordings("appearing").search(question.normal) is not None


def appears(fact: Fact, date: str) -> bool:
    """Whether its thing came out: the column holds such dates, or the words say so or nothing else."""
    if fact.kind in (FactKind.CELL, FactKind.KEY) and _is_date(fact):
        return True
    said = normalise(fact.value)
    if concepts()["date"].in_notes.search(said) or wordings("appearing").search(said):
        return True
    return fact.kind is FactKind.EVENT and len(fact.value) - len(date) - len(name_key(fact.entity)) <= BARE
