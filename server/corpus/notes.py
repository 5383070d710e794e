"""A note as blocks for the page: what is a heading, an item, a table, each with its lines; inline markup as written.

The page builds elements from this; no markup of a note is ever handed to the browser as markup.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rag.types import Block, BlockKind, Lines, Row, SourceKind
from server.failures import NotFoundError
from server.listing import known_path, parts, source_row

if TYPE_CHECKING:
    from rag.index.snapshot import Snapshot

MARKER = re.compile(r"^\s*(?:>\s*)*(?:[-*+•]|(?P<number>\d{1,9})[.)])\s+(?:\[(?P<task>[ xX])\]\s+)?")
HEADING = re.compile(r"^\s*#{1,6}\s*|\s+#+\s*$")
QUOTE = re.compile(r"^\s*(?:>\s*)+")
HTML = re.compile(r"</?[A-Za-z]")


def note(snapshot: Snapshot, path: str, first: int | None, last: int | None) -> dict[str, Any]:
    """The blocks of a note that touch the lines `first` to `last`. Raises NotFoundError for what is no note."""
    source = snapshot.source(known_path(snapshot, path))
    if source.kind is not SourceKind.NOTE:
        raise NotFoundError(f"{path!r} is a paper; its pages are to be had as pictures")
    total = len(parts(source))
    begin, end = max(first or 1, 1), min(last or total, total)
    kept = [b for b in _blocks(source.digest, source.text) if b["lines"][0] <= end and b["lines"][1] >= begin]
    return {**source_row(source), "first": begin, "last": end, "blocks": kept}


@lru_cache(maxsize=32)
def _blocks(digest: str, text: str) -> tuple[dict[str, Any], ...]:
    from ingest.markdown import parse

    return tuple(_block(block) for block in parse(text) if isinstance(block.location, Lines))


def _block(block: Block) -> dict[str, Any]:
    """One block: {"kind", "lines", "depth", "text": [one text a line]} or a table's header and rows."""
    assert isinstance(block.location, Lines)
    shown: dict[str, Any] = {
        "kind": str(block.kind),
        "lines": [block.location.first, block.location.last],
        "depth": block.depth,
        # Targets that stand elsewhere in the note: "[text][label]".
        "links": {link.text: link.target for link in block.links if link.text and f"]({link.target}" not in block.text},
    }
    if block.table is not None:
        shown["header"] = list(block.table.header)
        shown["header_lines"] = [block.table.header_lines.first, block.table.header_lines.last]
        shown["rows"] = [_row(row) for row in block.table.rows]
        return shown
    lines = block.text.split("\n")
    if block.kind is BlockKind.CODE:
        return {**shown, "text": lines}
    if block.kind is BlockKind.HEADING:
        return {**shown, "text": [HEADING.sub("", line) for line in lines]}
    if block.kind is BlockKind.ITEM:
        marker = MARKER.match(lines[0])
        lines[0] = MARKER.sub("", lines[0])
        shown["number"] = int(marker["number"]) if marker and marker["number"] else None
        shown["task"] = None if marker is None or marker["task"] is None else marker["task"] in "xX"
    return {**shown, "text": [QUOTE.sub("", line).strip() for line in lines]}


def _row(row: Row) -> dict[str, Any]:
    cells = [
        plain if not raw.strip() or HTML.search(raw) else raw.strip()
        for plain, raw in zip(row.cells, row.raw, strict=False)
    ]
    return {"lines": [row.lines.first, row.lines.last], "cells": cells}
