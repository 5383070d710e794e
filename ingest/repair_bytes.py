"""UTF-8 bytes that were once read as a single-byte code page: from the characters back to the bytes.

A lead byte is never lost (the bytes that the code pages leave undefined, and the soft hyphen, are all
continuation bytes), so each lead byte opens exactly one character and says how many bytes it had. A character
that shows fewer has lost some, and every way of putting droppable bytes back that gives valid UTF-8 is a
candidate.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

SOFT_HYPHEN: Final = 0xAD
NO_BREAK_SPACE: Final = 0xA0
UNKNOWN: Final = 0x100  # the value of U+FFFD: a byte was here, which one is not known
_REPLACEMENT: Final = "\ufffd"


@dataclass(frozen=True, slots=True)
class CodePage:
    """One single-byte code page, as seen from text that it wrongly decoded."""

    name: str
    byte_of: dict[str, int]  # character -> byte 0x80..0xFF; C1 controls stand for themselves
    dropped: tuple[int, ...]  # bytes that may be missing from the text


@dataclass(frozen=True, slots=True)
class Unit:
    """One character of the lost original: where it stands in the damaged text and what it may have been."""

    start: int  # offsets into the damaged line
    end: int
    candidates: tuple[str, ...]  # sorted; exactly one when no byte was lost
    lossless: bool
    spaced: tuple[str, ...] = ()  # further candidates, which take the plain space that follows for a byte 0xA0


def _code_page(codec: str) -> CodePage:
    byte_of = {chr(byte): byte for byte in range(0x80, 0xA0)}
    dropped = [SOFT_HYPHEN]
    for byte in range(0x80, 0x100):
        try:
            byte_of[bytes([byte]).decode(codec)] = byte
        except UnicodeDecodeError:
            dropped.append(byte)
    byte_of[_REPLACEMENT] = UNKNOWN
    return CodePage(codec.replace("cp", "windows-"), byte_of, tuple(sorted(dropped)))


WINDOWS_1252: Final = _code_page("cp1252")
WINDOWS_1254: Final = _code_page("cp1254")

_CONTINUATIONS: Final = "".join(
    char for page in (WINDOWS_1252, WINDOWS_1254) for char, byte in page.byte_of.items() if 0x80 <= byte <= 0xBF
)
# A three- or four-byte lead and one continuation: no damaged Chinese text is without it, hardly any other
# text has it.
SIGNATURE: Final = re.compile(f"[à-ïðğ][{re.escape(_CONTINUATIONS)}]")


def damage(text: str, page: CodePage) -> str:
    """The text when its UTF-8 is read as the code page and what that lacks is dropped: for measuring."""
    char_of = {byte: char for char, byte in page.byte_of.items() if not "\x80" <= char <= "\x9f"}
    return "".join(chr(b) if b < 0x80 else char_of[b] for b in text.encode() if b not in page.dropped)


def following(lead: int) -> int:
    """How many continuation bytes a UTF-8 lead byte announces; 0 for a byte that is no lead byte."""
    if 0xC2 <= lead <= 0xDF:
        return 1
    if 0xE0 <= lead <= 0xEF:
        return 2
    return 3 if 0xF0 <= lead <= 0xF4 else 0


def units(line: str, page: CodePage, *, spaces_lost: bool = False) -> list[Unit]:
    """Every run of bytes in the line that can be a UTF-8 character, whole or with bytes missing, in order.

    With `spaces_lost` a plain space may have been a byte 0xA0, and one at the end of a line may be gone.
    """
    found = []
    at = 0
    while at < len(line):
        wanted = following(page.byte_of.get(line[at], 0))
        if wanted:
            unit = _unit(line, at, wanted, page, spaces_lost)
            if unit.candidates or unit.spaced:
                found.append(unit)
            at = unit.end
        else:
            at += 1
    return found


def _unit(line: str, start: int, wanted: int, page: CodePage, spaces_lost: bool) -> Unit:
    seen = [page.byte_of[line[start]]]
    at = start + 1
    while at < len(line) and len(seen) <= wanted:
        byte = page.byte_of.get(line[at], 0)
        if spaces_lost and line[at] == " " and _is_continuation(line, at + 1, page) and len(seen) < wanted:
            byte = NO_BREAK_SPACE
        if not (0x80 <= byte <= 0xBF or byte == UNKNOWN):
            break
        seen.append(byte)
        at += 1
    whole = len(seen) == wanted + 1 and UNKNOWN not in seen
    spaced: tuple[str, ...] = ()
    if spaces_lost and len(seen) <= wanted and (at == len(line) or line[at] == " "):
        spaced = candidates((*seen, NO_BREAK_SPACE), page.dropped)
    return Unit(start, at, candidates(tuple(seen), page.dropped), whole, spaced)


def _is_continuation(line: str, at: int, page: CodePage) -> bool:
    return at < len(line) and 0x80 <= page.byte_of.get(line[at], 0) <= 0xBF


@lru_cache(maxsize=65536)
def candidates(seen: tuple[int, ...], dropped: tuple[int, ...]) -> tuple[str, ...]:
    """The assigned characters whose UTF-8 bytes give `seen` once droppable bytes are gone, sorted.

    One missing byte of three gives at most 2 places x 8 bytes, two missing bytes 8 x 8.
    """
    wanted = following(seen[0])
    found = set()
    for places in itertools.combinations(range(1, wanted + 1), wanted + 1 - len(seen)):
        pattern = list(seen)
        for place in places:
            pattern.insert(place, UNKNOWN)
        choices = [dropped if byte == UNKNOWN else (byte,) for byte in pattern]
        for filled in itertools.product(*choices):
            try:
                char = bytes(filled).decode()
            except UnicodeDecodeError:
                continue
            if unicodedata.category(char) not in {"Cn", "Co", "Cc"}:
                found.add(char)
    return tuple(sorted(found))
