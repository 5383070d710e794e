"""A history of notes ingested state by state: whether an edited index answers as a fresh one, and what it embeds."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.build import ingest
from rag.answer.serialise import to_json
from rag.assistant import Assistant
from rag.config import Settings
from rag.index.document import headings
from rag.types import Chunk, Turn

ORDERS = ("forward", "backward", "random")
SEED = 6
"""Of the random order, which is the same on every machine."""
INDEX_SECONDS = 30.0
"""How long a step waits for another writer."""

Asked = tuple[str, tuple[Turn, ...]]
"""A question, and the conversation before it."""


@dataclass(frozen=True, slots=True)
class State:
    """All notes at one time: path below the corpus root -> bytes."""

    name: str
    files: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Step:
    """One state ingested after another.

    Of its `chunks`, `new_text` hold words that no chunk of the state before held, and the text of `embedded` was
    embedded. So were `headings` of the headings above them, of which `new_headings` stood above none before.
    `differing` are the questions that a fresh index answers in another way.
    """

    state: str
    chunks: int
    new_text: int
    embedded: int
    new_headings: int
    headings: int
    differing: tuple[str, ...]


@dataclass(slots=True)
class Replay:
    """Replays states below `directory`; fresh indexes are made once a state and kept for the other orders."""

    asked: Sequence[Asked]
    directory: Path
    _fresh: dict[str, list[str]] = field(default_factory=dict)

    def run(self, states: Sequence[State], name: str) -> Iterator[Step]:
        """The steps of `states` in this order, over one index."""
        corpus, index = self.directory / name / "notes", self.directory / name / "index"
        texts: set[str] = set()
        above: set[str] = set()
        for state in states:
            place(corpus, state.files)
            summary = ingest(Settings(corpus=corpus, index=index, lock_timeout=INDEX_SECONDS), confirm_removal=True)
            held = chunks(index)
            said = {chunk.text for chunk in held}
            standing = {heading for chunk in held for heading in headings(chunk.context)}
            edited, fresh = self._answers(index), self._fresh_answers(state)
            yield Step(
                state.name,
                len(held),
                len(said - texts),
                summary.embedded - summary.headings,
                len(standing - above),
                summary.headings,
                tuple(q for (q, _), one, other in zip(self.asked, edited, fresh, strict=True) if one != other),
            )
            texts, above = said, standing

    def _fresh_answers(self, state: State) -> list[str]:
        if state.name not in self._fresh:
            place(self.directory / "fresh" / "notes", state.files)
            index = self.directory / "fresh" / "index"
            shutil.rmtree(index, ignore_errors=True)
            ingest(Settings(corpus=self.directory / "fresh" / "notes", index=index, lock_timeout=INDEX_SECONDS))
            self._fresh[state.name] = self._answers(index)
        return self._fresh[state.name]

    def _answers(self, index: Path) -> list[str]:
        with Assistant.open(index) as assistant:
            return [told(assistant, question, history) for question, history in self.asked]


def told(assistant: Assistant, question: str, history: Sequence[Turn] = ()) -> str:
    """The whole answer as JSON, apart from the number of the generation and the time it took."""
    answer = to_json(assistant.ask(question, history))
    del answer["timings_ms"], answer["index"]["generation"]
    return json.dumps(answer, ensure_ascii=False)


def chunks(index: Path) -> list[Chunk]:
    """All chunks of the newest generation."""
    from rag.index import placements
    from rag.index.records import Records

    store = Records.open(index)
    try:
        with store.reading() as connection:
            return [chunk for _, chunk in placements.chunks(connection, store.current(connection))]
    finally:
        store.close()


def place(corpus: Path, files: Mapping[str, bytes]) -> None:
    """Make the files below `corpus` these and no others; what has the same bytes is left alone."""
    for path in corpus.rglob("*"):
        if path.is_file() and path.relative_to(corpus).as_posix() not in files:
            path.unlink()
    for name, content in files.items():
        path = corpus / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.is_file() or path.read_bytes() != content:
            path.write_bytes(content)


def revisions(directory: Path) -> list[State]:
    """The revisions of one note: the .md files of `directory` in the order of their names."""
    return [State(path.stem, {"note.md": path.read_bytes()}) for path in sorted(directory.glob("*.md"))]


def ordered(states: Sequence[State], order: str) -> list[State]:
    """The states "forward", "backward", or in the one "random" order."""
    if order == "backward":
        return list(reversed(states))
    chosen = list(states)
    if order == "random":
        random.Random(SEED).shuffle(chosen)
    return chosen


def table(steps: Sequence[Step], asked: int) -> str:
    """The steps as a table in Markdown."""
    lines = [
        "| state | chunks | new text | embedded | embedded / new | new headings | embedded | answers as fresh |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for step in steps:
        share = f"{step.embedded / step.new_text:.2f}" if step.new_text else "-"
        numbers = f"{step.new_text} | {step.embedded} | {share} | {step.new_headings} | {step.headings}"
        lines.append(f"| {step.state} | {step.chunks} | {numbers} | {asked - len(step.differing)} of {asked} |")
    counted = ("new_text", "embedded", "new_headings", "headings")
    new_text, embedded, new_headings, above = (sum(getattr(step, name) for step in steps) for name in counted)
    same = sum(asked - len(step.differing) for step in steps)
    numbers = f"{new_text} | {embedded} | {embedded / max(new_text, 1):.2f} | {new_headings} | {above}"
    lines.append(f"| all | | {numbers} | {same} of {asked * len(steps)} |")
    return "\n".join(lines)
