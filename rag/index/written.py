"""Finished files: what each was like when it was written, and whether it still is."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rag.index.layout import make_durable

CHECKED_BYTES = 16 * 1024 * 1024
"""Opening compares the checksum of files up to this size; of larger ones only the size."""
NOTE = ".written"
"""After the name of a file: that of the note beside it, where no record says what it was like."""


@dataclass(frozen=True, slots=True)
class Written:
    """A finished file: its size in bytes and its CRC-32."""

    size: int
    checksum: int


def finished(path: Path, write: Callable[[Path], None]) -> Written:
    """Let `write` fill a file that then appears at `path`, durably: whole or not at all."""
    temporary = path.with_suffix(".part")
    write(temporary)
    make_durable(temporary)
    written = Written(temporary.stat().st_size, _checksum(temporary))
    temporary.replace(path)
    make_durable(path.parent)
    return written


def note(path: Path, written: Written) -> None:
    """Write down beside a file what it was like when it was finished."""
    beside = path.with_name(path.name + NOTE)
    temporary = beside.with_suffix(".part")
    temporary.write_text(f"{written.size} {written.checksum}\n", encoding="ascii")
    temporary.replace(beside)


def noted(path: Path) -> Written | None:
    """What is written down beside a file; None where nothing is."""
    try:
        size, checksum = path.with_name(path.name + NOTE).read_text(encoding="ascii").split()
        return Written(int(size), int(checksum))
    except (OSError, ValueError):
        return None


def damage(path: Path, written: Written, *, thorough: bool) -> str | None:
    """What is wrong with a file; None when nothing is. `thorough` compares the checksum whatever the size."""
    try:
        if path.stat().st_size != written.size:
            return f"{path} has the wrong size"
        if (thorough or written.size <= CHECKED_BYTES) and _checksum(path) != written.checksum:
            return f"{path} is damaged"
    except OSError as error:
        return f"{path} cannot be read ({error.strerror})"
    return None


def _checksum(path: Path) -> int:
    checksum = 0
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            checksum = zlib.crc32(block, checksum)
    return checksum
