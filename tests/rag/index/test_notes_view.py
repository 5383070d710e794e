"""The view of the notes: every look-up finds what the whole finds, without the facts of papers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.build import ingest
from rag.config import Settings
from rag.index import NotesView, Query, Snapshot, Term, arranged, notes_of
from rag.types import Fact, Page
from tests.ingest.corpora import corpus
from tests.ingest.typeset import english

QUERIES: tuple[Query, ...] = ([(Term("lens"), Term("sensor"))], [(Term("weight"),), (Term("price"),)], [])
EVERY = 10_000


@pytest.fixture(params=[True, False], ids=["held", "looked up"])
def whole(tmp_path: object, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Snapshot]:
    """Two notes and a paper that shares words with them; its facts in memory or on disk."""
    settings: Settings = corpus(request.getfixturevalue("tmp_path"))
    (settings.corpus / "papers").mkdir()
    english(settings.corpus / "papers" / "plover.pdf")
    ingest(settings)
    if not request.param:
        monkeypatch.setattr(arranged, "MOST_ARRANGED", 0)
    with Snapshot.open(settings.index_path) as snapshot:
        yield snapshot


def of_notes(facts: object) -> list[Fact]:
    assert isinstance(facts, tuple | list)
    return [fact for fact in facts if not isinstance(fact.location, Page)]


def test_only_facts_of_papers_are_missing(whole: Snapshot) -> None:
    view = NotesView(whole)
    whole.hold()
    view.hold()
    keys = [key for entity in whole.entities() for key in entity.keys]

    assert of_notes(whole.facts()) == list(view.facts())
    assert 0 < len(view.facts()) < len(whole.facts())
    assert of_notes(whole.facts_of(keys)) == list(view.facts_of(keys))
    assert of_notes(whole.facts_mentioning(keys)) == list(view.facts_mentioning(keys))
    assert of_notes(whole.dated_facts()) == list(view.dated_facts())
    for query in QUERIES:
        assert of_notes(whole.facts_matching(query)) == list(view.facts_matching(query))
        found = [(fact, score) for fact, score in whole.search_facts(query, EVERY) if of_notes([fact])]
        for limit in (1, 2, 1000):
            assert view.search_facts(query, limit) == found[:limit]
    assert view.facts_at("papers/plover.pdf", 1, 9) == ()
    assert view.facts_at("cameras.md", 1, 99) == whole.facts_at("cameras.md", 1, 99)


def test_papers_are_no_sources_of_the_view(whole: Snapshot) -> None:
    view = NotesView(whole)

    assert view.source_paths(".pdf") == ()
    assert (*view.source_paths(), *whole.source_paths(".pdf")) == whole.source_paths()
    assert isinstance(notes_of(whole), NotesView)
    assert notes_of(view) is view


def test_names_and_passages_are_those_of_the_whole(whole: Snapshot) -> None:
    view = NotesView(whole)

    assert view.entities() == whole.entities()
    assert view.source("papers/plover.pdf") == whole.source("papers/plover.pdf")
    assert view.search_chunks(QUERIES[0], 5) == whole.search_chunks(QUERIES[0], 5)
    assert view.document_frequency("lens") == whole.document_frequency("lens")


def test_headers_of_papers_alone_are_none_of_the_notes(whole: Snapshot) -> None:
    view = NotesView(whole)
    whole.hold()
    view.hold()
    names = {name for name, _ in view.attributes()}

    assert names <= {name for name, _ in whole.attributes()}
    assert {fact.attribute for fact in view.facts()} & {name for name, _ in whole.attributes()} <= names


def test_closing_the_view_leaves_the_whole_open(whole: Snapshot) -> None:
    NotesView(whole).close()

    assert whole.facts()


def test_a_corpus_without_papers_is_seen_whole(tmp_path: Path) -> None:
    settings = corpus(tmp_path)
    ingest(settings)
    with Snapshot.open(settings.index_path) as snapshot:
        assert notes_of(snapshot) is snapshot
