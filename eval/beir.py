"""Retrieval alone, over a collection in BEIR layout (Thakur et al., 2021): each ranking behind an answer.

The documents are written as notes and ingested as any notes are, so that chunking counts too. A document
ranks where its first chunk does.
"""

from __future__ import annotations

import csv
import json
import math
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from eval.run import Progress
from rag.config import Settings
from rag.errors import UsageError

DEPTH = 10
POOL = 100
"""Chunks ranked for a question: enough to hold ten documents even when one has many chunks."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question and the grade (> 0) of every document that is relevant to it."""

    id: str
    text: str
    relevant: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents by id as (title, text), and the queries that have a relevant one."""

    documents: Mapping[str, tuple[str, str]]
    queries: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """One ranking, averaged over the queries. `hit` is the share with a relevant document in the first k."""

    ranking: str
    queries: int
    hit_1: float
    hit_5: float
    hit_10: float
    mrr_10: float
    ndcg_10: float


Ranker = Callable[[str], Sequence[str]]
"""A question to document ids, best first, each once."""


def load(directory: Path) -> Collection:
    """The collection of a folder. Raises UsageError for a file that is missing or not in the layout."""
    documents = {
        str(row["_id"]): (str(row.get("title") or ""), str(row["text"])) for row in _rows(directory / "corpus.jsonl")
    }
    relevant: dict[str, dict[str, int]] = {}
    path = directory / "qrels.tsv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                if int(row["score"]) > 0 and row["corpus-id"] in documents:
                    relevant.setdefault(row["query-id"], {})[row["corpus-id"]] = int(row["score"])
    except (OSError, KeyError, ValueError) as error:
        raise UsageError(f"{path}: no table of query-id, corpus-id, score ({error})") from error
    queries = tuple(
        Query(str(row["_id"]), str(row["text"]), relevant[str(row["_id"])])
        for row in _rows(directory / "queries.jsonl")
        if str(row["_id"]) in relevant
    )
    if not queries:
        raise UsageError(f"{directory}: no query has a relevant document; check the ids in qrels.tsv")
    return Collection(documents, queries)


def score(name: str, rank: Ranker, queries: Sequence[Query], progress: Progress | None = None) -> Scores:
    """hit@k, MRR@10 and nDCG@10 (graded gain) of one ranking."""
    hits = [0, 0, 0]
    reciprocal = gain = 0.0
    for done, query in enumerate(queries, start=1):
        grades = [query.relevant.get(document, 0) for document in rank(query.text)[:DEPTH]]
        first = next((at for at, grade in enumerate(grades, start=1) if grade), None)
        for position, k in enumerate((1, 5, 10)):
            hits[position] += first is not None and first <= k
        reciprocal += 1 / first if first else 0.0
        gain += _dcg(grades) / _dcg(sorted(query.relevant.values(), reverse=True)[:DEPTH])
        if progress is not None:
            progress(name, done, len(queries))
    n = len(queries)
    return Scores(name, n, hits[0] / n, hits[1] / n, hits[2] / n, reciprocal / n, gain / n)


def measure(directory: Path, settings: Settings, *, progress: Progress | None = None) -> tuple[Scores, ...]:
    """Every ranking over the collection: by words, by vectors, and as the answers get it."""
    collection = load(directory)
    with tempfile.TemporaryDirectory(prefix="rag-beir-") as temporary:
        corpus = Path(temporary) / "corpus"
        ids = write_notes(collection, corpus)
        placed = replace(settings, corpus=corpus, index=Path(temporary) / "index")
        return _measure(collection, ids, placed, progress)


def write_notes(collection: Collection, corpus: Path) -> dict[str, str]:
    """Write each document as a note; file name -> document id. Names are numbers: ids may hold anything."""
    corpus.mkdir(parents=True)
    ids = {}
    for number, (document, (title, text)) in enumerate(sorted(collection.documents.items())):
        name = f"{number:06}.md"
        (corpus / name).write_text(f"# {title}\n\n{text}\n" if title else f"{text}\n", encoding="utf-8")
        ids[name] = document
    return ids


def rows(scores: Sequence[Scores]) -> list[list[str]]:
    """A table: a head row, then one row a ranking."""
    table = [["ranking", "queries", "hit@1", "hit@5", "hit@10", "MRR@10", "nDCG@10"]]
    for s in scores:
        figures = (s.hit_1, s.hit_5, s.hit_10, s.mrr_10, s.ndcg_10)
        table.append([s.ranking, str(s.queries), *(f"{figure:.3f}" for figure in figures)])
    return table


def to_json(scores: Sequence[Scores]) -> list[dict[str, Any]]:
    """The scores as JSON objects."""
    return [
        {
            "ranking": s.ranking,
            "queries": s.queries,
            "hit@1": round(s.hit_1, 4),
            "hit@5": round(s.hit_5, 4),
            "hit@10": round(s.hit_10, 4),
            "mrr@10": round(s.mrr_10, 4),
            "ndcg@10": round(s.ndcg_10, 4),
        }
        for s in scores
    ]


def _measure(
    collection: Collection, ids: Mapping[str, str], settings: Settings, progress: Progress | None
) -> tuple[Scores, ...]:
    from ingest.build import ingest
    from rag.assistant import Assistant
    from rag.embed import open_embedder
    from rag.index import Term
    from rag.text.tokenise import query_tokens

    ingest(settings, progress=progress)
    embedder = open_embedder(settings.embedder, download=settings.download)
    with Assistant.open(settings.index_path, settings=replace(settings, llm=None)) as assistant:
        snapshot = assistant.snapshot

        def by_words(text: str) -> Sequence[str]:
            hits = snapshot.search_chunks([(Term(token),) for token in query_tokens(text)], POOL)
            return _documents((hit.chunk.source for hit in hits), ids)

        def by_vectors(text: str) -> Sequence[str]:
            hits = snapshot.search_vectors(embedder.embed_question(text), POOL)
            return _documents((hit.chunk.source for hit in hits), ids)

        def as_answered(text: str) -> Sequence[str]:
            return _documents((passage.source for passage in assistant.ask(text).retrieved), ids)

        rankers = (("lexical", by_words), ("dense", by_vectors), ("answers", as_answered))
        return tuple(score(name, ranker, collection.queries, progress) for name, ranker in rankers)


def _documents(sources: Iterable[str], ids: Mapping[str, str]) -> list[str]:
    return list(dict.fromkeys(ids[source] for source in sources))


def _dcg(grades: Sequence[int]) -> float:
    return sum(grade / math.log2(1 + rank) for rank, grade in enumerate(grades, start=1))


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
        found = [json.loads(line) for line in lines if line.strip()]
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read as JSON lines ({error})") from error
    for row in found:
        if not isinstance(row, dict) or "_id" not in row or "text" not in row:
            raise UsageError(f"{path}: a line is not an object with _id and text")
    return found
