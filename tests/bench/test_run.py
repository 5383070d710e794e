from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench import run, systems
from bench.figures import Measure
from bench.generated import write_cases, write_notes
from bench.notes import read_notes
from bench.run import FailedError, Subject, compare, edited, run_task
from bench.tables import OURS_ALONE
from bench.task import Operation, Task

LIMIT = 120.0


@pytest.fixture
def subject(tmp_path: Path) -> Subject:
    """Three generated notes and three questions."""
    write_notes(tmp_path / "notes", 3)
    write_cases(tmp_path / "cases.jsonl", 3, 3)
    return Subject("tiny", tmp_path / "notes", (tmp_path / "cases.jsonl",), "who makes the pump")


@pytest.fixture
def without_peers(monkeypatch: pytest.MonkeyPatch) -> None:
    """No peer is installed, whatever is."""
    for name in systems.PEERS:
        entry = replace(systems.SYSTEMS[name], needs=("json", "no_such_package"))
        monkeypatch.setitem(systems.SYSTEMS, name, entry)


@pytest.mark.usefixtures("without_peers")
def test_what_is_installed_is_measured_and_what_is_absent_is_told(subject: Subject, tmp_path: Path) -> None:
    before = dict(read_notes(subject.corpus))
    told: list[str] = []

    found = compare(
        subject, ["rag", "txtai", "raw"], tmp_path / "work", repeats=1, limit=LIMIT, progress=told.append
    )  # fmt: skip

    assert [result.failed for result in found.results.values()] == [None, None, None]
    assert {m for m in Measure if found.has("rag", m)} == set(Measure)
    assert {m for m in Measure if found.has("raw", m)} == set(Measure) - set(OURS_ALONE)
    assert found.results["txtai"].absent == "not installed: no_such_package"
    assert found.results["txtai"].figures == {}
    assert found.results["raw"].figures[Measure.RECALL].runs == (1.0,)
    assert (found.notes, found.asked) == (3, 3)
    assert found.best_peer(Measure.FIRST) is None
    assert told == ["tiny: rag, 1 of 1", "tiny: raw, 1 of 1"]
    assert dict(read_notes(subject.corpus)) == before
    assert list((tmp_path / "work").iterdir()) == []


def test_everybody_goes_first_once(
    subject: Subject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(run, "_measure", lambda *_: None)
    told: list[str] = []

    compare(subject, ["rag", "raw"], tmp_path / "work", repeats=2, limit=LIMIT, progress=told.append)

    assert [line.split()[1] for line in told] == ["rag,", "raw,", "raw,", "rag,"]


def test_a_system_that_fails_keeps_what_it_measured_and_runs_no_more(subject: Subject, tmp_path: Path) -> None:
    subject.cases[0].write_text(subject.cases[0].read_text("utf-8").replace("note-0000000", "note-9999999"), "utf-8")

    found = compare(subject, ["raw"], tmp_path / "work", repeats=2, limit=LIMIT, progress=lambda _: None)

    failed = found.results["raw"].failed or ""
    assert failed.startswith("raw search: ")
    assert "note-9999999.md' is not in the index" in failed
    assert len(found.results["raw"].figures[Measure.FIRST].runs) == 1
    assert not found.has("raw", Measure.EDIT)


def test_a_slow_operation_is_stopped(subject: Subject, tmp_path: Path) -> None:
    task = Task("raw", Operation.INGEST, str(subject.corpus), str(tmp_path / "index"))

    with pytest.raises(FailedError, match=r"^raw ingest: not done after 0.01 s$"):
        run_task(task, 0.01)


@pytest.mark.parametrize("system", list(systems.SYSTEMS))
def test_an_edit_reaches_the_index(subject: Subject, tmp_path: Path, system: str) -> None:
    if lacking := systems.missing(system):
        pytest.skip(f"not installed: {', '.join(lacking)}")
    index = tmp_path / "index"
    ingest = Task(system, Operation.INGEST, str(subject.corpus), str(index))
    run_task(ingest, LIMIT)
    case = subject.cases[0]
    with edited(subject.corpus, " quillwort") as path:
        run_task(ingest, LIMIT)
        quote = next(line for line in path.read_text("utf-8").splitlines() if line.endswith(" quillwort"))
        first = case.read_text("utf-8").splitlines()[0]
        line = first[: first.index('"question"')] + (
            f'"question": "quillwort", "must": [["quillwort"]], "group": "any", "abstain": false, "split": "dev", '
            f'"evidence": [{{"file": "{path.relative_to(subject.corpus).as_posix()}", "quote": "{quote}"}}]}}'
        )
        case.write_text(line, "utf-8")

        _, read, _ = run_task(replace(ingest, operation=Operation.SEARCH, cases=(str(case),)), LIMIT)

    assert read["recall"] == 1.0


def test_an_edit_changes_one_line_of_prose_and_is_taken_back(subject: Subject) -> None:
    before = dict(read_notes(subject.corpus))

    with edited(subject.corpus, " more"):
        during = dict(read_notes(subject.corpus))

    changed = [path for path in before if before[path] != during[path]]
    assert changed == ["part-00000/note-0000001.md"]
    old, new = before[changed[0]].split("\n"), during[changed[0]].split("\n")
    assert [(a, b) for a, b in zip(old, new, strict=True) if a != b] == [(old[-2], f"{old[-2]} more")]
    assert dict(read_notes(subject.corpus)) == before


def test_a_task_crosses_the_border_as_it_is() -> None:
    task = Task("rag", Operation.SEARCH, "notes", "index", "哪个？", ("a.jsonl", "b.jsonl"))

    assert Task.from_json(task.to_json()) == task
