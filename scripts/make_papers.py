"""Typeset the two papers that ship in corpus/papers: what the notes' own figures add up to.

python scripts/make_papers.py [DIRECTORY]     writes the PDFs; the same bytes each time

Two columns, a table, a figure and a reference each, with the fonts that every PDF reader brings along. Every number
is one of corpus/notes/alpaca-family.md or follows from them, so that the notes and the papers cannot disagree.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pymupdf

DIRECTORY = Path(__file__).parents[1] / "corpus" / "papers"
LEFT, RIGHT, WIDTH, TOP, BOTTOM = 54.0, 308.0, 234.0, 170.0, 780.0
SIZE, LEADING = 9.5, 1.32
ROMAN, BOLD, HAN, LATIN = "tiro", "tibo", "china-s", "helv"
DATE = "D:20260101000000Z"


_RUN = re.compile(r"[ -~]+|[^ -~]+")
_PIECE = re.compile(r"[A-Za-z0-9.\-/]+|.")
"""Where Chinese lines break: between any two characters, but not within a Latin word or a number."""


def width(text: str, size: float, font: str) -> float:
    """Points that a line takes."""
    return sum(
        len(run) * size if face == HAN else pymupdf.get_text_length(run, face, size) for run, face in runs(text, font)
    )


def runs(text: str, font: str) -> list[tuple[str, str]]:
    """Pieces of a line, each with its face: a Chinese face sets Latin letters far apart."""
    if font != HAN:
        return [(text, font)]
    return [(match.group(), LATIN if match.group().isascii() else HAN) for match in _RUN.finditer(text)]


def put(page: Any, x: float, y: float, text: str, font: str, size: float) -> None:
    """Set a line."""
    for run, face in runs(text, font):
        page.insert_text((x, y), run, fontname=face, fontsize=size)
        x += width(run, size, face)


def wrapped(text: str, size: float, font: str, room: float) -> list[str]:
    """Lines of at most `room` points; Chinese breaks between any two characters, English between words."""
    pieces = _PIECE.findall(text) if font == HAN else [f"{word} " for word in text.split()]
    lines = [""]
    for piece in pieces:
        if lines[-1] and width((lines[-1] + piece).rstrip(), size, font) > room and piece not in "，。；：、）%":
            lines.append("")
        lines[-1] += piece
    return [line.strip() for line in lines]


class Sheet:
    """A page that is set down its left column and then down its right one."""

    def __init__(self, document: Any, font: str, bold: str, top: float = 60.0) -> None:
        self.page = document.new_page()
        self.font, self.bold = font, bold
        self.x, self.y, self.top = LEFT, top, top

    def right(self) -> None:
        """Go on at the top of the right column."""
        self.x, self.y = RIGHT, self.top

    def line(self, text: str, size: float = SIZE, font: str = "", x: float | None = None) -> None:
        """One line as it is."""
        self.y += size * LEADING
        put(self.page, self.x if x is None else x, self.y, text, font or self.font, size)

    def middle(self, text: str, size: float, font: str) -> None:
        """One line in the middle of the page."""
        self.line(text, size, font, (595 - width(text, size, font)) / 2)

    def heading(self, text: str) -> None:
        """A heading with space around it."""
        self.y += 9
        self.line(text, 11.5, self.bold)
        self.y += 3

    def text(self, text: str, size: float = SIZE) -> None:
        """A paragraph."""
        for line in wrapped(text, size, self.font, WIDTH):
            self.line(line, size)
        self.y += 5

    def rule(self) -> None:
        """A line across the column."""
        self.y += 4
        self.page.draw_line((self.x, self.y), (self.x + WIDTH, self.y), width=0.6)

    def table(self, caption: str, rows: Sequence[Sequence[str]], columns: Sequence[float]) -> None:
        """A caption and a table ruled above, below its header and beneath."""
        self.y += 4
        self.text(caption, 8.5)
        self.rule()
        for number, row in enumerate(rows):
            self.y += 12
            for cell, offset in zip(row, columns, strict=True):
                put(self.page, self.x + offset, self.y, cell, self.font, 9)
            if number == 0:
                self.rule()
        self.rule()
        self.y += 10

    def bars(self, caption: str, values: Sequence[tuple[str, float]], unit: str) -> None:
        """A chart of bars and the caption below it."""
        most = max(value for _, value in values)
        for label, value in values:
            self.y += 15
            put(self.page, self.x, self.y, label, self.font, 8)
            end = self.x + 62 + 130 * value / most
            self.page.draw_rect((self.x + 62, self.y - 8, end, self.y), color=None, fill=(0.35, 0.5, 0.7))
            put(self.page, end + 4, self.y, f"{value:g}{unit}", self.font, 8)
        self.y += 10
        self.text(caption, 8.5)


def english(path: Path) -> None:
    """When the ten projects came out, and what they opened."""
    document = pymupdf.open()
    first = Sheet(document, ROMAN, BOLD, TOP)
    first.y = 70
    first.middle("Forty-One Days: Counting the Releases of the Alpaca Family", 17, BOLD)
    first.y += 10
    first.middle("The editors of these notes", 11, ROMAN)
    first.middle("1 January 2026", 10, ROMAN)
    first.y = TOP
    first.heading("Abstract")
    first.text(
        "We count what the notes on the Alpaca family record: ten main-line projects, the days on which they came out "
        "and what each of them opened. Everything happened within forty-one days, and seven of the ten projects came "
        "out in March 2023. Training data were opened more often than complete code."
    )
    first.heading("1 Introduction")
    first.text(
        "The notes list ten main-line projects with the day on which the repository or the blog became public. The "
        "list is short enough to be counted by hand, and this paper does so. No figure here comes from elsewhere: "
        "whoever doubts one can count again in the note."
    )
    first.heading("2 When the projects came out")
    first.text(
        "The first project came out on 24 February 2023 and the last on 6 April 2023, which is forty-one days later. "
        "The longest pause between two releases lasted 17 days and lies right after the first one. Twice, two "
        "projects came out on one day: on 13 March and on 27 March 2023."
    )
    first.table(
        "Table 1: Releases of the ten main-line projects by month of 2023.",
        [("Month", "Releases", "Share"), ("February", "1", "10%"), ("March", "7", "70%"), ("April", "2", "20%")],
        (0, 90, 160),
    )
    first.right()
    first.bars("Figure 1: Releases by month of 2023.", [("February", 1), ("March", 7), ("April", 2)], "")
    first.heading("3 What the projects opened")
    first.text(
        "For each project the notes say whether code, training data and weights are open. Nine of the ten opened "
        "their training data, and nine opened weights. Only six opened their code without a reservation: two held "
        "the training code back, one opened the code for fine-tuning alone, and one opened no code at all."
    )
    first.table(
        "Table 2: What the ten projects opened.",
        [
            ("Part", "Open", "With reservations", "Closed"),
            ("Code", "6", "3", "1"),
            ("Training data", "9", "0", "1"),
            ("Weights", "9", "0", "1"),
        ],
        (0, 80, 120, 200),
    )
    first.heading("4 Conclusion")
    first.text(
        "A family of ten projects grew within six weeks. That nine of them opened their data, and only six all of "
        "their code, suggests that data were the easier part to give away."
    )
    first.heading("References")
    first.text("[1] The editors of these notes. Alpaca family at a glance. corpus/notes/alpaca-family.md, 2023.")
    save(document, path, "Forty-One Days: Counting the Releases of the Alpaca Family")


def chinese(path: Path) -> None:
    """What training took, by card days and by dollars."""
    document = pymupdf.open()
    first = Sheet(document, HAN, HAN, TOP)
    first.y = 70
    first.middle("羊驼账本：四只老羊驼的算力与花费", 17, HAN)
    first.y += 14
    first.middle("笔记编者", 11, HAN)
    first.y += 6
    first.middle("2026年1月1日", 10, HAN)
    first.y = TOP
    first.heading("摘要")
    first.text(
        "本文提出羊驼账本，把笔记里四只老羊驼的训练硬件和耗时折算成卡天，再把花费加到一起。"
        "最大的一只要四万三千零八卡天，最小的一只只要一个卡天，相差悬殊；花费则都在几百美元以内。"
    )
    first.heading("1 引言")
    first.text(
        "笔记按“规模”和“算钱”两节记了硬件、耗时与美元数，但没有换算成同一个单位，放在一起不好比。"
        "本文只做换算，不引入笔记以外的数字，任何人都能照着笔记重算一遍。"
    )
    first.heading("2 折算办法")
    first.text(
        "卡天等于显卡张数乘以训练天数。耗时写成“几个小时”的不折算，空着的格子也不猜。"
        "不同型号的显卡一律按张计数，不按算力加权。"
    )
    first.right()
    first.heading("3 算力")
    first.table(
        "表1：训练的显卡张数、耗时与卡天。",
        [
            ("模型", "张数", "耗时", "卡天"),
            ("LLaMA-65B", "2048", "21天", "43008"),
            ("Alpaca-7B", "8", "3小时", "1"),
            ("Vicuna", "8", "1天", "8"),
        ],
        (0, 100, 140, 190),
    )
    first.text("按卡天算，LLaMA-65B 是 Vicuna 的 5376 倍。Alpaca-LoRA 的耗时只写了几个小时，因此没有列入表1。")
    first.bars("图1：不含 LLaMA-65B 的卡天。", [("Alpaca-7B", 1), ("Vicuna", 8)], "")
    first.heading("4 花费")
    first.text(
        "Vicuna 的两个版本一共花了约 440 美元，其中 13B 版是 7B 版的两倍多。"
        "Alpaca 的两项开销合计不超过 600 美元，生成数据占了大头。"
    )
    first.heading("5 结论")
    first.text("复刻一只羊驼只要几百美元，贵的是底座：表1里的卡天几乎全落在底座模型身上。")
    first.heading("参考文献")
    first.text("[1] 笔记编者. 羊驼家族速查. corpus/notes/alpaca-family.md, 2023.")
    save(document, path, "羊驼账本：四只老羊驼的算力与花费")


def save(document: Any, path: Path, title: str) -> None:
    """Write the document without anything that differs between runs."""
    document.set_metadata({"title": title, "creationDate": DATE, "modDate": DATE, "producer": "", "creator": ""})
    document.save(str(path), garbage=4, deflate=True, no_new_id=True)
    document.close()


def main(arguments: Sequence[str]) -> None:
    """Write both papers."""
    directory = Path(arguments[0]) if arguments else DIRECTORY
    directory.mkdir(parents=True, exist_ok=True)
    english(directory / "forty-one-days.pdf")
    chinese(directory / "alpaca-ledger.pdf")


if __name__ == "__main__":
    main(sys.argv[1:])
