"""Differences of two generations for people and for programs: lines of text, and rows of JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rag.answer.polarity import verdict
from rag.answer.serialise import place
from rag.index.differences import Differences, NoteChange, PassageChange
from rag.index.fact_changes import Change, FactChange
from rag.types import Fact
from server.listing import where
from server.terminal import one_line
from server.wording import say

if TYPE_CHECKING:
    from rag.types import Status

LONGEST = 120
"""Characters of a value in a line of text; JSON holds all of it."""
_MARKS = {Change.NEW: "+", Change.GONE: "-"}


def rows(found: Differences) -> dict[str, Any]:
    """The differences as a JSON object."""
    return {
        "from": found.older,
        "to": found.newer,
        "notes": [_note_row(note) for note in found.notes],
        "entities": {
            "new": list(found.new_entities),
            "gone": list(found.gone_entities),
            "renamed": [list(pair) for pair in found.renamed_entities],
        },
        "facts": [_fact_row(change) for change in found.facts],
        "passages": [
            {
                "change": str(one.change),
                "source": one.chunk.source,
                **place(one.chunk.location),
                "heading": list(one.chunk.heading),
                "text": one.chunk.text,
            }
            for one in found.passages
        ],
    }


def _note_row(note: NoteChange) -> dict[str, Any]:
    return {
        "change": str(note.change),
        "path": note.path,
        "before": note.before,
        "stale": note.stale,
        "passages": {"new": note.new, "gone": note.gone, "moved": note.moved},
    }


def _fact_row(change: FactChange) -> dict[str, Any]:
    fact, status = change.fact, statuses(change)
    return {
        "change": str(change.change),
        "entity": change.entity,
        "attribute": fact.attribute,
        "qualifiers": [list(pair) for pair in fact.qualifiers],
        "before": change.before.value if change.before else None,
        "after": change.after.value if change.after else None,
        "status": [str(one) for one in status] if status else None,
        "source": fact.source,
        **place(fact.location),
        "heading": list(fact.heading),
    }


def statuses(change: FactChange) -> tuple[Status, Status] | None:
    """What a changed fact said and says now, where both are verdicts (yes, no, with conditions) and differ."""
    if change.before is None or change.after is None:
        return None
    before, after = verdict(change.before.value), verdict(change.after.value)
    return (before, after) if before and after and before is not after else None


def lines(
    found: Differences, made: Mapping[int, str], language: str, *, limit: int | None, passages: bool
) -> Iterator[str]:
    """The differences as lines of text; `made` says when a generation was made, `limit` is for each section."""
    times = {n: made.get(n) or say(language, "unknown_time") for n in (found.older, found.newer)}
    yield say(
        language,
        "head",
        older=found.older,
        newer=found.newer,
        older_made=times[found.older],
        newer_made=times[found.newer],
    )
    sections = {
        "notes": [_note_line(note, language) for note in found.notes],
        "entities": _entity_lines(found, language),
        "facts": _fact_lines(found, language),
        "passages": [line for one in found.passages for line in _passage_lines(one, language)] if passages else [],
    }
    if not any(sections.values()):
        yield say(language, "same")
    for name, told in sections.items():
        if told:
            yield ""
            yield say(language, name)
            yield from told[:limit]
            if limit is not None and len(told) > limit:
                yield say(language, "more", count=len(told) - limit)


def _note_line(note: NoteChange, language: str) -> str:
    message = "note_stale" if note.stale else f"note_{note.change}"
    return say(
        language, message, path=note.path, before=note.before, stale=note.stale,
        new=note.new, gone=note.gone, moved=note.moved,
    )  # fmt: skip


def _entity_lines(found: Differences, language: str) -> list[str]:
    counts = Counter(change.entity for change in found.facts)
    told = [say(language, "entity_new", name=name, count=counts[name]) for name in found.new_entities]
    told += [say(language, "entity_gone", name=name, count=counts[name]) for name in found.gone_entities]
    return told + [say(language, "entity_renamed", before=a, after=b) for a, b in found.renamed_entities]


def _fact_lines(found: Differences, language: str) -> list[str]:
    """The facts of things that were there before and after; those of the others count with the thing."""
    beside = {*found.new_entities, *found.gone_entities}
    return [_fact_line(change, language) for change in found.facts if change.entity not in beside]


def _fact_line(change: FactChange, language: str) -> str:
    fact = change.fact
    parts = {"about": _about(change, language), "where": where({"source": fact.source, **place(fact.location)})}
    if change.before is None or change.after is None:
        return say(language, f"fact_{change.change}", value=_shown(fact), **parts)
    before, after = _shown(change.before), _shown(change.after)
    if found := statuses(change):
        words = [say(language, str(status)) for status in found]
        if [before, after] != words:
            after += say(language, "status_change", before=words[0], after=words[1])
    return say(language, "fact_changed", before=before, after=after, **parts)


def _about(change: FactChange, language: str) -> str:
    fact = change.fact
    entity = change.entity or (fact.heading[-1] if fact.heading else "")
    said = [value for _, value in fact.qualifiers if value != entity]
    attribute = " ".join([*said, fact.attribute]).strip()
    return say(language, "about", entity=entity, attribute=attribute) if entity and attribute else entity or attribute


def _shown(fact: Fact) -> str:
    text = one_line(fact.value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _passage_lines(one: PassageChange, language: str) -> Sequence[str]:
    spot = where({"source": one.chunk.source, **place(one.chunk.location)})
    mark = _MARKS[one.change]
    text = [f"    {mark} {line}" for line in one.chunk.text.splitlines()]
    return [say(language, f"passage_{one.change}", where=spot), *text]
