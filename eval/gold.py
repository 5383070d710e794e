"""Where the gold evidence lies in the stored sources, and what counts as reaching it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from eval.cases import Case, CaseError
from rag.errors import RagError
from rag.text.language import language
from rag.types import PAGE_BREAK, Lines, Location, Page, Source, SourceKind

Lookup = Callable[[str], Source]
"""A source by its path; raises a RagError for one that is not there."""


@dataclass(frozen=True, slots=True)
class Place:
    """One gold evidence, found in its source: every location where it stands, and its quote if it has one."""

    source: str
    locations: tuple[Location, ...]
    quote: str | None
    language: str


def locate(case: Case, source: Lookup) -> tuple[Place, ...]:
    """The case's evidence in the stored sources. Raises CaseError for evidence that does not stand there."""
    places = []
    for evidence in case.evidence:
        try:
            found = source(evidence.file)
        except RagError as error:
            message = f"{case.origin}: evidence file {evidence.file!r} is not in the index; give its --corpus"
            raise CaseError(message) from error
        if evidence.lines is not None:
            locations: tuple[Location, ...] = (evidence.lines,)
            total = found.text.count("\n") + 1
            if evidence.lines.last > total:
                message = f"evidence line {evidence.lines.last} of {evidence.file}, which has {total}"
                raise CaseError(f"{case.origin}: {message}")
        else:
            assert evidence.quote is not None
            locations = occurrences(found, evidence.quote)
            if not locations:
                raise CaseError(f"{case.origin}: {evidence.file} does not hold {evidence.quote!r}")
        places.append(Place(evidence.file, locations, evidence.quote, language(found.text)))
    return tuple(places)


def occurrences(source: Source, quote: str) -> tuple[Location, ...]:
    """Every location of an exact quote: lines of a note, pages of a paper."""
    places: list[Location] = []
    mark = PAGE_BREAK if source.kind is SourceKind.PAPER else "\n"
    at = source.text.find(quote)
    while at >= 0:
        first = source.text.count(mark, 0, at) + 1
        last = first + quote.count(mark)
        places.append(Page(first) if source.kind is SourceKind.PAPER else Lines(first, last))
        at = source.text.find(quote, at + 1)
    return tuple(places)


def text_at(source: Source, location: Location) -> str:
    """The stored text of whole lines of a note, or of one page of a paper ("" beyond the end)."""
    if isinstance(location, Lines):
        return "\n".join(source.text.split("\n")[location.first - 1 : location.last])
    pages = source.text.split(PAGE_BREAK)
    return pages[location.number - 1] if location.number <= len(pages) else ""


def overlaps(one: Location, other: Location) -> bool:
    """Whether two places of one source share a line, or a page."""
    if isinstance(one, Lines) and isinstance(other, Lines):
        return one.first <= other.last and other.first <= one.last
    return isinstance(one, Page) and isinstance(other, Page) and one.number == other.number


def supports(place: Place, source: str, location: Location, text: str) -> bool:
    """Whether a passage or citation reaches the evidence: same source, a shared line or the whole quote."""
    if source != place.source:
        return False
    return any(overlaps(location, gold) for gold in place.locations) or (
        place.quote is not None and place.quote in text
    )
