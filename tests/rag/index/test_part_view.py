"""The view of some places: every look-up finds what the whole finds there, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.build import ingest
from rag.index import PartView, Query, Snapshot, Term, arranged
from rag.types import Fact
from tests.ingest.corpora import corpus

QUERIES: tuple[Query, ...] = ([(Term("lens"), Term("sensor"))], [(Term("weight"),), (Term("price"),)], [])
EVERY = 10_000
NOTE = "cameras.md"


@pytest.fixture(params=[True, False], ids=["held", "looked up"])
def whole(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Snapshot]:
    settings = corpus(tmp_path)
    ingest(settings)
    if not request.param:
        monkeypatch.setattr(arranged, "MOST_ARRANGED", 0)
    with Snapshot.open(settings.index_path) as snapshot:
        snapshot.hold()
        yield snapshot


def there(fact: Fact) -> bool:
    return fact.source == NOTE and fact.ordinal % 2 == 0


def kept(facts: tuple[Fact, ...]) -> list[Fact]:
    return [fact for fact in facts if there(fact)]


def test_what_stands_elsewhere_is_missing(whole: Snapshot) -> None:
    view = PartView(whole, there, {NOTE})
    keys = [key for entity in whole.entities() for key in entity.keys]

    assert kept(whole.facts()) == list(view.facts())
    assert 0 < len(view.facts()) < len(whole.facts())
    assert kept(whole.facts_of(keys)) == list(view.facts_of(keys))
    assert kept(whole.facts_mentioning(keys)) == list(view.facts_mentioning(keys))
    assert kept(whole.facts_at(NOTE, 1, 99)) == list(view.facts_at(NOTE, 1, 99))
    assert kept(whole.dated_facts()) == list(view.dated_facts())
    assert kept(whole.dated_facts_of(keys)) == list(view.dated_facts_of(keys))
    for query in QUERIES:
        assert kept(whole.facts_matching(query)) == list(view.facts_matching(query))
        best = [(fact, score) for fact, score in whole.search_facts(query, EVERY) if there(fact)]
        for limit in (1, 2, 1000):
            assert view.search_facts(query, limit) == best[:limit]
            assert list(view.facts_matching(query, limit)) == kept(whole.facts_matching(query))[:limit]
    others = [path for path in whole.source_paths() if path != NOTE]
    assert others
    assert all(view.facts_at(path, 1, 99) == () for path in others)


def test_sources_headers_and_passages_are_those_of_the_place(whole: Snapshot) -> None:
    view = PartView(whole, lambda fact: fact.source == NOTE, {NOTE})

    assert view.source_paths() == (NOTE,)
    assert view.source_paths(".pdf") == ()
    headers = {fact.attribute for fact in view.facts()}
    assert {header for header, _ in view.attributes()} == headers
    assert sum(count for _, count in view.attributes()) == len(view.facts())
    assert len(view.attributes(1)) == 1
    found = view.search_chunks([(Term("lens"), Term("sensor"))], 5)
    assert found
    assert all(hit.chunk.source == NOTE for hit in found)


def test_names_are_those_of_the_whole_and_closing_is_left_to_it(whole: Snapshot) -> None:
    view = PartView(whole, there, {NOTE})

    assert view.entities() == whole.entities()
    assert view.thing_count(2) == whole.thing_count(2)
    view.close()
    assert whole.facts()
