"""Text of pages that are pictures, by RapidOCR where the extra `ocr` is installed.

RapidOCR is imported here only, when a page without text is met. Its wheel brings the models for Chinese and English
along; nothing is downloaded.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from functools import cache
from typing import Any

DOTS = 150
"""Dots per inch at which a page is drawn for recognition: letters of 9 points are then 19 dots high."""
POINTS = 72
LEAST_SURE = 0.6
"""Confidence below which a recognised line is noise."""
TYPE_SHARE = 0.75
"""Type size as a share of a line's height."""

Recognised = tuple[str, tuple[float, float, float, float], float]
"""Text of a line, its box in points from the top left, and its type size in points."""


def is_installed() -> bool:
    """Whether the extra `ocr` is there."""
    return importlib.util.find_spec("rapidocr") is not None


def recognise(page: Any) -> Iterator[Recognised]:
    """The lines on a page of a PyMuPDF document that shows pictures, from above to below; none without the extra."""
    if not is_installed() or not page.get_images():
        return
    found = _engine()(page.get_pixmap(dpi=DOTS, alpha=False).tobytes("png"))
    if found.boxes is None or found.txts is None:
        return
    scale = POINTS / DOTS
    for corners, text, score in zip(found.boxes, found.txts, found.scores, strict=True):
        if score < LEAST_SURE or not text.strip():
            continue
        across = [float(x) * scale for x, _ in corners]
        down = [float(y) * scale for _, y in corners]
        box = (min(across), min(down), max(across), max(down))
        yield text, box, (box[3] - box[1]) * TYPE_SHARE


@cache
def _engine() -> Any:
    library: Any = importlib.import_module("rapidocr")  # an extra that need not be there to check types
    return library.RapidOCR(params={"Global.use_cls": False, "Global.log_level": "critical"})
