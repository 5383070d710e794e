"""PDF papers to pages and text blocks with their boxes. PyMuPDF is imported here only, when first used."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import UnreadableFileError
from rag.types import Block, BlockKind, Page

_END_MARK_REACH = 2048
"""Bytes at the end of a file within which readers look for `%%EOF`."""
_LONGEST_TITLE = 300
_SAME_SIZE = 0.2
"""Points by which the size of one typeface may differ between lines: rounding in the file."""
_CJK = "\u3000-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"
_BETWEEN_CJK = re.compile(rf"(?<=[{_CJK}])\n(?=[{_CJK}])")
_HYPHENATED = re.compile(r"([A-Za-z]+)-\n([a-z]+|(?<=[A-Z]-\n)[A-Z]{2,})")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")
_NO_TITLE = re.compile(r"(?:untitled|microsoft word|paper|title|.*\.(?:tex|dvi|docx?|pdf|ps|indd))\b.*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Paper:
    """A PDF as text: `pages[i]` is the NFKC text of page i + 1, its blocks' texts joined by blank lines.

    Blocks come in reading order; `Block.text` keeps the line breaks of the layout, `Block.plain` undoes them
    and the hyphenation at line ends.
    """

    title: str
    pages: tuple[str, ...]
    blocks: tuple[Block, ...]


def read_pdf(path: Path) -> Paper:
    """The text of the PDF at `path`.

    Raises UnreadableFileError for a file that cannot be opened, is empty, no PDF, cut off, encrypted, or has
    no text (a scan).
    """
    import pymupdf

    data = _bytes(path)
    library: Any = pymupdf  # it carries no usable types
    library.TOOLS.mupdf_display_errors(False)
    library.TOOLS.mupdf_display_warnings(False)
    try:
        with library.open(stream=data, filetype="pdf") as document:
            _check(path.name, document, data)
            return _paper(path, document)
    except UnreadableFileError:
        raise
    except (RuntimeError, ValueError, TypeError) as error:  # what MuPDF raises for broken files
        raise UnreadableFileError(path.name, _broken(data, error)) from error


def _bytes(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableFileError(path.name, f"cannot be read ({error.strerror}); check its permissions") from error
    if not data:
        raise UnreadableFileError(path.name, "is empty (0 bytes); fetch it again")
    if b"%PDF-" not in data[:1024]:
        raise UnreadableFileError(path.name, "is not a PDF (no %PDF- at its start); fetch it again")
    return data


def _cut_off(data: bytes) -> bool:
    return b"%%EOF" not in data[-_END_MARK_REACH:]


def _broken(data: bytes, error: Exception) -> str:
    if _cut_off(data):
        return "is cut off (no %%EOF at its end); fetch it again"
    return f"is a broken PDF ({' '.join(str(error).split())}); fetch it again"


def _check(name: str, document: Any, data: bytes) -> None:
    if document.needs_pass:
        raise UnreadableFileError(name, "is encrypted; save a copy without a password")
    if document.is_repaired and _cut_off(data):
        raise UnreadableFileError(name, "is cut off (no %%EOF at its end); fetch it again")
    if document.page_count == 0:
        raise UnreadableFileError(name, "has no pages; fetch it again")


@dataclass(frozen=True, slots=True)
class _Raw:
    """One text block of a page: NFKC text with the layout's line breaks, and its size in points."""

    page: int
    box: tuple[float, float, float, float]
    text: str
    size: float
    upright: bool


def _paper(path: Path, document: Any) -> Paper:
    pages = [list(_raw_blocks(number, page)) for number, page in enumerate(document, 1)]
    if not any(pages):
        raise UnreadableFileError(path.name, "has no text layer (a scan?); run text recognition on it first")
    words = {word.lower() for page in pages for raw in page for word in _WORD.findall(raw.text)}
    blocks = [
        Block(BlockKind.PARAGRAPH, raw.text, _unwrapped(raw.text, words), Page(raw.page, raw.box))
        for page in pages
        for raw in page
    ]
    texts = ["\n\n".join(raw.text for raw in page) for page in pages]
    return Paper(_title(path, document, pages, words), tuple(texts), tuple(blocks))


def _raw_blocks(number: int, page: Any) -> Iterator[_Raw]:
    for block in page.get_text("dict", sort=False)["blocks"]:
        if block["type"] != 0:
            continue
        spans = [span for line in block["lines"] for span in line["spans"]]
        lines = ("".join(span["text"] for span in line["spans"]) for line in block["lines"])
        text = "\n".join(line for line in map(_clean, lines) if line)
        if text:
            x0, y0, x1, y1 = (round(float(edge), 1) for edge in block["bbox"])
            size = max(float(span["size"]) for span in spans)
            upright = all(tuple(line["dir"]) == (1.0, 0.0) for line in block["lines"])
            yield _Raw(number, (x0, y0, x1, y1), text, size, upright)


def _clean(line: str) -> str:
    return " ".join(_CONTROL.sub(" ", unicodedata.normalize("NFKC", line)).split())


def _unwrapped(text: str, words: set[str]) -> str:
    """`text` as one line. A word broken at a line end gets its hyphen back only if the paper writes it so."""

    def mend(match: re.Match[str]) -> str:
        whole, compound = match[1] + match[2], f"{match[1]}-{match[2]}"
        if whole.lower() in words:
            return whole
        return compound if compound.lower() in words or match[2].isupper() else whole

    return _BETWEEN_CJK.sub("", _HYPHENATED.sub(mend, text)).replace("\n", " ")


def _title(path: Path, document: Any, pages: Sequence[Sequence[_Raw]], words: set[str]) -> str:
    """The title in the metadata, else the largest text of the first page, else the file's name."""
    given = _clean(str((document.metadata or {}).get("title") or ""))
    if len(given) > 3 and not _NO_TITLE.fullmatch(given):
        return given[:_LONGEST_TITLE]
    upright = [raw for raw in pages[0] if raw.upright and len(raw.text) > 3]
    if not upright:
        return path.stem
    largest = max(raw.size for raw in upright)
    lines = [raw.text for raw in upright if raw.size > largest - _SAME_SIZE]
    return _unwrapped("\n".join(lines), words)[:_LONGEST_TITLE]
