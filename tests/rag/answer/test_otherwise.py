"""What a list question may mean besides is told in one line below its answer, cited like the rest."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag import Assistant
from rag.answer.serialise import to_json
from rag.types import Answer
from tests.rag.survey import cited, opened

NOTE = """# Looms

| Loom | Weaver | Price |
| --- | --- | --- |
| Petrel | Tove | 300 EUR |
| Plover | Brandt | 500 EUR |

## Mending

| Tool | For | Price |
| --- | --- | --- |
| Reed hook | warps | 9 EUR |
| Cloth needle | holes | 2 EUR |

## 在路上

| 店 | 城 |
| --- | --- |
| 织坊 | 宜城 |
| 绒庄 | 柳州 |

### 宜城的店

- 线铺: 卖线
- 布铺: 卖布
"""


@pytest.fixture(scope="module")
def looms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("looms"), looms=NOTE) as assistant:
        yield assistant


def names(answer: Answer) -> list[str]:
    return [item.entity for item in answer.items]


@pytest.mark.parametrize(
    ("question", "listed", "line", "others"),
    [
        (
            "便宜的宜城有哪些店",
            ["线铺", "布铺"],
            "若问的是“Price”：Petrel [3]、Plover [4]、Reed hook [5]、Cloth needle [6]",
            ["Petrel", "Plover", "Reed hook", "Cloth needle"],
        ),
        ("which places for 9 EUR", ["Reed hook"], 'If you mean "Mending, Price": Cloth needle [2]', ["Cloth needle"]),
    ],
)
def test_the_second_likeliest_reading_stands_below_an_unsure_list(
    looms: Assistant, question: str, listed: list[str], line: str, others: list[str]
) -> None:
    answer = looms.ask(question)

    assert answer.text.splitlines()[-1] == line
    assert names(answer) == listed
    assert answer.otherwise is not None
    assert answer.otherwise.text == line
    assert [item.entity for item in answer.otherwise.items] == others
    assert all(item.citations for item in answer.otherwise.items)


def test_nothing_stands_below_a_list_that_accounts_for_the_question(looms: Assistant) -> None:
    answer = looms.ask("宜城有哪些店")

    assert answer.text.splitlines() == ["- 织坊：城: 宜城 [1]"]
    assert cited(answer) == [("looms.md", 19)]
    assert answer.otherwise is None


def test_json_tells_it_apart_from_the_items(looms: Assistant) -> None:
    told = to_json(looms.ask("which places for 9 EUR"))

    assert [item["entity"] for item in told["items"]] == ["Reed hook"]
    assert told["otherwise"]["reading"] == "Mending, Price"
    assert [item["entity"] for item in told["otherwise"]["items"]] == ["Cloth needle"]
    assert "otherwise" not in to_json(looms.ask("Which looms are there?"))


@pytest.mark.parametrize(
    "question",
    [
        "Which tools cost less than 5 EUR?",
        "哪些织机不属于 Tove",
        "which shops are only in 宜城",
        "How much is Petrel?",
        "Which looms are there?",
    ],
)
def test_nothing_else_is_told_where_the_question_leaves_one_reading(looms: Assistant, question: str) -> None:
    answer = looms.ask(question)

    assert not answer.abstained
    assert answer.otherwise is None
    assert "若问的是" not in answer.text
    assert "If you mean" not in answer.text


def test_a_value_that_is_denied_lists_the_others(looms: Assistant) -> None:
    assert names(looms.ask("Which looms are not by Tove?")) == ["Plover"]


def test_answers_to_two_questions_leave_it_out(looms: Assistant) -> None:
    answer = looms.ask("哪些宜城的店便宜？Petrel 多少钱？")

    assert "布铺" in answer.text
    assert "300 EUR" in answer.text
    assert "若问的是" not in answer.text
    assert answer.otherwise is None
