from __future__ import annotations

import os
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingest.build import ingest
from rag.config import Settings
from rag.errors import IndexNotFoundError, UsageError
from rag.index import Snapshot, contents
from rag.index.collect import Collected
from rag.index.layout import records_path, writing
from rag.index.store import gc, rebuild_derived, rollback, status, verify
from tests.ingest.corpora import CAMERAS, all_answers, answers_of, corpus, write


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An index with five generations."""
    found = corpus(tmp_path)
    ingest(found)
    for number in range(4):
        write(
            found.corpus,
            cameras=CAMERAS.replace("480", str(500 + number)),
            extra=f"# Extra\n\nnumber: {number}\n",
        )
        ingest(found)
    return found


def test_status_tells_what_is_there(settings: Settings) -> None:
    found = status(settings.index_path)

    assert (found.generation, found.generations, found.sources) == (5, (1, 2, 3, 4, 5), 3)
    assert (found.embedder_name, found.failed) == ("builtin", ())
    with Snapshot.open(settings.index_path) as snapshot:
        assert (found.facts, found.entities) == (len(snapshot.facts()), len(snapshot.entities()))


def test_status_lists_stale_sources(settings: Settings) -> None:
    (settings.corpus / "extra.md").write_bytes(bytes(range(256)) * 8)
    ingest(settings)

    assert [path for path, _ in status(settings.index_path).failed] == ["extra.md"]


@pytest.mark.parametrize("ask", [status, verify, rebuild_derived, gc])
def test_without_an_index(tmp_path: Path, ask: object) -> None:
    with pytest.raises(IndexNotFoundError, match="run `rag ingest` first"):
        ask(tmp_path)  # type: ignore[operator]
    assert list(tmp_path.iterdir()) == []


def test_rebuilding_changes_no_answer(settings: Settings) -> None:
    before = all_answers(settings.index_path)

    assert len(rebuild_derived(settings.index_path)) == 3

    assert all_answers(settings.index_path) == before
    assert verify(settings.index_path) == []


def test_rolling_back_makes_a_new_generation_that_equals_the_old(settings: Settings) -> None:
    index = settings.index_path
    second, last = all_answers(index, generation=2), all_answers(index)

    assert rollback(index, 2) == 6

    assert all_answers(index) == second
    assert all_answers(index, generation=5) == last
    assert verify(index) == []
    assert (rollback(index, 5), all_answers(index)) == (7, last)
    assert verify(index) == []
    with pytest.raises(UsageError, match=r"generation 99 .* is not kept; those kept are 1, 2, 3"):
        rollback(index, 99)


def test_after_rolling_back_the_notes_come_in_again(settings: Settings) -> None:
    last = all_answers(settings.index_path)
    rollback(settings.index_path, 2)

    summary = ingest(settings)

    assert (summary.changed, summary.embedded) == (2, 0)
    assert all_answers(settings.index_path) == last


def test_collection_keeps_the_newest_and_what_is_read(settings: Settings) -> None:
    index = settings.index_path
    kept = {number: all_answers(index, generation=number) for number in (2, 4, 5)}
    with Snapshot.open(index, generation=2):
        collected = gc(index, keep=2)

    assert (collected.generations, collected.held) == ((1, 3), (2,))
    assert collected.rows > 0
    assert {number: all_answers(index, generation=number) for number in kept} == kept
    assert verify(index) == []
    with pytest.raises(UsageError):
        Snapshot.open(index, generation=3)
    assert gc(index, keep=2).generations == (2,)
    assert verify(index) == []


def test_collection_reclaims_space_and_leaves_answers_equal(settings: Settings) -> None:
    index = settings.index_path
    before, size = all_answers(index), status(index).bytes

    gc(index, keep=1)

    assert all_answers(index) == before
    assert status(index).bytes < size
    assert len(list((index / "vectors").iterdir())) <= status(index).segments
    write(settings.corpus, extra="# Extra\n\nnumber: 0\n")
    ingest(settings)
    assert verify(index) == []


def test_a_reader_that_opens_its_files_while_they_are_written_anew(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = settings.index_path
    expected = all_answers(index)
    look_up = contents.hidden
    collected: list[Collected] = []

    def collected_before(*args: Any) -> set[int]:
        if not collected:
            collected.append(gc(index, keep=1))
        return look_up(*args)

    monkeypatch.setattr(contents, "hidden", collected_before)

    assert all_answers(index) == expected
    assert collected[0].rows > 0


def test_what_came_after_a_collection_is_unknown_to_an_earlier_reader(settings: Settings) -> None:
    index = settings.index_path
    (settings.corpus / "extra.md").write_text("# Extra\n\n" + "\n".join(f"- price of {n}: {n}" for n in range(40)))
    ingest(settings)
    (settings.corpus / "extra.md").unlink()
    ingest(settings)
    gc(index, keep=1)
    expected = all_answers(index)

    with Snapshot.open(index) as opened:
        write(settings.corpus, extra="# Extra\n\n- aperture: 1.4\n- weight: 12 g\n- weight of the case: 40 g\n")
        ingest(settings)
        found = answers_of(opened)

    assert found == expected
    assert verify(index) == []


def test_collection_keeps_at_least_the_current_generation(settings: Settings) -> None:
    with pytest.raises(UsageError, match="keep = 0"):
        gc(settings.index_path, keep=0)


def test_the_last_generation_of_each_day_stays(settings: Settings) -> None:
    index = settings.index_path
    made = {1: "2026-03-01T11:00", 2: "2026-03-01T12:00", 3: "2026-03-02T12:00", 4: "2026-03-04T12:00"}
    with sqlite3.connect(records_path(index)) as connection:
        for number, time in made.items():
            connection.execute("UPDATE meta SET value = ? WHERE key = ?", (f"{time}:00+00:00", f"made.{number}"))
    connection.close()

    assert gc(index, keep=1, days=3, dry_run=True).generations == (1, 2)
    assert status(index).generations == (1, 2, 3, 4, 5)
    assert gc(index, keep=1, days=3).generations == (1, 2)
    assert [(past.generation, past.made) for past in status(index).history][:2] == [
        (3, "2026-03-02T12:00:00+00:00"), (4, "2026-03-04T12:00:00+00:00"),
    ]  # fmt: skip
    assert verify(index) == []


def test_status_tells_what_each_generation_brought(settings: Settings) -> None:
    found = status(settings.index_path).history

    assert [(past.sources, past.added, past.changed, past.removed) for past in found] == [
        (2, None, None, None), (3, 1, 1, 0), (3, 0, 2, 0), (3, 0, 2, 0), (3, 0, 2, 0),
    ]  # fmt: skip
    assert all(past.made is not None for past in found)


def test_status_names_the_process_that_writes(settings: Settings) -> None:
    assert status(settings.index_path).writer is None
    with writing(settings.index_path, timeout=1):
        assert status(settings.index_path).writer == f"process {os.getpid()}"
    assert status(settings.index_path).writer is None


def test_rolling_back_leaves_readers_alone_and_the_current_generation_is_no_goal(settings: Settings) -> None:
    index = settings.index_path
    with Snapshot.open(index) as reader:
        rollback(index, 2)
        assert (reader.generation, reader.is_current()) == (5, False)
        assert {fact.value for fact in reader.facts() if fact.attribute == "number"} == {"3"}
        gc(index, keep=1)
        assert {fact.value for fact in reader.facts() if fact.attribute == "number"} == {"3"}
    with pytest.raises(UsageError, match=r"generation 6 of .* is the current one"):
        rollback(index, 6)


def test_many_edits_leave_few_vector_files(settings: Settings) -> None:
    for number in range(20):
        write(settings.corpus, extra=f"# Extra\n\nnumber: {number + 10}\n")
        ingest(settings)

    assert status(settings.index_path).segments <= 8
    assert verify(settings.index_path) == []


def test_old_generations_are_collected_by_the_way(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.index.writer.MOST_SURPLUS", 2)
    few = replace(settings, keep_generations=4, keep_days=0)
    for number, kept in enumerate(((1, 2, 3, 4, 5, 6), (4, 5, 6, 7), (4, 5, 6, 7, 8))):
        write(settings.corpus, extra=f"# Extra\n\nnumber: {number + 10}\n")
        ingest(few)
        assert status(settings.index_path).generations == kept

    assert verify(settings.index_path) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE chunks SET text = 'never written' WHERE row = 1", "is not in the source's text"),
        ("UPDATE facts SET quote = 'never written' WHERE row = 1", "is not in the source's text"),
        ("UPDATE segments SET checksum = 1", "is damaged"),
        ("DELETE FROM segments", "have no vector"),
        ("UPDATE facts SET value = 'other', quote = '#' WHERE removed > 5", "wrong in the lexical index"),
    ],
)
def test_verification_finds_what_is_wrong(settings: Settings, change: str, said: str) -> None:
    with sqlite3.connect(records_path(settings.index_path)) as connection:
        connection.execute(change)
    connection.close()

    assert any(said in problem for problem in verify(settings.index_path))
