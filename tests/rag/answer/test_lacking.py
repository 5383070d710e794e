"""What the notes leave out, and lists without any condition."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag import Assistant
from rag.types import Kind, Status
from tests.rag.survey import by_status, opened


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("哪几款相机的重量没有写", {"Ibis", "Kestrel Mini"}),
        ("Which cameras have no price?", {"Swift 3"}),
    ],
)
def test_things_without_the_asked_attribute_are_listed(survey: Assistant, question: str, missing: set[str]) -> None:
    answer = survey.ask(question)
    assert answer.kind is Kind.LIST
    assert set(by_status(answer)[Status.UNKNOWN]) == missing
    assert len(answer.citations) == len(missing)


@pytest.mark.parametrize(
    ("question", "members"),
    [
        ("列出所有相机", {"Heron X1", "Heron X2", "Kestrel Mini", "Osprey Z", "Swift 3"}),
        ("List all medicines", {"安泰宁", "平和散", "润喉露", "清风片"}),
    ],
)
def test_a_whole_kind_is_listed_by_the_title_it_stands_under(
    survey: Assistant, question: str, members: set[str]
) -> None:
    assert {item.entity for item in survey.ask(question).items} == members


@pytest.mark.parametrize(
    ("question", "larger"),
    [("Is the Heron X1 cheaper than the Osprey Z?", "Osprey Z"), ("Heron X1 比 Osprey Z 贵吗", "Osprey Z")],
)
def test_a_comparison_in_words_ends_with_a_conclusion(survey: Assistant, question: str, larger: str) -> None:
    answer = survey.ask(question)
    assert answer.kind is Kind.COMPARE
    assert answer.text.splitlines()[-1].startswith(larger)


ROPES = """# 绳索

## 静力绳

| 绳 | 厂家 | 直径 |
| --- | --- | --- |
| Heron | 湖畔 | 10 mm |
| Osprey | | 11 mm |
| Plover | | 9 mm |

## 动力绳

| 绳 | 厂家 | 直径 |
| --- | --- | --- |
| Swift | 溪谷 | 9.8 mm |
| Kestrel | | 9.4 mm |

## 扁带

| 扁带 | 直径 |
| --- | --- |
| Egret | 16 mm |
"""


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("哪些绳没写厂家", {"Osprey", "Plover", "Kestrel"}),
        ("哪些没填厂家", {"Osprey", "Plover", "Kestrel"}),
        ("静力的绳子哪些没写厂家", {"Osprey", "Plover"}),
    ],
)
def test_only_a_table_with_the_column_leaves_it_out(tmp_path: Path, question: str, missing: set[str]) -> None:
    with opened(tmp_path, ropes=ROPES) as assistant:
        assert {item.entity for item in assistant.ask(question).items} == missing
