"""`python -m tests.ingest.asking INDEX KNOWN RUNNING`: asks all the time, while the file RUNNING exists and once more.

KNOWN holds the states that the notes have been in, as JSON: sources, and the answer to every question. Whatever is
read within one generation has to be that of one state; the first thing that is not ends the process with an error.
After the first round of questions it prints a line; at the end, as JSON, how often it asked, of which states and
generations.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.replay import told
from rag.assistant import Assistant
from rag.config import Settings

ROUNDS_OF_ONE = 3
"""Rounds of questions to one assistant, which moves to the newest generation before each, until another is opened."""


def main() -> None:
    """Ask until the file is gone."""
    index, running = Path(sys.argv[1]), Path(sys.argv[3])
    known: Sequence[Mapping[str, Any]] = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    asked = 0
    states: set[int] = set()
    generations: set[int] = set()
    last = False
    while not last:
        last = not running.exists()
        with Assistant.open(index, settings=Settings()) as assistant:
            for _ in range(ROUNDS_OF_ONE):
                assistant.refresh()
                snapshot = assistant.snapshot
                states.add(_state(assistant, known))
                generations.add(snapshot.generation)
                if not asked:
                    print("asking", flush=True)
                asked += len(known[0]["answers"])
    print(json.dumps({"asked": asked, "states": sorted(states), "generations": len(generations)}))


def _state(assistant: Assistant, known: Sequence[Mapping[str, Any]]) -> int:
    """The one known state that all answers are from. Raises AssertionError where there is none."""
    answers = {question: told(assistant, question) for question in known[0]["answers"]}
    seen = {"sources": list(assistant.snapshot.source_paths()), "answers": answers}
    assert assistant.snapshot.notices == (), assistant.snapshot.notices
    same = [number for number, state in enumerate(known) if state == seen]
    assert len(same) == 1, f"generation {assistant.snapshot.generation} is of the states {same}; {_unlike(seen, known)}"
    return same[0]


def _unlike(seen: Mapping[str, Any], known: Sequence[Mapping[str, Any]]) -> str:
    """In what `seen` is unlike the states with its sources."""
    lines = [f"its sources are {seen['sources']}"]
    for number, state in enumerate(known):
        if state["sources"] == seen["sources"]:
            for question, expected in state["answers"].items():
                found = seen["answers"][question]
                at = next((i for i, (a, b) in enumerate(zip(found, expected, strict=False)) if a != b), None)
                if at is not None:
                    ends = (text[max(at - 200, 0) : at + 200] for text in (found, expected))
                    lines.append(f"state {number}, {question}: " + " where it should be ".join(ends))
    return "\n".join(lines)


if __name__ == "__main__":
    main()
