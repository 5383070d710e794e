"""Any sequence of edits leaves an index that holds and answers exactly what one made afresh does."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from bench.replay import chunks, place, told
from ingest.build import ingest
from rag.assistant import Assistant
from rag.config import Settings
from rag.embed import open_embedder
from rag.index.store import gc, verify
from tests.bench.histories import DOUGH, OVENS
from tests.ingest.corpora import CAMERAS, DATABASES, all_answers

SECTIONS = (
    *(f"## {section}" for text in (OVENS, DOUGH) for section in text.split("\n## ")[1:]),
    *(text.split("\n", 2)[2] for text in (CAMERAS, DATABASES)),
    "# 另一个标题\n\n一句话。",
    "- 重量：40 kg\n- 价格：650 EUR\n",
    "| 名称 | 重量 |\n| --- | --- |\n| Kuppel | 39 kg |\n",
    "",
)
PATHS = ("a.md", "b.md", "c.md", "sub/a.md", "sub/d.markdown")
QUESTIONS = ("Kuppel 多重", "哪些可以商用", "when were the ovens released, in order", "protein of Alba 00")

Notes = Mapping[str, str]


@dataclass(frozen=True)
class Edit:
    """One edit of the notes; the numbers choose what it concerns, whatever there is."""

    kind: str
    one: int
    other: int
    at: int

    def of(self, history: Sequence[Notes]) -> Notes:
        """The notes after the edit of the last of `history`."""
        notes = dict(history[-1])
        path = sorted(notes)[self.one % len(notes)] if notes else PATHS[0]
        text = notes.get(path, "")
        section = SECTIONS[self.other % len(SECTIONS)]
        match self.kind:
            case "create":
                notes[PATHS[self.one % len(PATHS)]] = f"# Note\n\n{section}\n{SECTIONS[self.at % len(SECTIONS)]}\n"
            case "edit":
                at = text.find("\n", self.at % (len(text) + 1)) + 1
                notes[path] = f"{text[:at]}{section}\n{text[at:]}"
            case "replace":
                notes[path] = text.replace("650", str(self.at)).replace("light", "heavy")
            case "rename":
                notes[PATHS[self.other % len(PATHS)]] = notes.pop(path, "")
            case "swap":
                second = sorted(notes)[self.other % len(notes)] if notes else path
                notes[path], notes[second] = notes.get(second, ""), text
            case "copy":
                notes[PATHS[self.other % len(PATHS)]] = text
            case "truncate":
                notes[path] = text[: self.at % (len(text) + 1)]
            case "delete":
                notes.pop(path, None)
            case "revert":
                return history[self.at % len(history)]
        return notes


KINDS = ("create", "edit", "replace", "rename", "swap", "copy", "truncate", "delete", "revert")
numbers = some.integers(0, 700)
edits = some.builds(Edit, some.sampled_from(KINDS), numbers, numbers, numbers)
FIRST: Notes = {"a.md": OVENS, "b.md": DOUGH}


def everything(index: Path) -> dict[str, Any]:
    """Chunks, facts, entities, names, rankings by words and by vectors, and answers."""
    question = open_embedder("builtin").embed_question(QUESTIONS[0])
    with Assistant.open(index) as assistant:
        return all_answers(index) | {
            "every chunk": chunks(index),
            "every vector": assistant.snapshot.search_vectors(question, 1000),
            "answers": [told(assistant, asked) for asked in QUESTIONS],
        }


@settings(max_examples=20, deadline=None, derandomize=True, database=None)
@given(some.lists(some.tuples(edits, some.booleans()), min_size=1, max_size=8))
def test_any_history_ends_like_a_fresh_index(steps: Sequence[tuple[Edit, bool]]) -> None:
    history = [FIRST]
    with tempfile.TemporaryDirectory() as directory:
        corpus = Path(directory) / "notes"
        edited = Settings(corpus=corpus, index=Path(directory) / "edited")
        place(corpus, {path: text.encode() for path, text in FIRST.items()})
        ingest(edited)
        for edit, ingested in steps:
            history.append(edit.of(history))
            place(corpus, {path: text.encode() for path, text in history[-1].items()})
            if ingested:
                ingest(edited, confirm_removal=True)
                if edit.at % 5 == 0:
                    gc(edited.index_path, keep=1)
        summary = ingest(edited, confirm_removal=True)
        assert (summary.failed, summary.notices, verify(edited.index_path)) == ((), (), [])
        if history[-1]:
            fresh = Settings(corpus=corpus, index=Path(directory) / "fresh")
            ingest(fresh)
            assert everything(edited.index_path) == everything(fresh.index_path)
