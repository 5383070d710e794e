"""Measure the built-in embedder: rankings, the best share in fusion, speed and size.

    PYTHONPATH=. python scripts/measure_embedder.py PARALLEL.tsv.xz [BEIR_FOLDER ...] [--data FILE]

The pairs of PARALLEL are those held out from training (bitext.held_out). Each text asks for its translation
among all of the other language (`docs`), and the start of a sentence for that of its paragraph (`reading`).
Folders in BEIR layout are ranked by whole documents. Beside the embedder: BM25 with translated terms, reciprocal
rank fusion of both (`fused`), and the sum of BM25 scores, divided by the question's best, and weighted cosines
(`summed`).
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from measure_lexicon import Bm25, held_out_pairs, print_ranks, second_sentence
from numpy.typing import NDArray

from eval.beir import load
from rag.embed.builtin import DATA, BuiltinEmbedder, Vectors
from rag.retrieve.weights import RRF_K
from rag.text.lexicon import Lexicon
from rag.text.tokenise import query_tokens, tokenise

SHARES = (0.2, 0.35, 0.7)
WEIGHTS = (0.25, 0.5, 1.0)
POOL = 40
"""Documents kept of a ranking, as many as in retrieval; `fused` sees only these, `summed` the scores of all."""


@dataclass(frozen=True, slots=True)
class Task:
    """Questions, the numbers of the documents that answer each, and the documents."""

    name: str
    questions: Sequence[str]
    answers: Sequence[frozenset[int]]
    documents: Sequence[str]


def held_out_tasks(path: Path) -> list[Task]:
    """Both directions over the held-out pairs; texts that occur twice have several answers."""
    pairs = held_out_pairs(path)
    english, chinese = [row[0] for row in pairs], [row[1] for row in pairs]
    tasks = []
    for name, questions, documents, is_chinese in (
        ("en->zh", english, chinese, False),
        ("zh->en", chinese, english, True),
    ):
        answers = _by_text(questions, documents)
        sentences = [second_sentence(text, is_chinese) for text in questions]
        reading = [(s, answers[text]) for s, text in zip(sentences, questions, strict=True) if s]
        tasks.append(Task(f"docs {name}", questions, [answers[text] for text in questions], documents))
        tasks.append(Task(f"reading {name}", [s for s, _ in reading], [a for _, a in reading], documents))
    return tasks


def _by_text(questions: Sequence[str], documents: Sequence[str]) -> dict[str, frozenset[int]]:
    same: dict[str, set[int]] = {}
    for number, document in enumerate(documents):
        same.setdefault(document, set()).add(number)
    answers: dict[str, set[int]] = {}
    for question, document in zip(questions, documents, strict=True):
        answers.setdefault(question, set()).update(same[document])
    return {question: frozenset(found) for question, found in answers.items()}


def folder_task(folder: Path) -> Task:
    """A folder in BEIR layout."""
    collection = load(folder)
    ids = sorted(collection.documents)
    number = {name: position for position, name in enumerate(ids)}
    return Task(
        folder.name,
        [query.text for query in collection.queries],
        [frozenset(number[name] for name in query.relevant) for query in collection.queries],
        [" ".join(collection.documents[name]).strip() for name in ids],
    )


def measure(task: Task, embedder: BuiltinEmbedder, lexicon: Lexicon) -> None:
    """Print a line for each ranking."""
    vectors = embedder.embed_passages(task.documents)
    index = Bm25(map(tokenise, task.documents))
    near, found = [], []
    for question in task.questions:
        near.append(vectors @ embedder.embed_question(question))
        scores = index.score(lexicon.expand(list(dict.fromkeys(query_tokens(question))))).astype(np.float32)
        found.append(scores / (scores.max() or 1.0))
    dense, words = [_best(scores) for scores in near], [_best(scores) for scores in found]
    report(f"{task.name}, builtin", dense, task.answers)
    report(f"{task.name}, BM25 translated", words, task.answers)
    for share in SHARES:
        fused = [_fused(w, d, share) for w, d in zip(words, dense, strict=True)]
        report(f"{task.name}, fused, dense {share}", fused, task.answers)
    for weight in WEIGHTS:
        summed = [_best(f + weight * n) for f, n in zip(found, near, strict=True)]
        report(f"{task.name}, summed, dense {weight}", summed, task.answers)


def _best(scores: NDArray[np.float32]) -> list[int]:
    order = np.argsort(-scores, kind="stable")[:POOL]
    return [int(number) for number in order if scores[number] > 0]


def _fused(words: Sequence[int], dense: Sequence[int], share: float) -> list[int]:
    scores: dict[int, float] = {}
    for ranking, weight in ((words, 1.0), (dense, share)):
        for rank, number in enumerate(ranking, start=1):
            scores[number] = scores.get(number, 0.0) + weight / (RRF_K + rank)
    return sorted(scores, key=lambda number: (-scores[number], number))


def report(name: str, rankings: Iterable[Sequence[int]], answers: Sequence[frozenset[int]]) -> None:
    """Print hit@1, hit@10 and MRR@10."""
    firsts = [
        next((rank for rank, number in enumerate(ranking[:10]) if number in right), 10)
        for ranking, right in zip(rankings, answers, strict=True)
    ]
    print_ranks(name, firsts)


def measure_speed(path: Path, texts: Sequence[str], questions: Sequence[str]) -> None:
    """Print file size, loading time and encoding rates; the tokeniser's own loading is not counted."""
    tokenise("预热")
    began = time.perf_counter()
    Vectors(path)
    loaded = time.perf_counter()
    embedder = BuiltinEmbedder(path)
    embedder.embed_question("warm")
    chunks = [text[at : at + 200] for text in texts for at in range(0, len(text) - 199, 200)][:4000]
    start = time.perf_counter()
    embedder.embed_passages(chunks)
    encoded = time.perf_counter()
    for question in questions[:1000]:
        embedder.embed_question(question)
    asked = time.perf_counter()
    print(f"file {path.stat().st_size / 1e6:.1f} MB, {embedder.dimensions} dimensions")
    print(f"loading {(loaded - began) * 1000:.0f} ms")
    print(f"{len(chunks) / (encoded - start) * 60:,.0f} chunks of 200 characters a minute on one core")
    print(f"{(asked - encoded) / min(1000, len(questions)) * 1000:.2f} ms a question")


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("parallel", type=Path)
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument("--data", type=Path, default=DATA)
    given = parser.parse_args(arguments)
    embedder, lexicon = BuiltinEmbedder(given.data), Lexicon.load()
    tasks = [*held_out_tasks(given.parallel), *map(folder_task, given.folders)]
    for task in tasks:
        measure(task, embedder, lexicon)
    measure_speed(given.data, [text for task in tasks for text in task.documents], tasks[1].questions)


if __name__ == "__main__":
    main(sys.argv[1:])
