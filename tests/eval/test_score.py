"""Answers judged against their cases: accuracy, lists, citations, abstention, retrieval."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from eval.cases import Case
from eval.gold import locate
from eval.score import Metric, Outcome, judge
from rag.types import Answer, Citation, Kind, Lines, OtherReading, Page, Status
from tests.eval.world import answer, case, citation, item, passage, source

LISTING: dict[str, Any] = {
    "type": "list",
    "question": "哪些是免费的",
    "must": [],
    "entities": [["Alpha DB", "Alpha"], ["Gamma"]],
    "exclude_entities": [["Beta"]],
    "evidence": [
        {"file": "db.md", "quote": "| Alpha DB | MIT |"},
        {"file": "cache.md", "quote": "Gamma cache is free"},
    ],
    "group": "all",
}
SILENT: dict[str, Any] = {"type": "none", "must": [], "evidence": [], "abstain": True}


def judged(asked: Case, given: Answer) -> Outcome:
    return judge(asked, given, locate(asked, source), source=source, latency_ms=1.0)


@pytest.mark.parametrize(
    ("text", "changes", "problems"),
    [
        ("延迟 ３ 毫秒 [1]", {}, ()),
        ("about 3 MS", {}, ()),
        ("延迟 4 毫秒", {}, ("does not say 3毫秒 or 3 ms",)),
        ("长" * 497 + "3毫秒", {}, ()),
        ("长" * 498 + "3毫秒", {}, ("does not say 3毫秒 or 3 ms",)),
        ("长" * 498 + "3毫秒", {"type": "list", "entities": []}, ()),
        ("3 毫秒，而非 5 毫秒", {"must_not": ["5毫秒"]}, ("says 5毫秒",)),
        ("3 毫秒", {"must": [["3毫秒"], ["Alpha"]]}, ("does not say Alpha",)),
    ],
)
def test_an_answer_is_right_when_it_says_what_it_must(
    text: str, changes: dict[str, Any], problems: tuple[str, ...]
) -> None:
    outcome = judged(case(**changes), answer(text))
    assert outcome.problems == problems
    assert outcome.correct is not bool(problems)


def test_what_a_question_may_mean_besides_is_counted_apart() -> None:
    other = OtherReading("Caches", "若问的是“Caches”：Alpha DB [1]、Gamma [2]", ())
    given = replace(answer(f"- Delta [1]\n{other.text}", kind=Kind.LIST), otherwise=other)

    outcome = judged(case(**LISTING), given)

    assert outcome.measures[Metric.ACCURACY] == 0.0
    assert outcome.measures[Metric.EITHER_READING] == 1.0
    assert outcome.problems == ("does not list Alpha DB", "does not list Gamma")


def test_abstaining_where_the_notes_speak_is_wrong() -> None:
    outcome = judged(case(), answer("不知道；3 毫秒", abstained=True))
    assert outcome.problems == ("abstains, but the notes say it",)
    assert outcome.measures[Metric.WRONG_ABSTENTIONS] == 1.0
    assert outcome.measures[Metric.ABSTENTION_PRECISION] == 0.0
    assert outcome.measures[Metric.CITATION_RECALL] == 0.0
    assert Metric.ABSTENTION_RECALL not in outcome.measures
    assert Metric.CITATION_PRECISION not in outcome.measures


def test_a_right_abstention_has_neither_retrieval_nor_citation_metrics() -> None:
    outcome = judged(case(**SILENT), answer("笔记没有说", abstained=True))
    assert dict(outcome.measures) == {
        Metric.ACCURACY: 1.0,
        Metric.EITHER_READING: 1.0,
        Metric.ABSTENTION_PRECISION: 1.0,
        Metric.ABSTENTION_RECALL: 1.0,
    }
    assert outcome.pair == "zh>-"


def test_answering_what_the_notes_do_not_say_is_wrong() -> None:
    outcome = judged(case(**SILENT), answer("3 毫秒"))
    assert outcome.problems == ("should abstain",)
    assert dict(outcome.measures) == {
        Metric.ACCURACY: 0.0,
        Metric.EITHER_READING: 0.0,
        Metric.ABSTENTION_RECALL: 0.0,
    }


def test_retrieval_is_scored_by_the_first_rank_of_each_evidence() -> None:
    # Given a question that needs two evidences, retrieved at ranks 1 and 3
    asked = case(
        evidence=[{"file": "db.md", "quote": "延迟是 3 毫秒"}, {"file": "cache.md", "lines": [3, 3]}],
        group="all",
    )
    given = answer("3 毫秒", retrieved=(passage("db.md", 7, 8), passage("db.md", 5, 6), passage("cache.md", 3, 3)))
    # When the answer is judged
    measures = judged(asked, given).measures
    # Then recall grows with the depth, and the second evidence is discounted
    assert measures[Metric.RECALL_1] == 0.5
    assert measures[Metric.RECALL_5] == 1.0
    assert measures[Metric.RECALL_10] == 1.0
    assert measures[Metric.MRR] == 1.0
    assert measures[Metric.NDCG] == pytest.approx((1 + 0.5) / (1 + 0.6309297535714575))


def test_the_language_pair_names_question_and_notes() -> None:
    assert judged(case(), answer("3 毫秒")).pair == "zh>zh"
    assert judged(case(lang="en"), answer("3 ms")).pair == "en>zh"
    assert judged(case(**LISTING), answer("")).pair == "zh>mixed"


def test_a_complete_list_is_right() -> None:
    # Given a list with every gold entity, one with a condition, and a near miss under "no"
    given = answer(
        "Alpha DB [1]\nGamma [2]\nBeta：否 [3]",
        kind=Kind.LIST,
        items=(
            item("Alpha DB", 1),
            item("Gamma", 2, status=Status.CONDITIONAL),
            item("Beta", 3, status=Status.NO),
        ),
        citations=(
            citation(1, "db.md", 5, "| Alpha DB | MIT |"),
            citation(2, "cache.md", 3, "The Gamma cache is free for every use."),
            citation(3, "db.md", 6, "| Beta | 闭源 |"),
        ),
    )
    # When it is judged
    outcome = judged(case(**LISTING), given)
    # Then all is perfect, and what stands under "no" costs nothing
    assert outcome.problems == outcome.remarks[1:] == ()
    assert outcome.measures[Metric.LIST_F1] == 1.0
    assert outcome.measures[Metric.CITATION_PRECISION] == 1.0
    assert outcome.measures[Metric.CITATION_RECALL] == 1.0
    assert outcome.remarks == ("recall@10 0.00",)


def test_an_incomplete_list_with_a_near_miss_is_wrong() -> None:
    given = answer("Alpha DB [1]\nBeta [2]", kind=Kind.LIST, items=(item("Alpha DB", 1), item("Beta", 2)))
    outcome = judged(case(**LISTING), given)
    assert outcome.problems == ("does not list Gamma", "lists Beta, which is not one")
    assert outcome.measures[Metric.LIST_PRECISION] == 0.5
    assert outcome.measures[Metric.LIST_RECALL] == 0.5
    assert outcome.measures[Metric.LIST_F1] == 0.5


def test_a_list_told_in_prose_has_no_precision_and_no_f1() -> None:
    outcome = judged(case(**LISTING), answer("Alpha DB 和 Gamma 都免费"))
    assert outcome.correct
    assert Metric.LIST_PRECISION not in outcome.measures
    assert outcome.measures[Metric.LIST_F1] == 0.0


def test_citations_of_a_list_may_stand_elsewhere_when_they_name_the_entity() -> None:
    # Given citations off the gold evidence: by quote, by heading, of nothing that is asked, and of a stranger
    given = answer(
        "Alpha DB\nGamma",
        kind=Kind.LIST,
        items=(item("Alpha DB", 1, 2), item("Gamma", 3), item("Omega", 1)),
        citations=(
            citation(1, "db.md", 8, "Alpha DB 的延迟是 3 毫秒。"),
            citation(2, "db.md", 6, "| Beta | 闭源 |"),
            citation(3, "cache.md", 1, "# Caches", "Caches", "Gamma"),
        ),
    )
    measures = judged(case(**LISTING), given).measures
    # Then two of the four are right, and no gold evidence is reached
    assert measures[Metric.CITATION_PRECISION] == 0.5
    assert measures[Metric.CITATION_RECALL] == 0.0


def test_citation_precision_and_recall_follow_the_gold_evidence() -> None:
    # Given an answer that cites one of two needed evidences and something beside the point
    asked = case(
        evidence=[{"file": "db.md", "quote": "延迟是 3 毫秒"}, {"file": "db.md", "lines": [6, 6]}],
        group="all",
    )
    given = answer("3 毫秒", citations=(citation(1, "db.md", 8, "3 毫秒"), citation(2, "cache.md", 1, "# Caches")))
    # When it is judged, with all and with any evidence needed
    strict = judged(asked, given).measures
    lenient = judged(
        case(evidence=[{"file": "db.md", "lines": [8, 8]}, {"file": "db.md", "lines": [6, 6]}]), given
    ).measures
    # Then half of what is cited supports, and recall is a half or whole
    assert strict[Metric.CITATION_PRECISION] == lenient[Metric.CITATION_PRECISION] == 0.5
    assert (strict[Metric.CITATION_RECALL], lenient[Metric.CITATION_RECALL]) == (0.5, 1.0)


@pytest.mark.parametrize(
    ("cited", "valid"),
    [
        (citation(1, "db.md", 8, "延迟是 3 毫秒"), True),
        (citation(1, "db.md", 7, "延迟是 3 毫秒"), False),
        (citation(1, "db.md", 8, "延迟是3毫秒"), False),
        (citation(1, "db.md", 8, ""), False),
        (citation(1, "gone.md", 8, "x"), False),
        (Citation(1, "db.md", "t", (), Lines(5, 8), "| Beta | 闭源 |\n\nAlpha"), True),
        (Citation(1, "db.md", "t", (), Page(1, (0, 0, 1, 1)), "闭源"), True),
    ],
)
def test_a_quote_must_stand_exactly_where_it_is_cited(cited: Citation, valid: bool) -> None:
    outcome = judged(case(), answer("3 毫秒", citations=(cited,)))
    assert outcome.measures[Metric.CITATION_VALIDITY] == float(valid)
    assert outcome.has_invalid_citation is not valid
    assert bool(outcome.problems) is not valid
    assert outcome.correct, "an inexact quote is told, but accuracy is about the text"
