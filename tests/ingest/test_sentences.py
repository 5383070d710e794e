"""Where sentences end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sentences import sentences


def parts(text: str, *, wrapped: bool = False) -> list[str]:
    return [text[start:end] for start, end in sentences(text, wrapped=wrapped)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一句。两句！三句？四句；五", ["一句。", "两句！", "三句？", "四句；", "五"]),
        ("“真的吗？”他说（是的。）好", ["“真的吗？”", "他说（是的。）", "好"]),
        ("什么？！！好", ["什么？！！", "好"]),
        ("One. Two! Three? Four; five", ["One.", "Two!", "Three?", "Four;", "five"]),
        ('He said "Stop." Then left.', ['He said "Stop."', "Then left."]),
        ("发布v1.1和GPT3.5、4，占6.4万。", ["发布v1.1和GPT3.5、4，占6.4万。"]),
        ("用了GPT-4. 然后", ["用了GPT-4.", "然后"]),
        ("参见https://a.b/c?d=1;e.f!g 好。", ["参见https://a.b/c?d=1;e.f!g 好。"]),
        ("e.g. this, i.e. that. End", ["e.g. this, i.e. that.", "End"]),
        ("See Fig. 3 by J. Smith et al. (2020). Next", ["See Fig. 3 by J. Smith et al. (2020).", "Next"]),
        ("books, pens etc. and so. End", ["books, pens etc. and so.", "End"]),
        ("books, pens etc. End", ["books, pens etc.", "End"]),
        ("1. First. 2. Second.", ["1. First.", "2. Second."]),
        ("wait... what. No", ["wait... what.", "No"]),
        ("他……走了", ["他……走了"]),
        ("**粗体。**后文", ["**粗体。**", "后文"]),
        ("llama.cpp 和 node.js。", ["llama.cpp 和 node.js。"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_marks(text: str, expected: list[str]) -> None:
    assert parts(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("第一行\n第二行", ["第一行", "第二行"]),
        ("去重，\n最终得到", ["去重，\n最终得到"]),
        ("第一\n，第二", ["第一\n，第二"]),
        ("the first line\ngoes on", ["the first line\ngoes on"]),
        ("the first line\nThe second", ["the first line", "The second"]),
        ("地址：\nhttps://a.b", ["地址：", "https://a.b"]),
        ("first\nhttps://a.b/c", ["first", "https://a.b/c"]),
        ("一，\n\n二", ["一，", "二"]),
    ],
)
def test_line_breaks(text: str, expected: list[str]) -> None:
    assert parts(text) == expected


def test_lines_wrapped_by_a_layout_go_on() -> None:
    text = "We thank Stanford\nUniversity for it. The\nrest follows.\n\nNew block"
    assert parts(text, wrapped=True) == [
        "We thank Stanford\nUniversity for it.",
        "The\nrest follows.",
        "New block",
    ]


@given(st.text(alphabet='aA1 中。！？；.!?;，\n"”)）', max_size=60), st.booleans())
def test_spans_hold_all_but_space(text: str, wrapped: bool) -> None:
    end = 0
    for start, stop in sentences(text, wrapped=wrapped):
        assert end <= start < stop
        assert text[end:start].strip() == ""
        assert text[start:stop] == text[start:stop].strip()
        end = stop
    assert text[end:].strip() == ""
