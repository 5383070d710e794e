"""A run over a scripted assistant: what is asked, how it is sliced, and what the reports show."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.cases import CaseError
from eval.html import to_html
from eval.metrics import Estimate
from eval.report import aligned, answers_table, failure_lines, retrieval_table, to_json
from eval.run import Report, run, scope_of
from eval.score import Metric
from eval.summary import slices, whole
from rag.types import IndexState, Kind
from tests.eval.world import Scripted, answer, case, citation, item, passage

LATENCY = case(id="latency")
ENGLISH = case(
    id="english",
    lang="en",
    question="What does Gamma <cost>?",
    history=[["user", "Tell me about Gamma"], ["assistant", "A cache."]],
    must=[["free"]],
    evidence=[{"file": "cache.md", "quote": "free for every use"}],
    split="heldout",
)
SILENT = case(id="silent", type="none", question="Delta 多大？", must=[], evidence=[], abstain=True)
LISTING = case(
    id="listing",
    type="list",
    question="哪些开源？",
    must=[],
    entities=[["Alpha DB"]],
    evidence=[{"file": "db.md", "lines": [5, 5]}],
)
CASES = (LATENCY, ENGLISH, SILENT, LISTING)


def assistant() -> Scripted:
    """Right about the latency, wrong about the price, silent about the unknown, and it lists one too many."""
    state = IndexState(1, "builtin")
    return Scripted(
        {
            LATENCY.question: answer(
                "3 毫秒 [1]",
                citations=(citation(1, "db.md", 8, "延迟是 3 毫秒"),),
                retrieved=(passage("db.md", 8, 8),),
                index=state,
            ),
            ENGLISH.question: answer("It costs money.", retrieved=(passage("db.md", 1, 1),), index=state),
            LISTING.question: answer(
                "Alpha DB [1]\nOmega [2]",
                kind=Kind.LIST,
                items=(item("Alpha DB", 1), item("Omega", 2)),
                citations=(
                    citation(1, "db.md", 5, "| Alpha DB | MIT |"),
                    citation(2, "db.md", 6, "| Beta | 闭源 |"),
                ),
                retrieved=(passage("db.md", 3, 6),),
                index=state,
            ),
        }
    )


@pytest.fixture(scope="module")
def report() -> Report:
    outcomes = run(assistant(), CASES)
    return Report("tiny/all", "notes", "builtin", None, outcomes, slices(outcomes))


def test_every_case_is_asked_with_its_history_after_a_warm_up() -> None:
    # Given an assistant that remembers what it was asked
    scripted = assistant()
    told: list[tuple[str, int, int]] = []
    # When four cases are run
    outcomes = run(scripted, CASES, progress=lambda *step: told.append(step))
    # Then the first three are asked twice, in order, each with its conversation
    assert [question for question, _ in scripted.asked[3:]] == [c.question for c in CASES]
    assert scripted.asked[:3] == scripted.asked[3:6]
    assert scripted.asked[4][1] == (("user", "Tell me about Gamma"), ("assistant", "A cache."))
    assert told == [("asked", n, 4) for n in (1, 2, 3, 4)]
    assert [o.correct for o in outcomes] == [True, False, True, True]
    assert all(o.latency_ms > 0 for o in outcomes)


def test_no_question_is_asked_when_evidence_is_missing() -> None:
    scripted = assistant()
    with pytest.raises(CaseError, match=r"tiny\.jsonl:1: db\.md does not hold 'never'"):
        run(scripted, (LATENCY, case(id="bad", evidence=[{"file": "db.md", "quote": "never"}])))
    assert scripted.asked == []


def test_slices_are_by_whatever_the_cases_do_not_share(report: Report) -> None:
    # Then each slice holds its cases
    assert [(s.name, s.cases) for s in report.slices] == [
        ("all", 4),
        ("split:dev", 3),
        ("split:heldout", 1),
        ("type:list", 1),
        ("type:lookup", 2),
        ("type:none", 1),
        ("pair:en>en", 1),
        ("pair:zh>-", 1),
        ("pair:zh>zh", 2),
    ]
    # and metrics are means over the cases where they are defined
    total = whole(report.slices).estimates
    assert (total[Metric.ACCURACY].value, total[Metric.ACCURACY].n) == (0.75, 4)
    assert (total[Metric.RECALL_10].value, total[Metric.RECALL_10].n) == (2 / 3, 3)
    assert total[Metric.LIST_F1] == Estimate(2 / 3, 2 / 3, 2 / 3, 1)
    assert total[Metric.CITATION_PRECISION].value == 0.75
    assert total[Metric.CITATION_RECALL].value == 2 / 3
    assert total[Metric.CITATION_VALIDITY].value == 1.0
    assert total[Metric.ABSTENTION_PRECISION].value == 1.0
    assert total[Metric.ABSTENTION_RECALL].value == 1.0
    assert (total[Metric.WRONG_ABSTENTIONS].value, total[Metric.WRONG_ABSTENTIONS].n) == (0.0, 3)


def test_the_scope_names_sets_and_split() -> None:
    assert scope_of([Path("x/b.jsonl"), Path("a.jsonl")], "dev") == "a,b/dev"


def test_tables_line_up_whatever_the_script() -> None:
    assert aligned([["slice", "n"], ["set:数据", "10"], ["all", "7"]]).split("\n") == [
        "slice      n",
        "--------  --",
        "set:数据  10",
        "all        7",
    ]


def test_the_tables_show_every_slice(report: Report) -> None:
    answers = answers_table(report.slices)
    assert answers[0][:4] == ["slice", "cases", "accuracy", "95%"]
    assert answers[1][:5] == ["all", "4", "0.750", "0.25-1.00", "0.750"]
    assert [row[0] for row in answers[1:]] == [s.name for s in report.slices]
    silent = next(row for row in answers if row[0] == "pair:zh>-")
    assert silent[2:13] == ["1.000", "1.00-1.00", "1.000", "·", "·", "·", "·", "1.000", "1.000", "·", silent[12]]
    retrieval = retrieval_table(report.slices)
    assert retrieval[1] == ["all", "4", "0.667", "0.667", "0.667", "0.667", "0.667", "0.500", "1.000"]
    assert "pair:zh>-" not in [row[0] for row in retrieval]


def test_a_failed_case_is_shown_whole(report: Report) -> None:
    assert [o.case.id for o in report.failures] == ["english"]
    assert failure_lines(report.failures[0]) == [
        "english (lookup, en>en, heldout)  What does Gamma <cost>?",
        "  user: Tell me about Gamma",
        "  assistant: A cache.",
        "  wrong: does not say free",
        "  short: recall@10 0.00",
        "  short: citation_recall 0.00",
        "  answer (lookup): It costs money.",
        "  evidence: cache.md:3 (not retrieved) free for every use",
    ]


def test_what_is_right_but_falls_short_is_kept_apart(report: Report) -> None:
    (short,) = report.imperfect
    assert short.case.id == "listing"
    assert short.remarks == ("item Omega is not in the gold list", "citation_precision 0.50")


def test_the_json_differs_between_runs_in_latencies_only(report: Report) -> None:
    # Given the same answers twice
    outcomes = run(assistant(), CASES)
    again = Report("tiny/all", "notes", "builtin", None, outcomes, slices(outcomes))

    def without_latency(value: object) -> object:
        if isinstance(value, dict):
            return {k: without_latency(v) for k, v in value.items() if k != "latency_ms"}
        return [without_latency(v) for v in value] if isinstance(value, list) else value

    # Then both runs give one object, which survives JSON
    first, second = to_json(report), to_json(again)
    assert without_latency(first) == without_latency(second)
    assert json.loads(json.dumps(first, ensure_ascii=False)) == first
    assert first["slices"][0]["metrics"]["accuracy"] == {"value": 0.75, "low": 0.25, "high": 1.0, "n": 4}
    assert first["cases"][1]["problems"] == ["does not say free"]


def test_the_page_is_self_contained_and_escaped(report: Report) -> None:
    page = to_html(report)
    assert page.startswith("<!doctype html>")
    assert "What does Gamma &lt;cost&gt;?" in page
    assert "<cost>" not in page
    assert "What is wrong (1)" in page
    assert "What is right but falls short (1)" in page
    assert page.count("<svg") == 2
    assert "<script" not in page
    assert "src=" not in page
    assert "href=" not in page
