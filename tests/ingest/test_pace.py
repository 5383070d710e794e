"""How fast ingests go, as the index remembers it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.build import ingest
from ingest.pace import HALF_LIFE, PACE_NAME, START, WEIGHT, Pace, Stopwatch
from ingest.pending import pending
from rag.config import Settings
from tests.ingest.corpora import CAMERAS, corpus, write


class Clock:
    """Stands where the time is asked for."""

    now = 100.0

    def perf_counter(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr("ingest.pace.time", found)
    return found


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "index").mkdir()
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes/a.md").write_bytes(b"x" * 300_000)
    (tmp_path / "notes/b.pdf").write_bytes(b"x" * 500_000)
    return Settings(corpus=tmp_path / "notes", index=tmp_path / "index")


def measured(settings: Settings, clock: Clock, files: list[str], reading: float, commit: float) -> Pace:
    stopwatch = Stopwatch(settings, None)
    for number, file in enumerate(files):
        stopwatch(file, number, len(files))
    clock.now += reading
    stopwatch("embed", 1, 1)
    stopwatch("read", len(files), len(files))
    clock.now += commit
    stopwatch.note()
    return Pace.read(settings.index_path, "builtin")


def test_notes_papers_and_commits_are_measured_apart(settings: Settings, clock: Clock) -> None:
    assumed = Pace.assumed("builtin")

    first = measured(settings, clock, ["a.md"], START + 1.0, assumed.commit + 0.5)
    second = measured(settings, clock, ["a.md", "b.pdf"], START + 300_000 / first.notes + 10.0, assumed.commit)

    assert first.notes == pytest.approx(assumed.notes * (1 - WEIGHT) + 200_000 * WEIGHT)
    assert (first.papers, first.commit) == (assumed.papers, assumed.commit)
    assert second.papers == pytest.approx(assumed.papers * (1 - WEIGHT) + 50_000 * WEIGHT)
    assert (second.notes, second.commit) == (first.notes, first.commit)
    assert second.seconds(30_000, 0) == pytest.approx(START + 30_000 / second.notes + second.commit)


def test_small_files_tell_of_the_commit_and_little_else(settings: Settings, clock: Clock) -> None:
    (settings.corpus / "a.md").write_bytes(b"x" * 20_000)
    assumed = Pace.assumed("builtin")

    found = measured(settings, clock, ["a.md"], START + 1.0, 0.7)

    assert found.notes == pytest.approx(assumed.notes * (1 - WEIGHT / 10) + 20_000 * WEIGHT / 10)
    assert found.commit == pytest.approx(assumed.commit * (1 - WEIGHT) + 0.7 * WEIGHT)
    assert measured(settings, clock, [], 5.0, 5.0) == found


def test_a_slow_time_is_forgotten_by_and_by(clock: Clock) -> None:
    clock.now = 1_000_000.0
    assumed = Pace.assumed("builtin")
    slow = Pace("builtin", assumed.notes / 10, assumed.papers / 10, 8.3, clock.now)

    assert slow.seconds(0, 0) == pytest.approx(START + 8.3)
    clock.now += 2 * HALF_LIFE
    assert slow.seconds(0, 0) == pytest.approx(START + 0.3 + 2.0)
    clock.now += 100 * HALF_LIFE
    assert slow.seconds(10_000, 20_000) == pytest.approx(assumed.seconds(10_000, 20_000))


def test_another_embedder_and_a_damaged_file_begin_anew(settings: Settings) -> None:
    replace(Pace.assumed("builtin"), notes=1.0).write(settings.index_path)

    assert Pace.read(settings.index_path, "builtin").notes == 1.0
    assert Pace.read(settings.index_path, "other") == Pace.assumed("other")
    (settings.index_path / PACE_NAME).write_text('{"notes": 3}', encoding="utf-8")
    assert Pace.read(settings.index_path, "builtin") == Pace.assumed("builtin")


def test_what_took_longer_than_foretold_is_foretold_longer(clock: Clock) -> None:
    pace = Pace("builtin", notes=1_000.0, papers=500.0, commit=1.0, measured=clock.now)

    assert pace.slowed(4.0).seconds(1_000, 500) - START == pytest.approx(4 * (pace.seconds(1_000, 500) - START))


def test_an_ingest_leaves_its_pace_and_what_is_pending_is_foretold(tmp_path: Path) -> None:
    settings = corpus(tmp_path)
    ingest(settings)
    pace = Pace(**json.loads((settings.index_path / PACE_NAME).read_text(encoding="utf-8")))
    assert pace.embedder == "builtin"
    assert not pending(settings).matters

    write(settings.corpus, cameras=CAMERAS.replace("480", "490"), more="# More\n\nsize: 3\n")
    (settings.corpus / "databases.md").rename(settings.corpus / "stores.md")
    due = pending(settings)

    assert (due.added, due.changed, due.removed) == (("more.md",), ("cameras.md",), ())
    assert due.renamed == (("databases.md", "stores.md"),)
    size = sum((settings.corpus / f"{name}.md").stat().st_size for name in ("cameras", "more", "stores"))
    assert due.seconds == pytest.approx(pace.seconds(size, 0), rel=0.01)
    (settings.corpus / "cameras.md").unlink()
    assert pending(settings).removed == ("cameras.md",)


def test_another_program_makes_everything_pending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = corpus(tmp_path)
    ingest(settings)

    monkeypatch.setattr("ingest.pending.configuration", lambda: "another")

    assert pending(settings).changed == ("cameras.md", "databases.md")
