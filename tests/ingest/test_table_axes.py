"""Which way a table runs, by the likeness of its cells."""

from __future__ import annotations

import pytest

from ingest.table_axes import lean
from tests.ingest.test_tabular import table

MACHINES = (
    " | otter | badger | heron",
    "Idle watts | 610 | 940 | 380",
    "Rack units | 4 | 12 | 6",
    "UPS protected | ✅ | ✅ | ❌",
)
BY_ROW = (
    " | Idle watts | Rack units | UPS protected",
    "otter | 610 | 4 | ✅",
    "badger | 940 | 12 | ✅",
    "heron | 380 | 6 | ❌",
)


def test_rows_of_like_cells_are_attributes() -> None:
    assert lean(table(*MACHINES)) > 0.5
    assert lean(table(*BY_ROW)) < -0.5


@pytest.mark.parametrize(
    "rows",
    [
        ("名字 | 说明", "甲 | 好用", "乙 | 难用"),  # two columns
        (" | 甲 | 乙", "语言 | 汉语 | 英语", "团队 | 北方 | 南方"),  # words everywhere
        ("名字 | 价", "甲 | 9"),  # too few cells
    ],
)
def test_words_alone_tell_nothing(rows: tuple[str, ...]) -> None:
    assert lean(table(*rows)) == 0.0


def test_numbers_of_other_sizes_and_units_are_not_alike() -> None:
    # given: numbers everywhere, alike down the columns alone
    rows = (" | 续航 | 价格 | 重量", "甲 | 420 km | 18 | 1600", "乙 | 510 km | 21 | 1720", "丙 | 605 km | 26 | 1850")
    assert lean(table(*rows)) < -0.5
