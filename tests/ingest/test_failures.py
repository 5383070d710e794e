"""What goes wrong around an ingest: other writers, interruptions, files and directories that come, go and change."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.build import Summary
from ingest.build import ingest as ingest_
from ingest.paper_cache import Ledger
from ingest.pdf import Paper
from ingest.pdf_pool import Pool
from rag.config import Settings
from rag.errors import CorpusVanishedError, IndexLockedError
from rag.index import Snapshot
from rag.index.store import status, verify
from tests.ingest.corpora import CAMERAS, DATABASES, all_answers, corpus, write
from tests.ingest.typeset import english

ROOT = Path(__file__).resolve().parents[2]

AT = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests may have it ignored
import rag.index.writer
from server.cli import main
stage = rag.index.writer.Writer.stage
def at_stage(writer, documents, *arguments, **options):
    stage(writer, documents, *arguments, **options)
    print("staged", flush=True)
    os.kill(os.getpid(), getattr(signal, sys.argv[1]))
rag.index.writer.Writer.stage = at_stage
main(["ingest", "--corpus", sys.argv[2], "--index", sys.argv[3]])
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return corpus(tmp_path)


@contextmanager
def stopped_by(name: str, settings: Settings) -> Iterator[subprocess.Popen[str]]:
    """`rag ingest`, which gets the signal when it has staged its first files."""
    command = [sys.executable, "-c", AT, name, str(settings.corpus), str(settings.index_path)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, text=True, stdout=pipe, stderr=pipe, stdin=-3) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "staged\n"
        if name == "SIGSTOP":
            os.waitpid(process.pid, os.WUNTRACED)  # until it has stopped: to go on before that would be lost
        yield process


def fails(settings: Settings) -> tuple[str, str]:
    """Ingest; the one path that failed, and why."""
    [failed] = ingest_(settings).failed
    return failed


def test_control_c_stops_cleanly_and_keeps_what_is_embedded(settings: Settings) -> None:
    ingest_(settings)
    before = all_answers(settings.index_path)
    write(settings.corpus, **{f"n{number:02}": f"# Note {number}\n\nIt says {number}.\n" for number in range(40)})

    with stopped_by("SIGINT", settings) as process:
        _, told = process.communicate(timeout=60)

    assert (process.returncode, told.strip()) == (130, "error: interrupted")
    assert all_answers(settings.index_path) == before
    assert verify(settings.index_path) == []
    summary = ingest_(settings)
    assert (summary.added, summary.notices) == (40, ())
    assert summary.embedded < 40


def test_of_two_ingests_the_second_waits_or_names_the_first(settings: Settings) -> None:
    with stopped_by("SIGSTOP", settings) as process:
        with pytest.raises(IndexLockedError, match=f"process {process.pid} is writing to the index"):
            ingest_(settings)
        threading.Timer(0.5, process.send_signal, [signal.SIGCONT]).start()

        summary = ingest_(replace(settings, lock_timeout=60.0))

        assert process.wait(timeout=60) == 0
    assert summary == Summary(unchanged=2, generation=1)


def test_the_lock_of_a_dead_ingest_is_taken_over(settings: Settings) -> None:
    with stopped_by("SIGSTOP", settings) as process:
        process.kill()
        process.wait(timeout=60)

        summary = ingest_(settings)

    assert (summary.added, summary.notices) == (2, ())
    assert verify(settings.index_path) == []


def test_a_directory_that_vanishes_while_it_is_read_loses_nothing(settings: Settings) -> None:
    ingest_(settings)
    before = all_answers(settings.index_path)
    write(settings.corpus, cameras=CAMERAS + "\nMore.\n", databases=DATABASES + "\nMore.\n")
    away = settings.corpus.with_name("away")

    def vanish(stage: str, done: int, total: int) -> None:
        if not away.exists():
            settings.corpus.rename(away)

    summary = ingest_(settings, progress=vanish)

    assert summary.failed == tuple((path, "no such file or directory") for path in ("cameras.md", "databases.md"))
    held = all_answers(settings.index_path)
    assert held | {"sources": [replace(source, stale=None) for source in held["sources"]]} == before
    assert [reason for _, reason in status(settings.index_path).failed] == ["no such file or directory"] * 2
    away.rename(settings.corpus)
    assert (ingest_(settings).changed, status(settings.index_path).failed) == (2, ())


def test_a_note_that_is_always_being_written_keeps_its_earlier_version(settings: Settings) -> None:
    ingest_(settings)
    path = settings.corpus / "cameras.md"
    look = os.fstat
    times = itertools.count(1)

    def look_and_be_written(descriptor: int) -> os.stat_result:
        seen = look(descriptor)
        if seen.st_ino == path.stat().st_ino:
            with path.open("a") as other:
                other.write("word ")
            os.utime(path, ns=(next(times),) * 2)
        return seen

    with pytest.MonkeyPatch.context() as patch:
        path.write_text(CAMERAS + "\nNew.\n", encoding="utf-8")
        patch.setattr(os, "fstat", look_and_be_written)
        failed = fails(settings)

    assert failed == ("cameras.md", "it changes while it is read; ingest again when it is finished")
    with Snapshot.open(settings.index_path) as snapshot:
        assert (snapshot.source("cameras.md").text, snapshot.source("cameras.md").stale) == (CAMERAS, failed[1])
    assert ingest_(settings).changed == 1


def test_a_paper_that_is_replaced_while_it_is_read_is_not_taken_for_either(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = english(settings.corpus / "p.pdf")
    data = paper.read_bytes()

    read = Pool.read

    def read_and_replace(self: Pool, path: Path, *, password: str = "") -> Paper:
        paper.write_bytes(data + b"\n")
        return read(self, path, password=password)

    with monkeypatch.context() as patch:
        patch.setattr(Pool, "read", read_and_replace)
        assert fails(settings) == ("p.pdf", "it changes while it is read; ingest again when it is finished")

    paper.write_bytes(data)
    assert ingest_(settings).added == 1


def test_a_failed_file_makes_the_exit_status_one_with_all_else_done(settings: Settings) -> None:
    (settings.corpus / "broken.md").write_bytes(bytes(range(256)) * 64)
    command = [sys.executable, "-m", "server.cli", "ingest", "--corpus", str(settings.corpus)]

    done = subprocess.run([*command, "--index", str(settings.index_path)], cwd=ROOT, capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (
        1,
        "2 added, 0 changed, 0 renamed, 0 removed, 0 unchanged, 1 failed (generation 1)\n",
    )
    assert done.stderr.startswith("note: broken.md could not be read: ")
    assert len(done.stderr.splitlines()) == 1


def test_files_of_one_size_and_time_that_change_places_are_seen(settings: Settings) -> None:
    one, other = (settings.corpus / name for name in ("cameras.md", "databases.md"))
    text = CAMERAS.encode()
    for path, content in ((one, text), (other, text.replace(b"480", b"481"))):
        path.write_bytes(content)
        os.utime(path, ns=(10**18, 10**18))
    ingest_(settings)
    time.sleep(2.1)  # until their times prove something
    assert ingest_(settings) == Summary(unchanged=2, generation=1)

    spare = one.with_name("spare")
    one.rename(spare)
    other.rename(one)
    spare.rename(other)

    assert ingest_(settings).changed == 2


def test_linked_papers_do_not_hide_that_all_notes_are_gone(settings: Settings, tmp_path: Path) -> None:
    settings = replace(settings, papers_cache=tmp_path / "cache")
    ingest_(settings)
    (tmp_path / "cache").mkdir()
    english(tmp_path / "cache" / "linked.pdf")
    ledger = Ledger()
    ledger.papers["linked.pdf"] = "arXiv:0000.00000"
    ledger.write(settings.index_path)
    assert ingest_(settings).added == 1
    for note in settings.corpus.glob("*.md"):
        note.unlink()

    with pytest.raises(CorpusVanishedError, match="all 2 sources of the index are gone"):
        ingest_(settings)

    assert ingest_(settings, confirm_removal=True).removed == 2


def test_a_whole_directory_is_forgotten_only_with_yes(settings: Settings) -> None:
    ingest_(settings)
    command = [sys.executable, "-m", "server.cli", "ingest", "--corpus", str(settings.corpus)]
    command += ["--index", str(settings.index_path)]
    for note in settings.corpus.glob("*.md"):
        note.unlink()

    asked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, stdin=-3)
    done = subprocess.run([*command, "--yes"], cwd=ROOT, capture_output=True, text=True, stdin=-3)

    assert (asked.returncode, asked.stdout) == (1, "")
    assert asked.stderr.startswith(f"error: all 2 sources of the index are gone from {settings.corpus}: ")
    assert (done.returncode, done.stdout[:32]) == (0, "0 added, 0 changed, 0 renamed, 2")


def test_a_missing_directory_leaves_the_index_as_it_was(settings: Settings) -> None:
    ingest_(settings)
    before = all_answers(settings.index_path)
    shutil.rmtree(settings.corpus)
    command = [sys.executable, "-m", "server.cli", "ingest", "--corpus", str(settings.corpus)]

    done = subprocess.run([*command, "--index", str(settings.index_path)], cwd=ROOT, capture_output=True, text=True)

    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert "does not exist" in done.stderr
    assert all_answers(settings.index_path) == before
