"""Everyday synonyms: what stands in a question, and the other words of its group."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pytest

from rag.text import synonyms as module
from rag.text.synonyms import synonyms

GROUPS = (("事故", "意外", "mishap", "accident"), ("停电", "断电", "power cut", "outage"), ("不间断电源", "ups"))


MADE = (module._by_wording, module._by_stems, module._longest, synonyms)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Only these groups; what was made of others is forgotten before, and what is made of them after."""
    monkeypatch.setattr(module, "_groups", lambda table: GROUPS)
    for made in MADE:
        made.cache_clear()
    yield
    for made in MADE:
        made.cache_clear()


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

    told = {token: set(others) for own, others in found for token in own if token in expected}
    assert told == expected
    assert len(found) == len(expected)


def test_the_groups_of_the_package_are_several_words_of_one_meaning() -> None:
    groups = module._groups(module.SYNONYMS)

    assert len(groups) > 300
    assert all(len(group) > 1 for group in groups)
    assert not [group for group in groups if any(not word.strip() for word in group)]
    same = [(one, other) for one, other in combinations(map(set, groups), 2) if len(one & other) > 1]
    assert same == []
