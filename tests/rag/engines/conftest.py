"""The stores that every test of the contract runs over."""

from __future__ import annotations

import importlib.util
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rag.config import Settings
from rag.index import attached
from tests.ingest.corpora import CAMERAS, DATABASES, write

if TYPE_CHECKING:
    from tests.rag.engines.postgres_server import PostgresServer

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Engine:
    """A store in use: makes new indexes, and opens them as another machine would."""

    name: str
    address: Callable[[], str | None] = field(repr=False)
    search: str | None = None

    def settings(self, root: Path) -> Settings:
        """Settings for a corpus of two notes in `root`, and an empty index of this engine."""
        write(root / "notes", cameras=CAMERAS, databases=DATABASES)
        settings = Settings(
            corpus=root / "notes", index=root / "index", records=self.address(), search=self.search, lock_timeout=20
        )
        attached.attach(settings.index_path, settings.records, settings.search)
        return settings

    def elsewhere(self, settings: Settings) -> Settings:
        """The same index as another machine has it: with a directory of its own, where the engine allows that."""
        if settings.records is None:
            return settings
        index = settings.index_path.with_name(f"machine-{next(_numbers)}")
        attached.attach(index, settings.records, settings.search)
        return replace(settings, index=index)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for all tests of this process."""
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("psycopg is not installed: pip install 'survey-notes-rag[postgres]'")
    from tests.rag.engines.postgres_server import programs, serving

    if programs() is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with serving() as server:
        yield server


@pytest.fixture(scope="session")
def milvus() -> Iterator[str]:
    """The URL of a Milvus Lite server for all tests of this process."""
    for package in ("pymilvus", "milvus_lite"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed: pip install 'survey-notes-rag[milvus]' milvus-lite")
    from tests.rag.engines.milvus_server import serving

    with serving() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql", "milvus"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each store in turn: files alone, records on a server, and both records and search."""
    if request.param == "sqlite":
        return Engine("sqlite", lambda: None)
    engine = postgres_engine(request.getfixturevalue("postgres"))
    if request.param == "postgresql":
        return engine
    return replace(engine, name="milvus", search=request.getfixturevalue("milvus"))


def postgres_engine(server: PostgresServer) -> Engine:
    """Indexes in new schemas of the server."""

    def address() -> str:
        schema = f"survey_{next(_numbers)}"
        server.run(f"CREATE SCHEMA {schema}")
        return server.url(schema)

    return Engine("postgresql", address)
