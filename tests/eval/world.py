"""A tiny world for the tests of the evaluation: two stored notes, cases about them, a scripted assistant."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.cases import Case, parse_case
from rag.errors import UsageError
from rag.types import (
    Answer,
    Citation,
    IndexState,
    Item,
    Kind,
    Lines,
    Retrieved,
    Source,
    SourceKind,
    Status,
    Turn,
)

NOTE = "# 数据库\n\n| 名称 | 许可 |\n| --- | --- |\n| Alpha DB | MIT |\n| Beta | 闭源 |\n\nAlpha DB 的延迟是 3 毫秒。"
ENGLISH = "# Caches\n\nThe Gamma cache is free for every use.\n"

SOURCES = {
    path: Source(path, SourceKind.NOTE, path, "d", "utf-8", text)
    for path, text in (("db.md", NOTE), ("cache.md", ENGLISH))
}


def source(path: str) -> Source:
    """A stored note; what an index raises for one that it does not hold."""
    if path not in SOURCES:
        raise UsageError(f"{path}: not in the index")
    return SOURCES[path]


def row(**changes: Any) -> dict[str, Any]:
    """A valid case as JSON data, with some fields changed (None removes one)."""
    fields: dict[str, Any] = {
        "id": "c1",
        "lang": "zh",
        "type": "lookup",
        "question": "Alpha DB 的延迟？",
        "must": [["3毫秒", "3 ms"]],
        "evidence": [{"file": "db.md", "quote": "延迟是 3 毫秒"}],
        "group": "any",
        "abstain": False,
        "split": "dev",
    }
    return {name: value for name, value in (fields | changes).items() if value is not None}


def case(**changes: Any) -> Case:
    """A case made from `row`."""
    return parse_case(json.dumps(row(**changes)), set_name="tiny", origin="tiny.jsonl:1")


def write_set(path: Path, *rows: Mapping[str, Any]) -> Path:
    """Write a question set."""
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")
    return path


def citation(n: int, path: str, first: int, quote: str, *heading: str) -> Citation:
    """A citation of one line."""
    return Citation(n, path, path, heading, Lines(first, first), quote)


def passage(path: str, first: int, last: int) -> Retrieved:
    """A retrieved passage of whole lines."""
    text = "\n".join(SOURCES[path].text.split("\n")[first - 1 : last])
    return Retrieved(path, Lines(first, last), 1.0, text)


def item(name: str, *cites: int, status: Status = Status.YES) -> Item:
    """One listed line."""
    return Item(name, status, "", cites)


def answer(text: str, **fields: Any) -> Answer:
    """An answer in Chinese; a lookup unless told otherwise."""
    return Answer("q", "zh", fields.pop("kind", Kind.LOOKUP), text, fields.pop("abstained", False), **fields)


class Snapshot:
    """The stored notes."""

    def source(self, path: str) -> Source:
        return source(path)


class Scripted:
    """An assistant that knows its answers by heart and abstains otherwise."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.answers = answers
        self.asked: list[tuple[str, tuple[Turn, ...]]] = []

    @property
    def snapshot(self) -> Snapshot:
        return Snapshot()

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        self.asked.append((question, tuple(history)))
        silent = answer("不知道", abstained=True, kind=Kind.NONE, index=IndexState(1, "builtin"))
        return self.answers.get(question, silent)
