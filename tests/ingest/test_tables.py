"""Tables in all the forms that notes hold."""

from __future__ import annotations

import pytest

from ingest.markdown import parse
from rag.types import Block, BlockKind, Lines, Link, Table


def only_table(text: str) -> tuple[Block, Table]:
    blocks = [block for block in parse(text) if block.kind is BlockKind.TABLE]
    assert len(blocks) == 1
    table = blocks[0].table
    assert table is not None
    return blocks[0], table


def cells(table: Table) -> list[tuple[str, ...]]:
    return [row.cells for row in table.rows]


@pytest.mark.parametrize(
    ("text", "header", "rows"),
    [
        ("| a | b |\n|---|---|\n| 1 | 2 |", ("a", "b"), [("1", "2")]),
        ("a | b\n:--|--:\n1 | 2", ("a", "b"), [("1", "2")]),
        (" **名** | a |\n|---|---|\n| x | 1 |", ("名", "a"), [("x", "1")]),
        ("引言：\n| a | b |\n|---|---|\n| 1 | 2 |\n后文", ("a", "b"), [("1", "2")]),
        ("\t| a | b |\n\t|---|---|\n\t| 1 | 2 |", ("a", "b"), [("1", "2")]),
        ("> | a | b |\n> |---|---|\n> | 1 | 2 |", ("a", "b"), [("1", "2")]),
        ("| a | b |\n| 1 | 2 |\n| 3 | 4 |", ("a", "b"), [("1", "2"), ("3", "4")]),
        ("| a | b |\n\n|---|---|\n| 1 | 2 |", ("a", "b"), [("1", "2")]),
        ("|---|---|\n| 1 | 2 |", ("", ""), [("1", "2")]),
        ("| a | b |\n|—|—|\n| 1 | 2 |", ("a", "b"), [("1", "2")]),
        (
            "| a | b |\n|---|---|\n| 1 |\n| 2 | 3 | 4 |\n| 5 | 6 | |",
            ("a", "b", ""),
            [("1", "", ""), ("2", "3", "4"), ("5", "6", "")],
        ),
        ("| a | b |\n|---|---|\n| 1 | 2 | |", ("a", "b"), [("1", "2")]),
        (r"| a | b |" "\n|---|---|\n" r"| x \| y | 0\.5 |", ("a", "b"), [("x | y", "0.5")]),
        ("| a | b |\n|---|---|\n| `x | y` | 2 |", ("a", "b"), [("x | y", "2")]),
        ("| a | b |\n|---|---|\n| 一<br>二 | **粗** [名](u) |", ("a", "b"), [("一 二", "粗 名")]),
        ("| a | b |\n|---|---|", ("a", "b"), []),
        ("|  | A | B |\n|---|---|---|\n| x | 1 | 2 |", ("", "A", "B"), [("x", "1", "2")]),
        ("| a |\n|---|\n| 1 |", ("a",), [("1",)]),
    ],
)
def test_forms(text: str, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    _, table = only_table(text)
    assert (table.header, cells(table)) == (header, rows)


@pytest.mark.parametrize(
    "text",
    [
        "一句话里的 a | b 管道",
        "命令 `cat x | grep y`\n下一行",
        "a | b\n---",
        "- a | b\n- c | d",
        "|x| 是绝对值",
        "```\n| a | b |\n|---|---|\n```",
    ],
)
def test_no_table(text: str) -> None:
    assert [block for block in parse(text) if block.kind is BlockKind.TABLE] == []


def test_rows_carry_their_lines_and_raw_cells() -> None:
    text = "# h\n\n| 名 | 值 |\n|---|---|\n| **a** | 0\\.5 |\n| [b](u) |  |\n"
    block, table = only_table(text)
    assert block.location == Lines(3, 6)
    assert table.header_lines == Lines(3, 3)
    assert [row.lines for row in table.rows] == [Lines(5, 5), Lines(6, 6)]
    assert [row.raw for row in table.rows] == [("**a**", "0\\.5"), ("[b](u)", "")]
    assert block.links == (Link("b", "u", 6),)
    assert block.plain == "名 | 值\na | 0.5\nb | "


def test_a_second_header_row_divides_spanning_names() -> None:
    text = (
        "| 型号 | 卡 | **一** | | **二** | |\n|---|---|---|---|---|---|\n"
        "| | | 速度 | 大小 | 速度 | 大小 |\n| A | x | 1 | 2 | 3 | 4 |\n| | y | 5 |"
    )
    _, table = only_table(text)
    assert table.header == ("型号", "卡", "一 / 速度", "一 / 大小", "二 / 速度", "二 / 大小")
    assert table.header_lines == Lines(1, 3)
    assert cells(table) == [("A", "x", "1", "2", "3", "4"), ("A", "y", "5", "", "", "")]
    assert table.rows[1].raw == ("", "y", "5", "", "", "")


def test_an_empty_header_cell_without_a_second_row_spans_from_the_left() -> None:
    _, table = only_table("| 名 | 链接 | |\n|---|---|---|\n| a | u | v |\n| b | w | x |")
    assert table.header == ("名", "链接", "链接")
    assert len(table.rows) == 2


def test_names_are_filled_down_but_figures_are_not() -> None:
    rows = ["| A | s | m | 1 |", "| | | n | |", "| | t | o | 3 |", "| B | | p | 4 |"]
    text = "\n".join(["| 厂 | 系 | 型 | 数 |", "|---|---|---|---|", *rows])
    _, table = only_table(text)
    assert cells(table) == [
        ("A", "s", "m", "1"),
        ("A", "s", "n", ""),
        ("A", "t", "o", "3"),
        ("B", "", "p", "4"),
    ]


def test_index_columns_are_not_filled_down() -> None:
    _, table = only_table("| 序号 | 名 |\n|---|---|\n| 1 | a |\n| | b |")
    assert cells(table) == [("1", "a"), ("", "b")]


def test_a_row_that_a_line_break_cut_is_joined() -> None:
    text = '| 项 | 甲 | 乙 |\n|---|---|---|\n| x | 1 | "一、读（写） |\n|二、说（听） |\n| y | 2 | 3 |'
    _, table = only_table(text)
    assert cells(table) == [("x", "1", '"一、读（写） 二、说（听）'), ("y", "2", "3")]
    assert table.rows[0].lines == Lines(3, 4)
    assert table.rows[0].raw[2] == '"一、读（写） |\n|二、说（听）'


def test_a_stray_cell_under_a_complete_row_is_a_row() -> None:
    _, table = only_table("| a | b |\n|---|---|\n| 1 | 2 |\n| 3 |\n| 4 | 5 |")
    assert cells(table) == [("1", "2"), ("3", ""), ("4", "5")]


def test_a_table_under_an_item_knows_its_parents() -> None:
    block, _ = only_table("- **参数**\n\t| a | b |\n\t|---|---|\n\t| 1 | 2 |")
    assert (block.parents, block.depth, block.location) == (("参数",), 1, Lines(2, 4))
    block, _ = only_table("- 项目提供:\n\n| a | b |\n|---|---|\n| 1 | 2 |\n- 下一项")
    assert block.parents == ("项目提供:",)


def test_html_table_with_spans() -> None:
    text = (
        "前文\n<table>\n<tr><th rowspan=2>名</th><th colspan=2>值</th></tr>\n"
        "<tr><th>大</th><th>小</th></tr>\n\n"
        '<tr><td><a href="u">A</a></td><td>1</td>\n<td>2<br>3</td></tr>\n</table>\n后文'
    )
    block, table = only_table(text)
    assert table.header == ("名", "值 / 大", "值 / 小")
    assert cells(table) == [("A", "1", "2 3")]
    assert table.rows[0].raw == ('<a href="u">A</a>', "1", "2<br>3")
    assert (block.location, table.header_lines, table.rows[0].lines) == (
        Lines(2, 8),
        Lines(3, 4),
        Lines(6, 7),
    )
    assert block.links == (Link("A", "u", 6),)


def test_a_table_ends_where_text_begins() -> None:
    kinds = [(block.kind, block.location) for block in parse("| a | b |\n|---|---|\n| 1 | 2 |\n文字\n- 项 | x\n")]
    assert kinds == [
        (BlockKind.TABLE, Lines(1, 3)),
        (BlockKind.PARAGRAPH, Lines(4, 4)),
        (BlockKind.ITEM, Lines(5, 5)),
    ]
