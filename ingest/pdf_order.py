"""The order in which the regions of a page are read: what spans the page divides it, columns go one by one."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.pdf_scan import Region

_REACH = 10.0
"""Points by which a region must cross the middle of the page to span both columns."""
_WIDE = 0.55
"""Share of the text's width from which a region spans the page; a higher block that is narrower and in the
middle is a column of three."""
_TALL = 30.0
_MOST_CENTRAL = 2
"""Such blocks that a page of two columns may have: authors, a picture."""


def in_reading_order(regions: Sequence[Region], width: float) -> list[Region]:
    """`regions` of a page `width` points wide in reading order.

    A page of two columns is ordered here; any other keeps the order it came in, which is the layout model's.
    """
    if not regions:
        return []
    start, end = min(r.box[0] for r in regions), max(r.box[2] for r in regions)
    middle = (start + end) / 2 if end - start > width / 2 else width / 2
    sides = [_side(region, middle) for region in regions]
    central = [
        r
        for side, r in zip(sides, regions, strict=True)
        if side == 0 and r.box[2] - r.box[0] < _WIDE * (end - start) and r.box[3] - r.box[1] > _TALL
    ]
    tall = [(side, r) for side, r in zip(sides, regions, strict=True) if r.box[3] - r.box[1] > _TALL]
    beside = any(
        one < 0 < two and left.box[1] < right.box[3] and right.box[1] < left.box[3]
        for one, left in tall
        for two, right in tall
    )
    if len(central) > _MOST_CENTRAL or not beside:
        return list(regions)
    return _by_columns(regions, sides)


def _side(region: Region, middle: float) -> int:
    """-1 and 1 for a region left and right of the middle, 0 for one across it."""
    x0, _, x1, _ = region.box
    if x0 < middle - _REACH and x1 > middle + _REACH:
        return 0
    return -1 if (x0 + x1) / 2 < middle else 1


def _by_columns(regions: Sequence[Region], sides: Sequence[int]) -> list[Region]:
    ordered: list[Region] = []
    band: list[tuple[int, Region]] = []
    for side, region in sorted(zip(sides, regions, strict=True), key=lambda pair: (pair[1].box[1], pair[1].box[0])):
        if side == 0:
            ordered += _columns(band)
            ordered.append(region)
            band = []
        else:
            band.append((side, region))
    return ordered + _columns(band)


def _columns(band: Sequence[tuple[int, Region]]) -> list[Region]:
    return [region for wanted in (-1, 1) for side, region in band if side == wanted]
