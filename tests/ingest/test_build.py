from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import ingest.build
import ingest.note_worker
import ingest.prepare
from ingest.build import Summary
from ingest.build import ingest as ingest_
from rag.config import Settings
from rag.errors import CorpusEmptyError, CorpusNotFoundError, CorpusVanishedError, IndexError_, UsageError
from rag.index import Snapshot, Term
from rag.index.records import Records
from rag.index.store import verify
from rag.index.things import entities
from rag.types import Entity
from tests.ingest.corpora import CAMERAS, DATABASES, all_answers, corpus, write
from tests.notes import forbid_listing


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return corpus(tmp_path)


def run(settings: Settings, *, full: bool = False, confirm_removal: bool = False) -> Summary:
    """Ingest, and find the index whole and equal to one that was made afresh."""
    summary = ingest_(settings, full=full, confirm_removal=confirm_removal)
    assert verify(settings.index_path) == []
    return summary


def fresh(settings: Settings, directory: Path) -> Path:
    """An index of the corpus as it is now, without history."""
    index = directory / "fresh"
    ingest_(replace(settings, index=index))
    return index


def test_a_first_ingest_adds_everything(settings: Settings) -> None:
    seen: list[tuple[str, int, int]] = []

    summary = ingest_(settings, progress=lambda *step: seen.append(step))

    with Snapshot.open(settings.index_path) as snapshot:
        assert snapshot.source_paths() == ("cameras.md", "databases.md")
        assert snapshot.source("databases.md").text == DATABASES
        assert snapshot.source("cameras.md").title == "Cameras"
        found = snapshot.search_facts([(Term("weight"),), (Term("alpha"),)], 3)
        assert (found[0][0].entity, found[0][0].value) == ("Alpha One", "480 g")
    assert (summary.added, summary.generation, summary.failed) == (2, 1, ())
    assert summary.embedded > 0
    assert [step for step in seen if step[0] != "embed"] == [
        ("cameras.md", 0, 2),
        ("databases.md", 1, 2),
        ("read", 2, 2),
    ]


def test_of_many_headings_of_the_first_level_none_is_the_title(settings: Settings) -> None:
    text = "".join(f"# {name}\n\n{name} 很轻。\n\n" for name in ("Velorum", "Quorra", "Tarsa"))
    (settings.corpus / "folding-bikes.md").write_text(text, encoding="utf-8")
    ingest_(settings)

    with Snapshot.open(settings.index_path) as snapshot:
        assert snapshot.source("folding-bikes.md").title == "folding-bikes"


def test_nothing_changed_makes_no_generation(settings: Settings) -> None:
    run(settings)

    assert run(settings) == Summary(unchanged=2, generation=1)


def test_touched_files_are_compared_by_their_bytes(settings: Settings) -> None:
    run(settings)
    os.utime(settings.corpus / "cameras.md", ns=(1, 10**18))

    assert run(settings) == Summary(unchanged=2, generation=1)
    assert run(settings) == Summary(unchanged=2, generation=1)


def test_an_edit_embeds_only_new_text(settings: Settings, tmp_path: Path) -> None:
    run(settings)
    edited = "\n\n" + CAMERAS.replace("Alpha One is light.", "Alpha One is heavy.")
    write(settings.corpus, cameras=edited)

    summary = run(settings)

    assert (summary.changed, summary.unchanged, summary.generation, summary.embedded) == (1, 1, 2, 1)
    assert all_answers(settings.index_path) == all_answers(fresh(settings, tmp_path))
    with Snapshot.open(settings.index_path) as snapshot:
        assert snapshot.search_chunks([(Term("light"),)], 5) == []
        assert len(snapshot.search_chunks([(Term("heavi"), Term("heavy"))], 5)) == 1


def test_an_edit_within_one_tick_of_the_clock_is_seen(settings: Settings) -> None:
    path = settings.corpus / "cameras.md"
    run(settings)
    times = path.stat()
    path.write_text(CAMERAS.replace("480 g", "481 g"), encoding="utf-8")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))

    assert run(settings).changed == 1


def things(index: Path) -> dict[int, Entity]:
    """The rows of the things that the index knows."""
    store = Records.open(index)
    with closing(store), store.reading() as connection:
        return entities(connection, store.current(connection))


def test_things_stay_as_they_are_where_names_only_move(settings: Settings, tmp_path: Path) -> None:
    run(settings)
    before = things(settings.index_path)
    write(settings.corpus, cameras=CAMERAS.replace("Alpha One is light.", "It rained.\n\nAlpha One is light."))

    assert run(settings).changed == 1

    assert things(settings.index_path) == before
    assert list(before.values()) == list(things(fresh(settings, tmp_path)).values())


def test_things_are_merged_anew_where_a_name_goes(settings: Settings, tmp_path: Path) -> None:
    run(settings)
    before = things(settings.index_path)
    write(settings.corpus, cameras=CAMERAS.replace("Alpha One", "Omega Nine"))

    run(settings)

    after = things(settings.index_path)
    assert after != before
    assert list(after.values()) == list(things(fresh(settings, tmp_path)).values())


