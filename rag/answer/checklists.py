"""Lists out of checklists: "待办里还没打勾的", "what is still open on the wishlist"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import PurePosixPath
from weakref import WeakKeyDictionary

from rag.answer.conditions import MET, worded_by
from rag.answer.context import Context
from rag.answer.draft import MOST_ITEMS, Draft
from rag.answer.messages import marks, say
from rag.answer.regions import Wording, bare
from rag.index import Snapshot
from rag.question.mentions import Mention
from rag.question.understand import KIND_WEIGHT, Unit
from rag.question.wording import intent
from rag.text.tokenise import query_tokens
from rag.types import Fact, Kind, Lines, SourceKind, Status

MOST_SOURCES = 400
"""Notes up to which all are searched for checklists; of more, those that hold what is asked."""
LONGEST = 80
"""Characters of an item that are told."""
OWN, AROUND, OF_NOTE = 1.0, 0.6, 0.4
"""What a word counts that stands in the heading of a checklist, in those around it, and in the title of its note."""
_TASK = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+\[(?P<mark>[ xX✓✔√])\]\s+(?P<text>\S.*)$")


@dataclass(frozen=True, slots=True)
class _Task:
    line: int
    done: bool
    text: str


@dataclass(frozen=True, slots=True)
class _Checklist:
    """The tasks of one section, and what words it."""

    source: str
    tasks: tuple[_Task, ...]
    wordings: tuple[tuple[Wording, float], ...]


_kept: WeakKeyDictionary[Snapshot, dict[str, tuple[_Checklist, ...]]] = WeakKeyDictionary()


def checklists(context: Context) -> Draft | None:
    """The open tasks, or those done, of the checklists that the question means; None where it asks for no tasks.

    A question means a checklist by its heading, its note, or where it says no more than that tasks are asked for.
    """
    normal = context.question.normal
    open_, done = (intent(name).search(normal) is not None for name in ("task_open", "task_done"))
    if not open_ and not done:
        return None
    named = intent("tasks").search(normal) is not None
    if not named and intent("called_list").search(normal) is None:
        return None
    found = _meant(context, list(_checklists(context)), strictly=not named)
    chosen = [(checklist, task) for checklist in found for task in checklist.tasks if task.done is not open_]
    if not chosen:
        return None
    draft = Draft(context.snapshot, context.question.language, Kind.LIST)
    if context.question.asks("count"):
        draft.lines.append(say(draft.language, "count", count=len(chosen), other=0))
    for checklist, task in chosen[:MOST_ITEMS]:
        fact = _stated(context, checklist.source, task)
        if fact is not None:
            numbers = draft.item(task.text, Status.YES, "", [fact])
            draft.lines.append(say(draft.language, "item_bare", entity=task.text, marks=marks(numbers)))
    if len(chosen) > MOST_ITEMS:
        draft.lines.append(say(draft.language, "and_more", count=len(chosen) - MOST_ITEMS))
    return draft if draft.items else None


def _stated(context: Context, source: str, task: _Task) -> Fact | None:
    """The fact that states a task."""
    return next(iter(context.snapshot.facts_at(source, task.line, task.line)), None)


def _meant(context: Context, known: Sequence[_Checklist], *, strictly: bool) -> list[_Checklist]:
    """The checklists that the question words best; all where it says nothing of which, unless `strictly`."""
    left, words = _left(context)
    names = context.question.mentions
    said: list[Callable[[Wording], bool]] = [
        *(partial(_words, unit) for unit in left),
        *(partial(_names, name) for name in names),
        *(partial(_holds, word) for word in words),
    ]
    points = {at: sum(_points(checklist, held) for held in said) for at, checklist in enumerate(known)}
    best = max(points.values(), default=0.0)
    if best > 0:
        return [known[at] for at, found in points.items() if found == best]
    return [] if strictly or left or names else list(known)


def _points(checklist: _Checklist, held: Callable[[Wording], bool]) -> float:
    """What something that the question says counts for a checklist: by the nearest of its wordings that hold it."""
    return max((weight for text, weight in checklist.wordings if held(text)), default=0.0)


def _words(unit: Unit, text: Wording) -> bool:
    return worded_by(unit, text) >= MET


def _names(name: Mention, text: Wording) -> bool:
    return name.stands_in(text.normal)


def _holds(word: str, text: Wording) -> bool:
    return word in text.tokens


def _left(context: Context) -> tuple[list[Unit], list[str]]:
    """What the question says beside that it asks for tasks: units, and words that are none."""
    text = context.question.normal
    for name in ("task_open", "task_done", "tasks", "list", "count", "which"):
        text = intent(name).sub(" ", text)
    units = [unit for unit in context.question.units if unit.weight > KIND_WEIGHT and unit.said in text]
    held = {token for unit in units for token, _ in unit.alternatives}
    return units, [word for word in query_tokens(text) if word not in held]


def _checklists(context: Context) -> Iterator[_Checklist]:
    snapshot = context.snapshot
    paths: Sequence[str] = snapshot.source_paths()
    if len(paths) > MOST_SOURCES:
        paths = sorted({scored.fact.source for scored in context.ranked})
    kept = _kept.setdefault(snapshot, {})
    for path in paths:
        if path not in kept:
            kept[path] = tuple(_read(snapshot, path))
        yield from kept[path]


def _read(snapshot: Snapshot, path: str) -> Iterator[_Checklist]:
    source = snapshot.source(path)
    if source.kind is not SourceKind.NOTE:
        return
    tasks = [
        _Task(number, match["mark"] != " ", _plain(match["text"]))
        for number, line in enumerate(source.text.splitlines(), 1)
        if (match := _TASK.match(line)) is not None
    ]
    headings = _headings(snapshot, path, tasks)
    note = Wording.of(f"{source.title} {PurePosixPath(path).stem}")
    for heading, below in groupby(tasks, key=lambda task: headings.get(task.line, ())):
        own, around = Wording.of(" ".join(heading[-1:])), Wording.of(" ; ".join(heading[:-1]))
        yield _Checklist(path, tuple(below), ((own, OWN), (around, AROUND), (note, OF_NOTE)))


def _headings(snapshot: Snapshot, path: str, tasks: Sequence[_Task]) -> Mapping[int, tuple[str, ...]]:
    if not tasks:
        return {}
    facts = snapshot.facts_at(path, tasks[0].line, tasks[-1].line)
    wanted = {task.line for task in tasks}
    lines = ((fact.location.first, fact.heading) for fact in facts if isinstance(fact.location, Lines))
    return {line: heading for line, heading in lines if line in wanted}


def _plain(text: str) -> str:
    """A task without markup, cut where it is long."""
    text = bare(text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"
