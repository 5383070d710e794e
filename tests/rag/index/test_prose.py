"""A snapshot of which only the sentences are seen."""

from __future__ import annotations

from pathlib import Path

from ingest.build import ingest
from rag.config import Settings
from rag.index import ProseSnapshot, Snapshot, Term
from rag.types import FactKind
from tests.notes import write_notes

NOTE = "# Vans\n\n| Van | Weight |\n| --- | --- |\n| Kestrel | 2 t |\n\nThe Kestrel was sold in Turku.\n"


def test_only_sentences_are_seen(tmp_path: Path) -> None:
    # Given a note with a table and a sentence about the same thing
    corpus = write_notes(tmp_path / "notes", {"vans.md": NOTE})
    settings = Settings(corpus=corpus, index=tmp_path / "index")
    ingest(settings)
    with Snapshot.open(settings.index_path) as whole, ProseSnapshot.open(settings.index_path) as prose:
        query = [(Term("kestrel"),)]
        # Then the one snapshot shows both, the other the sentence alone, however it is asked
        kinds = {fact.kind for fact, _ in whole.search_facts(query, 10)}
        assert kinds == {FactKind.CELL, FactKind.STATEMENT}
        sentence = ["The Kestrel was sold in Turku."]
        assert [fact.value for fact, _ in prose.search_facts(query, 10)] == sentence
        assert [fact.value for fact in prose.facts_matching(query)] == sentence
        assert [fact.value for fact in prose.facts()] == sentence
        assert prose.attributes() == ()
        # And sources, passages and names are the same
        assert prose.source("vans.md") == whole.source("vans.md")
        assert prose.search_chunks(query, 5) == whole.search_chunks(query, 5)
        assert prose.names() == whole.names()
