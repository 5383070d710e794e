"""From the bytes of a note on disk to its text, whatever wrote it.

What is certain is tried first: a byte order mark, then valid UTF-8 (others hardly ever are, by chance).
What remains is UTF-16 without a mark or one of the two-byte Chinese encodings, told apart by how common their
characters are: text read in the wrong one is full of rare ones.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from ingest.repair_bytes import SIGNATURE
from rag.errors import UnreadableFileError

if TYPE_CHECKING:
    from ingest.repair import Repair

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be", "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16-be"),
)
_KINDS: Final = (
    (b"%PDF", "a PDF", "give it the suffix .pdf"),
    (b"PK\x03\x04", "a ZIP archive or an office document", "save it as markdown"),
    (b"\x1f\x8b", "a gzip archive", "unpack it"),
    (b"\x89PNG", "a PNG picture", "take it out of the notes"),
    (b"\xff\xd8\xff", "a JPEG picture", "take it out of the notes"),
    (b"GIF8", "a GIF picture", "take it out of the notes"),
    (b"\x7fELF", "a program", "take it out of the notes"),
    (b"\xd0\xcf\x11\xe0", "an old office document", "save it as markdown"),
    (b"SQLite format 3\x00", "a database", "take it out of the notes"),
)
# Encoding as reported, codec that reads it. cp950 is Big5 as Windows writes it.
_GUESSES: Final = (
    ("gb18030", "gb18030"),
    ("big5", "cp950"),
    ("big5", "big5hkscs"),
    ("utf-16-le", "utf-16-le"),
    ("utf-16-be", "utf-16-be"),
)
_SAMPLE: Final = 1 << 16  # bytes looked at when guessing; even, so that it ends between UTF-16 units
_LIKELY: Final = 0.8  # least share of ordinary characters in text; a wrong guess reaches about a half
_TORN: Final = 0.01  # of the non-ASCII characters that may be broken: a cut end, a bad paste
_CONTROLS: Final = re.compile("[\x00-\x07\x0e-\x19\x1c-\x1f\x7f]")
_CONTROL_SHARE: Final = 0.005
_WESTERN: Final = re.compile(b"(?<![\x80-\xff])[\xa0-\xff]{1,2}(?![\x80-\xff])")  # accents come singly


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file. Lines end with "\\n" and are those of the file, so line numbers agree."""

    text: str
    encoding: str  # utf-8 utf-8-sig utf-16-le utf-16-be utf-32-le utf-32-be gb18030 big5 windows-1252
    repair: Repair | None  # None when nothing was mended


def decode(data: bytes, *, name: str) -> Decoded:
    """The text of a note; `name` is for the error.

    Raises UnreadableFileError for content that is no text.
    """
    raw, encoding = _decode(data, name)
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    if not SIGNATURE.search(text):
        return Decoded(text, encoding, None)
    from ingest.repair import repair

    mended = repair(text)
    return Decoded(text, encoding, None) if mended is None else Decoded(mended[0], encoding, mended[1])


def _decode(data: bytes, name: str) -> tuple[str, str]:
    for mark, encoding, codec in _MARKS:
        if data.startswith(mark):
            return _marked(data[len(mark) :], codec, name), encoding
    for start, kind, advice in _KINDS:
        if data.startswith(start):
            raise UnreadableFileError(name, f"this is {kind}, not a text note; {advice}")
    text = data.decode("utf-8", "replace")
    if not _broken(text) and not _has_controls(text):
        return text, "utf-8"
    guessed = _guess(data)
    if guessed:
        return guessed
    zero = data.find(b"\x00")
    if zero >= 0:
        reason = f"a zero byte at offset {zero}: binary content, not a text note; take it out of the notes"
    elif _has_controls(text):
        control = _CONTROLS.search(text)
        code = f"U+{ord(control.group()):04X}" if control else ""
        reason = f"control characters such as {code}: binary content, not a text note; take it out of the notes"
    else:
        reason = "in no encoding that is known here (UTF-8, UTF-16, GB18030, Big5); save it as UTF-8"
    raise UnreadableFileError(name, reason)


def _marked(body: bytes, codec: str, name: str) -> str:
    text = body.decode(codec, "replace")
    if _broken(text):
        raise UnreadableFileError(name, f"marked as {codec} but not valid {codec}; save it as UTF-8 again")
    if _has_controls(text):
        raise UnreadableFileError(name, f"marked as {codec} but full of control characters; take it out of the notes")
    return text


def _broken(text: str) -> bool:
    """Whether more failed to decode than a cut or a bad paste explains; in longer text one place may."""
    bad = text.count("\ufffd")
    return bad > 0 and bad > _TORN * sum(not char.isascii() for char in text) and not (bad == 1 and _long(text))


def _long(text: str) -> bool:
    return sum(not char.isascii() for char in text) > 10


def _has_controls(text: str) -> bool:
    return "\x00" in text or sum(1 for _ in _CONTROLS.finditer(text)) > _CONTROL_SHARE * len(text)


def _guess(data: bytes) -> tuple[str, str] | None:
    """Text and encoding by the likelier of the guesses, or None when none is likely."""
    best = (_LIKELY, "", "")
    for encoding, codec in _GUESSES:
        if codec.startswith("utf-16") or b"\x00" not in data:
            score = _ordinary_share(data[:_SAMPLE].decode(codec, "replace"))
            if score > best[0]:
                best = score, encoding, codec
    _, encoding, codec = best
    if codec:
        text = data.decode(codec, "replace")
        return None if _broken(text) or _has_controls(text) else (text, encoding)
    high = sum(byte >= 0x80 for byte in data)
    if b"\x00" not in data and high and high == sum(len(m.group()) for m in _WESTERN.finditer(data)):
        return data.decode("cp1252", "replace"), "windows-1252"
    return None


def _ordinary_share(text: str) -> float:
    """Share of the visible characters that are ASCII or common, or of the non-ASCII ones if that is less."""
    visible = [char for char in text if not char.isspace()]
    foreign = [char for char in visible if not char.isascii()]
    common = sum(char in _common_characters() for char in foreign)
    controls = sum(1 for _ in _CONTROLS.finditer(text))
    if not visible:
        return 0.0
    overall = (len(visible) - len(foreign) + common - controls) / len(visible)
    return min(overall, (common + 1) / (len(foreign) + 1))


@lru_cache(maxsize=1)
def _common_characters() -> frozenset[str]:
    """Characters of the first level of GB 2312 or of Big5, with the punctuation of both."""
    gb = (bytes([high, low]).decode("gb2312", "ignore") for high in range(0xA1, 0xD8) for low in range(0xA1, 0xFF))
    big5 = (bytes([high, low]).decode("cp950", "ignore") for high in range(0xA1, 0xC7) for low in range(0x40, 0xFF))
    return frozenset("".join([*gb, *big5])) - {"\ufffd"}
