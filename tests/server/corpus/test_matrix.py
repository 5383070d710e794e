"""The matrix: rows, columns, cells with their places, gaps, conflicts."""

from __future__ import annotations

from typing import Any

import pytest

from rag.index import Snapshot
from server.corpus import matrix as module
from server.corpus.matrix import column_key, matrix


def _cell(found: dict[str, Any], thing: str, attribute: str) -> dict[str, Any] | None:
    rows = [row["entity"] for row in found["rows"]]
    columns = [column["name"] for column in found["columns"]]
    at = (rows.index(thing), columns.index(attribute))
    return next((cell for cell in found["cells"] if (cell["row"], cell["column"]) == at), None)


def test_every_cell_has_its_value_and_place(snapshot: Snapshot) -> None:
    cell = _cell(matrix(snapshot, alike=False), "Heron X1", "像素")

    assert cell is not None
    assert cell["state"] == "one"
    assert cell["statements"] == [
        {
            "value": "2400万", "status": None, "qualifiers": [], "source": "a.md", "lines": [7, 7], "page": None,
            "box": None, "quote": "| 2400万 | 4,999元 | 是 | 未知 |",
        }
    ]  # fmt: skip


def test_what_is_not_stated_is_no_cell(snapshot: Snapshot) -> None:
    found = matrix(snapshot, alike=True)
    assert _cell(found, "Osprey Z", "颜色") is None
    assert found["total"] == {"rows": len(found["rows"]), "columns": len(found["columns"])}


def test_headers_of_one_meaning_make_one_column_when_asked(snapshot: Snapshot) -> None:
    alike, apart = matrix(snapshot, alike=True), matrix(snapshot, alike=False)

    wordings = next(column["wordings"] for column in alike["columns"] if "价格" in column["wordings"])
    assert wordings == ["Price", "价格"]
    assert {"Price", "价格"} <= {column["name"] for column in apart["columns"]}


@pytest.mark.parametrize(
    ("thing", "attribute", "state"),
    [
        ("Heron X1", "Price", "conflict"),  # 4,999 and 5,299
        ("Osprey Z", "Price", "one"),  # the same twice
        ("Osprey Z", "防水", "conflict"),  # no and yes
        ("Heron X1", "防水", "several"),  # yes, and yes in more words
    ],
)
def test_conflicts_are_told_from_several_values(snapshot: Snapshot, thing: str, attribute: str, state: str) -> None:
    cell = _cell(matrix(snapshot, alike=True), thing, attribute)
    assert cell is not None
    assert cell["state"] == state


def test_rows_are_those_whose_name_holds_the_pattern(snapshot: Snapshot) -> None:
    assert [row["entity"] for row in matrix(snapshot, alike=True, pattern="osprey")["rows"]] == ["Osprey Z"]


def test_the_fullest_rows_and_columns_are_kept(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = matrix(snapshot, alike=True)
    monkeypatch.setattr(module, "MOST_ROWS", 1)
    monkeypatch.setattr(module, "MOST_COLUMNS", 2)
    cut = matrix(snapshot, alike=True)

    assert cut["rows"] == whole["rows"][:1]
    assert cut["columns"] == whole["columns"][:2]
    assert cut["total"] == whole["total"]
    assert {(cell["row"], cell["column"]) for cell in cut["cells"]} <= {(0, 0), (0, 1)}


@pytest.mark.parametrize(
    ("attribute", "key"),
    [
        ("价格", "=cost"),
        ("Price", "=cost"),
        ("Shop", "shop"),
        ("价格以及它去年为什么涨了这么多", "价格以及它去年为什么涨了这么多"),
    ],
)
def test_a_header_means_a_concept_when_it_words_little_else(attribute: str, key: str) -> None:
    assert column_key(attribute, alike=True) == key
