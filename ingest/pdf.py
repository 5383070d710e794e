"""PDF papers to pages and blocks in reading order, each with its page and box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest import pdf_table_pages
from ingest.pdf_blocks import Draft, page_drafts
from ingest.pdf_headings import Outline, outlined
from ingest.pdf_joins import across_columns, across_pages
from ingest.pdf_ocr import is_installed
from ingest.pdf_scan import Opened, Scan, as_shown, described, opened, scan
from ingest.pdf_text import vocabulary, without_running_heads
from ingest.pdf_title import title_of
from rag.errors import UnreadableFileError
from rag.types import Block, Lines, Page, Row, Table


@dataclass(frozen=True, slots=True)
class Paper:
    """A PDF as text: `pages[i]` is what page i + 1 says in reading order, the texts of its blocks between blank lines.

    Texts are in NFKC, one line a paragraph or table row (cells between tabs); running heads, page numbers and the
    hyphens of line ends are gone. A sentence that runs over a page break stands whole on the page that holds
    more of it.
    """

    title: str
    pages: tuple[str, ...]
    blocks: tuple[Block, ...]


def read_pdf(path: Path, *, layout: bool = True, password: str = "") -> Paper:
    """The text of the PDF at `path`, its parts told apart by the layout model where `layout` is wanted.

    Raises UnreadableFileError for a file that cannot be opened, is empty, no PDF, cut off, encrypted, or has
    no text (a scan).
    """
    with opened(path, password=password) as document:
        said = described(document)
        scans = [scan(page, layout=layout) for page in document]
    return compose(path, said, scans)


def compose(path: Path, said: Opened, scans: Sequence[Scan]) -> Paper:
    """The paper that the scanned pages make. Raises UnreadableFileError where none of them has text."""
    if not any(page.lines for page in scans):
        told = "and none was recognised" if is_installed() else "; install the extra `ocr` to have its text recognised"
        raise UnreadableFileError(path.name, f"has no text layer (a scan?){' ' if told[0] == 'a' else ''}{told}")
    words = vocabulary(scans)
    lines = without_running_heads(scans)
    pages = [page_drafts(page, kept, words) for page, kept in zip(scans, lines, strict=True)]
    title = title_of(path, said, pages[0], words)
    outline = outlined(title, pages)
    pages = [across_columns(page, words) for page in pages]
    across_pages(pages, words)
    pdf_table_pages.across_pages(pages)
    texts = tuple("\n\n".join(draft.text for draft in page) for page in pages)
    return Paper(title, texts, tuple(_blocks(scans, pages, outline)))


def _blocks(scans: Sequence[Scan], pages: Sequence[Sequence[Draft]], outline: Outline) -> list[Block]:
    """The blocks of all pages, in reading order."""
    blocks: list[Block] = []
    for page, drafts in zip(scans, pages, strict=True):
        for draft in drafts:
            kind, heading, depth = outline.placed(draft)
            table = _table(draft)
            if table is not None and draft.caption:
                heading = (*heading, draft.caption)
            location = Page(page.number, as_shown(draft.box, page))
            places = tuple((at, as_shown(box, page)) for at, box in draft.places)
            blocks.append(Block(kind, draft.text, draft.text, location, heading, depth, table=table, places=places))
    return blocks


def _table(draft: Draft) -> Table | None:
    """The table of a draft; its rows' lines count within the block's text."""
    grid = draft.grid
    if grid is None:
        return None
    rows = [Row(cells, grid.lines[at], Lines(at + 1, at + 1)) for at, cells in grid.rows]
    header = grid.header
    labels = [row.cells[0] for row in rows]
    if len(header) > 2 and not header[0] and not header[1] and len(set(labels)) < len(labels):
        header = header[1:]
        rows = [_named(row) for row in rows]
    return Table(header, Lines(1, max(grid.header_rows, 1)), tuple(rows))


def _named(row: Row) -> Row:
    """A row whose name stands in two columns without headers: a group's label and what tells its members apart."""
    first, second = row.raw[:2]
    cells = (f"{row.cells[0]} {row.cells[1]}".strip(), *row.cells[2:])
    return Row(cells, (f"{first}\t{second}".strip("\t"), *row.raw[2:]), row.lines)
