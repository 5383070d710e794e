"""What a text affirms and denies, in both languages."""

from __future__ import annotations

import pytest

from rag.answer.negation import contradiction, stance


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
    assert stance(text).negated is negated


@pytest.mark.parametrize(
    ("said", "evidence", "reason"),
    [
        ("可以商用", "不可商用", "the cited evidence denies '商用'"),
        ("commercial use is fine", "禁止用于商业用途", "the cited evidence denies 'commercial'"),
        ("可以商用", "commercial use: no", "the cited evidence denies 'commercial'"),
        ("不可商用", "可以商用", "it denies what the cited evidence does not deny"),
        ("不可商用", "可以商用，没有论文", "the cited evidence affirms '商用'"),
        ("由甲发布", "由甲发布，不可商用", ""),
        ("不可商用", "commercial use is prohibited", ""),
        ("可以商用", "旧版不可商用，新版可以商用", ""),
        ("不可商用", "旧版不可商用，新版可以商用", ""),
    ],
)
def test_contradictions_are_found(said: str, evidence: str, reason: str) -> None:
    assert contradiction(stance(said), stance(evidence)) == reason


def test_the_subject_is_neither_affirmed_nor_denied() -> None:
    assert contradiction(stance("流萤很快"), stance("流萤 | no")) == "the cited evidence denies '流萤'"
    assert contradiction(stance("流萤很快"), stance("流萤 | no"), subject="流萤") == ""
