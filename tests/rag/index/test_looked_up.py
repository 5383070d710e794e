"""Words to look names and timelines up by: checked against the rows that they are derived of, and made anew."""

from __future__ import annotations

import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from ingest.build import ingest
from rag.index import Snapshot
from rag.index.layout import records_path
from rag.index.store import rebuild_derived, rollback, verify
from tests.ingest.corpora import CAMERAS, all_answers, corpus, write

TIMELINE = "# Harbour\n\n- 2001-04-02: Petrel first sailed\n- 2008-03-09: Plover first sailed\n"


@pytest.fixture
def index(tmp_path: Path) -> Path:
    settings = corpus(tmp_path)
    write(settings.corpus, cameras=CAMERAS, extra=TIMELINE)
    ingest(settings)
    return settings.index_path


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("DELETE FROM name_words WHERE word LIKE 'k%'", "names cannot be looked up as they should"),
        ("DELETE FROM event_words", "entries of timelines cannot be looked up as they should"),
    ],
)
def test_missing_words_are_noticed_and_made_anew(index: Path, damage: str, told: str) -> None:
    before = all_answers(index)
    with sqlite3.connect(records_path(index)) as connection:
        connection.execute(damage)
    connection.close()

    assert any(told in line for line in verify(index))
    rebuild_derived(index)
    assert verify(index) == []
    assert all_answers(index) == before


def test_facts_are_counted_by_attribute_through_edits(tmp_path: Path) -> None:
    settings = corpus(tmp_path)
    ingest(settings)
    write(settings.corpus, cameras=CAMERAS.replace("480", "510"), extra="# Extra\n\nnumber: 1\n")
    ingest(settings)
    write(settings.corpus, cameras=CAMERAS)
    (settings.corpus / "extra.md").unlink()
    ingest(settings)
    rollback(settings.index_path, 2)

    for generation in (1, 2, 3, 4):
        with Snapshot.open(settings.index_path, generation=generation) as snapshot:
            counted = Counter(fact.attribute for fact in snapshot.facts())
            assert snapshot.attributes() == tuple(sorted(counted.items()))
            frequent = sorted(counted.items(), key=lambda entry: (-entry[1], entry[0]))
            assert snapshot.attributes(2) == tuple(frequent[:2])
    assert verify(settings.index_path) == []
