"""An index that grows beyond the vectors that are all compared: files, answers, status."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.generated import note, write_notes
from ingest.build import ingest
from rag.config import Settings
from rag.index import vector_files
from rag.index.layout import vectors_path
from rag.index.store import gc, rebuild_derived, rollback, status, verify
from rag.index.vector_status import VectorSearch
from tests.ingest.corpora import all_answers

LIMIT = 40


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An index of more vectors than are all compared: eleven notes of five passages each."""
    monkeypatch.setattr(vector_files, "EXACT_UP_TO", LIMIT)
    write_notes(tmp_path / "notes", 11)
    found = Settings(corpus=tmp_path / "notes", index=tmp_path / "index")
    ingest(found)
    return found


def files(settings: Settings) -> list[str]:
    return sorted(path.name for path in vectors_path(settings.index_path).iterdir())


def edit(settings: Settings, number: int, old: str, new: str) -> None:
    path = settings.corpus / note(number).path
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    ingest(settings)


def test_a_small_index_compares_all(tmp_path: Path) -> None:
    write_notes(tmp_path / "notes", 2)
    ingest(Settings(corpus=tmp_path / "notes", index=tmp_path / "index"))

    assert status(tmp_path / "index").vectors == VectorSearch("exact", 10, 0, 1.0)


def test_a_large_one_is_searched_by_codes_and_answers_the_same(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_codes = all_answers(settings.index_path)
    assert status(settings.index_path).vectors == VectorSearch("codes", 55, 55, 1.0)

    monkeypatch.setattr(vector_files, "EXACT_UP_TO", 50_000)
    rebuild_derived(settings.index_path)

    assert status(settings.index_path).vectors == VectorSearch("exact", 55, 0, 1.0)
    assert all_answers(settings.index_path) == by_codes


def test_an_edit_leaves_the_large_file_alone(settings: Settings) -> None:
    large = files(settings)

    edit(settings, 3, "分贝", "分贝（空载）")

    assert set(large) < set(files(settings))
    assert len(files(settings)) == 2
    found = status(settings.index_path).vectors
    assert (found.kind, found.coded, found.stored - found.coded > 0, found.recall) == ("codes", 55, True, 1.0)
    assert verify(settings.index_path) == []


def test_what_is_compared_never_grows_beyond_the_limit(settings: Settings) -> None:
    for count in range(12, 24):
        write_notes(settings.corpus, count)
        ingest(settings)
        found = status(settings.index_path).vectors
        assert found.stored - found.coded <= LIMIT

    assert (found.stored, found.recall) == (115, 1.0)
    assert found.coded >= 96
    assert verify(settings.index_path) == []
    assert all_answers(settings.index_path) == all_answers(_afresh(settings))


def test_many_edits_rewrite_no_large_file_again_and_again(settings: Settings) -> None:
    for number in range(9):
        edit(settings, number, "分贝", "分贝（空载）")

    assert "000001.faiss" in files(settings)
    assert all_answers(settings.index_path) == all_answers(_afresh(settings))


def test_what_is_removed_is_not_found(settings: Settings) -> None:
    for number in range(5):
        (settings.corpus / note(number).path).unlink()
    ingest(settings)

    assert status(settings.index_path).vectors.recall == 1.0
    assert all_answers(settings.index_path) == all_answers(_afresh(settings))
    before = all_answers(settings.index_path)
    rollback(settings.index_path, 1)
    gc(settings.index_path, keep=1)
    assert verify(settings.index_path) == []
    ingest(settings)
    assert all_answers(settings.index_path) == before


def test_a_large_file_that_was_damaged_is_made_anew(settings: Settings) -> None:
    before = all_answers(settings.index_path)
    [name] = files(settings)
    path = vectors_path(settings.index_path) / name
    content = bytearray(path.read_bytes())
    path.write_bytes(content[:-9])
    assert status(settings.index_path).vectors == VectorSearch("codes", 55, 0, None)

    assert all_answers(settings.index_path) == before

    assert status(settings.index_path).vectors.recall == 1.0
    [renewed] = files(settings)
    assert (vectors_path(settings.index_path) / renewed).read_bytes() == bytes(content)


def _afresh(settings: Settings) -> Path:
    fresh = Settings(corpus=settings.corpus, index=settings.index_path.with_name("fresh"))
    ingest(fresh)
    return fresh.index_path
