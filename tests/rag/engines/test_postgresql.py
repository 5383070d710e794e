"""What only records on a PostgreSQL server can meet: lost connections, other schemas, addresses that are wrong."""

from __future__ import annotations

import stat
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ingest.build import ingest
from rag.assistant import Assistant
from rag.config import load
from rag.errors import ConfigError, IndexError_, IndexNotFoundError, MissingExtraError
from rag.index import Snapshot, attached
from rag.index.store import gc, status, verify
from tests.ingest.corpora import CAMERAS, all_answers, corpus, write
from tests.rag.engines.conftest import postgres_engine

if TYPE_CHECKING:
    from rag.config import Settings
    from tests.rag.engines.postgres_server import PostgresServer

END_WRITER = (
    "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid) "
    "WHERE locktype = 'advisory' AND objid = 0 AND granted"
)


@pytest.fixture
def settings(postgres: PostgresServer, tmp_path: Path) -> Settings:
    """An ingested corpus."""
    settings = postgres_engine(postgres).settings(tmp_path)
    ingest(settings)
    return settings


@pytest.mark.parametrize("stage", ["cameras.md", "embed", "read"])
def test_a_writer_that_loses_its_session_changes_nothing_more(
    settings: Settings, postgres: PostgresServer, stage: str
) -> None:
    before = all_answers(settings.index_path)
    write(settings.corpus, cameras=CAMERAS.replace("480", "481"))

    def cut(at: str, done: int, total: int) -> None:
        if at == stage:
            postgres.run(END_WRITER)

    ended = r"postgresql://rag@/postgres could not be used \((the connection is lost|terminating)"
    with pytest.raises(IndexError_, match=ended):
        ingest(settings, progress=cut)

    assert all_answers(settings.index_path) == before
    assert ingest(settings).changed == 1
    assert verify(settings.index_path) == []


def test_indexes_in_two_schemas_know_nothing_of_each_other(
    settings: Settings, postgres: PostgresServer, tmp_path: Path
) -> None:
    other = postgres_engine(postgres).settings(tmp_path / "other")
    with pytest.raises(IndexNotFoundError, match="run `rag ingest` first"):
        Snapshot.open(other.index_path)
    write(other.corpus, cameras="# Gamma Three\n\nWeight: 3 kg\n")

    with Snapshot.open(settings.index_path):
        for number in range(3):
            write(other.corpus, extra=f"# Extra\n\nnumber: {number}\n")
            ingest(other)
        assert gc(other.index_path, keep=1).held == ()

    assert (status(settings.index_path).generation, status(other.index_path).generations) == (1, (3,))
    assert all_answers(settings.index_path) != all_answers(other.index_path)


def test_the_index_directory_remembers_its_database_for_its_user_alone(settings: Settings) -> None:
    pointer = settings.index_path / attached.POINTER

    assert pointer.read_text(encoding="utf-8") == f"{settings.records}\n"
    assert stat.S_IMODE(pointer.stat().st_mode) == 0o600
    with Assistant.open(settings.index_path) as assistant:
        assert "480" in assistant.ask("weight of Alpha One").text


def test_the_setting_alone_is_enough(settings: Settings, tmp_path: Path) -> None:
    environ = {"RAG_RECORDS": str(settings.records), "RAG_INDEX": str(tmp_path / "another")}
    other = load({"corpus": settings.corpus}, environ=environ, directory=tmp_path)

    with Assistant.open(other.index_path, settings=other) as assistant:
        assert "480" in assistant.ask("weight of Alpha One").text
    assert ingest(other).unchanged == 2


def test_a_directory_with_records_of_its_own_is_left_alone(settings: Settings, tmp_path: Path) -> None:
    own = corpus(tmp_path / "own")
    ingest(own)
    before = all_answers(own.index_path)

    with pytest.raises(ConfigError, match=r"holds records of its own.*--index"):
        ingest(replace(own, records=settings.records))

    assert all_answers(own.index_path) == before


@pytest.mark.parametrize("address", ["mysql://somebody:secret@db/notes", "notes.db", "postgresql:notes"])
def test_an_address_of_another_kind_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is not a PostgreSQL URL; give postgresql://") as raised:
        attached.attach(tmp_path / "index", address)
    assert "secret" not in str(raised.value)
    assert not (tmp_path / "index").exists()


def test_without_the_driver_the_extra_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(MissingExtraError, match=r"survey-notes-rag\[postgres\]"):
        Snapshot.open(settings.index_path)


def test_nobody_answers_at_the_address(tmp_path: Path) -> None:
    index = tmp_path / "index"
    attached.attach(index, f"postgresql://rag:secret@/notes?host={tmp_path}")

    with pytest.raises(IndexError_, match="see that the database runs") as raised:
        Snapshot.open(index)
    assert "secret" not in str(raised.value)


def test_a_database_that_is_started_again_is_found_again(postgres: PostgresServer, tmp_path: Path) -> None:
    from tests.rag.engines.postgres_server import serving

    with serving() as server:
        settings = postgres_engine(server).settings(tmp_path)
        ingest(settings)
        with Assistant.open(settings.index_path, settings=settings) as assistant:
            said = assistant.ask("weight of Alpha One").text
            server.stop()
            with pytest.raises(IndexError_, match="see that the database runs"):
                assistant.refresh()
            server.start()

            assert not assistant.refresh()
            assert assistant.ask("weight of Alpha One").text == said
            write(settings.corpus, cameras=CAMERAS.replace("480", "481"))
            ingest(settings)
            assert assistant.refresh()
            assert "481" in assistant.ask("weight of Alpha One").text
