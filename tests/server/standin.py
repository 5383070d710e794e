"""A stand-in for the assistant that gives fixed answers, for what a real one does not do on demand."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import Self

from rag.errors import UsageError
from rag.types import (
    Answer,
    Citation,
    Claim,
    Conflict,
    ConflictValue,
    Entity,
    Fact,
    FactKind,
    IndexState,
    Kind,
    Lines,
    Page,
    Since,
    Source,
    SourceKind,
    Stale,
    Turn,
)

NOTE = "notes/birds.md"
PAPER = "papers/heron.pdf"
NOTE_TEXT = "\n".join(
    ["# 鸟类模型 <b>x</b>", "", "## 1. 流萤 Firefly", "", "| 参数 | 许可 |", "| --- | --- |"]
    + ["| 7B | 可商用 |", "", "流萤发布于 2023-06-15。<img src=x onerror=alert(1)>"]
    + [f"第 {n} 行" for n in range(10, 80)]
)
PAPER_TEXT = "Heron: a bird\fThe licence is Apache 2.0.\fAppendix"

CITED_NOTE = Citation(1, NOTE, "鸟类模型", ("鸟类模型", "1. 流萤 Firefly"), Lines(7, 7), "| 7B | 可商用 |")
CITED_PAPER = Citation(2, PAPER, "Heron", (), Page(2), "Apache 2.0")

ANSWER = Answer(
    question="",
    language="zh",
    kind=Kind.LOOKUP,
    text="流萤：7B，可商用 [1]\nHeron: Apache 2.0 [2] <script>alert(1)</script>",
    abstained=False,
    claims=(Claim("流萤：7B，可商用", (1,)), Claim("Heron: Apache 2.0", (2,))),
    citations=(CITED_NOTE, CITED_PAPER),
    conflicts=(Conflict("流萤", "许可", (ConflictValue("可商用", (1,)), ConflictValue("Apache 2.0", (2,)))),),
    index=IndexState(7, "builtin"),
)
BOXED = replace(ANSWER, citations=(CITED_NOTE, replace(CITED_PAPER, location=Page(2, (72, 90.5, 200, 104)))))
OUTDATED = replace(
    ANSWER,
    citations=(
        replace(CITED_NOTE, stale=Stale(Since.CHANGED, "2026-03-01T12:00:00+00:00")),
        replace(CITED_PAPER, stale=Stale(Since.REMOVED)),
    ),
)
SILENT = Answer(question="", language="en", kind=Kind.NONE, text="The notes do not say.", abstained=True)
FACT = Fact(
    FactKind.CELL,
    NOTE,
    Lines(7, 7),
    ("鸟类模型", "1. 流萤 Firefly"),
    entity="流萤",
    entity_key="流萤",
    attribute="参数",
    value="7B",
    quote="| 7B | 可商用 |",
)
ENTITY = Entity("流萤", ("流萤", "firefly"), ("流萤", "Firefly"), 3)


class StandinSnapshot:
    """A corpus of one note and one paper."""

    generation = 7
    embedder = "builtin"

    def source(self, path: str) -> Source:
        if path == NOTE:
            return Source(NOTE, SourceKind.NOTE, "鸟类模型", "d1", "utf-8", NOTE_TEXT)
        return Source(PAPER, SourceKind.PAPER, "Heron", "d2", "pdf", PAPER_TEXT)

    def source_paths(self) -> tuple[str, ...]:
        return (NOTE, PAPER)

    def facts(self) -> tuple[Fact, ...]:
        return (FACT,)

    def facts_of(self, keys: Sequence[str]) -> tuple[Fact, ...]:
        return (FACT,) if "流萤" in keys else ()

    def entities(self) -> tuple[Entity, ...]:
        return (ENTITY,)

    def names(self) -> Mapping[str, Entity]:
        return dict.fromkeys(ENTITY.keys, ENTITY)


class Standin:
    """Gives ANSWER; "silence" abstains, "boxed" cites a box, "outdated" is stale, "boom" and "break off" break."""

    snapshot = StandinSnapshot()

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[Turn, ...]]] = []
        self.refreshed = 0
        self._go_on = threading.Event()

    @contextmanager
    def held(self) -> Iterator[None]:
        """While this lasts, an answer to "slowly" stops after its first words, and one to "lingering" does not end."""
        self._go_on.clear()
        try:
            yield
        finally:
            self._go_on.set()

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        self.asked.append((question, tuple(history)))
        if question == "boom":
            raise RuntimeError("secret innards")
        if question == "refused":
            raise UsageError("there is no such thing")
        return {"silence": SILENT, "boxed": BOXED, "outdated": OUTDATED}.get(question, ANSWER)

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[str | Answer]:
        answer = replace(self.ask(question, history), question=question)
        for word in answer.text.split(" "):
            yield word if word == answer.text.split(" ")[0] else f" {word}"
            if question == "break off":
                raise RuntimeError("secret innards")
            if question == "slowly":
                self._go_on.wait()
        yield answer
        if question == "lingering":
            self._go_on.wait()

    def refresh(self) -> bool:
        self.refreshed += 1
        return False

    def close(self) -> None:
        """Nothing is held."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
