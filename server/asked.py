"""Stored feedback as evaluation cases."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eval.feedback import Rated, UnusableError, case_line
from rag.errors import UsageError
from rag.text.names import name_key
from server import listing
from server.conversations import Feedback, list_feedback
from server.state import State

if TYPE_CHECKING:
    from rag.index.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Found:
    """Lines for a question set; why other feedback makes none; and how much was there already."""

    lines: tuple[str, ...]
    skipped: tuple[str, ...]
    known: int


def cases_from_feedback(state: State, snapshot: Snapshot, file: Path) -> Found:
    """A case for every usable feedback that the question set `file` (which need not exist) does not have yet."""
    known = _ids(file)
    sources = listing.sources(snapshot)

    def aliases(name: str) -> tuple[str, ...]:
        entity = snapshot.names().get(name_key(name))
        return entity.aliases if entity else ()

    lines: list[str] = []
    skipped: list[str] = []
    there = 0
    for feedback in list_feedback(state):
        if f"feedback-{feedback.id}" in known:
            there += 1
            continue
        try:
            lines.append(case_line(rated(feedback), sources, aliases))
        except UnusableError as error:
            skipped.append(f"feedback {feedback.id} ({feedback.question!r}) makes no case: {error}")
    return Found(tuple(lines), tuple(skipped), there)


def rated(feedback: Feedback) -> Rated:
    """The stored feedback as the evaluation knows it."""
    return Rated(
        feedback.id, feedback.rating, feedback.question, feedback.history, feedback.answer, feedback.correction
    )


def _ids(file: Path) -> set[str]:
    if not file.exists():
        return set()
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
        return {str(json.loads(line)["id"]) for line in lines if line.strip()}
    except (ValueError, KeyError, TypeError, OSError) as error:
        raise UsageError(f"{file}: not a question set ({error}); name another file") from error
