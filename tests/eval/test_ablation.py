"""What each means contributes: differences over the same cases, told as a table and as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.ablation import Ablation, ablatable, ablation_json, ablation_table, contribution
from eval.metrics import Estimate, differences
from eval.score import Metric, Outcome
from rag.config import Settings
from server.cli import run
from tests.eval.world import NOTE, answer, case, row, write_set
from tests.notes import write_notes


def outcome(identifier: str, **measures: float) -> Outcome:
    """A judged case with these metrics; wrong when its accuracy is 0."""
    held = {Metric(name): value for name, value in measures.items()}
    problems = () if held[Metric.ACCURACY] else ("wrong",)
    return Outcome(case(id=identifier), answer("x"), (), "zh>zh", held, problems, (), 1.0)


def test_what_is_lost_and_gained_without_a_means() -> None:
    # Given four cases, of which two are right only with a means and one only without it
    full = [outcome("a", accuracy=1), outcome("b", accuracy=1), outcome("c", accuracy=0), outcome("d", accuracy=1)]
    less = [outcome("a", accuracy=0), outcome("b", accuracy=0), outcome("c", accuracy=1), outcome("d", accuracy=1)]
    # When they are held against each other
    found = contribution("facts", full, less)
    # Then the difference is that of the means, and says which cases make it
    assert (found.name, found.lost, found.gained) == ("facts", ("a", "b"), ("c",))
    assert list(found.differences) == [Metric.ACCURACY]
    assert found.differences[Metric.ACCURACY].value == pytest.approx(-0.25)
    assert found.differences[Metric.ACCURACY].n == 4


def test_cases_are_drawn_alike_for_both() -> None:
    # Given two runs that differ by the same everywhere, over cases of all difficulties
    values = [[case / 10] for case in range(10)]
    lower = [[case / 10 - 0.1] for case in range(10)]
    # Then the interval has no width
    (found,) = differences(lower, values)
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((-0.1, -0.1, -0.1))
    assert differences([[None]], [[1.0]]) == [None]


def test_the_table_signs_every_difference() -> None:
    found = Ablation("sense", {Metric.ACCURACY: Estimate(-0.0125, -0.031, 0.0, 80)}, ("a",), ())
    assert ablation_table([found]) == [
        ["without", "accuracy", "list_f1", "recall@10", "citation_precision", "citation_recall", "lost", "gained"],
        ["sense", "-0.013 (-0.03 to 0.00)", "·", "·", "·", "·", "1", "0"],
    ]
    assert ablation_json(found) == {
        "without": "sense",
        "differences": {"accuracy": {"value": -0.0125, "low": -0.031, "high": 0.0, "n": 80}},
        "lost": ["a"],
        "gained": [],
    }


def test_a_reranker_is_left_out_only_where_there_is_one() -> None:
    assert "rerank" not in ablatable(Settings())
    assert "rerank" in ablatable(Settings(reranker="folder"))


def test_the_command_tells_what_each_means_contributes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # Given a question that only a table answers
    corpus = write_notes(tmp_path / "notes", {"db.md": NOTE})
    questions = write_set(
        tmp_path / "mine.jsonl",
        row(question="Alpha DB 的许可是什么？", must=[["MIT"]], evidence=[{"file": "db.md", "quote": "MIT"}]),
    )
    empty = tmp_path / "none.json"
    empty.write_text('{"scopes": {}}')
    out, page = tmp_path / "run.json", tmp_path / "run.html"
    # When the set is run with --ablate
    given = [str(questions), "--corpus", str(corpus), "--baseline", str(empty), "--ablate"]
    assert run(["eval", *given, "--out", str(out), "--report", str(page)]) == 0
    # Then the table, the JSON and the page say that facts answer it
    shown = capsys.readouterr().out
    (told,) = [line.split() for line in shown.split("\n") if line.startswith("facts")]
    assert told[1] == "-1.000"
    ablation = json.loads(out.read_text("utf-8"))["ablation"]
    assert [a["without"] for a in ablation] == ["lexical", "dense", "facts", "lexicon", "near_headers", "sense"]
    assert [a["lost"] for a in ablation] == [[], [], ["c1"], [], [], []]
    assert "What each means contributes" in page.read_text("utf-8")
