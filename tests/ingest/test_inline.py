"""Inline markup: plain text line by line, and every link with its line."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.inline import inline, label
from rag.types import Link


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("**“词”**后面", "“词”后面"),
        ("***同样预算***的情况", "同样预算的情况"),
        ("__粗__ 和 _斜_ 和 ~~删~~", "粗 和 斜 和 删"),
        ("8 * A100 与 2*3*4", "8 * A100 与 2*3*4"),
        ("snake_case_name 和 __main__.py", "snake_case_name 和 __main__.py"),
        ("位于____目录", "位于____目录"),
        ("A* 和 B* 算法", "A* 和 B* 算法"),
        (r"0\.737 和 baichuan\-7B 和 a\|b", "0.737 和 baichuan-7B 和 a|b"),
        ("`a * b` 与 ``x`y`` 与 `未完", "a * b 与 x`y 与 `未完"),
        ("10<sup>6</sup> 与 H<sub>2</sub>O", "10^6 与 H_2O"),
        ("一<br>二<br/>三", "一 二 三"),
        ("结束</s> 与 <s>删</s>", "结束</s> 与 删"),
        ("<model> 与 <b>粗</b> 与 a < b", "<model> 与 粗 与 a < b"),
        ("Q&amp;A &nbsp;&#20013;", "Q&A  中"),
        ("前<!-- 注释 -->后 <!-- 未完", "前后 <!-- 未完"),
        ("缩进\\\n  的行  \n\t末行", "缩进\n的行\n末行"),
        ("$ \\approx $ 与 [未定义]", "$ \\approx $ 与 [未定义]"),
    ],
)
def test_plain_text(text: str, plain: str) -> None:
    assert inline(text).plain == plain


@pytest.mark.parametrize(
    ("text", "plain", "links"),
    [
        ("[甲](http://a/b)", "甲", [("甲", "http://a/b")]),
        ('[甲](http://a/b "题")', "甲", [("甲", "http://a/b")]),
        ("[甲](<a b>)", "甲", [("甲", "a b")]),
        ("[甲](http://a/b_(c))。", "甲。", [("甲", "http://a/b_(c)")]),
        ("[甲](http://a?b=是&c=-1)", "甲", [("甲", "http://a?b=是&c=-1")]),
        ("[甲](http://a/b))应该", "甲)应该", [("甲", "http://a/b")]),
        ("[甲]（https://a/b）", "甲", [("甲", "https://a/b")]),
        ("[甲]()", "甲", []),
        ("[ **甲** 乙](#x)", "甲 乙", [("甲 乙", "#x")]),
        ("[甲][R] [R][] [r]", "甲 R r", [("甲", "./t"), ("R", "./t"), ("r", "./t")]),
        ("![图][r]![](p.png)", "图", [("图", "./t"), ("", "p.png")]),
        ("[![图](i.png)](t)", "图", [("图", "i.png"), ("图", "t")]),
        ("注[^1]后", "注后", []),
        ("<https://a/b> <x@y.z>", "https://a/b <x@y.z>", [("", "https://a/b")]),
        ("见https://a.b/c。好", "见https://a.b/c。好", [("", "https://a.b/c")]),
        ("（https://a.b/c）", "（https://a.b/c）", [("", "https://a.b/c")]),
        ("(https://a.b/), ok", "(https://a.b/), ok", [("", "https://a.b/")]),
        ("**https://a.b/c**", "https://a.b/c", [("", "https://a.b/c")]),
        (
            "https://a.b/chttps://d.e/f",
            "https://a.b/chttps://d.e/f",
            [("", "https://a.b/c"), ("", "https://d.e/f")],
        ),
        ("https://w.x/https://y.z", "https://w.x/https://y.z", [("", "https://w.x/https://y.z")]),
        ("见github.com/x/y_z 吧", "见github.com/x/y_z 吧", [("", "github.com/x/y_z")]),
        ("node.js/express 与 ShareGPT.com", "node.js/express 与 ShareGPT.com", []),
        ("[https://a.b](https://a.b/c)", "https://a.b", [("https://a.b", "https://a.b/c")]),
        ("`https://a.b`", "https://a.b", []),
        ('<a href="u&amp;v">文</a><img src=i.png alt="图">', "文图", [("文", "u&v"), ("图", "i.png")]),
        (r"![img](file:///C:\Users\A\w.png)", "img", [("img", r"file:///C:\Users\A\w.png")]),
    ],
)
def test_links(text: str, plain: str, links: list[tuple[str, str]]) -> None:
    found = inline(text, 1, {"r": "./t", "^1": ""})
    assert (found.plain, [(link.text, link.target) for link in found.links]) == (plain, links)


def test_a_link_has_the_line_on_which_it_begins() -> None:
    found = inline("一 [a](u)\n二 https://b.c/d\n[三\n四](v)", 10)
    assert found.links == (Link("a", "u", 10), Link("", "https://b.c/d", 11), Link("三 四", "v", 12))


def test_labels_are_compared_without_case_and_spacing() -> None:
    assert label(" Some \n Label ") == "some label"


@given(st.text(alphabet="ab中 *_`[]()!<>/\\~:https.&;|#\n-\"'（）", max_size=80))
def test_the_plain_text_has_the_lines_of_the_source(text: str) -> None:
    assert inline(text).plain.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    "piece", ["[", "[](", "[a][", "<a ", "`", "``` ` ", "*a ", "<!--", "https://a", "a.", "![", "&"]
)
def test_hostile_text_costs_linear_time(piece: str) -> None:
    text = (piece * 200_000)[:200_000]
    start = time.perf_counter()
    inline(text)
    assert time.perf_counter() - start < 3
