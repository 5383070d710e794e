"""Tables of real papers against transcriptions made by eye."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import mean

import pytest

from ingest.pdf import Paper, read_pdf
from rag.types import Page, Table

PAPERS = Path(__file__).resolve().parents[2] / ".." / "shared" / "pdf"
Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Transcribed:
    """A table as one sees it: the page it stands on and its rows, the first of which holds the headers."""

    paper: str
    page: int
    what: str
    rows: tuple[tuple[str, ...], ...]


def transcribed() -> list[Transcribed]:
    held = tomllib.loads(Path(__file__).with_name("paper_tables.toml").read_text(encoding="utf-8"))["table"]
    tables = []
    for one in held:
        lines = one["text"].strip("\n").split("\n")
        rows = tuple(tuple(cell.strip() for cell in line.split("||")) for line in lines)
        tables.append(Transcribed(one["paper"], one["page"], one["what"], rows))
    return tables


def bare(cell: str) -> str:
    """A cell without what a typesetter chooses: white space, drawn blanks, the shape of an asterisk."""
    return re.sub(r"[\s_]+", "", unicodedata.normalize("NFKC", cell).casefold().replace("∗", "*"))


def cells_under(headers: Sequence[str], row: Sequence[str]) -> dict[tuple[str, int], str]:
    """What stands under which header; columns of one name are told apart by their order."""
    found: dict[tuple[str, int], str] = {}
    for header, cell in zip(headers, row, strict=True):
        key = bare(header)
        found[key, sum(1 for name, _ in found if name == key)] = bare(cell)
    return {key: cell for key, cell in found.items() if cell}


def cell_f1(gold: Rows, read: Rows) -> float:
    """F1 of the cells that are not empty, rows aligned in their order so that the most cells agree: a cell agrees
    where it says the same under the same header. Headers count as a row."""
    body = ([cells_under(rows[0], row) for row in rows[1:]] for rows in (gold, read))
    wanted, there = (list(rows) for rows in body)
    best = [[0] * (len(there) + 1) for _ in range(len(wanted) + 1)]
    for i, one in enumerate(wanted):
        for j, two in enumerate(there):
            same = sum(1 for key, cell in one.items() if two.get(key) == cell)
            best[i + 1][j + 1] = max(best[i][j + 1], best[i + 1][j], best[i][j] + same)
    names, others = (cells_under(rows[0], rows[0]) for rows in (gold, read))
    agreeing = best[-1][-1] + len(names.keys() & others.keys())
    total = sum(len(row) for row in (*wanted, *there, names, others))
    return 2 * agreeing / total


@cache
def paper(name: str) -> Paper:
    return read_pdf(PAPERS / name)


def rows_of(table: Table) -> list[tuple[str, ...]]:
    return [table.header, *(row.cells for row in table.rows)]


def measured(table: Transcribed) -> float:
    """The F1 of the table of that page that fits best."""
    blocks = paper(table.paper).blocks
    here = [b.table for b in blocks if isinstance(b.location, Page) and b.location.number == table.page and b.table]
    return max((cell_f1(table.rows, rows_of(one)) for one in here), default=0.0)


def test_cells_agree_by_header_and_order() -> None:
    gold = [("Lens", "g", "USD"), ("A", "1", "2"), ("B", "3", "4")]
    assert cell_f1(gold, gold) == 1.0
    assert cell_f1(gold, [("Lens", "g", "USD"), ("A", "1", "2")]) == 2 * 6 / (9 + 6)
    assert cell_f1(gold, [("Lens", "USD", "g"), ("A", "1", "2"), ("B", "3", "4")]) == 2 * 5 / 18
    assert cell_f1(gold, [("Lens", "g", "USD"), ("B", "3", "4"), ("A", "1", "2")]) == 2 * 6 / 18


@pytest.mark.parametrize("table", transcribed(), ids=lambda table: f"{table.paper}-{table.page}-{table.what[:24]}")
def test_a_table_is_read_as_it_was_transcribed(table: Transcribed) -> None:
    if not PAPERS.is_dir():
        pytest.skip("the shared papers are not here")
    assert measured(table) >= 0.9


def test_tables_are_read_as_transcribed_on_the_whole() -> None:
    if not PAPERS.is_dir():
        pytest.skip("the shared papers are not here")
    assert mean(measured(table) for table in transcribed()) >= 0.95
