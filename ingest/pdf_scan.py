"""What stands where on the pages of a PDF: lines, words, rules, and the regions that the layout model sees.

PyMuPDF is imported here only, when first used. Since its version 2 it brings a layout model that tells
paragraphs, headings, tables, captions, running heads and pictures apart and puts them into reading order.
"""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ingest.pdf_ocr import recognise
from rag.errors import UnreadableFileError

Box = tuple[float, float, float, float]
"""(x0, y0, x1, y1) in PDF points from the top left of the page as it is shown."""

_END_MARK_REACH = 2048
"""Bytes at the end of a file within which readers look for `%%EOF`."""
_MOST_DRAWN = 20_000
"""Things drawn on a page beyond which the layout model, which takes 0.3 ms for each, is not asked."""
_MOST_RULES = 4_000
"""Paths on a page beyond which they are a drawing and not the rules of a table."""
_SLANTED = 0.1
"""Sine of the angle from which a line is not upright."""
_THIN = 2.0
_SHORTEST_RULE = 20.0
_SHORTEST_UPRIGHT = 6.0
_MOST_STROKES = 500
"""Strokes of one path beyond which it is a drawing."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u00ad\u200b-\u200f\ufeff]")
_KOREAN = re.compile(r"[\uac00-\ud7ff]")
_CUT_LETTERS = 0xD400
"""The number of the first letter of formulas, cut to 16 bits."""
_TABLE = re.compile(r"(?:Table|表)\s*\d", re.IGNORECASE)
_MONOSPACED, _BOLD = 8, 16
"""Bits of a span's flags in MuPDF."""
_BOLD_FONT = re.compile(r"bold|black|heavy|medi\b|cmbx", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """A word or a line: NFKC text and its box; a line knows its type size in points and its face."""

    text: str
    box: Box
    size: float = 0.0
    bold: bool = False
    monospaced: bool = False
    upright: bool = True
    group: int = 0
    """The number of MuPDF's own block: what a page without layout regions is cut into."""


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a page as the layout model names it: text, title, section-header, table, caption, ..."""

    kind: str
    box: Box


@dataclass(frozen=True, slots=True)
class Scan:
    """One page: regions in reading order, None where the layout model was not asked.

    `words`, `rules` (horizontal lines, as boxes) and `uprights` (vertical ones) are filled on pages that have or name
    a table only.
    """

    number: int
    width: float
    height: float
    lines: tuple[Piece, ...]
    regions: tuple[Region, ...] | None = None
    words: tuple[Piece, ...] = ()
    rules: tuple[Box, ...] = ()
    uprights: tuple[Box, ...] = ()
    turn: int = 0
    """Degrees by which the page was turned clockwise to be read; sizes and boxes are those after turning."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What the file says of itself."""

    pages: int
    title: str


@contextlib.contextmanager
def opened(path: Path, *, password: str = "") -> Iterator[Any]:
    """The document at `path`, checked to be whole and readable.

    Raises UnreadableFileError for a file that cannot be opened, is empty, no PDF, cut off or encrypted.
    """
    with _opened(path.name, _bytes(path), password) as document:
        yield document


@contextlib.contextmanager
def _opened(name: str, data: bytes, password: str) -> Iterator[Any]:
    import pymupdf

    library: Any = pymupdf  # it carries no usable types
    library.TOOLS.mupdf_display_errors(False)
    library.TOOLS.mupdf_display_warnings(False)
    try:
        with library.open(stream=data, filetype="pdf") as document:
            _check(name, document, data, password)
            yield document
    except UnreadableFileError:
        raise
    except (RuntimeError, ValueError, TypeError) as error:  # what MuPDF raises for broken files
        raise UnreadableFileError(name, _broken(data, error)) from error


def page_count(name: str, data: bytes) -> int:
    """The pages of a PDF in memory. Raises UnreadableFileError for one that is broken or cut off; an encrypted one
    is counted as it stands."""
    try:
        with _opened(name, data, "") as document:
            return int(document.page_count)
    except UnreadableFileError as error:
        if "encrypted" in error.reason:
            return 0
        raise


def described(document: Any) -> Opened:
    """What the metadata of the document say, cleaned."""
    said = document.metadata or {}
    return Opened(int(document.page_count), clean(str(said.get("title") or "")))


def scan(page: Any, *, layout: bool = True) -> Scan:
    """The text of a page with its places, and its regions where `layout` is wanted and can be had.

    A page whose text runs upwards or downwards (a wide table) is turned first.
    """
    if page.rotation:
        page.remove_rotation()
    textpage = page.get_textpage(flags=_flags())
    found = textpage.extractDICT()
    if not any(block.get("lines") for block in found["blocks"]) and _recognised(page):
        textpage = page.get_textpage(flags=_flags())
        found = textpage.extractDICT()
    turn = _turn(found)
    if turn:
        page.set_rotation(turn)
        page.remove_rotation()
        textpage = page.get_textpage(flags=_flags())
        found = textpage.extractDICT()
    number, box = int(page.number) + 1, page.rect
    mended = _letters(found)
    lines = tuple(_lines(found, mended))
    if not lines or not layout or len(page.get_bboxlog()) > _MOST_DRAWN:
        return Scan(number, float(box.width), float(box.height), lines, turn=turn)
    regions = _regions(page)
    words: tuple[Piece, ...] = ()
    rules: tuple[Box, ...] = ()
    uprights: tuple[Box, ...] = ()
    tabled = any(region.kind == "table" for region in regions or ())
    if tabled or any(_TABLE.match(line.text) for line in lines):
        said = ((clean(w[4].translate(mended)), w[:4]) for w in textpage.extractWORDS())
        words = tuple(Piece(text, _box(edges)) for text, edges in said if text)
        drawn = tuple(_drawn_lines(page))
        rules = tuple(line for line in drawn if line[3] - line[1] <= _THIN and line[2] - line[0] >= _SHORTEST_RULE)
        uprights = tuple(
            line for line in drawn if line[2] - line[0] <= _THIN and line[3] - line[1] >= _SHORTEST_UPRIGHT
        )
    return Scan(number, float(box.width), float(box.height), lines, regions, words, rules, uprights, turn)


def _recognised(page: Any) -> bool:
    """Write the text of a page that is a picture onto it, unseen, where text can be recognised; whether any was.

    What is written goes through layout and tables as a text layer would. The document changes in memory only.
    """
    import pymupdf

    library: Any = pymupdf
    written = False
    for text, (x0, _, x1, y1), size in recognise(page):
        cleaned = clean(text)
        font = "helv" if cleaned.isascii() else "china-s"
        across = library.get_text_length(cleaned, font, 1.0) if font == "helv" else float(len(cleaned))
        if cleaned and across:
            fitting = min((x1 - x0) / across, size * 1.5)
            page.insert_text((x0, y1 - size * 0.2), cleaned, fontname=font, fontsize=fitting, render_mode=3)
            written = True
    return written


def _turn(page: dict[str, Any]) -> int:
    """By how many degrees a page must be turned clockwise for most of its text to stand upright."""
    counts = {0: 0, 90: 0, 180: 0, 270: 0}
    for line in (line for block in page["blocks"] for line in block.get("lines", ())):
        across, down = line["dir"]
        turn = (0 if across > 0 else 180) if abs(down) < _SLANTED else 90 if down < 0 else 270
        counts[turn] += sum(len(span["text"].strip()) for span in line["spans"])
    return max(counts, key=lambda turn: counts[turn])


def as_shown(box: Box, page: Scan) -> Box:
    """A box of a scan on the page as a reader sees it: turned back where the scan was turned."""
    x0, y0, x1, y1 = box
    if page.turn == 90:
        return _box((y0, page.width - x1, y1, page.width - x0))
    if page.turn == 180:
        return _box((page.width - x1, page.height - y1, page.width - x0, page.height - y0))
    if page.turn == 270:
        return _box((page.height - y1, x0, page.height - y0, x1))
    return box


def clean(line: str) -> str:
    """`line` in NFKC (ligatures and full-width forms undone), without control characters and double spaces."""
    return " ".join(_CONTROL.sub(" ", unicodedata.normalize("NFKC", line.replace("\u00ad", ""))).split())


def _flags() -> int:
    import pymupdf

    library: Any = pymupdf
    return int(library.TEXT_PRESERVE_LIGATURES | library.TEXT_PRESERVE_WHITESPACE | library.TEXT_MEDIABOX_CLIP)


def _letters(page: dict[str, Any]) -> dict[int, int]:
    """What gives a page's letters of formulas back: files that keep only the lower half of a character's number turn
    them (from U+1D400 on) into Korean syllables. Nothing for a page with other Korean on it."""
    lines = (line for block in page["blocks"] for line in block.get("lines", ()))
    korean = {ord(char) for line in lines for span in line["spans"] for char in _KOREAN.findall(span["text"])}
    return {} if min(korean, default=0) < _CUT_LETTERS else {char: 0x10000 + char for char in korean}


def _lines(page: dict[str, Any], mended: dict[int, int]) -> Iterator[Piece]:
    for number, block in enumerate(page["blocks"]):
        for line in block.get("lines", ()):
            spans = [span for span in line["spans"] if span["text"].strip()]
            text = clean("".join(span["text"] for span in line["spans"]).translate(mended))
            if not text or not spans:
                continue
            longest = max(spans, key=lambda span: len(span["text"]))
            yield Piece(
                text,
                _box(line["bbox"]),
                round(float(longest["size"]), 1),
                all(span["flags"] & _BOLD or _BOLD_FONT.search(span["font"]) for span in spans),
                all(span["flags"] & _MONOSPACED for span in spans),
                abs(float(line["dir"][1])) < _SLANTED and float(line["dir"][0]) > 0,
                number,
            )


def _regions(page: Any) -> tuple[Region, ...] | None:
    """The layout model's view of a page; None where the model fails."""
    page.get_pixmap = _undrawn
    try:
        found = _model().predict(page)
    except (RuntimeError, ValueError, TypeError, IndexError, KeyError):
        return None  # one odd page must not cost the paper: it is read without regions
    finally:
        del page.get_pixmap
    return tuple(Region(str(kind), _box(box)) for *box, kind in found)


@cache
def _model() -> Any:
    """The layout model without its features of the page as a picture: half the time, the same regions."""
    from pymupdf.layout import DocumentLayoutAnalyzer

    analyzer: Any = DocumentLayoutAnalyzer
    model = analyzer.get_model(feature_set_name="rf")
    model._model.table_grid_extractor = None  # tables are read from words and rules, see pdf_tables
    return model


def _undrawn(*_: Any, **__: Any) -> Any:
    """Stands for a page's picture, which is drawn for the model in any case: a sixteenth of the time for nothing."""
    return SimpleNamespace(samples=bytes(3), width=1, height=1, n=3)


def _drawn_lines(page: Any) -> Iterator[Box]:
    """Straight lines on a page, bars as thin as lines and the sides of frames."""
    paths = page.get_cdrawings()
    for path in paths if len(paths) <= _MOST_RULES else ():
        whole = _box(path["rect"])
        if min(whole[2] - whole[0], whole[3] - whole[1]) <= _THIN:
            yield whole
        elif len(path["items"]) <= _MOST_STROKES and "s" in path["type"]:
            for kind, *points in path["items"]:
                if kind == "l":
                    (x0, y0), (x1, y1) = points
                    yield _box((min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)))
                elif kind == "re":
                    x0, y0, x1, y1 = _box(points[0])
                    yield from ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1))


def _box(edges: Sequence[float]) -> Box:
    x0, y0, x1, y1 = (round(float(edge), 1) for edge in edges)
    return x0, y0, x1, y1


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


def _check(name: str, document: Any, data: bytes, password: str) -> None:
    if document.needs_pass and not document.authenticate(password):
        told = "its password is not papers_password" if password else "set papers_password in rag.toml"
        raise UnreadableFileError(name, f"is encrypted; {told}, or save a copy without a password")
    if document.is_repaired and _cut_off(data):
        raise UnreadableFileError(name, "is cut off (no %%EOF at its end); fetch it again")
    if document.page_count == 0:
        raise UnreadableFileError(name, "has no pages; fetch it again")
