"""Facts ranked for a question."""

from __future__ import annotations

import pytest

from rag import Assistant
from rag.retrieve.evidence import Scored, candidates, holds_type, rank, rarity
from rag.retrieve.view import view
from rag.types import Fact, FactKind, Lines
from tests.rag.survey import understood


def _ranked(survey: Assistant, text: str) -> list[Scored]:
    question = understood(survey, text)
    return rank(question, candidates(question, survey.snapshot), rarity(survey.snapshot))


@pytest.mark.parametrize(
    ("question", "entity", "attribute"),
    [
        ("Graphite 的许可证是什么", "Graphite", "许可证"),
        ("licence of Graphite-Lite", "Graphite-Lite", "许可证"),
        ("Heron X1 多重", "Heron X1", "Weight"),
        ("Osprey Z price", "Osprey Z", "Price"),
        ("Osprey Z battery", "Osprey Z", "Battery"),
        ("TreeBase 的默认端口", "TreeBase", "默认端口"),
    ],
)
def test_the_asked_fact_ranks_first(survey: Assistant, question: str, entity: str, attribute: str) -> None:
    best = _ranked(survey, question)[0]

    assert (best.fact.entity, best.fact.attribute) == (entity, attribute)
    assert best.subject == 1.0


def test_evidence_is_ordered_and_its_shares_are_shares(survey: Assistant) -> None:
    ranked = _ranked(survey, "Heron X1 的价格")

    assert len(ranked) > 3
    assert [s.score for s in ranked] == sorted((s.score for s in ranked), reverse=True)
    assert all(0 <= s.coverage <= 1 for s in ranked)
    assert all(0 <= s.subject <= 1 for s in ranked)


def test_the_order_of_the_candidates_does_not_matter(survey: Assistant) -> None:
    question = understood(survey, "Heron X1 的价格")
    found, rare = candidates(question, survey.snapshot), rarity(survey.snapshot)

    assert rank(question, reversed(found), rare) == rank(question, found, rare)


def test_rare_words_weigh_more_than_common_ones(survey: Assistant) -> None:
    rare = rarity(survey.snapshot)
    (seldom,) = understood(survey, "overheats").units
    (often,) = understood(survey, "Lakeside").units

    assert 0 < rare(often) < rare(seldom) <= 1


@pytest.mark.parametrize(
    ("question", "typed"),
    [
        ("Osprey Z 多少钱", True),  # money is asked for, the price cell holds it
        ("Swift 3 多少钱", False),  # the price cell says "unknown"
        ("Osprey Z battery", None),  # no sort of value is asked for
    ],
)
def test_the_kind_of_value_is_checked(survey: Assistant, question: str, typed: bool | None) -> None:
    attribute = "Battery" if typed is None else "Price"
    best = next(s for s in _ranked(survey, question) if s.fact.attribute == attribute)

    assert best.typed is typed


@pytest.mark.parametrize(
    ("question", "value", "typed"),
    [
        ("多少钱", "官方报价：光圈环紧固 260，检测费 80。", True),
        ("多少钱", "报价一个焊口 800 起", True),
        ("多少钱", "价格在 2024 年降过", False),
        ("多少钱", "消费级显卡就能跑，参数 13B", False),
        ("how long does it take", "停了八个月", True),
        ("how long does it take", "nothing stopped", False),
    ],
)
def test_values_in_words_and_bare_sums(survey: Assistant, question: str, value: str, typed: bool) -> None:
    fact = Fact(FactKind.STATEMENT, "a.md", Lines(1, 1), (), "", "", "", value, value)

    assert holds_type(understood(survey, question), fact, view(fact)) is typed


def test_an_empty_question_has_no_evidence(survey: Assistant) -> None:
    assert _ranked(survey, "") == []
    assert _ranked(survey, "？？？") == []
