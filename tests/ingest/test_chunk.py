"""Passages: whole sentences, items and rows, with what must be read along."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.chunk import LONGEST, chunk
from ingest.markdown import parse
from ingest.sentences import sentences
from rag.index.document import CONTEXT_DIGITS, TEXT_DIGITS, context_digest, text_digest
from rag.types import Block, BlockKind, Chunk, Lines, Page

NOTES = Path(__file__).resolve().parents[2] / ".." / "shared" / "notes"


def chunks(text: str) -> tuple[Chunk, ...]:
    return chunk("n.md", text, parse(text))


def slice_of(text: str, at: object) -> str:
    assert isinstance(at, Lines)
    return "\n".join(text.split("\n")[at.first - 1 : at.last])


def test_one_section_is_one_passage() -> None:
    text = "# 甲\n\n## 乙\n\n一段。\n\n- 项\n- 项二\n\n```\nmake\n```\n\n## 丙\n二段。"
    assert [(c.location, c.heading, c.context, c.text) for c in chunks(text)] == [
        (Lines(1, 1), ("甲",), "甲", "# 甲"),
        (Lines(3, 12), ("甲", "乙"), "甲 > 乙", "## 乙\n\n一段。\n\n- 项\n- 项二\n\n```\nmake\n```"),
        (Lines(14, 15), ("甲", "丙"), "甲 > 丙", "## 丙\n二段。"),
    ]


def test_passages_end_between_sentences_and_items() -> None:
    sentence = "这是一个句子" * 10 + "。"
    item = "- " + "条目内容" * 40
    text = sentence * 20 + "\n\n" + "\n".join([item] * 5)
    found = chunks(text)
    assert [len(c.text) for c in found] == [488, 488, 244, 488, 325]
    assert all(c.text in slice_of(text, c.location) for c in found)
    assert [c.location for c in found[3:]] == [Lines(3, 5), Lines(6, 7)]
    assert all(c.text.endswith("。") for c in found[:3])


def test_lines_of_a_long_paragraph_stay_whole() -> None:
    text = "\n".join("第" + "行" * 199 + "。" for _ in range(4))
    assert [(c.location, c.text) for c in chunks(text)] == [
        (Lines(1, 2), slice_of(text, Lines(1, 2))),
        (Lines(3, 4), slice_of(text, Lines(3, 4))),
    ]


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("- " + "长" * 1500 + "。短。", [1505]),
        ("长" * 1500 + "。短。", [1501, 2]),
        ("长" * 2600 + "。", [2000, 601]),
        ("- " + ("长" * 400 + "。") * 6, [403, 401, 401, 401, 401, 401]),
        ("```\n" + "make\n" * 300 + "```", [1507]),
        ("```\n" + "make\n" * 500 + "```", [1998, 508]),
    ],
    ids=["item", "sentence", "endless", "long item", "code", "long code"],
)
def test_what_is_longer_stays_whole_up_to_a_limit(text: str, lengths: list[int]) -> None:
    found = chunks(text)
    assert [len(c.text) for c in found] == lengths
    assert all(c.text in slice_of(text, c.location) for c in found)


def test_row_groups_carry_heading_and_header() -> None:
    rows = [f"| 名{n} | {'值' * 150} |" for n in range(6)]
    text = "# 甲\n\n" + "\n".join(["| 名 | 值 |", "|---|---|", *rows]) + "\n\n尾"
    assert [(c.location, c.context) for c in chunks(text)] == [
        (Lines(1, 6), "甲\n名 | 值"),
        (Lines(7, 9), "甲\n名 | 值"),
        (Lines(10, 10), "甲\n名 | 值"),
        (Lines(12, 12), "甲"),
    ]


def test_a_row_group_knows_the_name_above_it() -> None:
    rows = [f"| {'甲组' if n == 0 else ''} | 名{n} | {'值' * 200} |" for n in range(4)]
    text = "\n".join(["| 组 | 名 | 值 |", "|---|---|---|", *rows])
    assert [c.context for c in chunks(text)] == ["组 | 名 | 值", "组 | 名 | 值\n甲组"]


def test_items_know_their_parents() -> None:
    text = "- 甲\n" + "\n".join(f"  - {'乙' * 200}" for _ in range(3))
    assert [(c.location, c.context) for c in chunks(text)] == [(Lines(1, 3), ""), (Lines(4, 4), "甲")]


def test_the_digest_covers_context_and_text_but_not_the_place() -> None:
    text = "# 甲\n一\n\n# 乙\n一\n\n\n# 甲\n一"
    first, second, third = chunks(text)
    assert first.digest == third.digest != second.digest
    assert len(first.digest) == TEXT_DIGITS + CONTEXT_DIGITS
    int(first.digest, 16)


def test_a_text_below_another_heading_shares_the_part_of_the_digest_that_tells_what_is_embedded() -> None:
    rows = "| 名 | 值 |\n|---|---|\n| 甲 | 1 |"
    [_, first], [_, second] = chunks(f"# 一\n\n前文\n\n{rows}"), chunks(f"# 二\n\n前文\n\n{rows}")
    assert first.text == second.text
    assert first.digest[:TEXT_DIGITS] == second.digest[:TEXT_DIGITS] == text_digest(first.text)
    assert (first.digest[TEXT_DIGITS:], second.digest[TEXT_DIGITS:]) == tuple(
        context_digest(f"{title}\n名 | 值") for title in "一二"
    )


def test_passages_of_a_pdf_stay_on_their_page() -> None:
    def block(page: int, x: float, text: str) -> Block:
        return Block(BlockKind.PARAGRAPH, text, text, Page(page, (x, 10.0, x + 100, 20.0)))

    long = "A sentence of a paper\nthat is wrapped. " * 20
    blocks = [block(1, 0, "One."), block(1, 50, "Two."), block(2, 0, "Three."), block(2, 5, long.strip())]
    pages = ["One.\n\nTwo.", "Three.\n\n" + long.strip()]
    found = chunk("p.pdf", "\f".join(pages), blocks)
    assert [(c.location, len(c.text)) for c in found] == [
        (Page(1, (0, 10.0, 150, 20.0)), 10),
        (Page(2, (0, 10.0, 100, 20.0)), 6),
        (Page(2, (5, 10.0, 105, 20.0)), 467),
        (Page(2, (5, 10.0, 105, 20.0)), 311),
    ]
    assert found[0].text == pages[0]
    assert all(c.text in pages[1] for c in found[1:])
    assert all(c.text.endswith(".") for c in found)


def check(text: str) -> tuple[Chunk, ...]:
    blocks = parse(text)
    found = chunk("n.md", text, blocks)
    covered: dict[int, str] = {}
    for c in found:
        assert isinstance(c.location, Lines)
        assert c.text in slice_of(text, c.location)
        assert len(c.text) <= LONGEST
        for at in range(c.location.first, c.location.last + 1):
            covered[at] = covered.get(at, "") + c.text
    lines = text.split("\n")
    for block in blocks:
        assert isinstance(block.location, Lines)
        for at in range(block.location.first, block.location.last + 1):
            assert not lines[at - 1].strip() or at in covered
    return found


PIECES = [
    "# ",
    "- ",
    "  - ",
    "> ",
    "| a | b |\n|---|---|\n",
    "| 1 | 2 |\n",
    "**粗**\n",
    "```\n",
    "\t",
    "中文。",
    "A b. ",
]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from([*PIECES, "\n", "\n\n", "长" * 300, "词，" * 900]), max_size=25).map("".join))
def test_every_line_of_a_block_is_in_a_passage(text: str) -> None:
    check(text)


@pytest.mark.parametrize(
    "name",
    [
        "000-alpaca-timeline.md",
        "001-llm-tracking.md",
        "002-open-models-and-data.md",
        "003-all-about-llm.md",
        "004-playing-with-models.md",
    ],
)
def test_real_notes(name: str) -> None:
    if not NOTES.is_dir():
        pytest.skip("the shared notes are not here")
    text = (NOTES / name).read_text(encoding="utf-8")
    found = check(text)
    places = [(c.location.first, c.location.last) for c in found if isinstance(c.location, Lines)]
    for block in parse(text):
        assert isinstance(block.location, Lines)
        if block.table is not None:
            whole = [row.lines for row in block.table.rows]
        elif block.kind in (BlockKind.ITEM, BlockKind.CODE) and len(block.text) <= LONGEST:
            whole = [block.location]
        else:
            whole = []
            ends = sentences(block.text)
            assert all(any(block.text[start:end] in c.text for c in found) for start, end in ends)
        for at in whole:
            assert sum(first <= at.first and at.last <= last for first, last in places) == 1
