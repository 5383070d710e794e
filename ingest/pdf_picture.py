"""A page of a PDF as a picture, with places on it marked. Runs in a reading process (pdf_worker)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ingest.pdf_scan import Box

DOTS = 144
"""Dots per inch of a picture: twice the points, which reads well on most screens."""
MOST_DOTS = 4_000_000
"""Dots of a picture: a poster is drawn coarser rather than large."""
_POINTS = 72
_FILL = (1.0, 0.84, 0.2)
_EDGE = (0.85, 0.5, 0.0)
_OPACITY = 0.35
_MARGIN = 1.5
"""Points around a marked box, so that its edge does not touch the letters."""


class Drawing(NamedTuple):
    """What is to be drawn: a page counted from 0 and boxes on it in points from the top left as it is shown."""

    path: str
    password: str
    page: int
    marks: tuple[Box, ...]


class Picture(NamedTuple):
    """A page drawn, as PNG."""

    png: bytes


def draw(page: Any, marks: Sequence[Box]) -> Picture:
    """The page of a PyMuPDF document with `marks` on it. The document is changed in memory only."""
    if page.rotation:
        page.remove_rotation()
    for x0, y0, x1, y1 in marks:
        box = (x0 - _MARGIN, y0 - _MARGIN, x1 + _MARGIN, y1 + _MARGIN)
        page.draw_rect(box, color=_EDGE, fill=_FILL, fill_opacity=_OPACITY, width=0.8)
    inches = (page.rect.width / _POINTS) * (page.rect.height / _POINTS)
    dots = min(DOTS, max(int((MOST_DOTS / max(inches, 0.01)) ** 0.5), 1))
    return Picture(bytes(page.get_pixmap(dpi=dots, alpha=False).tobytes("png")))
