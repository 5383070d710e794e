"""A note that comes over HTTP: its name made safe, its bytes put into the corpus, ingested, or taken back."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import unicodedata
from pathlib import Path
from typing import Any

from rag.config import Settings
from rag.errors import UsageError
from server.failures import NotFoundError

FOLDER = "uploads"
"""Where uploads lie below the corpus: beside the owner's files, never over them."""
LONGEST_NAME = 120
"""Bytes of a file name: half of what file systems allow, so that a suffix in brackets always fits."""
SUFFIXES = (".md", ".markdown", ".pdf")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\/]+')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


class UploadError(UsageError):
    """A file that cannot be taken in."""


class NameTakenError(UploadError):
    """There is such an upload already, and it was not said that it may be replaced."""


def safe_name(given: str) -> str:
    """A file name without directories, control characters and what file systems reserve.

    Raises UploadError where nothing is left or the suffix is not one of SUFFIXES.
    """
    name = unicodedata.normalize("NFC", given).replace("\\", "/").rsplit("/", 1)[-1]
    # Format characters (category Cf) can turn a name's direction around: "fdp.md" read as "dm.pdf".
    name = "".join(char for char in name if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    name = _UNSAFE.sub("-", name).strip(" .-")
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 - a bare name, no path
    if suffix.lower() not in SUFFIXES:
        raise UploadError(f"{given[:80]!r} is neither a note (.md, .markdown) nor a paper (.pdf)")
    stem = stem.strip(" .-")
    if not stem or _RESERVED.fullmatch(name):
        raise UploadError(f"{given[:80]!r} is no name for a file; give it another one")
    while len((stem + suffix).encode()) > LONGEST_NAME:
        stem = stem[:-1]
    return stem.strip(" .-") + suffix.lower()


def take_in(settings: Settings, given: str, data: bytes, *, replace: bool) -> dict[str, Any]:
    """Put a file into the corpus and ingest it; a file that cannot be read leaves no trace.

    Raises UploadError, NameTakenError, and what an ingest raises.
    """
    from ingest.build import ingest
    from server.listing import summary_row

    name = safe_name(given)
    if not data.strip():
        raise UploadError(f"{name} is empty")
    file = _folder(settings.corpus) / name
    before = file.read_bytes() if file.is_file() and not file.is_symlink() else None
    if (before is not None or file.is_symlink() or file.exists()) and not (replace and before is not None):
        raise NameTakenError(f"there is an upload called {name!r} already; rename yours or replace it")
    _write(file, data)
    path = f"{FOLDER}/{name}"
    try:
        summary = ingest(settings, paths=[path], another_embedder=False)
        failed = dict(summary.failed).get(path)
    except BaseException:
        _take_back(file, before)
        raise
    if failed is not None:
        _take_back(file, before)
        raise UploadError(f"{name} cannot be read: {failed}")
    return {"path": path, "replaced": before is not None, "summary": summary_row(summary)}


def _folder(corpus: Path) -> Path:
    """The uploads' directory. Raises UploadError where a link would lead the bytes elsewhere."""
    if not corpus.is_dir():
        raise NotFoundError(f"the corpus {corpus.name!r} is no directory; start the server over one")
    folder = corpus / FOLDER
    folder.mkdir(exist_ok=True)
    if folder.is_symlink() or not folder.is_dir():
        raise UploadError(f"{FOLDER} in the corpus is not a directory of its own; make it one")
    return folder


def _write(file: Path, data: bytes) -> None:
    """Write all or nothing; a hidden name is not seen by a scan."""
    part = file.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with part.open("xb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(file)
    finally:
        with contextlib.suppress(FileNotFoundError):
            part.unlink()


def _take_back(file: Path, before: bytes | None) -> None:
    if before is None:
        with contextlib.suppress(FileNotFoundError):
            file.unlink()
    else:
        _write(file, before)
