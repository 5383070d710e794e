"""`rag ingest --watch` and `rag serve --watch` as processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from rag.index.layout import writing
from rag.index.store import status, verify
from server.cli import run

ROOT = Path(__file__).resolve().parents[2]
LOOKUP = "Osprey Z 的价格"
PATIENCE = 60.0


@contextmanager
def running(*args: str) -> Iterator[subprocess.Popen[str]]:
    """`rag ARGS` in a process of its own."""
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "server.cli", *args]
    with subprocess.Popen(command, stdin=-1, stdout=-1, stderr=-1, text=True, env=env) as process:
        try:
            yield process
        finally:
            process.kill()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


@contextmanager
def unheard(process: subprocess.Popen[str]) -> Iterator[None]:
    """Reads what the process logs, a line for every request: else a full pipe stops it after some hundred."""
    assert process.stderr is not None
    pipe = os.dup(process.stderr.fileno())

    def read() -> None:
        while os.read(pipe, 65536):
            pass
        os.close(pipe)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield
    finally:
        process.kill()
        reader.join(PATIENCE)


def said(process: subprocess.Popen[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(line(process))
    return found


def until(met: Callable[[], bool]) -> bool:
    """Whether `met` comes true before patience ends."""
    deadline = time.monotonic() + PATIENCE
    while not met():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def edit(corpus: Path, old: str, new: str) -> None:
    note = corpus / "notes/cameras.md"
    beside = note.with_suffix(".tmp")
    beside.write_text(note.read_text("utf-8").replace(old, new), encoding="utf-8")
    beside.replace(note)


def asked(address: str) -> dict[str, Any]:
    response = httpx.post(f"{address}api/ask", json={"question": LOOKUP}, timeout=PATIENCE)
    assert response.status_code == 200
    answer: dict[str, Any] = response.json()
    return answer


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
def test_a_watch_tells_each_ingest_and_ends_on_a_signal(corpus: Path, name: signal.Signals) -> None:
    with running("ingest", "--watch", "--corpus", str(corpus)) as process:
        assert line(process) == "2 added, 0 changed, 0 renamed, 0 removed, 0 unchanged, 0 failed (generation 1)\n"
        edit(corpus, "12,800元", "11,500元")
        assert line(process) == "0 added, 1 changed, 0 renamed, 0 removed, 1 unchanged, 0 failed (generation 2)\n"
        process.send_signal(name)
        out, err = process.communicate(timeout=PATIENCE)

    assert (process.returncode, out) == (0, "")
    assert err == f"note: watching {corpus}; Ctrl-C ends\nnote: the watch has ended\n"
    assert verify(corpus / ".rag") == []


def test_a_watch_speaks_json_and_goes_on_after_errors(corpus: Path, tmp_path: Path) -> None:
    with running("ingest", "--watch", "--json", "--corpus", str(corpus)) as process:
        assert said(process)["added"] == 2
        corpus.rename(tmp_path / "away")
        error = said(process)["error"]
        assert error["type"] == "index_unavailable"
        assert error["message"].startswith(f"the corpus {corpus} does not exist")
        (tmp_path / "away").rename(corpus)
        assert said(process)["unchanged"] == 2
        (corpus / "notes/broken.md").write_bytes(bytes(range(256)) * 64)
        assert [failed["path"] for failed in said(process)["failed"]] == ["notes/broken.md"]
        process.terminate()
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 0


def test_another_writer_is_waited_for(corpus: Path) -> None:
    run(["ingest", "--corpus", str(corpus)])
    with running("ingest", "--watch", "--json", "--corpus", str(corpus)) as process:
        with writing(corpus / ".rag", timeout=1):
            edit(corpus, "12,800元", "11,500元")
            time.sleep(0.5)
        while (summary := said(process))["changed"] == 0:
            pass
        process.terminate()
        process.communicate(timeout=PATIENCE)
    assert (summary["changed"], summary["generation"]) == (1, 2)


def test_a_watch_of_some_paths_is_refused(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ingest", "--watch", str(corpus / "notes"), "--corpus", str(corpus)]) == 2
    assert "--watch watches the whole corpus" in capsys.readouterr().err


def test_a_server_that_watches_answers_from_the_edited_note(corpus: Path) -> None:
    with running("serve", "--watch", "--port", "0", "--corpus", str(corpus)) as process:
        address = line(process).strip()
        assert "12,800元" in asked(address)["text"]
        edit(corpus, "12,800元", "11,500元")
        assert until(lambda: "11,500元" in asked(address)["text"])
        (corpus / "notes/broken.md").write_bytes(bytes(range(256)) * 64)
        edit(corpus, "11,500元", "10,900元")
        assert until(lambda: "10,900元" in asked(address)["text"])
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE)

    assert "note: notes/broken.md could not be read: " in err
    assert "Traceback" not in err


def test_the_watching_process_ends_with_its_server_and_is_started_again_when_it_dies(corpus: Path) -> None:
    def writers() -> list[int]:
        needle = os.fsencode(f"RAG_CORPUS={corpus}")
        found = []
        for place in Path("/proc").iterdir():
            try:
                if place.name.isdigit() and needle in (place / "environ").read_bytes().split(b"\0"):
                    found.append(int(place.name))
            except OSError:
                continue
        return found

    if not Path("/proc/self/environ").exists():
        pytest.skip("processes are listed in /proc, which this system does not have")
    with running("serve", "--watch", "--port", "0", "--corpus", str(corpus)) as process, unheard(process):
        address = line(process).strip()
        assert until(lambda: len(writers()) == 1)
        (first,) = writers()
        os.kill(first, signal.SIGKILL)
        assert until(lambda: bool(writers()) and first not in writers())
        edit(corpus, "12,800元", "11,500元")
        assert until(lambda: "11,500元" in asked(address)["text"])
        process.kill()
        assert until(lambda: writers() == [])


def test_a_server_says_when_notes_have_changed_since(corpus: Path) -> None:
    run(["ingest", "--corpus", str(corpus)])
    with running("serve", "--no-refresh", "--port", "0", "--corpus", str(corpus)) as process, unheard(process):
        address = line(process).strip()
        assert asked(address)["index"]["stale"] is False
        edit(corpus, "12,800元", "11,500元")
        answer = asked(address)
        assert "12,800元" in answer["text"]
        assert answer["index"]["stale"] is True
        assert answer["citations"][0]["stale"]["what"] == "changed"
        edit(corpus, "11,500元", "12,800元")
        (corpus / "notes/more.md").write_text("# More\n\nsize: 3 kg\n", encoding="utf-8")
        assert until(lambda: (asked(address)["index"].get("behind") or {}).get("added") == 1)
        assert asked(address)["citations"][0]["stale"] is None

        run(["ingest", "--corpus", str(corpus)])
        assert until(lambda: asked(address)["index"]["generation"] == status(corpus / ".rag").generation)
        assert until(lambda: asked(address)["index"]["stale"] is False)
