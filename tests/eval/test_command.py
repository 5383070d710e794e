"""`rag eval` from end to end: a real corpus, a real index, real answers."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.cli import run
from tests.eval.world import ENGLISH, NOTE, row, write_set
from tests.notes import write_notes

Rag = Callable[..., int]

LICENCE = row(
    id="licence",
    question="Alpha DB 的许可是什么？",
    must=[["MIT"]],
    evidence=[{"file": "db.md", "quote": "| Alpha DB | MIT |"}],
)
UNKNOWN = row(id="unknown", type="none", question="Zeta 引擎多少钱？", must=[], evidence=[], abstain=True)
IMPOSSIBLE = row(id="impossible", must=[["no note says so"]])


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_notes(tmp_path / "notes", {"db.md": NOTE, "cache.md": ENGLISH})


@pytest.fixture
def evaluate(corpus: Path, tmp_path: Path) -> Rag:
    """Run `rag eval` over the corpus with an empty baseline unless another is named."""
    empty = tmp_path / "none.json"
    empty.write_text('{"scopes": {}}')

    def command(*args: object) -> int:
        given = [str(arg) for arg in args]
        if "--baseline" not in given:
            given += ["--baseline", str(empty)]
        return run(["eval", "--corpus", str(corpus), *given])

    return command


def read(path: Path) -> dict[str, Any]:
    found = json.loads(path.read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def test_a_run_prints_tables_and_writes_json_and_a_page(
    evaluate: Rag, corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a question that the notes answer and one that they do not
    questions = write_set(tmp_path / "mine.jsonl", LICENCE, UNKNOWN)
    out, page = tmp_path / "run.json", tmp_path / "run.html"
    # When they are evaluated
    status = evaluate(questions, "--out", out, "--report", page, "--fail-under", "accuracy=1")
    # Then both are right, told in a table, and nothing is left in the corpus
    shown = capsys.readouterr()
    assert (status, shown.err) == (0, "")
    assert shown.out.split("\n")[2].split()[:4] == ["all", "2", "1.000", "1.00-1.00"]
    found = read(out)
    assert (found["scope"], found["corpus"], found["llm"]) == ("mine/all", str(corpus), None)
    assert [(c["id"], c["abstained"]) for c in found["cases"]] == [("licence", False), ("unknown", True)]
    metrics = {name: figure["value"] for name, figure in found["slices"][0]["metrics"].items()}
    assert metrics["citation_validity"] == metrics["abstention_recall"] == metrics["recall@10"] == 1.0
    assert "What is wrong (0)" in page.read_text("utf-8")
    assert sorted(path.name for path in corpus.iterdir()) == ["cache.md", "db.md"]


def test_json_alone_goes_to_stdout(evaluate: Rag, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate(write_set(tmp_path / "mine.jsonl", LICENCE), "--json") == 0
    assert json.loads(capsys.readouterr().out)["slices"][0]["cases"] == 1


def test_a_missed_threshold_fails_the_run_and_the_failure_is_shown(
    evaluate: Rag, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = write_set(tmp_path / "mine.jsonl", LICENCE, IMPOSSIBLE)
    status = evaluate(questions, "--fail-under", "accuracy=0.9", "--show-failures", 1)
    shown = capsys.readouterr()
    assert status == 1
    assert shown.err == "worse: accuracy 0.500 is below 0.900\n"
    assert "1 of 2 answers are wrong" in shown.out
    assert "impossible (lookup, zh>zh, dev)" in shown.out
    assert "wrong: does not say no note says so" in shown.out or "abstains, but the notes say it" in shown.out


def test_a_fall_below_the_baseline_fails_the_run(
    evaluate: Rag, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a baseline of twenty right answers
    baseline = tmp_path / "baseline.json"
    questions = tmp_path / "mine.jsonl"
    write_set(questions, *({**LICENCE, "id": f"c{n}"} for n in range(20)))
    assert evaluate(questions, "--baseline", baseline, "--update-baseline") == 0
    assert evaluate(questions, "--baseline", baseline) == 0
    # When the same questions want something else
    write_set(questions, *({**LICENCE, "id": f"c{n}", "must": [["BSD"]]} for n in range(20)))
    capsys.readouterr()
    # Then the run fails and says by how much, until the figures are accepted
    assert evaluate(questions, "--baseline", baseline) == 1
    told = capsys.readouterr().err
    assert told == "worse: all: accuracy went from 1.000 to 0.000, more than its noise of 0.050\n"
    assert evaluate(questions, "--baseline", baseline, "--update-baseline") == 0
    assert evaluate(questions, "--baseline", baseline) == 0


def test_a_named_index_is_kept_and_used_again(evaluate: Rag, corpus: Path, tmp_path: Path) -> None:
    # Given an index made by a run
    questions = write_set(tmp_path / "mine.jsonl", LICENCE)
    index, out = tmp_path / "index", tmp_path / "run.json"
    assert evaluate(questions, "--index", index) == 0
    # When a note changes
    (corpus / "db.md").write_text(NOTE.replace("MIT", "BSD"), "utf-8")
    changed = {**LICENCE, "must": [["BSD"]], "evidence": [{"file": "db.md", "lines": [5, 5]}]}
    write_set(questions, changed)
    # Then the next run asks about the note as it is now
    assert evaluate(questions, "--index", index, "--out", out) == 0
    assert read(out)["cases"][0]["correct"] is True


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["nowhere"], "error: nowhere: neither a file nor one of the question sets"),
        (["{set}", "--split", "heldout"], "error: no case of split 'heldout' in"),
        (["{set}", "--fail-under", "x=1"], "error: 'x' is no metric"),
        (["{set}", "--baseline", "{tmp}/gone.json"], "error: {tmp}/gone.json: no usable baseline"),
        (["{set}", "--out", "{tmp}/no/such.json"], "error: {tmp}/no/such.json: cannot be written"),
        (["{bad}"], "error: {bad}:1: must: Field required"),
        (["{lost}"], "error: {lost}:1: evidence file 'gone.md' is not in the index; give its --corpus"),
        (["--beir", "{tmp}"], "error: {tmp}/corpus.jsonl: cannot be read as JSON lines"),
    ],
)
def test_what_cannot_be_run_is_told_in_one_line(
    args: list[str], message: str, evaluate: Rag, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a good set, one with a bad line, and one about a file that is not there
    places = {
        "tmp": tmp_path,
        "set": write_set(tmp_path / "mine.jsonl", LICENCE),
        "bad": write_set(tmp_path / "bad.jsonl", row(must=None)),
        "lost": write_set(tmp_path / "lost.jsonl", row(evidence=[{"file": "gone.md", "quote": "x"}])),
    }
    # When the command is run, then it exits as for wrong usage, with one line
    assert evaluate(*(arg.format(**places) for arg in args)) == 2
    told = capsys.readouterr().err
    assert told.startswith(message.format(**places))
    assert told.count("\n") == 1


def test_a_beir_folder_is_scored_by_every_ranking(
    evaluate: Rag, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Given a collection of two documents that share no word
    folder = tmp_path / "beir"
    folder.mkdir()
    documents = [
        {"_id": "tea", "title": "Tea", "text": "Green tea is grown on steep hills."},
        {"_id": "ships", "title": "Ships", "text": "Cargo vessels carry containers over oceans."},
    ]
    queries = [{"_id": "1", "text": "where is green tea grown"}, {"_id": "2", "text": "cargo vessels oceans"}]
    for name, rows in (("corpus", documents), ("queries", queries)):
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n1\ttea\t1\n2\tships\t1\n")
    # When it is scored
    assert evaluate("--beir", folder, "--json") == 0
    # Then every ranking puts the right document first
    found = json.loads(capsys.readouterr().out)
    assert [s["ranking"] for s in found] == ["lexical", "dense", "answers"]
    assert [s["mrr@10"] for s in found] == [1.0, 1.0, 1.0]


def test_none_in_the_environment_is_no_language_model(
    evaluate: Rag, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RAG_LLM", "none")

    assert evaluate(write_set(tmp_path / "mine.jsonl", LICENCE), "--json") == 0

    assert json.loads(capsys.readouterr().out)["llm"] is None


def test_the_module_runs_by_itself() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "eval.run", "nowhere"],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: nowhere: neither a file nor one of the question sets")
