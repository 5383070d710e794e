"""Everyday synonyms: what stands in a question, and the other words of its group."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from rag.text import synonyms as module
from rag.text.names import has_cjk
from rag.text.synonyms import synonyms

ROOT = Path(__file__).resolve().parents[3]
GROUPS = """groups = [
    ["事故", "意外", "mishap", "accident"],
    ["停电", "断电", "power cut", "outage"],
    ["不间断电源", "ups"],
]
"""


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Only these groups; what was made of others is forgotten before, and what is made of them after."""
    synonyms.cache_clear()
    monkeypatch.setattr(module, "_groups", lambda table: module._few(GROUPS))
    yield
    synonyms.cache_clear()


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mishaps on the trails", {"mishap": {"事故", "意外", "accident"}}),
        ("what happens in a power cut", {"power": {"停电", "断电", "outag"}}),
        ("停电的时候怎么办", {"停电": {"断电", "outag"}}),
        ("which have a ups", {"ups": {"不间断电源"}}),
        ("the power of two", {}),
    ],
)
def test_the_words_of_a_group_stand_for_each_other(text: str, expected: dict[str, set[str]]) -> None:
    found = synonyms(text)

    told = {token: set(alike.others) for alike in found for token in alike.own if token in expected}
    assert told == expected
    assert len(found) == len(expected)


def test_a_phrase_stands_for_a_word_by_its_words() -> None:
    (found,) = synonyms("投影距离是多少")

    assert ("throw", "distanc") in found.phrases
    assert "投射距离" in found.others


def test_the_groups_are_several_words_of_one_meaning() -> None:
    lines = [
        line for path in (ROOT / "scripts" / "synonyms").glob("*.txt") for line in path.read_text("utf-8").split("\n")
    ]
    groups = [line.split(" | ") for line in lines if line]

    assert len(groups) > 300
    assert all(len(set(group)) > 1 for group in groups)
    assert not [group for group in groups if any(not word.strip() for word in group)]
    assert not [group for group in groups if any(has_cjk(word) and len(word) < 2 for word in group)]
    where: dict[str, list[int]] = {}
    for number, group in enumerate(groups):
        for word in group:
            where.setdefault(word, []).append(number)
    shared = [pair for numbers in where.values() for pair in combinations(numbers, 2)]
    assert len(shared) == len(set(shared)), "two groups that share two words are one"


def test_the_file_is_what_its_sources_make() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "build_synonyms.py"), "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout.strip()) == (0, "up to date"), done.stderr
