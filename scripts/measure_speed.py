"""Measure what an embedder costs: loading, questions, passages, size on disk.

    PYTHONPATH=. python scripts/measure_speed.py [--embedder NAME] [--corpus DIR] [--chunks N]

Chunks are pieces of 200 characters of the notes. Loading is timed in fresh processes, from the import of the embedder
to the first question's vector; beside it what every question needs anyway, the dictionary of the Chinese word cutter,
and numpy's own import. All figures are the best of several runs, since other programs only ever add to a time.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rag.embed import BUILTIN, open_embedder

CHARACTERS = 200
RUNS = 5
QUESTIONS = (
    "which models allow commercial use",
    "哪些模型可以商用",
    "how large is the context window",
    "训练数据从哪里来",
)
LOADING = """
import time
began = time.perf_counter()
import numpy
numbers = time.perf_counter()
from rag.text.tokenise import tokenise
tokenise("问题 first")
words = time.perf_counter()
from rag.embed import open_embedder
opened = open_embedder({spec!r})
opened.embed_question("first 问题")
print(time.perf_counter() - words, words - numbers, numbers - began)
"""


def best_of(runs: int, measured: Callable[[], float]) -> float:
    """The least of several times, in seconds."""
    return min(measured() for _ in range(runs))


def loading(spec: str) -> tuple[float, ...]:
    """Least seconds in a fresh process: the embedder to its first question, the word cutter, numpy's import."""
    command = [sys.executable, "-c", LOADING.format(spec=spec)]
    runs = [subprocess.run(command, capture_output=True, text=True, check=True).stdout.split() for _ in range(RUNS)]
    return tuple(min(map(float, stage)) for stage in zip(*runs, strict=True))


def pieces(corpus: Path, count: int) -> list[str]:
    """`count` pieces of the notes; they begin anew at another offset when the notes are used up."""
    text = "\n".join(path.read_text("utf-8", "replace") for path in sorted(corpus.rglob("*.md")))
    made: list[str] = []
    offset = 0
    while len(made) < count:
        made += [text[at : at + CHARACTERS] for at in range(offset, len(text) - CHARACTERS, CHARACTERS)]
        offset += 7
    return made[:count]


def timed(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--embedder", default=BUILTIN)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--chunks", type=int, default=4000)
    given = parser.parse_args(arguments)
    own, words, numbers = (seconds * 1000 for seconds in loading(given.embedder))
    embedder = open_embedder(given.embedder)
    chunks = pieces(given.corpus, given.chunks)
    embedder.embed_question("warm 预热")
    passages = best_of(3, lambda: timed(lambda: embedder.embed_passages(chunks)))
    questions = best_of(RUNS, lambda: timed(lambda: [embedder.embed_question(q) for q in QUESTIONS * 50]))
    print(f"embedder {given.embedder}: {embedder.dimensions} dimensions, {embedder.fingerprint}")
    beside = f"word cutter {words:.0f} ms, numpy {numbers:.0f} ms"
    print(f"loading {own:.0f} ms to the first question's vector (beside it: {beside})")
    print(f"{questions / len(QUESTIONS * 50) * 1000:.3f} ms a question")
    rate = len(chunks) / passages * 60
    print(f"{rate:,.0f} chunks of {CHARACTERS} characters a minute ({os.cpu_count()} cores)")
    data = sorted(path for path in Path("rag").rglob("data/*") if path.is_file())
    print(f"package data {sum(path.stat().st_size for path in data) / 1e6:.1f} MB:")
    for path in sorted(data, key=lambda path: -path.stat().st_size)[:6]:
        print(f"  {path.stat().st_size / 1e6:6.2f} MB  {path}")


if __name__ == "__main__":
    main(sys.argv[1:])
