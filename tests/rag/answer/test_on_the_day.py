"""What the notes say of one day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import Assistant
from tests.rag.survey import opened

LOG = """# 构建日志

## 小工具

| 名称 | 毛病 | 语言 |
| --- | --- | --- |
| Otter | 慢 | Go |
| Lutra | 常出错 | Rust |

## 大事记

- 2024-06-01 换了新机器
- 2024-08-02 缓存盘写满，停了半天
- 2024-11-20 服务器搬家
"""


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    with opened(Path(tmp_path_factory.mktemp("log")), log=LOG) as assistant:
        yield assistant


@pytest.mark.parametrize("question", ["2024年8月2日出了什么毛病", "which tools had 毛病 on 2024-08-02"])
def test_the_day_alone_tells_what_is_meant(log: Assistant, question: str) -> None:
    assert log.ask(question).text == "2024-08-02 缓存盘写满，停了半天 [1]"


@pytest.mark.parametrize(
    "question", ["2024年8月3日出了什么毛病", "2024年6月1日和2024年8月2日出了什么毛病", "Otter 的毛病"]
)
def test_other_days_two_days_and_other_questions_are_left_as_they_are(log: Assistant, question: str) -> None:
    assert log.ask(question).text != "2024-08-02 缓存盘写满，停了半天 [1]"
