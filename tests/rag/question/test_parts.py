"""Questions of several parts."""

from __future__ import annotations

import pytest

from rag.question.parts import parts


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        (
            "Who made the Falke, and when was it released?",
            ["Who made the Falke", "when was it released?"],
        ),
        ("Who made the Falke and how much does it cost?", ["Who made the Falke", "how much does it cost?"]),
        ("Falke 多重，卖多少钱？", ["Falke 多重", "卖多少钱？"]),
        ("Falke 多重、卖多少钱", ["Falke 多重", "卖多少钱"]),
        ("Who made the Falke and the Tern?", ["Who made the Falke and the Tern?"]),
        ("Falke 和 Tern 多重", ["Falke 和 Tern 多重"]),
        ("我想买 Falke，它多重", ["我想买 Falke，它多重"]),
        (
            "Why is the Falke made of ash rather than oak? Please give both reasons.",
            ["Why is the Falke made of ash rather than oak? Please give both reasons."],
        ),
        ("Falke", ["Falke"]),
        ("", [""]),
    ],
)
def test_each_part_asks_one_thing(question: str, asked: list[str]) -> None:
    assert parts(question) == asked


def test_nothing_of_the_question_is_lost() -> None:
    question = "Falke 多重，卖多少钱，是谁设计的，有什么颜色，哪里能买"

    assert "".join(parts(question)).replace("，", "") == question.replace("，", "")
