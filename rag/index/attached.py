"""Where the records of an index lie, and where it is searched: in its directory, or where files there say."""

from __future__ import annotations

import os
from pathlib import Path

from rag.errors import ConfigError, IndexError_
from rag.index import layout

POINTER = "records.url"
SEARCH_POINTER = "search.url"
SCHEMES = ("postgresql", "postgres")
SEARCH_SCHEMES = ("milvus",)


def address_of(index: Path) -> str | None:
    """The URL of the database that holds the records of `index`; None where they lie in the directory itself."""
    return _read(index / POINTER)


def search_of(index: Path) -> str | None:
    """The URL of the server that searches `index`; None where the files of the directory are searched."""
    return _read(index / SEARCH_POINTER)


def attach(index: Path, records: str | None, search: str | None = None) -> None:
    """Let the index in directory `index` have its records at the URL `records`, and be searched at `search`.

    None leaves that as it is. The directory, which is made where there is none, then holds only what can be made anew
    from the records. The URLs are written there for this user's eyes alone, since they can hold passwords. Raises
    ConfigError for a URL of another kind, and for a directory that holds records of its own.
    """
    if search is not None and search_of(index) != search:
        if search.partition("://")[0] not in SEARCH_SCHEMES:
            raise ConfigError(
                f"search = {search.rpartition('@')[2]!r} is not a Milvus URL; give milvus://HOST:PORT or "
                "milvus:///PATH/OF/A/FILE.db"
            )
        _write(index, SEARCH_POINTER, search)
    if records is None or address_of(index) == records:
        return
    if records.partition("://")[0] not in SCHEMES:
        raise ConfigError(
            f"records = {records.rpartition('@')[2]!r} is not a PostgreSQL URL; give postgresql://USER@HOST/DATABASE"
        )
    if layout.records_path(index).exists():
        raise ConfigError(
            f"the index {index} holds records of its own, so it cannot have them in a database too; "
            "choose another place with --index, and ingest again"
        )
    _write(index, POINTER, records)


def _read(pointer: Path) -> str | None:
    try:
        return pointer.read_text(encoding="utf-8").strip() or None
    except OSError:
        return None


def _write(index: Path, name: str, url: str) -> None:
    layout.make(index)
    temporary = index / f"{name}.{os.getpid()}"
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"{url}\n")
        temporary.replace(index / name)
    except OSError as error:
        raise IndexError_(
            f"the index {index} cannot be written ({error.strerror}); choose another place with --index"
        ) from error
