"""The server's own database: API keys, conversations and feedback. It stands beside the index, not in it, so that a new
index loses none of them.

It is made at the first write; until then every reading finds nothing, so that notes on a read-only disk can be served.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rag.errors import ConfigError

VERSION = 1
BUSY_SECONDS = 10.0
SCHEMA = """
CREATE TABLE keys (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, scope TEXT NOT NULL, digest TEXT NOT NULL UNIQUE,
    created TEXT NOT NULL, revoked TEXT
);
CREATE TABLE conversations (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, created TEXT NOT NULL, changed TEXT NOT NULL
);
CREATE INDEX conversations_of ON conversations (owner, changed);
CREATE TABLE exchanges (
    id TEXT PRIMARY KEY, conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    position INTEGER NOT NULL, question TEXT NOT NULL, answer TEXT NOT NULL, created TEXT NOT NULL
);
CREATE INDEX exchanges_of ON exchanges (conversation, position);
CREATE TABLE feedback (
    id INTEGER PRIMARY KEY, owner TEXT NOT NULL, created TEXT NOT NULL, rating TEXT NOT NULL, question TEXT NOT NULL,
    history TEXT NOT NULL, answer TEXT NOT NULL, correction TEXT, comment TEXT
);
"""

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


class State:
    """The database at `path`. Safe to share between threads; other processes may use it at the same time."""

    def __init__(self, path: Path, *, clock: Clock = utc_now) -> None:
        self.path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def now(self) -> str:
        """The present moment in ISO 8601, to the second, in UTC."""
        return self._clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """A connection to read with; None where nothing has been written yet."""
        with self._lock:
            if self._connection is None and self.path.exists():
                self._connection = self._opened()
            yield self._connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection in a transaction, which is committed unless an error leaves the block."""
        with self._lock:
            if self._connection is None:
                self._connection = self._opened()
            with self._refusals(), self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                yield self._connection

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _opened(self) -> sqlite3.Connection:
        with self._refusals():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # Digests of keys and people's questions are nobody else's business; SQLite's side files take the same mode.
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, check_same_thread=False, isolation_level=None)
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            self._migrated(connection)
            return connection

    def _migrated(self, connection: sqlite3.Connection) -> None:
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version == 0:
                for statement in SCHEMA.split(";\n"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {VERSION}")
            elif version != VERSION:
                raise ConfigError(
                    f"{self.path} was written by another version ({version}, this one writes {VERSION}); "
                    "name another file as state in rag.toml"
                )

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise ConfigError(
                f"{self.path} cannot be used ({error}); name a file that can be written as state in rag.toml"
            ) from error
