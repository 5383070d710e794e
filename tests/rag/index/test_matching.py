"""The first facts that hold a word: the same ones whether all that hold it are looked up or facts are gone through."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.build import ingest
from rag.index import Snapshot, Term, matching
from tests.ingest.corpora import CAMERAS, corpus, write

WORDS = ("optics", "price", "weight", "g", "nothing-of-the-kind")


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """After edits, so that contents do not stand in the order of their numbers."""
    settings = corpus(tmp_path)
    write(settings.corpus, cameras=CAMERAS, more=CAMERAS.replace("480", "510"))
    ingest(settings)
    write(settings.corpus, cameras="# Before\n\n- price: 3\n\n" + CAMERAS, another=CAMERAS.replace("480", "530"))
    (settings.corpus / "more.md").unlink()
    ingest(settings)
    return settings.index_path


@pytest.mark.parametrize("limit", [1, 4, 10_000])
@pytest.mark.parametrize("close", [0, 4])
def test_common_words_find_what_rare_ones_would(
    index: Path, monkeypatch: pytest.MonkeyPatch, limit: int, close: int
) -> None:
    queries = [[(Term(word),)] for word in WORDS] + [[(Term("price"),), (Term("weight"),)]]
    with Snapshot.open(index) as snapshot:
        looked_up = [snapshot.facts_matching(query, limit) for query in queries]
        every = snapshot.facts()

    monkeypatch.setattr(matching, "LOOKED_UP", -1)
    monkeypatch.setattr(matching, "PART", 3)
    monkeypatch.setattr("rag.index.lexical.CLOSE", close)
    with Snapshot.open(index) as snapshot:
        gone_through = [snapshot.facts_matching(query, limit) for query in queries]
        again = [snapshot.facts_matching(query, limit) for query in queries]

    assert gone_through == looked_up == again
    assert looked_up[1] != ()
    assert looked_up[4] == ()
    for found in looked_up:
        assert list(found) == [fact for fact in every if fact in set(found)]
