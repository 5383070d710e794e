"""What of a checklist is still to be done, and what is done."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag import Assistant
from rag.types import Kind
from tests.rag.survey import cited, opened

YARD = """# 船坞

| 船 | 长 |
| --- | --- |
| 海燕 | 6 米 |
| 白鹭 | 8 米 |

## 修船待办

- [x] 刮船底
- [ ] 给海燕换舵
- [ ] 买 **铜漆**
  - [X] 问过三家 [店](https://shop.example)

## Lisbon trip

1. [ ] book the ferry
2. [x] renew the passport

没有打勾的以后再说。
"""


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(tmp_path_factory.mktemp("yard"), yard=YARD) as assistant:
        yield assistant


@pytest.mark.parametrize(
    ("question", "expected", "lines"),
    [
        ("修船待办里还没打勾的有哪些", ["给海燕换舵", "买 铜漆"], [11, 12]),
        ("修船的待办哪些做完了", ["刮船底", "问过三家 店"], [10, 13]),
        ("修船待办里还有啥没做", ["给海燕换舵", "买 铜漆"], [11, 12]),
        ("还有哪些任务没完成", ["给海燕换舵", "买 铜漆", "book the ferry"], [11, 12, 17]),
        ("what is still open on the lisbon list", ["book the ferry"], [17]),
        ("which todos are done", ["刮船底", "问过三家 店", "renew the passport"], [10, 13, 18]),
        ("which tasks are unfinished", ["给海燕换舵", "买 铜漆", "book the ferry"], [11, 12, 17]),
    ],
)
def test_the_tasks_of_the_checklist_that_is_meant(
    yard: Assistant, question: str, expected: list[str], lines: list[int]
) -> None:
    answer = yard.ask(question)

    assert answer.kind is Kind.LIST
    assert [item.entity for item in answer.items] == expected
    assert cited(answer) == [("yard.md", line) for line in lines]


def test_tasks_are_counted(yard: Assistant) -> None:
    answer = yard.ask("how many tasks are still open, and which")

    assert answer.text.startswith("3 in all.")


@pytest.mark.parametrize("question", ["哪条船长 8 米", "which boats are done", "海燕多长"])
def test_questions_that_name_no_checklist_get_none(yard: Assistant, question: str) -> None:
    answer = yard.ask(question)

    assert not {"给海燕换舵", "刮船底", "book the ferry"} & {item.entity for item in answer.items}
