"""API keys: made, listed, revoked, recognised. The database holds digests only."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from rag.errors import UsageError
from server.state import State

PREFIX = "rag_"
BYTES = 32
REFRESH_SECONDS = 1.0
"""A running server heeds a new or revoked key within this time."""


class Scope(StrEnum):
    READ = "read"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Key:
    """A key without its secret. `created` and `revoked` are ISO 8601 in UTC."""

    id: str
    name: str
    scope: Scope
    created: str
    revoked: str | None


def digest(secret: str) -> str:
    """What is stored of a key.

    A key is 256 random bits: no list of guesses leads to it, so a fast hash is enough, and every request can afford it.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def add_key(state: State, name: str, scope: Scope) -> tuple[Key, str]:
    """A new key and its secret, which cannot be shown again. Raises UsageError for a name that is in use."""
    secret = PREFIX + secrets.token_urlsafe(BYTES)
    key = Key(secrets.token_hex(4), name, scope, state.now(), None)
    with state.writing() as connection:
        taken = connection.execute("SELECT 1 FROM keys WHERE name = ? AND revoked IS NULL", (name,)).fetchone()
        if taken:
            raise UsageError(f"there is a key called {name!r} already; choose another name or revoke it first")
        connection.execute(
            "INSERT INTO keys (id, name, scope, digest, created) VALUES (?, ?, ?, ?, ?)",
            (key.id, name, str(scope), digest(secret), key.created),
        )
    return key, secret


def list_keys(state: State) -> list[Key]:
    """All keys, revoked ones too, oldest first."""
    return [key for key, _ in _rows(state)]


def revoke_key(state: State, wanted: str) -> Key:
    """Revoke the key with this id, or with this name. Raises UsageError where there is none in use."""
    found = [key for key in list_keys(state) if key.revoked is None and wanted in (key.id, key.name)]
    if not found:
        raise UsageError(f"there is no key {wanted!r} in use; `rag keys list` shows them")
    now = state.now()
    with state.writing() as connection:
        connection.execute("UPDATE keys SET revoked = ? WHERE id = ?", (now, found[0].id))
    return Key(found[0].id, found[0].name, found[0].scope, found[0].created, now)


class KeyRing:
    """The keys in use, held in memory and read again at most once in REFRESH_SECONDS. Safe between threads."""

    def __init__(self, state: State, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._state = state
        self._clock = clock
        self._lock = threading.Lock()
        self._read: float | None = None
        self._keys: dict[str, Key] = {}

    def __bool__(self) -> bool:
        """Whether any key is in use: then every request needs one."""
        return bool(self._current())

    def find(self, secret: str) -> Key | None:
        """The key with this secret."""
        return self._current().get(digest(secret))

    def _current(self) -> dict[str, Key]:
        with self._lock:
            now = self._clock()
            if self._read is None or now - self._read >= REFRESH_SECONDS:
                self._keys = {stored: key for key, stored in _rows(self._state) if key.revoked is None}
                self._read = now
            return self._keys


def _rows(state: State) -> list[tuple[Key, str]]:
    with state.reading() as connection:
        if connection is None:
            return []
        rows = connection.execute("SELECT * FROM keys ORDER BY created, rowid").fetchall()
    return [(Key(r["id"], r["name"], Scope(r["scope"]), r["created"], r["revoked"]), r["digest"]) for r in rows]
