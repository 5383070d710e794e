"""Papers typeset for tests: two columns, running heads, page numbers, a ruled table, footnotes, references."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

LEFT, RIGHT, WIDTH = 60.0, 310.0, 225.0


def library() -> Any:
    """PyMuPDF, untyped as it is."""
    return pytest.importorskip("pymupdf")


class Sheet:
    """A page that text is set on from above to below."""

    def __init__(self, document: Any) -> None:
        self.page = document.new_page()
        self.y = 80.0

    def line(self, text: str, x: float = LEFT, size: float = 10.0, font: str = "helv") -> None:
        """One line of text."""
        face = font if text.isascii() else "china-s"
        self.page.insert_text((x, self.y), text, fontname=face, fontsize=size)
        self.y += size * 1.25

    def lines(self, texts: list[str], x: float = LEFT, size: float = 10.0) -> None:
        """A paragraph, line by line as given, and the space below it."""
        for text in texts:
            self.line(text, x, size)
        self.y += 8

    def heading(self, text: str, x: float = LEFT, size: float = 13.0) -> None:
        """A bold heading with space around it."""
        self.y += 8
        self.line(text, x, size, font="hebo")
        self.y += 6

    def table(self, rows: list[list[str]], columns: list[float], x: float = LEFT) -> None:
        """A table with rules above, below its header and beneath."""
        end = x + columns[-1] + 60
        self.rule(x, end)
        for number, row in enumerate(rows):
            self.y += 12
            for cell, offset in zip(row, columns, strict=True):
                face = "helv" if cell.isascii() else "china-s"
                self.page.insert_text((x + offset, self.y), cell, fontname=face, fontsize=9)
            if number == 0:
                self.y += 4
                self.rule(x, end)
        self.y += 5
        self.rule(x, end)
        self.y += 20

    def rule(self, x0: float, x1: float) -> None:
        """A horizontal rule at the current height."""
        self.page.draw_line((x0, self.y), (x1, self.y), width=0.6)

    def margin(self, head: str, foot: str) -> None:
        """The running head and the page number."""
        self.page.insert_text((LEFT, 40), head, fontname="helv", fontsize=8)
        self.page.insert_text((300, 815), foot, fontname="helv", fontsize=8)


def save(document: Any, path: Path, **metadata: str) -> Path:
    """Write the document."""
    document.set_metadata({"title": "", **metadata})
    document.save(str(path))
    document.close()
    return path


ENGLISH_TABLE = [
    ["Lens", "Weight (g)", "Price (USD)"],
    ["Plover-50", "310", "899"],
    ["Plover-85", "540", "1299"],
    ["Heron-35", "275", "649"],
]


def english(path: Path, **metadata: str) -> Path:
    """Two pages in two columns with a table, a footnote and references."""
    document = library().open()
    first = Sheet(document)
    first.margin("Workshop on Optics, 2024", "1")
    first.line("Plover: A Family of Compact Lenses", 130, 20, font="hebo")
    first.y += 8
    first.line("Mara Lindqvist, Tomas Oyelaran, Wei Zhang", 180, 11)
    first.line("Northern Optics Institute", 220, 10)
    first.y += 14
    top = first.y
    first.heading("Abstract")
    first.lines(
        [
            "We introduce Plover, a family of compact lenses",
            "for mirrorless cameras. The glass was melted in",
            "eleven batches, and every batch was measured on",
            "the same bench for three weeks.",
        ]
    )
    first.heading("1 Introduction")
    first.lines(
        [
            "Compact lenses trade sharpness for weight. The",
            "efficient design of Plover uses six elements in",
            "four groups, which keeps the weight below that",
            "of comparable lenses while the corner sharp-",
            "ness stays high. Training the operators took",
            "two months and needed a bench that cost more",
        ]
    )
    first.y = top
    first.lines(
        [
            "than the melting furnace itself.",
        ],
        RIGHT,
    )
    first.heading("2 Method", RIGHT)
    first.lines(
        [
            "Each lens was measured at five apertures on a",
            "bench with 2048 sensors. The measurements ran",
            "for 21 days, and the results were averaged over",
            "all of the apertures. The furnace reached a tem-",
        ],
        RIGHT,
    )
    second = Sheet(document)
    second.margin("Workshop on Optics, 2024", "2")
    second.lines(["perature of 1430 degrees on every working", "day. It was then cooled for ten hours."])
    second.heading("3 Results")
    second.lines(["Table 1: Weight and price of the lenses."], size=9)
    second.table(ENGLISH_TABLE, [0, 70, 140])
    second.lines(["The Plover-50 weighs less than any other lens", "of its class that we could buy."])
    second.y = 80
    second.heading("References", RIGHT)
    second.lines(["Ada Birch. 2019. Heron: lenses for birds. In", "Journal of Glass, pages 11-19."], RIGHT, 9)
    second.lines(["Ole Finch. 2020. Swift cooling of glass costs", "9999 dollars. In Furnace Letters."], RIGHT, 9)
    return save(document, path, **metadata)


def chinese(path: Path) -> Path:
    """One page in Chinese with a heading, a paragraph over two lines and a table."""
    document = library().open()
    sheet = Sheet(document)
    sheet.line("苍鹭：一种轻便镜头的设计", 150, 20)
    sheet.y += 6
    sheet.line("林晓，周远航", 240, 11)
    sheet.heading("摘要")
    sheet.lines(["本文提出了苍鹭，一种面向无反相机的轻便镜头。镜片在五个批次中熔炼，每个批次都经", "过三周的测量。"])
    sheet.heading("一、实验结果")
    sheet.lines(["表1：镜头的重量与价格"], size=9)
    sheet.table([["镜头", "重量", "价格"], ["苍鹭-35", "275克", "649元"], ["苍鹭-85", "540克", "1299元"]], [0, 90, 180])
    return save(document, path)
