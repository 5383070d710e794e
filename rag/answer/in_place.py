"""Questions that say where to look: without those words, and asked of what stands there alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from rag.answer.contents import contents
from rag.answer.context import Context
from rag.answer.draft import Draft
from rag.answer.listing import is_unconditional
from rag.answer.meant_regions import MOST_SOURCES, headed_by, meant, notes_called, reached
from rag.answer.regions import Region, regions, whole_note
from rag.answer.scoped import asks_for_all
from rag.answer.wants import wants_list
from rag.index import PartView, Snapshot
from rag.question.scope import Phrase, is_included, largest_table, names_note, places
from rag.question.understand import Question
from rag.types import Fact

MOST_PLACES = 8
"""Tables and sections that one phrase may name; of more it is no name."""


def in_place(question: Question, snapshot: Snapshot) -> Place | None:
    """The place that a question names for sure; None where it names none."""
    if question.asks("conflict"):
        return None
    phrases = places(question.normal)
    large = largest_table(question.normal)
    if not phrases and not large:
        return None
    notes = reached(snapshot, question)
    found: tuple[Region, ...] = ()
    said = left = question.normal
    for phrase in phrases:
        if is_included(phrase):
            said, left = _without(said, phrase), _without(left, phrase)
            continue
        here = _named(snapshot, phrase, notes)
        inner = tuple(region for region in here if not found or any(region.is_within(other) for other in found))
        outer = tuple(region for region in found if any(region.is_within(other) for other in here))
        if inner or outer:
            found = inner or outer
            left = _without(left, phrase)
    if large and not any(region.lines is not None for region in found):
        table = _largest_table(snapshot, found)
        if table is not None:
            found, left = (table,), left.replace(large, "," * len(large), 1)
    return Place(said, left, found) if found and left.strip(" ,?？") else None


def _largest_table(snapshot: Snapshot, within: Sequence[Region]) -> Region | None:
    """The table with most cells, of the regions named or of all notes; None of many notes or where none is largest."""
    paths = sorted({region.source for region in within}) or snapshot.source_paths()
    if len(paths) > MOST_SOURCES:
        return None
    tables = [
        region for region in regions(snapshot, paths)
        if region.rows and (not within or any(region.is_within(other) for other in within))
    ]  # fmt: skip
    sizes = sorted(((len(table.rows) * len(table.rows[0][1]), at) for at, table in enumerate(tables)), reverse=True)
    return tables[sizes[0][1]] if sizes else None


def _without(text: str, phrase: Phrase) -> str:
    """`text` with commas for a phrase: all else stays at its place."""
    return text.replace(phrase.text, "," * len(phrase.text), 1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question says to look, and what is left of it: `left` has commas for the words that say so."""

    said: str
    left: str
    regions: tuple[Region, ...]

    def of(self, snapshot: Snapshot) -> Snapshot:
        """What stands there."""
        regions = self.regions

        @cache
        def holds(fact: Fact) -> bool:
            return any(region.holds(fact) for region in regions)

        return PartView(snapshot, holds, {region.source for region in regions})

    def asked(self, left: Question) -> Question:
        """What is `left` of the question, with all its words at hand for those who look for places in them."""
        return replace(left, normal=self.said) if len(left.normal) == len(self.said) else left

    def told(self, context: Context) -> Draft | None:
        """All that stands there, where nothing else is asked for."""
        question = context.question
        if question.asks("earliest", "latest", "before", "after", "between", "neighbour", "compare"):
            return None
        every = asks_for_all(context) or (wants_list(question) and is_unconditional(question))
        return contents(context, self.regions) if every else None


def _named(snapshot: Snapshot, phrase: Phrase, notes: Sequence[str]) -> tuple[Region, ...]:
    """The regions that a phrase names with all its words; with the word for a place among them, where any does."""
    called = notes_called(snapshot, phrase)
    if called:
        return called
    if not phrase.place and not phrase.quoted:
        return ()
    whole = (replace(phrase, words=(*phrase.words, phrase.telling)),) if phrase.telling else ()
    for said in (*whole, phrase):
        found, held = meant(snapshot, said, notes)
        if names_note(phrase) and len(held) * 2 >= len(said.words):
            titled = tuple(region for region in found if region.is_note)
            if len(titled) == 1:
                return titled
        if len(held) < len(said.words):
            continue
        if said is not phrase:
            found = headed_by(found, phrase.telling) or found
        if names_note(phrase) and len({region.source for region in found}) == 1:
            found = (whole_note(snapshot, found[0].source),)
        if 0 < len(found) <= MOST_PLACES:
            return found
    return ()
