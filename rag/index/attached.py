"""Where the records of an index lie: in its directory, or in a database that a file in its directory names."""

from __future__ import annotations

import os
from pathlib import Path

from rag.errors import ConfigError, IndexError_
from rag.index import layout

POINTER = "records.url"
SCHEMES = ("postgresql", "postgres")


def address_of(index: Path) -> str | None:
    """The URL of the database that holds the records of `index`; None where they lie in the directory itself."""
    try:
        return (index / POINTER).read_text(encoding="utf-8").strip() or None
    except OSError:
        return None


def attach(index: Path, records: str | None) -> None:
    """Let the index in directory `index` have its records at the URL `records`; None leaves all as it is.

    The directory, which is made where there is none, then holds only what can be made anew from the records. The URL
    is written there for this user's eyes alone, since it can hold a password. Raises ConfigError for a URL of another
    kind, and for a directory that holds records of its own.
    """
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
    layout.make(index)
    temporary = index / f"{POINTER}.{os.getpid()}"
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"{records}\n")
        temporary.replace(index / POINTER)
    except OSError as error:
        raise IndexError_(
            f"the index {index} cannot be written ({error.strerror}); choose another place with --index"
        ) from error
