"""Whether the files of a lexical index are whole, told from their bytes alone: Tantivy need not be loaded for it."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

CHECKED_BYTES = 16 * 1024 * 1024
"""Opening checks every byte of an index up to this size (some milliseconds), else only the file ends."""
_FOOTER_MAGIC = 1337
_COMMITS_MEANWHILE = 8


def damage(path: Path, *, thorough: bool) -> str | None:
    """What is wrong with the files in `path`; None when nothing is.

    Every Tantivy file but meta.json ends with a checksum of its bytes; `thorough` compares all of them,
    whatever their size. Files of a commit that another process is just replacing are read again.
    """
    for _ in range(_COMMITS_MEANWHILE):
        try:
            listed = (path / "meta.json").read_bytes()
            segments = {str(s["segment_id"]).replace("-", "") for s in json.loads(listed)["segments"]}
            found = _damaged_file(path, segments, thorough=thorough)
            if found is None or (path / "meta.json").read_bytes() == listed:
                return found
        except (OSError, ValueError, KeyError, TypeError) as error:
            return f"{path / 'meta.json'} cannot be read ({error})"
    return found


def _damaged_file(path: Path, segments: set[str], *, thorough: bool) -> str | None:
    try:
        files = [p for p in sorted(path.iterdir()) if p.name.split(".")[0] in segments]
        present = {segment: {p.suffix for p in files if p.stem == segment} for segment in segments}
        for segment, suffixes in sorted(present.items()):
            if missing := {".fast", ".fieldnorm", ".idx", ".pos", ".store", ".term"} - suffixes:
                return f"{path / segment}{min(missing)} is missing"
        total = sum(p.stat().st_size for p in files)
        for file in files:
            if not _footer_holds(file, whole=thorough or total <= CHECKED_BYTES):
                return f"{file} is damaged"
    except OSError as error:
        return f"{path} cannot be read ({error})"
    return None


def _footer_holds(file: Path, *, whole: bool) -> bool:
    """Whether the file ends as Tantivy ends files: JSON with the checksum, its length, a magic number."""
    with file.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(max(size - 4096, 0))
        tail = stream.read()
        length = int.from_bytes(tail[-8:-4], "little")
        if int.from_bytes(tail[-4:], "little") != _FOOTER_MAGIC or length + 8 > len(tail):
            return False
        try:
            expected = json.loads(tail[-8 - length : -8])["crc"]
        except (ValueError, KeyError, TypeError):
            return False
        if not whole:
            return True
        stream.seek(0)
        checksum, left = 0, size - length - 8
        while left and (block := stream.read(min(left, 1 << 20))):
            checksum, left = zlib.crc32(block, checksum), left - len(block)
        return bool(checksum == expected)
