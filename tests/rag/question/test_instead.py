"""Questions whose words name an attribute that the notes do not state, and what is meant then."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.question.instead import instead
from tests.rag.survey import opened, understood

SAWS = """# Saws

| Saw | Price | Teeth | Memory of cuts |
| --- | --- | --- | --- |
| Ember | 120 EUR | 24 | 7B |
| Cinder | 90 EUR | 18 | 130亿 |

## Zincol

Zincol is a wax that keeps blades from rusting.
"""


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("Ember 要不要钱", "120 EUR"),  # no column says what is free
        ("do i have to pay for the Cinder", "90 EUR"),
        ("Zincol 是干嘛的", "rusting"),
        ("which saws have over 10 billion", "Cinder"),  # a large number is of its own kind
    ],
)
def test_what_stands_in_for_the_attribute_is_told(tmp_path: Path, question: str, value: str) -> None:
    with opened(tmp_path, saws=SAWS) as assistant:
        answer = assistant.ask(question)

    assert not answer.abstained
    assert value in answer.text


def test_whether_there_is_one_denies_nothing(tmp_path: Path) -> None:
    with opened(tmp_path, saws=SAWS) as assistant:
        answer = assistant.ask("有没有 24 齿的锯")

    assert "Ember" in answer.text
    assert "Cinder" not in answer.text


def test_a_question_of_other_attributes_means_what_it_says(tmp_path: Path) -> None:
    with opened(tmp_path, saws=SAWS) as assistant:
        assert instead(understood(assistant, "What is the price of Ember?")) is None
