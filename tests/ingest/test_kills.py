"""The ingesting process is killed hundreds of times while others ask: every answer is of one state of the notes."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bench.generated import note, series
from bench.replay import place, told
from ingest.build import ingest
from rag.assistant import Assistant
from rag.config import Settings
from rag.index import Snapshot
from rag.index.store import verify

ROOT = Path(__file__).resolve().parents[2]
KILLS = 50
SEEDS = (11, 12, 13, 14)
"""Fifty deaths each: two hundred in all, in parts that can run beside each other."""
FINISHED = 0.3
"""How often an ingest may finish before the notes change again."""
STATES = 4
NOTES = 5


def state(number: int) -> dict[str, bytes]:
    """One of the states of the notes: every note says its number, some come and go, one wanders."""
    files = {}
    for at in range(NOTES):
        if at == number:
            continue
        made = note(at)
        text = made.text.replace("kW", f"kW（第 {number} 版）").replace("停机", f"停机 {number}")
        files[f"folder-{number}/{at}.md" if at == (number + 1) % NOTES else f"{at}.md"] = text.encode()
    return files


QUESTIONS = (
    f"{series(1)} 的额定功率是多少",
    f"who makes the {series(2)}",
    "哪些的噪声低于 60 分贝",
    "which were first produced after 2010",
    f"{series(3)} 和 {series(1)} 哪个重",
    "how many days of warranty",
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(corpus=tmp_path / "notes", index=tmp_path / "index")


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What fresh indexes say of every state."""
    said = []
    for number in range(STATES):
        directory = tmp_path_factory.mktemp("fresh")
        place(directory / "notes", state(number))
        ingest(Settings(corpus=directory / "notes", index=directory / "index"))
        said.append(everything(directory / "index"))
    assert len({json.dumps(state) for state in said}) == STATES
    return said


def everything(index: Path) -> dict[str, Any]:
    """Sources and answers, as a reader sees them."""
    with Assistant.open(index) as assistant:
        answers = {question: told(assistant, question) for question in QUESTIONS}
        return {"sources": list(assistant.snapshot.source_paths()), "answers": answers}


@contextmanager
def readers(count: int, settings: Settings, known: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Processes that ask all the time, from the beginning; what they saw, once the context is left."""
    running, states = settings.corpus.parent / "running", settings.corpus.parent / "known.json"
    running.touch()
    states.write_text(json.dumps(known), encoding="utf-8")
    command = [sys.executable, "-m", "tests.ingest.asking", str(settings.index_path), str(states), str(running)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    started = [subprocess.Popen(command, cwd=ROOT, text=True, **pipes) for _ in range(count)]  # type: ignore[call-overload]
    seen: list[dict[str, Any]] = []
    try:
        assert [process.stdout.readline() for process in started] == ["asking\n"] * count
        yield seen
    finally:
        running.unlink()
        for process in started:
            said, wrong = process.communicate(timeout=120)
            assert wrong == "", wrong
            assert process.returncode == 0
            seen.append(json.loads(said))


@contextmanager
def dying_ingests(settings: Settings) -> Iterator[Callable[[float | None], dict[str, Any]]]:
    """Ingests each in a fork of one warm process, killed after some seconds if they take that long."""
    command = [sys.executable, "-m", "tests.ingest.dying", str(settings.corpus), str(settings.index_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, bufsize=1, **pipes) as process:  # type: ignore[call-overload]

        def one(kill_after: float | None) -> dict[str, Any]:
            process.stdin.write("\n" if kill_after is None else f"{kill_after}\n")
            said: dict[str, Any] = json.loads(process.stdout.readline())
            assert (said["status"], said["said"]) == (0, ""), said
            return said

        yield one
        process.stdin.close()


def committed(index: Path) -> int:
    """The state that the newest generation is of."""
    with Snapshot.open(index) as snapshot:
        held = {path: snapshot.source(path).text.encode() for path in snapshot.source_paths()}
    [number] = [number for number in range(STATES) if state(number) == held]
    return number


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork a warm process")
@pytest.mark.parametrize("seed", SEEDS)
def test_two_hundred_deaths_lose_and_tear_nothing(settings: Settings, known: list[dict[str, Any]], seed: int) -> None:
    random_ = random.Random(seed)
    place(settings.corpus, state(0))
    ingest(settings)
    kills = before = 0
    took = 0.2
    with dying_ingests(settings) as ingest_until, readers(1, settings, known) as seen:
        while kills < KILLS:
            wanted = random_.choice([number for number in range(STATES) if number != before])
            place(settings.corpus, state(wanted))
            for _ in range(random_.choice((1, 2, 4))):
                kills += ingest_until(random_.uniform(0, took))["killed"]
                now = committed(settings.index_path)
                assert now in (before, wanted)
                assert verify(settings.index_path) == []
            if random_.random() < FINISHED:
                took = 1.1 * ingest_until(None)["seconds"]
                assert everything(settings.index_path) == known[wanted]
                now = wanted
            before = now

    summary = ingest(settings)
    assert (summary.failed, summary.notices) == ((), ())
    assert everything(settings.index_path) == known[wanted]
    assert verify(settings.index_path) == []
    assert seen[0]["asked"] > 0


def test_eight_readers_notice_nothing_of_a_full_ingest(settings: Settings, known: list[dict[str, Any]]) -> None:
    place(settings.corpus, state(0))
    ingest(settings)

    with readers(8, settings, known) as seen:
        for number in (1, 2, 3):
            place(settings.corpus, state(number))
            ingest(settings, full=True)

    assert len(seen) == 8
    assert {number for one in seen for number in one["states"]} >= {0, 3}
    assert everything(settings.index_path) == known[3]
