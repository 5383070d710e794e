"""Notes to blocks: kinds, lines, heading paths, lists, code, links, and nothing lost."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.markdown import parse
from rag.types import Block, BlockKind, Lines, Link

NOTES = Path(__file__).resolve().parents[2] / ".." / "shared" / "notes"
MESSY = Path(__file__).with_name("messy.md")

HEADING, TEXT, ITEM = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.ITEM
TABLE, CODE = BlockKind.TABLE, BlockKind.CODE


def outline(text: str) -> list[tuple[BlockKind, int, int, str]]:
    return [(b.kind, b.location.first, b.location.last, b.plain) for b in parse(text) if isinstance(b.location, Lines)]


def lines_of(block: Block) -> Lines:
    assert isinstance(block.location, Lines)
    return block.location


@pytest.mark.parametrize(
    ("text", "depth", "plain"),
    [
        ("# 标题", 1, "标题"),
        ("#\t\t 标题 ##", 1, "标题"),
        ("###10.[名](u)", 3, "10.名"),
        ("#标题", 1, "标题"),
        ("##Overview", 2, "Overview"),
        ("#1、概述", 1, "1、概述"),
        ("### 1.1、**训练**模型", 3, "1.1、训练模型"),
        ("#### 4.  [两个空格](u)", 4, "4. 两个空格"),
        ("标题\n===", 1, "标题"),
        ("标题\n---", 2, "标题"),
        ("**概述**", 7, "概述"),
        ("**训练配置：**", 7, "训练配置"),
        ("**微调方案（非官方）**：", 7, "微调方案（非官方）"),
        ("**算力配置：**（来源：某处）", 7, "算力配置：（来源：某处）"),
        ("__概述__", 7, "概述"),
    ],
)
def test_headings(text: str, depth: int, plain: str) -> None:
    blocks = parse(text)
    assert [(b.kind, b.depth, b.plain, b.heading, b.text) for b in blocks] == [(HEADING, depth, plain, (plain,), text)]


@pytest.mark.parametrize(
    "text",
    [
        "#hashtag #two",
        "#!/bin/sh",
        "#include <x>",
        "#话题#",
        "####### 七",
        "#3 号",
        "一句完整的话。\n---",
        "键：值\n---",
        "第一行\n第二行\n---",
        "**家族**：某",
        "**7b 占用：27689MB；速度慢**",
        "**一。二**",
        "文字**概述**",
    ],
)
def test_not_headings(text: str) -> None:
    assert [block.kind for block in parse(text)] == [TEXT]


def test_heading_paths_follow_levels() -> None:
    text = "# 甲\n## 乙\n#### 丁\n**粗**\n文\n## 丙\n- 项\n### 戊\n尾"
    assert [(b.plain, b.heading) for b in parse(text)] == [
        ("甲", ("甲",)),
        ("乙", ("甲", "乙")),
        ("丁", ("甲", "乙", "丁")),
        ("粗", ("甲", "乙", "丁", "粗")),
        ("文", ("甲", "乙", "丁", "粗")),
        ("丙", ("甲", "丙")),
        ("项", ("甲", "丙")),
        ("戊", ("甲", "丙", "戊")),
        ("尾", ("甲", "丙", "戊")),
    ]


def test_an_empty_heading_is_no_block() -> None:
    assert outline("# 甲\n##\n文") == [(HEADING, 1, 1, "甲"), (TEXT, 3, 3, "文")]


def test_a_bold_line_inside_a_paragraph_divides_it() -> None:
    assert outline("文\n**分词**\n使用：\n* 项") == [
        (TEXT, 1, 1, "文"),
        (HEADING, 2, 2, "分词"),
        (TEXT, 3, 3, "使用："),
        (ITEM, 4, 4, "项"),
    ]


def test_lists_keep_parents_and_lazy_lines() -> None:
    text = "- 甲 https://a.b/c\n懒行\n  - 乙\n    1. 丙\n\n    续段\n- [ ] 丁\n* [x] 戊"
    assert [(b.kind, lines_of(b), b.depth, b.parents, b.plain) for b in parse(text)] == [
        (ITEM, Lines(1, 2), 0, (), "甲 https://a.b/c\n懒行"),
        (ITEM, Lines(3, 3), 1, ("甲 https://a.b/c\n懒行",), "乙"),
        (ITEM, Lines(4, 4), 2, ("甲 https://a.b/c\n懒行", "乙"), "丙"),
        (TEXT, Lines(6, 6), 2, ("甲 https://a.b/c\n懒行", "乙"), "续段"),
        (ITEM, Lines(7, 7), 0, (), "丁"),
        (ITEM, Lines(8, 8), 0, (), "戊"),
    ]


def test_bold_lines_end_an_item() -> None:
    text = "- 项\n**家族**：某\n- 项\n**概述**：\n尾"
    assert outline(text) == [
        (ITEM, 1, 1, "项"),
        (TEXT, 2, 2, "家族：某"),
        (ITEM, 3, 3, "项"),
        (HEADING, 4, 4, "概述"),
        (TEXT, 5, 5, "尾"),
    ]


def test_empty_items_and_rules_are_no_blocks() -> None:
    assert outline("- 项\n- \n\n***\n\n>\n") == [(ITEM, 1, 1, "项")]


def test_counted_lines_are_items() -> None:
    text = "- 组件：\n  1、甲\n  地址：u\n  2、乙\n"
    assert [(b.kind, lines_of(b), b.depth, b.parents, b.plain) for b in parse(text)] == [
        (ITEM, Lines(1, 1), 0, (), "组件："),
        (ITEM, Lines(2, 3), 1, ("组件：",), "甲\n地址：u"),
        (ITEM, Lines(4, 4), 1, ("组件：",), "乙"),
    ]
    assert outline("引言\n（1）甲\n（2）乙") == [(TEXT, 1, 1, "引言"), (ITEM, 2, 2, "甲"), (ITEM, 3, 3, "乙")]
    assert outline("① 甲\n② 乙") == [(ITEM, 1, 1, "甲"), (ITEM, 2, 2, "乙")]
    assert outline("3、甲\n5、乙") == [(TEXT, 1, 2, "3、甲\n5、乙")]


def test_paragraphs_keep_their_lines() -> None:
    assert outline("完全支持  \n发布团队：某\n家族:某") == [(TEXT, 1, 3, "完全支持\n发布团队：某\n家族:某")]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("```sh\ngit clone x\n\n# y\n```", "git clone x\n\n# y"),
        ("~~~\nx\n~~~", "x"),
        ("```\n没有结束", "没有结束"),
        ("    x = 1  # 中文注释\n    print('中文')", "x = 1  # 中文注释\nprint('中文')"),
        ("\tgit clone x\n\n\tmake", "git clone x\n\nmake"),
        ("    # 先安装依赖\n    pip install x", "# 先安装依赖\npip install x"),
    ],
)
def test_code(text: str, plain: str) -> None:
    assert [(b.kind, b.text, b.plain) for b in parse(text)] == [(CODE, text, plain)]


def test_indented_prose_is_no_code() -> None:
    text = (
        "\t\t模型训练分为三个阶段。\n\n\t输入：\n\t命令位于____目录中的。\n\n"
        "    This is an indented sentence, written by a person.\n"
    )
    assert outline(text) == [
        (TEXT, 1, 1, "模型训练分为三个阶段。"),
        (TEXT, 3, 4, "输入：\n命令位于____目录中的。"),
        (TEXT, 6, 6, "This is an indented sentence, written by a person."),
    ]


def test_indented_key_lines_are_no_code() -> None:
    text = "\t底座：llama\n\t代码：含 deepspeed 训练\n\t链接：https://a.b/c"
    assert outline(text) == [(TEXT, 1, 3, "底座：llama\n代码：含 deepspeed 训练\n链接：https://a.b/c")]


def test_indented_prose_ends_at_an_indented_table() -> None:
    kinds = [(b.kind, lines_of(b)) for b in parse("**配置：**\n\t算力约为两倍\n\t| a | b |\n\t|---|---|\n\t| 1 | 2 |")]
    assert kinds == [(HEADING, Lines(1, 1)), (TEXT, Lines(2, 2)), (TABLE, Lines(3, 5))]


def test_front_matter_is_a_paragraph_of_its_lines() -> None:
    text = "---\ntitle: 甲\ntags:\n  - x\n---\n# 乙"
    assert outline(text) == [(TEXT, 2, 4, "title: 甲\ntags:\n- x"), (HEADING, 6, 6, "乙")]
    assert outline("---\n一段文字\n---\n尾")[0] == (TEXT, 2, 2, "一段文字")


def test_references_footnotes_and_comments_are_no_text() -> None:
    text = "见[甲][r]与![图][I]注[^1]\n<!-- 不要\n\n读 -->\n\n[r]: http://a/b\n[i]: ./i.png '题'\n[^1]: 脚注 https://c.d/e\n"
    blocks = parse(text)
    assert outline(text) == [(TEXT, 1, 1, "见甲与图注"), (TEXT, 8, 8, "脚注 https://c.d/e")]
    assert blocks[0].links == (Link("甲", "http://a/b", 1), Link("图", "./i.png", 1))
    assert blocks[1].links == (Link("", "https://c.d/e", 8),)


def test_html_is_stripped_and_scripts_are_dropped() -> None:
    text = "<div align=center>\n<b>甲</b>\n</div>\n\n<style>\np { x }\n</style>\n\n<details>\n乙\n"
    assert [block.plain.strip() for block in parse(text)] == ["甲", "乙"]


def test_quotes_keep_their_lines() -> None:
    assert outline("> 甲\n> 乙\n懒\n\n尾") == [(TEXT, 1, 3, "甲\n乙\n懒"), (TEXT, 5, 5, "尾")]


@pytest.mark.parametrize("text", ["", "\n\n", " ", "---", "\ufeff", "\r\n\r\n"])
def test_nothing(text: str) -> None:
    assert parse(text) == ()


def test_windows_line_ends_stay_in_the_text() -> None:
    assert [(b.text, b.plain) for b in parse("# 甲\r\n\r\n乙\r\n丙\r\n")] == [
        ("# 甲\r", "甲"),
        ("乙\r\n丙\r", "乙\n丙"),
    ]


def test_the_messy_note() -> None:
    text = MESSY.read_text(encoding="utf-8")
    found = [f"{b.kind.value} {lines_of(b).first}-{lines_of(b).last} {' > '.join(b.heading)}" for b in parse(text)]
    assert found == [
        "heading 1-1 相机调研",
        "paragraph 2-2 相机调研",
        "heading 3-3 相机调研 > 1.山雀 K2",
        "paragraph 4-5 相机调研 > 1.山雀 K2",
        "heading 7-7 相机调研 > 1.山雀 K2 > 参数",
        "paragraph 8-8 相机调研 > 1.山雀 K2 > 参数",
        "table 9-11 相机调研 > 1.山雀 K2 > 参数",
        "item 13-13 相机调研 > 1.山雀 K2 > 参数",
        "table 14-17 相机调研 > 1.山雀 K2 > 参数",
        "item 18-19 相机调研 > 1.山雀 K2 > 参数",
        "heading 21-21 相机调研 > 2. 海鸥",
        "paragraph 23-23 相机调研 > 2. 海鸥",
        "code 25-27 相机调研 > 2. 海鸥",
        "paragraph 29-29 相机调研 > 2. 海鸥",
    ]
    links = [(link.line, link.target) for block in parse(text) for link in block.links]
    assert links == [
        (3, "https://example.org/k2"),
        (8, "./k2.png"),
        (19, "https://example.org/a"),
        (19, "https://example.org/b"),
        (29, "example.org/shop/k2"),
    ]


def check_blocks(text: str) -> tuple[Block, ...]:
    blocks = parse(text)
    lines = text.split("\n")
    last = 0
    for block in blocks:
        at = lines_of(block)
        assert block.text == "\n".join(lines[at.first - 1 : at.last])
        assert at.first > last
        last = at.last
        if block.kind in (TEXT, ITEM):
            assert block.plain.count("\n") == block.text.count("\n")
        for link in block.links:
            assert at.first <= link.line <= at.last
        for row in block.table.rows if block.table else ():
            assert len(row.cells) == len(row.raw) == len(block.table.header if block.table else ())
            source = "\n".join(lines[row.lines.first - 1 : row.lines.last])
            assert all(raw in source for raw in row.raw)
    return blocks


PIECES = [
    *[
        "# ",
        "## ",
        "- ",
        "  - ",
        "1. ",
        "> ",
        "| a | b |",
        "|---|---|",
        "| 1 |",
        "**粗体**",
        "**x**：",
        "```",
        "    ",
    ],
    *[
        "\t",
        "中文。",
        "text",
        "https://a.b/c",
        "[a](b)",
        "[a]: http://x",
        "[a]",
        "`",
        "\\|",
        "\n",
        "\n\n",
        "<!--",
    ],
    *[
        "<table><tr><td>x</td></tr></table>",
        "-->",
        "<br>",
        "---",
        "===",
        "1、",
        "2、",
        "（1）",
        '"',
        "\r",
        "\0",
        "[^1]",
    ],
    *["[^1]: n", "![", "]", "(", ")", "|", "<div>", "</div>", "~~", "\u2028", "\x0c"],
]


@settings(max_examples=150, deadline=None)
@example("|---|---|\n|\0")
@example("\ufeff|a|b|\n|---|---|\n|\0\0|\0|\n|1\r2|\r3|")
@given(st.one_of(st.lists(st.sampled_from(PIECES), max_size=30).map("".join), st.text(max_size=120)))
def test_any_text_gives_blocks_with_exact_lines(text: str) -> None:
    check_blocks(text)


@pytest.mark.parametrize(
    "text",
    [
        ">" * 10_000 + " 深",
        "- " * 10_000 + "深",
        "".join("  " * i + "- x\n" for i in range(300)),
        "模型abc " * 100_000,
        "|" + "a|" * 100_000,
        "[a]: b\n" * 20_000,
        "<table>\n" * 20_000,
        "a <!--\n\n" * 5_000,
        "|a|b|\n|-|-|\n" + "|1\n" * 10_000,
    ],
    ids=["quotes", "items", "nesting", "line", "pipes", "references", "html", "comments", "cells"],
)
def test_extreme_text_is_read_in_time(text: str) -> None:
    start = time.perf_counter()
    blocks = parse(text)
    assert time.perf_counter() - start < 4
    found = "".join(block.text for block in blocks)
    assert "深" not in text or "深" in found


TABLES = {
    "000-alpaca-timeline.md": [(line, 1, 7) for line in (30, 42, 54, 65, 77, 92, 104, 118, 133, 144)],
    "001-llm-tracking.md": [(68, 13, 9), (86, 22, 9)],
    "002-open-models-and-data.md": [],
    "003-all-about-llm.md": [
        *[
            (39, 2, 7),
            (53, 6, 2),
            (86, 3, 6),
            (121, 5, 10),
            (175, 7, 4),
            (196, 13, 3),
            (214, 5, 5),
            (233, 5, 4),
        ],
        *[(295, 3, 3), (301, 2, 3), (330, 5, 5), (444, 2, 3), (459, 7, 8)],
    ],
    "004-playing-with-models.md": [],
}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_real_notes(name: str) -> None:
    if not NOTES.is_dir():
        pytest.skip("the shared notes are not here")
    text = (NOTES / name).read_text(encoding="utf-8")
    blocks = check_blocks(text)
    tables = [(lines_of(b).first, len(b.table.rows), len(b.table.header)) for b in blocks if b.table]
    assert tables == TABLES[name]
    linked = {(link.line, link.target) for block in blocks for link in block.links}
    in_code = {at for b in blocks if b.kind is CODE for at in range(lines_of(b).first, lines_of(b).last + 1)}
    for number, line in enumerate(text.split("\n"), 1):
        if number in in_code or re.match(r"\[\w+\]: ", line):
            continue
        targets = [target for at, target in linked if at == number]
        for url in re.findall(r"https?://(?:(?!https?://)[!-'*-Z^-z~\\])+", line):
            assert any(url.rstrip(".,`") in target for target in targets), (number, url)
        written = re.findall(r"\]\(([^()\s]+)\)", line)
        assert all(target in targets for target in written), (number, written)
