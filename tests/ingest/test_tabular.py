"""How tables are to be read."""

from __future__ import annotations

import pytest

from ingest.headers import header_is
from ingest.markdown import parse
from ingest.tabular import Orientation, read_table
from rag.types import Table


def table(*rows: str) -> Table:
    lines = [f"| {row} |" for row in rows]
    rule = "|---" * (rows[0].count("|") + 1) + "|"
    (block,) = parse("\n".join([lines[0], rule, *lines[1:]]))
    assert block.table is not None
    return block.table


@pytest.mark.parametrize(
    ("rows", "owner", "orientation", "name_column", "proper"),
    [
        # a column with a name word for a header
        (("Name | Port", "SQLite | 1", "etcd | 2"), "", Orientation.ROWS, 0, True),
        (("药名 | 价", "青霉素 | 9", "红霉素 | 8"), "", Orientation.ROWS, 0, True),
        (("序号 | 型号 | 价", "1 | 凤凰 | 9", "2 | 永久 | 8"), "", Orientation.ROWS, 1, True),
        # it repeats and the first column does not
        (
            ("Service | Database | Price", "Atlas S | Mongo | 1", "Atlas M | Mongo | 2"),
            "",
            Orientation.ROWS,
            0,
            False,
        ),
        (("类别 | 型号 | 价", "折叠 | 凤凰 | 9", "折叠 | 永久 | 8"), "", Orientation.ROWS, 1, True),
        # a first column that rows leave empty groups them
        (
            ("Borrower | Box | Back", "Mira | Tiny Heist | y", " | Sparrow | n", "Jo | Glass | y"),
            "",
            Orientation.ROWS,
            1,
            True,
        ),
        # but not where the next one holds values, or the same ones again
        (
            ("Person | Weight | Back", "Mira | 12 kg | y", " | 14 kg | n", "Jo | 13 kg | y"),
            "",
            Orientation.ROWS,
            0,
            True,
        ),
        (("Person | Colour | Back", "Mira | red | y", " | blue | n", "Jo | red | y"), "", Orientation.ROWS, 0, True),
        # proper names without a name word
        ((" | ACID | Joins", "PostgreSQL | y | y", "MySQL | y | n"), "", Orientation.ROWS, 0, True),
        # what runs on a thing does not name it, but a maker before it does not either
        (
            (
                "Box | Software | Raw | Bought",
                "otter | Beegfs 7 | 480 | 2023-03",
                "badger | Ceph | 720 | 2022-10",
                "heron | Garage | 960 | 2024-06",
            ),
            "",
            Orientation.ROWS,
            0,
            True,
        ),
        (
            ("Vendor | Product | Raw | Price", "Weka | Nitro | 500 | 520", "Quobyte | Nodes | 800 | 96"),
            "",
            Orientation.ROWS,
            1,
            True,
        ),
        # things without a name word, told by what their columns hold
        (
            ("谁 | 年龄 | 入会 | 退会", "老赵 | 41 | 2019-02 | 2021-03", "小鹿 | 29 | 2020-05 | 2022-07"),
            "",
            Orientation.ROWS,
            0,
            True,
        ),
        # attributes downwards, told by what their rows hold, and by the word above them
        (
            (" | otter | badger", "Idle watts | 610 | 940", "Rack units | 4 | 6", "Covered | ✅ | ❌"),
            "",
            Orientation.COLUMNS,
            0,
            True,
        ),
        (
            ("项目 | 奥动 | 捷能", "主要客户 | 出租车 | 网约车", "投资方 | 上汽 | 地铁"),
            "",
            Orientation.COLUMNS,
            0,
            True,
        ),
        # labels that name nothing
        (("用途 | 价", "露营 | 9", "通勤 | 8"), "", Orientation.ROWS, 0, False),
        # transposed
        ((" | RocksDB | LevelDB | LMDB", "Language | C++ | C++ | C"), "", Orientation.COLUMNS, 0, True),
        (("项目 | X-T5 | Z50", "重量 | 557g | 450g", "卡槽 | 2 | 1"), "", Orientation.COLUMNS, 0, True),
        # things across, under a heading that reads like a thing, told by words that no dictionary has
        (
            (" | Velotaxi | Nuova Ruota | Honey Bee", "HQ | Basel | Turin | Oslo", "founded | 2010 | 2008 | 2016"),
            "CargoBikes",
            Orientation.COLUMNS,
            0,
            True,
        ),
        (
            ("Spec | Velotaxi | Tornadix", "wheel | 20 inch | 26 inch", "brake | disc | drum"),
            "CargoBikes",
            Orientation.COLUMNS,
            0,
            True,
        ),
        (
            (" | Velotaxi | Tornadix | Bee", "SSO | yes | no | yes", "app | yes | | no"),
            "",
            Orientation.COLUMNS,
            0,
            True,
        ),
        # the cases of the section's subject, though written as names are
        (
            (" | Basic | Family | Business", "seats | 1 | 2 | 2", "price | 900 | 1100 | 1990", "app | yes | yes | no"),
            "Velotaxi",
            Orientation.PROPERTIES,
            0,
            False,
        ),
        # a matrix of marks has its things in the rows
        (
            (
                " | tube free | disc brake | Dynamo in",
                "Velotaxi | x | | x",
                "Honey Bee | | x | ",
                "Tornadix | x | x | x",
            ),
            "DiscBrake support",
            Orientation.ROWS,
            0,
            True,
        ),
        ((" | Towbar | Lights", "Velotaxi | x | ", "Tornadix | x | x"), "", Orientation.ROWS, 0, True),
        # properties of the section's subject
        (("参数 | 值", "重量 | 557g"), "X-T5", Orientation.PROPERTIES, 0, False),
        (
            ("属性 | 平路 | 爬坡", "速度 | 30 | 12", "心率 | 120 | 150"),
            "凤凰",
            Orientation.PROPERTIES,
            0,
            False,
        ),
        # one row about the section's subject
        (("重量 | 轮径 | 速别", "9kg | 20 | 7"), "凤凰", Orientation.CARD, 0, False),
        (("重量 | 轮径 | 速别", "9kg | 20 | 7"), "", Orientation.ROWS, 0, False),
        (("名称 | 轮径 | 速别", "永久 | 20 | 7"), "凤凰", Orientation.ROWS, 0, True),
    ],
)
def test_readings(rows: tuple[str, ...], owner: str, orientation: Orientation, name_column: int, proper: bool) -> None:
    reading = read_table(table(*rows), owner)
    assert (reading.orientation, reading.name_column, reading.proper) == (orientation, name_column, proper)


@pytest.mark.parametrize(
    ("kind", "header", "expected"),
    [
        ("name", "Name", True),
        ("name", " **名称** ", True),
        ("name", "基本 / 型号", True),
        ("name", "Filename", False),
        ("index", "#", True),
        ("index", "No.", True),
        ("value", "数值", True),
        ("property", "规格", True),
        ("property", "", False),
        ("section", "参考资料", True),
        ("generic", "GitHub", True),
    ],
)
def test_words_of_headers(kind: str, header: str, expected: bool) -> None:
    assert header_is(kind, header) is expected