def test_moved_lines_embed_nothing(settings: Settings, tmp_path: Path) -> None:
    run(settings)
    write(settings.corpus, cameras="\n\n\n" + CAMERAS)

    summary = run(settings)

    assert (summary.changed, summary.embedded) == (1, 0)
    assert all_answers(settings.index_path) == all_answers(fresh(settings, tmp_path))


def test_a_removed_note_is_gone_from_every_answer(settings: Settings, tmp_path: Path) -> None:
    run(settings)
    (settings.corpus / "cameras.md").unlink()

    summary = run(settings)

    assert (summary.removed, summary.unchanged, summary.embedded) == (1, 1, 0)
    assert all_answers(settings.index_path) == all_answers(fresh(settings, tmp_path))
    with Snapshot.open(settings.index_path) as snapshot, pytest.raises(UsageError, match=r"cameras\.md"):
        snapshot.source("cameras.md")


def test_a_renamed_note_is_recognised(settings: Settings, tmp_path: Path) -> None:
    run(settings)
    (settings.corpus / "cameras.md").rename(settings.corpus / "a name.md")

    summary = run(settings)

    assert summary == Summary(renamed=1, unchanged=1, generation=2)
    assert all_answers(settings.index_path) == all_answers(fresh(settings, tmp_path))


def test_the_same_text_in_two_notes_is_found_in_both(settings: Settings, tmp_path: Path) -> None:
    run(settings)
    write(settings.corpus, more__copy=CAMERAS)

    summary = run(settings)

    assert (summary.added, summary.embedded) == (1, 0)
    assert all_answers(settings.index_path) == all_answers(fresh(settings, tmp_path))
    with Snapshot.open(settings.index_path) as snapshot:
        found = snapshot.search_chunks([(Term("light"),)], 5)
        assert [(hit.chunk.source, hit.score) for hit in found] == [
            ("cameras.md", found[0].score),
            ("more/copy.md", found[0].score),
        ]


def test_a_change_that_is_taken_back_costs_nothing(settings: Settings) -> None:
    run(settings)
    before = all_answers(settings.index_path)
    write(settings.corpus, cameras=CAMERAS.replace("light", "heavy"))
    run(settings)
    write(settings.corpus, cameras=CAMERAS)

    summary = run(settings)

    assert (summary.changed, summary.embedded, summary.generation) == (1, 0, 3)
    assert all_answers(settings.index_path) == before


def test_a_file_that_cannot_be_read_keeps_its_earlier_version(settings: Settings) -> None:
    run(settings)
    before = all_answers(settings.index_path)
    (settings.corpus / "cameras.md").write_bytes(bytes(range(256)) * 64)
    write(settings.corpus, new="# New\n\nA new note.\n")

    summary = run(settings)

    [(path, reason)] = summary.failed
    assert (path, summary.added, summary.unchanged, summary.changed) == ("cameras.md", 1, 1, 0)
    with Snapshot.open(settings.index_path) as snapshot:
        source = snapshot.source("cameras.md")
        assert (source.text, source.stale) == (CAMERAS, reason)
        assert snapshot.facts_of(["alphaone"]) == tuple(f for f in before["facts"] if f.entity_key == "alphaone")
    again = run(settings)
    assert (again.failed, again.generation) == (summary.failed, summary.generation)
    write(settings.corpus, cameras=CAMERAS)
    assert run(settings).changed == 1
    with Snapshot.open(settings.index_path) as snapshot:
        assert snapshot.source("cameras.md").stale is None


