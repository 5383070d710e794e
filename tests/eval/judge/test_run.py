"""`rag eval --judge` from end to end: a real corpus, real answers, a scripted judge; its failures end nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.cli import run
from tests.eval.world import NOTE, row, write_set
from tests.notes import write_notes
from tests.rag.answer.scripted import Script

LICENCE = row(
    id="licence", question="Alpha DB 的许可是什么？", must=[["MIT"]], evidence=[{"file": "db.md", "quote": "MIT"}]
)
UNKNOWN = row(id="unknown", type="none", question="Zeta 引擎多少钱？", must=[], evidence=[], abstain=True)
Evaluate = Callable[..., int]


def good(asked: dict[str, Any]) -> str:
    """A judge that finds the first of two statements supported, and asks three questions back."""
    prompt = asked["messages"][1]["content"]
    if "verdicts" in prompt:
        return '{"verdicts": [{"n": 1, "supported": true}, {"n": 2, "supported": false}]}'
    if '"statements"' in prompt:
        return '{"statements": ["Alpha DB 的许可是 MIT。", "Alpha DB 很快。"]}'
    return '{"questions": ["Alpha DB 的许可是什么？", "Alpha DB 的许可是什么？", "Alpha DB 的许可是什么？"]}'


@pytest.fixture
def evaluate(tmp_path: Path) -> Evaluate:
    corpus = write_notes(tmp_path / "notes", {"db.md": NOTE})
    empty = tmp_path / "none.json"
    empty.write_text('{"scopes": {}}')

    def command(*args: object) -> int:
        return run(["eval", "--corpus", str(corpus), "--baseline", str(empty), *map(str, args)])

    return command


def test_answers_are_judged_in_table_json_and_page(
    evaluate: Evaluate, script: Script, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given one answer and one abstention, and a good judge
    script.reply = good
    questions = write_set(tmp_path / "mine.jsonl", LICENCE, UNKNOWN)
    out, page = tmp_path / "run.json", tmp_path / "run.html"
    # When they are judged
    assert evaluate(questions, "--judge", script.spec, "--out", out, "--report", page) == 0
    # Then the answer is, and the abstention is not
    shown = capsys.readouterr()
    assert shown.err == ""
    lines = [line.split() for line in shown.out.split("\n")]
    at = next(n for n, line in enumerate(lines) if line[:1] == ["judged"])
    assert lines[at] == ["judged", "answers", "faithfulness", "answer_relevancy", "failed"]
    assert lines[at + 2] == ["all", "1", "0.500", "(0.50-0.50)", "1.000", "(1.00-1.00)", "0"]
    found = json.loads(out.read_text("utf-8"))["judged"]
    assert found["judge"] == script.spec
    assert found["metrics"]["faithfulness"] == {"value": 0.5, "low": 0.5, "high": 0.5, "n": 1}
    assert found["metrics"]["answer_relevancy"]["value"] == 1.0
    assert [(c["id"], [s["supported"] for s in c["statements"]]) for c in found["cases"]] == [
        ("licence", [True, False])
    ]
    assert "<li>licence: Alpha DB 很快。</li>" in page.read_text("utf-8")
    # And the judge saw the cited row with its header
    assert "Alpha DB | 许可: MIT" in script.prompt(1)


def test_what_the_judge_fails_at_is_counted_and_told(
    evaluate: Evaluate, script: Script, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given seven answers and a judge that is down
    script.status = 500
    questions = write_set(tmp_path / "mine.jsonl", *({**LICENCE, "id": f"c{n}"} for n in range(7)))
    # When they are judged
    out = tmp_path / "run.json"
    assert evaluate(questions, "--judge", script.spec, "--out", out) == 0
    # Then the run ends well, says so, and leaves the judge alone after five answers
    assert "note: 7 answers could not be judged whole; first: llm http://" in capsys.readouterr().err
    found = json.loads(out.read_text("utf-8"))["judged"]
    assert (found["failed"], found["metrics"]) == (7, {})
    assert [len(case["failures"]) for case in found["cases"]] == [2, 2, 2, 2, 2, 1, 1]
    assert len(script.requests) == 10


def test_one_metric_that_fails_leaves_the_other(evaluate: Evaluate, script: Script, tmp_path: Path) -> None:
    script.reply = lambda asked: good(asked) if "questions" in asked["messages"][1]["content"] else "I refuse"
    out = tmp_path / "run.json"
    assert evaluate(write_set(tmp_path / "mine.jsonl", LICENCE), "--judge", script.spec, "--out", out) == 0

    (case,) = json.loads(out.read_text("utf-8"))["judged"]["cases"]
    assert (case["faithfulness"], case["answer_relevancy"]) == (None, pytest.approx(1.0))


def test_a_judge_that_names_no_model_ends_the_run_before_it_begins(
    evaluate: Evaluate, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(write_set(tmp_path / "mine.jsonl", LICENCE), "--judge", "nothing") == 2
    assert "llm 'nothing' names no model" in capsys.readouterr().err
