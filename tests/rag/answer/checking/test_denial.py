"""What a text affirms and denies, in both languages."""

from __future__ import annotations

import pytest

from rag.answer.checking import Evidence
from rag.answer.checking.denial import denial_wrong, is_negated
from rag.answer.checking.ground import Ground
from rag.answer.checking.subjects import Subjects


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("可以商用", False),
        ("不可商用", True),
        ("尚未开源", True),
        ("没有中文数据", True),
        ("不仅开源，而且免费", False),
        ("是否开源", False),
        ("无论大小", False),
        ("非常好", False),
        ("commercial use is allowed", False),
        ("commercial use is not allowed", True),
        ("It isn't open source", True),
        ("It isn’t open source", True),
        ("non-commercial", True),
        ("not only open source", False),
        ("Notable nodes", False),
        ("| commercial | ❌ |", True),
        ("8 × 80 GB", False),
    ],
)
def test_negation_is_seen(text: str, negated: bool) -> None:
    assert is_negated(text) is negated


@pytest.mark.parametrize(
    ("said", "evidence", "reason"),
    [
        ("可以商用", "不可商用", "the cited evidence denies '商用'"),
        ("commercial use is fine", "禁止用于商业用途", "the cited evidence denies '商业用途'"),
        ("可以商用", "commercial use: no", "the cited evidence denies 'commercial'"),
        ("不可商用", "可以商用", "it denies what the cited evidence does not deny"),
        ("不可商用", "可以商用，没有论文", "it denies what the cited evidence does not deny"),
        ("It has a handle", "It has no handle", "the cited evidence denies 'handl'"),
        ("It has no handle", "It has a handle, but no lid", "it denies what the cited evidence does not deny"),
        ("由甲发布", "由甲发布，不可商用", ""),
        ("不可商用", "commercial use is prohibited", ""),
        ("可以商用", "旧版不可商用，新版可以商用", ""),
        ("不可商用", "旧版不可商用，新版可以商用", ""),
        ("Swimming is not allowed", "不允许游泳", ""),
    ],
)
def test_contradictions_are_found(said: str, evidence: str, reason: str) -> None:
    subjects = Subjects((), {})

    assert denial_wrong(said, [Ground(Evidence(1, evidence, ""), subjects)], subjects) == reason