def test_a_parser_that_fails_fails_one_file_only(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare = ingest.prepare.prepare

    def failing(found: object, data: bytes, **options: int) -> object:
        if b"TreeBase" in data:
            raise RecursionError("too deep")
        return prepare(found, data, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(ingest.note_worker, "prepare", failing)

    summary = run(settings)

    assert summary.added == 1
    assert summary.failed == (("databases.md", "cannot be parsed (RecursionError: too deep)"),)


def test_a_file_that_is_too_large_is_not_read(settings: Settings) -> None:
    with (settings.corpus / "huge.md").open("wb") as stream:
        stream.truncate(200 * 1024 * 1024)

    summary = run(settings)

    reason = "209715200 bytes are more than the setting max_file_bytes = 67108864"
    assert (summary.added, summary.failed) == (2, (("huge.md", reason),))


def test_a_line_too_long_for_a_note_is_refused(settings: Settings) -> None:
    write(settings.corpus, line="word " * 1_000_000)

    assert [path for path, _ in run(settings).failed] == ["line.md"]


def test_sources_in_a_directory_that_cannot_be_read_stay(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    write(settings.corpus, closed__inner="# Inner\n\nkey: value\n")
    run(settings)
    forbid_listing(monkeypatch, "closed")

    summary = run(settings)

    assert summary.failed == (("closed", "permission denied"), ("closed/inner.md", "permission denied"))
    assert summary.removed == 0
    with Snapshot.open(settings.index_path) as snapshot:
        assert snapshot.source("closed/inner.md").stale == "permission denied"


def test_all_sources_gone_at_once_asks_first(settings: Settings) -> None:
    run(settings)
    before = all_answers(settings.index_path)
    for note in settings.corpus.iterdir():
        note.unlink()

    with pytest.raises(CorpusVanishedError, match="all 2 sources"):
        ingest_(settings)

    assert all_answers(settings.index_path) == before
    assert run(settings, confirm_removal=True).removed == 2
    with Snapshot.open(settings.index_path) as snapshot:
        assert (snapshot.source_paths(), snapshot.entities(), snapshot.fact_count()) == ((), (), 0)


def test_a_directory_that_was_renamed_is_no_loss(settings: Settings) -> None:
    run(settings)
    (settings.corpus / "sub").mkdir()
    for note in list(settings.corpus.glob("*.md")):
        note.rename(settings.corpus / "sub" / note.name)

    assert run(settings).renamed == 2


def test_a_missing_or_empty_corpus_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(CorpusNotFoundError, match="does not exist"):
        ingest_(Settings(corpus=tmp_path / "absent"))
    with pytest.raises(CorpusEmptyError, match="holds no notes"):
        ingest_(Settings(corpus=tmp_path / "empty"))
    assert [path.name for path in tmp_path.rglob("*")] == ["empty"]


def test_only_the_named_paths_are_looked_at(settings: Settings) -> None:
    run(settings)
    write(
        settings.corpus,
        cameras="# Cameras\n\nNew.\n",
        databases="# Databases\n\nNew.\n",
        sub__x="# X\n\nX.\n",
    )

    summary = ingest_(settings, paths=["cameras.md", settings.corpus / "sub"])

    assert (summary.changed, summary.added, summary.unchanged) == (1, 1, 1)
    with Snapshot.open(settings.index_path) as snapshot:
        assert snapshot.source("databases.md").text == DATABASES
    with pytest.raises(UsageError, match="no note or paper"):
        ingest_(settings, paths=["absent.md"])


@pytest.mark.parametrize(
    ("owner", "name"), [("rag.index.vector_files", "write"), ("rag.index.lexical", "Appender.commit")]
)
def test_a_full_disk_leaves_the_earlier_state(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, owner: str, name: str
) -> None:
    run(settings)
    before = all_answers(settings.index_path)
    write(settings.corpus, cameras=CAMERAS.replace("light", "heavy"))

    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(f"{owner}.{name}", full)
        with pytest.raises(IndexError_, match=r"No space left on device.*earlier state is intact"):
            ingest_(settings)

    assert all_answers(settings.index_path) == before
    assert verify(settings.index_path) == []
    assert run(settings).changed == 1


class LetterEmbedder:
    """Texts that share letters are near."""

    fingerprint = "letters-1"
    dimensions = 26
    batch = 8

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        made = np.array([[text.lower().count(chr(97 + n)) + 0.01 for n in range(26)] for text in texts], np.float32)
        unit: NDArray[np.float32] = made / np.linalg.norm(made, axis=1, keepdims=True)
        return unit

    def embed_question(self, text: str) -> NDArray[np.float32]:
        row: NDArray[np.float32] = self.embed_passages([text])[0]
        return row


def test_another_embedder_embeds_anew_and_back_is_free(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    first = run(settings)
    before = all_answers(settings.index_path)
    with monkeypatch.context() as patch:
        patch.setattr(ingest.build, "open_embedder", lambda spec, download: LetterEmbedder())
        other = run(replace(settings, embedder="letters"))
        with Snapshot.open(settings.index_path) as snapshot:
            assert (snapshot.embedder, snapshot.embedder_name) == ("letters-1", "letters")
            hits = snapshot.search_vectors(LetterEmbedder().embed_question("alpha one is light"), 1)
            assert "light" in hits[0].chunk.text

    back = run(settings)

    assert (other.embedded, other.unchanged, other.generation) == (first.embedded, 2, 2)
    assert (back.embedded, back.unchanged, back.generation) == (0, 2, 3)
    assert all_answers(settings.index_path) == before


def test_full_reads_everything_again_and_changes_nothing(settings: Settings) -> None:
    run(settings)
    before = all_answers(settings.index_path)

    summary = run(settings, full=True)

    assert (summary.unchanged, summary.changed, summary.embedded) == (2, 0, 0)
    assert all_answers(settings.index_path) == before


def test_another_configuration_reads_everything_again(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    run(settings)
    before = all_answers(settings.index_path)
    monkeypatch.setattr(ingest.build, "configuration", lambda: "another")

    summary = run(settings)

    assert (summary.unchanged, summary.changed, summary.embedded, summary.generation) == (2, 0, 0, 2)
    assert run(settings).generation == 2
    assert all_answers(settings.index_path) == before
