"""Fetched papers on this machine, shared between corpora, and what each corpus has and lacks of its links."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

LEDGER_NAME = "papers.json"


@dataclass(frozen=True, slots=True)
class Cached:
    """What the cache knows of a paper: where it came from, when (ISO 8601), and what identifies its bytes."""

    identifier: str
    url: str
    fetched: str
    sha256: str
    size: int
    etag: str = ""
    last_modified: str = ""
    licence: str = ""


class PaperCache:
    """A directory with a PDF and a JSON file for each paper."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def path(self, file: str) -> Path:
        """Where the PDF of that name lies, or would."""
        return self.directory / file

    def get(self, file: str) -> Cached | None:
        """What is known of a cached paper; None where it or its description is missing or damaged."""
        try:
            said = json.loads(self._card(file).read_text(encoding="utf-8"))
            known = Cached(**said)
            size = self.path(file).stat().st_size
        except (OSError, ValueError, TypeError):
            return None
        return known if size == known.size else None

    def put(self, file: str, data: bytes, known: Cached) -> None:
        """Keep a paper; a reader sees the old one or the new one."""
        self.directory.mkdir(parents=True, exist_ok=True)
        _write(self.path(file), data)
        self.note(file, known)

    def note(self, file: str, known: Cached) -> None:
        """Keep what is known of a paper."""
        _write(self._card(file), json.dumps(asdict(known), ensure_ascii=False, indent=1).encode())

    def _card(self, file: str) -> Path:
        return self.directory / f"{file}.json"


def digest(data: bytes) -> str:
    """SHA-256 of a paper's bytes."""
    return hashlib.sha256(data).hexdigest()


def default_cache() -> Path:
    """Where papers are kept when nothing else is said: in the user's cache directory."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "survey-notes-rag" / "papers"


@dataclass(slots=True)
class Ledger:
    """Which papers an index takes from the cache, by file name, and which links failed, with the reason."""

    papers: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, index: Path) -> Ledger:
        """The ledger of an index; an empty one where there is none."""
        try:
            said = json.loads((index / LEDGER_NAME).read_text(encoding="utf-8"))
            return cls(_texts(said["papers"]), _texts(said["failed"]))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls()

    def write(self, index: Path) -> None:
        """Keep the ledger beside the index."""
        index.mkdir(parents=True, exist_ok=True)
        said = {"papers": dict(sorted(self.papers.items())), "failed": dict(sorted(self.failed.items()))}
        _write(index / LEDGER_NAME, json.dumps(said, ensure_ascii=False, indent=1).encode())


def _texts(said: Mapping[str, object]) -> dict[str, str]:
    return {str(name): str(value) for name, value in said.items()}


def _write(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
