"""`rag ask` and the others while notes change: what is read again first, what is told instead."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ingest.pace import Pace
from rag.index.layout import writing
from rag.index.store import status
from server.cli import run

LOOKUP = "Osprey Z 的价格"
EN_LOOKUP = "price of the Kestrel 50mm"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def ready(corpus: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The notes, ingested."""
    run(["ingest", "--corpus", str(corpus)])
    capsys.readouterr()
    return corpus


def edit(corpus: Path, old: str = "12,800元", new: str = "11,500元") -> Path:
    note = corpus / "notes/cameras.md"
    note.write_text(note.read_text("utf-8").replace(old, new), encoding="utf-8")
    return note


def slow(corpus: Path) -> None:
    """Let the index remember that ingests take long."""
    replace(Pace.assumed("builtin"), notes=50.0, commit=4.0, measured=time.time()).write(corpus / ".rag")


def ask(corpus: Path, capsys: pytest.CaptureFixture[str], *args: str) -> tuple[dict[str, Any], str]:
    assert run(["ask", *args, "--corpus", str(corpus), "--json"]) == 0
    out = capsys.readouterr()
    answer: dict[str, Any] = json.loads(out.out)
    return answer, out.err


def test_a_quick_change_is_read_before_the_answer(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    note = edit(ready)

    answer, err = ask(ready, capsys, LOOKUP)

    assert "11,500元" in answer["text"]
    assert answer["index"]["generation"] == 2
    assert answer["index"]["stale"] is False
    assert answer["citations"][0]["digest"] == hashlib.sha256(note.read_bytes()).hexdigest()
    assert answer["citations"][0]["stale"] is None
    assert err == "note: re-ingested the notes: 1 changed\n"


def test_what_would_take_long_is_told_instead(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (ready / "notes/cameras.md").read_bytes()
    note = edit(ready)
    (ready / "notes/new.md").write_text("# New\n\nsize: 3 kg\n", encoding="utf-8")
    slow(ready)

    answer, err = ask(ready, capsys, LOOKUP)

    assert "12,800元" in answer["text"]
    size = note.stat().st_size + (ready / "notes/new.md").stat().st_size
    seconds = answer["index"]["behind"].pop("seconds")
    assert seconds == pytest.approx(4.2 + size / 50, rel=0.2)
    assert answer["index"] == {
        "generation": 1, "embedder": answer["index"]["embedder"], "stale": True,
        "behind": {"added": 1, "changed": 1, "removed": 0, "reason": None},
    }  # fmt: skip
    citation = answer["citations"][0]
    assert citation["digest"] == hashlib.sha256(before).hexdigest()
    assert (citation["stale"]["what"], citation["stale"]["reason"]) == ("changed", None)
    assert err == ""


@pytest.mark.parametrize(
    ("question", "mark", "line"),
    [
        (LOOKUP, "（此后已改动）", "note: 索引落后于笔记（新增 0，改动 2，删除 0；更新约需 "),
        (EN_LOOKUP, "(changed since)", "note: the index is behind the notes (added: 0, changed: 2, removed: 0; "),
    ],
)
def test_people_are_told_in_one_line_in_their_language(
    ready: Path, capsys: pytest.CaptureFixture[str], question: str, mark: str, line: str
) -> None:
    edit(ready)
    with (ready / "notes/lenses.md").open("a", encoding="utf-8") as note:
        note.write("\nMore.\n")
    slow(ready)

    assert run(["ask", question, "--corpus", str(ready)]) == 0

    out = capsys.readouterr()
    assert mark in out.out
    assert out.err.startswith(line)
    assert out.err.count("\n") == 1
    run(["ask", question, "--corpus", str(ready), "--stream"])
    streamed = capsys.readouterr()
    assert streamed.out == out.out
    assert streamed.err.startswith(line)


def test_refresh_reads_whatever_it_takes(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(ready)
    slow(ready)

    answer, _ = ask(ready, capsys, LOOKUP, "--refresh")

    assert "11,500元" in answer["text"]
    assert answer["index"]["stale"] is False


def test_no_refresh_reads_nothing_and_says_what_has_changed(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(ready)

    answer, _ = ask(ready, capsys, LOOKUP, "--no-refresh")

    assert "12,800元" in answer["text"]
    assert answer["index"]["stale"] is True
    assert answer["index"]["behind"]["changed"] == 1
    assert answer["citations"][0]["stale"]["what"] == "changed"
    assert status(ready / ".rag").generation == 1


def test_a_note_beside_the_cited_one_makes_the_index_stale_but_not_the_citation(
    ready: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (ready / "notes/lenses.md").unlink()

    answer, _ = ask(ready, capsys, LOOKUP, "--no-refresh")

    assert (answer["index"]["stale"], answer["index"]["behind"]["removed"]) == (True, 1)
    assert answer["citations"][0]["stale"] is None


def test_a_removed_note_is_marked(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (ready / "notes/cameras.md").unlink()

    answer, _ = ask(ready, capsys, LOOKUP, "--no-refresh")

    assert answer["citations"][0]["stale"] == {"what": "removed", "since": None, "reason": None}


def test_a_note_whose_new_version_cannot_be_read_is_marked(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (ready / "notes/cameras.md").write_bytes(bytes(range(256)) * 64)

    answer, err = ask(ready, capsys, LOOKUP)

    assert "12,800元" in answer["text"]
    assert answer["index"]["stale"] is True
    stale = answer["citations"][0]["stale"]
    assert stale["what"] == "unreadable"
    assert f"note: notes/cameras.md could not be read: {stale['reason']}\n" == err


def test_a_file_that_was_only_touched_changes_nothing(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.utime(ready / "notes/cameras.md", (1_700_000_000, 1_700_000_000))
    slow(ready)

    answer, err = ask(ready, capsys, LOOKUP)

    assert (answer["index"]["stale"], answer["index"]["generation"], err) == (False, 1, "")


def test_while_another_process_writes_the_earlier_state_answers_soon(
    ready: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(ready)

    with writing(ready / ".rag", timeout=1):
        answer, err = ask(ready, capsys, LOOKUP)

    assert "12,800元" in answer["text"]
    assert answer["index"]["stale"] is True
    assert f"process {os.getpid()} is writing" in answer["index"]["behind"]["reason"]
    assert err == f"note: {answer['index']['behind']['reason']}\n"


def test_an_index_that_cannot_be_written_answers_as_it_is(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(ready)
    lock = ready / ".rag/lock"
    lock.unlink()
    lock.mkdir()  # as good as a read-only disk, which does not stop the superuser

    answer, err = ask(ready, capsys, LOOKUP)

    assert "12,800元" in answer["text"]
    assert answer["index"]["stale"] is True
    assert "cannot be written" in err
    assert err.count("\n") == 1
    assert run(["ask", LOOKUP, "--corpus", str(ready), "--refresh"]) == 1


def test_reading_that_takes_longer_than_foretold_is_given_up_and_learned_from(
    ready: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.refreshing.GIVEN_UP", 0.0)
    edit(ready)

    answer, err = ask(ready, capsys, LOOKUP)
    assert "12,800元" in answer["text"]
    assert (answer["index"]["behind"]["changed"], err) == (1, "")
    assert status(ready / ".rag").generation == 1

    answer, _ = ask(ready, capsys, LOOKUP, "--refresh")
    assert "11,500元" in answer["text"]


def test_an_earlier_generation_can_be_asked(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(ready)
    run(["ingest", "--corpus", str(ready)])
    edit(ready, "11,500元", "10,900元")
    capsys.readouterr()

    answer, err = ask(ready, capsys, LOOKUP, "--at", "1")
    assert "12,800元" in answer["text"]
    assert (answer["index"]["generation"], answer["index"]["newest"], answer["index"]["stale"]) == (1, 2, True)
    assert (answer["citations"][0]["stale"]["what"], err) == ("changed", "")
    assert status(ready / ".rag").generation == 2

    assert run(["ask", EN_LOOKUP, "--corpus", str(ready), "--at", "1"]) == 0
    assert capsys.readouterr().err == "note: this is the answer of generation 1; the newest is 2\n"
    assert run(["ask", LOOKUP, "--corpus", str(ready), "--at", "2"]) == 0
    out = capsys.readouterr()
    assert "11,500元" in out.out
    assert out.err == ""


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--at", "7"], "generation 7 of "),
        (["--at", "0"], "--at"),
        (["--at", "1", "--refresh"], "--at asks an earlier state"),
    ],
)
def test_an_earlier_generation_that_cannot_be_asked(
    ready: Path, capsys: pytest.CaptureFixture[str], args: list[str], told: str
) -> None:
    assert run(["ask", LOOKUP, "--corpus", str(ready), *args]) == 2
    out = capsys.readouterr()
    assert told in out.err
    assert out.err.count("\n") == 1


def test_a_listing_says_when_it_is_behind(ready: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(ready)

    assert run(["facts", "Osprey Z", "--corpus", str(ready), "--no-refresh"]) == 0

    assert capsys.readouterr().err.startswith("note: the index is behind the notes (added: 0, changed: 1")


def test_a_conversation_sees_what_was_edited_between_two_questions(ready: Path) -> None:
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "server.cli", "chat", "--corpus", str(ready)]
    with subprocess.Popen(command, stdin=-1, stdout=-1, stderr=-1, text=True, env=env, bufsize=1) as chat:
        assert chat.stdin is not None
        assert chat.stdout is not None
        chat.stdin.write(f"{LOOKUP}\n")
        first = chat.stdout.readline()
        while chat.stdout.readline().strip():
            pass
        edit(ready)
        second, err = chat.communicate(f"{LOOKUP}\n", timeout=60)

    assert "12,800元" in first
    assert "11,500元" in second
    assert err == "note: re-ingested the notes: 1 changed\n"


WITHOUT = """
import sys
from server.cli import run
status = run(sys.argv[1:])
heavy = {"ingest.facts", "ingest.markdown", "watchfiles"}
heavy |= {"tantivy", "faiss", "torch", "pymupdf", "httpx", "markdown_it"}
print(status, sorted(heavy & set(sys.modules)), file=sys.stderr)
"""


def test_a_check_without_a_change_loads_nothing_heavy(corpus: Path) -> None:
    for note in corpus.rglob("*.md"):
        os.utime(note, (1_700_000_000, 1_700_000_000))
    run(["ingest", "--corpus", str(corpus)])
    command = [sys.executable, "-c", WITHOUT, "sources", "--corpus", str(corpus)]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}

    done = subprocess.run(command, capture_output=True, text=True, env=env, check=True)

    assert done.stderr == "0 []\n"
