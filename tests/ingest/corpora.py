"""Small corpora for tests of the write path, and one way to say all that an index answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rag.config import Settings
from rag.embed import open_embedder
from rag.index import Snapshot, Term
from rag.text.tokenise import query_tokens
from tests.notes import write_notes

CAMERAS = """# Cameras

## Alpha One

| Sensor | Weight | Price |
| --- | --- | --- |
| 24 MP | 480 g | 900 EUR |

Alpha One is light. It may be rented out for commercial work.

## Beta Two

- Weight: 700 g
- Licence：仅供个人使用
"""

DATABASES = """# 数据库调研

| 名称 | 许可证 | 首次发布 |
| --- | --- | --- |
| 石墨库 | Apache 2.0 | 2019-03 |
| TreeBase | 商业许可 | 2021-11 |

石墨库 可以商用，TreeBase 需要付费。
"""

QUESTIONS = ("weight of Alpha One", "哪些数据库可以商用", "licence", "2019 首次发布", "price")


def write(root: Path, **notes: str) -> Path:
    """A corpus in `root`: note name -> text; `sub__name` lies in the folder sub."""
    return write_notes(root, {f"{name.replace('__', '/')}.md": text for name, text in notes.items()})


def corpus(root: Path) -> Settings:
    """Settings for a corpus of two notes in `root`, with its index beside it."""
    write(root / "notes", cameras=CAMERAS, databases=DATABASES)
    return Settings(corpus=root / "notes", index=root / "index", lock_timeout=0.3)


def all_answers(index: Path, generation: int | None = None) -> dict[str, Any]:
    """Everything that an index answers: equal for indexes of equal corpora, whatever their history."""
    with Snapshot.open(index, generation=generation) as snapshot:
        return answers_of(snapshot)


def answers_of(snapshot: Snapshot) -> dict[str, Any]:
    """Everything that an open generation answers."""
    embedder = open_embedder("builtin")
    queries = {q: [(Term(token),) for token in query_tokens(q)] for q in QUESTIONS}
    return {
        "sources": [snapshot.source(path) for path in snapshot.source_paths()],
        "facts": snapshot.facts(),
        "entities": snapshot.entities(),
        "attributes": snapshot.attributes(),
        "chunks": {q: snapshot.search_chunks(query, 10) for q, query in queries.items()},
        "vectors": {q: snapshot.search_vectors(embedder.embed_question(q), 10) for q in QUESTIONS},
        "found": {q: snapshot.search_facts(query, 10) for q, query in queries.items()},
        "matching": {q: snapshot.facts_matching(query) for q, query in queries.items()},
        "frequencies": [snapshot.document_frequency(t) for q in QUESTIONS for t in query_tokens(q)],
        "count": snapshot.fact_count(),
    }
