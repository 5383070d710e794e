"""Which attribute a question means that does not name it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rag.question.askings import MOST, SHARE_OF_BEST, meant
from rag.text.tokenise import tokenise

ROOT = Path(__file__).resolve().parents[3]


def is_called(question: str, header: str) -> float:
    """How surely a question means a column with this header."""
    tokens = frozenset(tokenise(header))
    return max((one.score * one.attribute.is_called(tokens) for one in meant(question)), default=0.0)


@pytest.mark.parametrize(
    ("question", "header", "other"),
    [
        ("坏了能保多久", "保修", "重量"),
        ("坏了能保多久", "warranty", "weight"),
        ("how long am i covered if it breaks", "保修期", "重量"),
        ("源码上哪拉", "repository", "licence"),
        ("how much does it set me back", "价格", "产地"),
        ("贵不贵", "price", "weight"),
    ],
)
def test_an_idiom_means_the_column_that_it_asks_for(question: str, header: str, other: str) -> None:
    assert is_called(question, header) > is_called(question, other)


def test_a_question_of_unheard_words_means_nothing() -> None:
    assert meant("qwrtz plmkn") == ()
    assert meant("") == ()


def test_the_best_come_first_and_the_rest_are_not_far_behind() -> None:
    scores = [one.score for one in meant("坏了能保多久")]

    assert scores == sorted(scores, reverse=True)
    assert len(scores) <= MOST
    assert all(score >= SHARE_OF_BEST * scores[0] for score in scores)


def test_the_words_that_vote_are_told() -> None:
    found = meant("坏了能保多久")

    assert all(one.tokens for one in found)
    assert all(token in "坏了能保多久" for one in found for token in one.tokens)


def test_a_header_is_a_name_by_the_share_of_its_words() -> None:
    warranty = next(one.attribute for one in meant("坏了能保多久") if one.attribute.is_called(frozenset({"保修"})) == 1)

    assert warranty.is_called(frozenset({"保修", "电话", "号码"})) == pytest.approx(1 / 3)
    assert warranty.is_called(frozenset()) == 0
    assert warranty.is_said(frozenset({"整机", "保修", "两年"}))
    assert not warranty.is_said(frozenset({"整机", "两年"}))


def test_the_file_is_what_its_sources_make() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "build_askings.py"), "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout.strip()) == (0, "up to date"), done.stderr
