"""Few facts are held in memory once enough was asked: then they are found as they were looked up in the records."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.build import ingest
from rag.config import Settings
from rag.index import ProseSnapshot, Query, Snapshot, Term, arranged, held_facts
from rag.types import Fact
from tests.ingest.corpora import CAMERAS, corpus, write

QUERIES: tuple[Query, ...] = ([(Term("optics"),)], [(Term("price"),), (Term("weight"), Term("sensor", 0.5))], [])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """With one text in two places."""
    found = corpus(tmp_path)
    write(found.corpus, cameras=CAMERAS, more=CAMERAS)
    ingest(found)
    return found


def everything(snapshot: Snapshot) -> list[list[Fact] | list[tuple[Fact, float]]]:
    """What every look-up finds."""
    keys = [key for entity in snapshot.entities() for key in entity.keys]
    found: list[list[Fact] | list[tuple[Fact, float]]] = [list(snapshot.facts())]
    for some in ((), keys[:1], keys):
        found += [list(snapshot.facts_of(some)), list(snapshot.facts_mentioning(some))]
    for path in (*snapshot.source_paths(), "none.md"):
        found += [list(snapshot.facts_at(path, first, first + 2)) for first in range(30)]
    for query in QUERIES:
        for limit in (1, 3, 1000):
            found += [list(snapshot.facts_matching(query, limit)), snapshot.search_facts(query, limit)]
    return found


@pytest.mark.parametrize("kind", [Snapshot, ProseSnapshot])
def test_held_facts_are_found_as_in_the_records(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, kind: type[Snapshot]
) -> None:
    with monkeypatch.context() as patched, kind.open(settings.index_path) as snapshot:
        patched.setattr(arranged, "MOST_ARRANGED", 0)
        snapshot.hold()
        looked_up = everything(snapshot)
        assert snapshot._held() is None

    with kind.open(settings.index_path) as snapshot:
        assert snapshot._held() is None
        snapshot.hold()
        assert snapshot._held() is not None
        assert everything(snapshot) == looked_up


def test_facts_are_held_once_enough_was_asked(settings: Settings) -> None:
    with Snapshot.open(settings.index_path) as snapshot:
        for _ in range(held_facts.LOOKED_UP_FIRST):
            assert snapshot._held() is None

        assert snapshot._held() is not None


def test_one_text_in_many_places_counts_as_many_facts(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with Snapshot.open(settings.index_path) as snapshot:
        every, distinct = len(snapshot.facts()), snapshot.fact_count()
    assert distinct < every
    monkeypatch.setattr(arranged, "MOST_ARRANGED", distinct)

    with Snapshot.open(settings.index_path) as snapshot:
        snapshot.hold()

        assert snapshot._held() is None
        assert len(snapshot.facts()) == every


def test_after_an_edit_the_newer_snapshot_holds_the_new_facts(settings: Settings) -> None:
    with Snapshot.open(settings.index_path) as earlier:
        earlier.hold()
        before = everything(earlier)
        write(settings.corpus, cameras="# Before\n\n- price: 3\n\n" + CAMERAS.replace("480", "530"), more="# Nothing\n")
        ingest(settings)

        with Snapshot.open(settings.index_path, after=earlier) as newer:
            newer.warm()
            assert newer._held() is not None
            after = everything(newer)

        assert everything(earlier) == before
    with Snapshot.open(settings.index_path) as fresh:
        assert everything(fresh) == after
    assert after != before


def test_what_words_found_is_remembered_up_to_a_bound(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_facts, "MATCHES_KEPT", 2)
    with Snapshot.open(settings.index_path) as snapshot:
        snapshot.hold()
        for word in ("optics", "price", "weight", "sensor", "price"):
            snapshot.facts_matching([(Term(word),)])
            assert len(snapshot._known_holders) <= 2
