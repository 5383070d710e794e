"""Pages of papers as pictures, drawn by a process with limits, and what stands around the cited lines of a note."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.config import Settings
from rag.errors import UnreadableFileError, UsageError
from rag.types import SourceKind
from server import listing
from server.failures import NotFoundError

if TYPE_CHECKING:
    from ingest.pdf_pool import Reader
    from rag.index.snapshot import Snapshot

Box = tuple[float, float, float, float]

SECONDS = 20.0
"""Seconds that drawing a page may take."""
KEPT_BYTES = 32 * 1024 * 1024
"""Bytes of pictures kept for the next request."""
MOST_MARKS = 64
AROUND = 5
"""Lines shown before and after the cited ones."""


class Pictures:
    """Draws pages of the papers of one corpus and keeps the last pictures; safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._reader: Reader | None = None
        self._kept: OrderedDict[tuple[str, int, tuple[Box, ...]], bytes] = OrderedDict()

    def page(self, snapshot: Snapshot, path: str, number: int, marks: tuple[Box, ...] = ()) -> bytes:
        """The PNG of page `number` (from 1) of the paper at `path` with boxes on it marked.

        Raises NotFoundError for an unknown source or page and for a note, UnreadableFileError where the file has
        gone, has changed since it was read, or cannot be drawn.
        """
        source = snapshot.source(listing.known_path(snapshot, path))
        if source.kind is not SourceKind.PAPER:
            raise NotFoundError(f"{path} is a note, which has lines and no pages; ask for its lines")
        require_page(path, number, len(listing.parts(source)))
        key = (source.digest, number, marks)
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                found = self._drawn(self._file(path, source.digest), number, marks)
                self._keep(key, found)
            self._kept.move_to_end(key)
            return found

    def _file(self, path: str, digest: str) -> Path:
        from ingest.linked import paper_file

        file = paper_file(self._settings, path)
        if file is None:
            raise UnreadableFileError(path, "is no longer on disk; the index holds its text")
        if hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            raise UnreadableFileError(path, "has changed since it was read; run `rag ingest`")
        return file

    def _drawn(self, file: Path, number: int, marks: tuple[Box, ...]) -> bytes:
        from ingest.pdf_picture import Drawing, Picture
        from ingest.pdf_pool import Reader

        self._reader = self._reader or Reader()
        drawn = self._reader.ask(Drawing(str(file), self._settings.papers_password, number - 1, marks), SECONDS)
        if not isinstance(drawn, Picture):
            raise UnreadableFileError(file.name, str(drawn))
        return drawn.png

    def _keep(self, key: tuple[str, int, tuple[Box, ...]], png: bytes) -> None:
        self._kept[key] = png
        while len(self._kept) > 1 and sum(map(len, self._kept.values())) > KEPT_BYTES:
            self._kept.popitem(last=False)

    def close(self) -> None:
        """End the drawing process."""
        with self._lock:
            if self._reader is not None:
                self._reader.close()
                self._reader = None


def require_page(path: str, number: int, pages: int) -> None:
    """Raises NotFoundError for a page that the paper at `path` does not have."""
    if not 1 <= number <= pages:
        raise NotFoundError(f"{path} has {pages} pages; there is no page {number}")


def boxes(written: list[str]) -> tuple[Box, ...]:
    """Boxes as they are written: "x0,y0,x1,y1" in points, several parted by ";". Raises UsageError."""
    found: list[Box] = []
    for text in (part for one in written for part in one.split(";") if part.strip()):
        try:
            x0, y0, x1, y1 = (round(float(edge), 1) for edge in text.split(","))
        except ValueError as error:
            raise UsageError(f"mark = {text!r} is not x0,y0,x1,y1 in points from the top left") from error
        if not (-10_000 < x0 <= x1 < 100_000 and -10_000 < y0 <= y1 < 100_000):
            raise UsageError(f"mark = {text!r} is no box: x0 <= x1 and y0 <= y1 are needed")
        found.append((x0, y0, x1, y1))
    if len(found) > MOST_MARKS:
        raise UsageError(f"{len(found)} marks are more than {MOST_MARKS}; mark fewer")
    return tuple(found)


def page_text(snapshot: Snapshot, path: str, number: int) -> dict[str, Any]:
    """The stored text of one page of a paper, as `listing.excerpt` tells it."""
    source = snapshot.source(listing.known_path(snapshot, path))
    if source.kind is not SourceKind.PAPER:
        raise NotFoundError(f"{path} is a note, which has lines and no pages; ask for its lines")
    require_page(path, number, len(listing.parts(source)))
    return listing.excerpt(source, number, number)


def lines_around(snapshot: Snapshot, path: str, first: int, last: int, around: int = AROUND) -> dict[str, Any]:
    """Lines `first` to `last` of a note amid `around` lines before and behind, each with whether it is cited."""
    source = snapshot.source(listing.known_path(snapshot, path))
    if source.kind is SourceKind.PAPER:
        raise NotFoundError(f"{path} is a paper, which has pages and no lines; ask for a page")
    every = listing.parts(source)
    if not 1 <= first <= last <= len(every):
        raise NotFoundError(f"{path} has {len(every)} lines; there are no lines {first} to {last}")
    begin, end = max(first - around, 1), min(last + around, len(every))
    lines = [
        {"number": number, "text": every[number - 1], "marked": first <= number <= last}
        for number in range(begin, end + 1)
    ]
    return {**listing.source_row(source), "first": begin, "last": end, "marked": [first, last], "lines": lines}
