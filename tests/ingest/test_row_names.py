"""What the rows and columns of a table are called."""

from __future__ import annotations

from ingest.markdown import parse
from ingest.row_names import column_names, row_names
from rag.types import Table


def table(text: str) -> Table:
    (block,) = parse(text)
    assert block.table is not None
    return block.table


def test_a_part_of_a_name_is_no_other_name_where_another_row_is_called_so() -> None:
    found = table("| 材料 | 喷嘴 |\n|---|---|\n| PLA | 黄铜 |\n| 夜光 PLA | 硬化 |\n| 碳纤 PETG | 硬化 |")
    assert row_names(found, 0)["PLA"] == (("PLA",),)
    assert row_names(found, 0)["夜光 PLA"] == (("夜光 PLA",),)
    assert row_names(found, 0)["碳纤 PETG"] == (("PETG", "碳纤 PETG"),)


def test_what_several_rows_have_in_brackets_names_none_of_them() -> None:
    found = table("| 集成 | 走云 |\n|---|---|\n| Roomba（内置） | 是 |\n| Shark（内置） | 否 |\n| MQTT（桥） | 否 |")
    assert row_names(found, 0)["Roomba（内置）"] == (("Roomba",),)
    assert row_names(found, 0)["MQTT（桥）"] == (("MQTT", "桥"),)


def test_columns() -> None:
    found = table("| | 雾港：潮汐 | Fogport Duel |\n|---|---|---|\n| 人数 | 5 | 2 |")
    assert column_names(found)["雾港：潮汐"] == (("雾港：潮汐",),)
