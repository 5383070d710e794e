"""Notes that change while they are watched: real files, a real index."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from ingest.build import Summary, ingest
from ingest.hearing import is_network_folder
from ingest.watch import NETWORK_SECONDS, Reports, watch
from rag.config import Settings
from rag.errors import CorpusNotFoundError
from rag.index import Snapshot
from rag.index.store import status, verify
from tests.notes import write_notes

PATIENCE = 30.0
NOTES = {
    "cameras.md": "# Cameras\n\n## Heron\n\n- Weight: 410 g\n",
    "lenses.md": "# Lenses\n\n## Kestrel\n\n- Price: 300\n",
}


@dataclass
class Watched:
    """What a watch said so far."""

    settings: Settings
    stop: threading.Event = field(default_factory=threading.Event)
    done: list[Summary] = field(default_factory=list)
    failed: list[Exception] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def values(self, attribute: str) -> set[str]:
        """All values of an attribute, as a reader sees them now."""
        with Snapshot.open(self.settings.index_path) as snapshot:
            return {fact.value for fact in snapshot.facts() if fact.attribute == attribute}

    def sources(self) -> set[str]:
        with Snapshot.open(self.settings.index_path) as snapshot:
            return set(snapshot.source_paths())


def until(met: Callable[[], bool]) -> bool:
    """Whether `met` comes true before patience ends."""
    deadline = time.monotonic() + PATIENCE
    while not met():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@contextmanager
def watching(settings: Settings) -> Iterator[Watched]:
    """A watch in a thread, after its first ingest (or failure)."""
    seen = Watched(settings)
    reports = Reports(seen.done.append, seen.failed.append, seen.told.append)
    thread = threading.Thread(target=watch, args=(settings, reports, seen.stop))
    thread.start()
    try:
        assert until(lambda: bool(seen.done or seen.failed))
        yield seen
    finally:
        seen.stop.set()
        thread.join(PATIENCE)
    assert not thread.is_alive()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(corpus=write_notes(tmp_path / "notes", NOTES), index=tmp_path / "index", lock_timeout=0.3)


def test_saves_of_every_kind_are_heard(settings: Settings) -> None:
    corpus = settings.corpus
    with watching(settings) as seen:
        (corpus / "cameras.md").write_text(NOTES["cameras.md"].replace("410", "420"), encoding="utf-8")
        assert until(lambda: seen.values("Weight") == {"420 g"})

        beside = corpus / ".cameras.md.swp"
        beside.write_text(NOTES["cameras.md"].replace("410", "430"), encoding="utf-8")
        beside.replace(corpus / "cameras.md")
        assert until(lambda: seen.values("Weight") == {"430 g"})

        (corpus / "cameras.md").rename(corpus / "cameras.md~")
        (corpus / "cameras.md").write_text(NOTES["cameras.md"].replace("410", "440"), encoding="utf-8")
        (corpus / "cameras.md~").unlink()
        assert until(lambda: seen.values("Weight") == {"440 g"})

        (corpus / "lenses.md").unlink()
        assert until(lambda: seen.sources() == {"cameras.md"})

        write_notes(corpus, {"new/deep/bags.md": "# Bags\n\n- Volume: 20 l\n"})
        assert until(lambda: "new/deep/bags.md" in seen.sources())
        (corpus / "new").rename(corpus / "v1.0")
        assert until(lambda: seen.sources() == {"cameras.md", "v1.0/deep/bags.md"})
        shutil.move(corpus / "v1.0", corpus.parent / "elsewhere")
        assert until(lambda: seen.sources() == {"cameras.md"})

    assert (seen.failed, seen.told) == ([], [])
    assert verify(settings.index_path) == []


def test_a_burst_of_saves_makes_few_generations_and_ends_in_the_last(settings: Settings) -> None:
    with watching(settings) as seen:
        for weight in range(500, 600):
            (settings.corpus / "cameras.md").write_text(
                f"# Cameras\n\n## Heron\n\n- Weight: {weight} g\n", encoding="utf-8"
            )
            time.sleep(0.005)
        assert until(lambda: seen.values("Weight") == {"599 g"})

    assert status(settings.index_path).generation < 20
    assert seen.failed == []


def test_many_files_at_once_are_all_there_in_the_end(settings: Settings) -> None:
    with watching(settings) as seen:
        write_notes(settings.corpus, {f"d{n % 7}/n{n}.md": f"# N{n}\n\n- Size: {n} m\n" for n in range(300)})
        assert until(lambda: len(seen.sources()) == 302)
        for n in range(0, 300, 2):
            (settings.corpus / f"d{n % 7}/n{n}.md").unlink()
        for n in range(1, 300, 2):
            (settings.corpus / f"d{n % 7}/n{n}.md").write_text(f"# N{n}\n\n- Size: {n} km\n", encoding="utf-8")
        expected = {f"{n} km" for n in range(1, 300, 2)}
        assert until(lambda: seen.values("Size") == expected)

    assert seen.failed == []
    assert verify(settings.index_path) == []


def test_what_is_no_note_is_not_heard(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[int] = []
    original = ingest

    def counted(*arguments: object, **options: object) -> Summary:
        runs.append(1)
        return original(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("ingest.watch.ingest", counted)
    inside = replace(settings, index=settings.corpus / "made here")
    with watching(inside) as seen:
        (settings.corpus / "picture.png").write_bytes(b"x")
        (settings.corpus / ".hidden.md").write_text("# H\n", encoding="utf-8")
        write_notes(settings.corpus, {".git/HEAD": "x", "made here/x.md": "# X\n"})
        time.sleep(0.6)
        assert len(runs) == 1
        write_notes(settings.corpus, {"more.md": "# More\n\n- Size: 3\n"})
        assert until(lambda: len(seen.done) == 2)

    assert (seen.done[1].added, len(runs)) == (1, 2)


def test_a_directory_that_goes_and_comes_back(settings: Settings) -> None:
    away = settings.corpus.parent / "away"
    with watching(settings) as seen:
        settings.corpus.rename(away)
        assert until(lambda: bool(seen.failed))
        assert seen.values("Weight") == {"410 g"}
        time.sleep(1.2)
        assert [type(error) for error in seen.failed] == [CorpusNotFoundError]

        write_notes(away, {"cameras.md": NOTES["cameras.md"].replace("410", "450")})
        away.rename(settings.corpus)
        assert until(lambda: seen.values("Weight") == {"450 g"})
        write_notes(settings.corpus, {"cameras.md": NOTES["cameras.md"].replace("410", "460")})
        assert until(lambda: seen.values("Weight") == {"460 g"})

    assert verify(settings.index_path) == []


def test_a_link_that_leads_elsewhere_now_is_followed(settings: Settings, tmp_path: Path) -> None:
    other = write_notes(tmp_path / "other", {"cameras.md": NOTES["cameras.md"].replace("410", "470")})
    link = tmp_path / "current"
    link.symlink_to(settings.corpus)
    with watching(replace(settings, corpus=link)) as seen:
        beside = tmp_path / "next"
        beside.symlink_to(other)
        beside.replace(link)
        assert until(lambda: seen.values("Weight") == {"470 g"})
        write_notes(other, {"cameras.md": NOTES["cameras.md"].replace("410", "480")})
        assert until(lambda: seen.values("Weight") == {"480 g"})


def test_all_notes_gone_at_once_is_told_and_the_index_serves_on(settings: Settings) -> None:
    with watching(settings) as seen:
        for name in NOTES:
            (settings.corpus / name).unlink()
        assert until(lambda: bool(seen.failed))
        assert seen.values("Weight") == {"410 g"}
        write_notes(settings.corpus, NOTES)
        assert until(lambda: len(seen.done) == 2)

    assert seen.done[1].unchanged == 2


def test_a_file_that_cannot_be_read_is_told_once_and_its_mending_too(settings: Settings) -> None:
    with watching(settings) as seen:
        (settings.corpus / "lenses.md").write_bytes(bytes(range(256)) * 8)
        assert until(lambda: len(seen.done) == 2)
        assert [path for path, _ in seen.done[1].failed] == ["lenses.md"]
        write_notes(settings.corpus, {"cameras.md": NOTES["cameras.md"].replace("410", "490")})
        assert until(lambda: seen.values("Weight") == {"490 g"})
        write_notes(settings.corpus, {"lenses.md": NOTES["lenses.md"].replace("300", "310")})
        assert until(lambda: seen.values("Price") == {"310"})

    assert seen.done[-1].failed == ()


def test_an_error_that_nobody_foresaw_is_told_and_tried_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors = [RuntimeError("odd"), RuntimeError("odd"), OSError("odder")]
    original = ingest

    def failing(*arguments: object, **options: object) -> Summary:
        if errors:
            raise errors.pop(0)
        return original(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("ingest.watch.ingest", failing)
    monkeypatch.setattr("ingest.watch.FIRST_RETRY", 0.01)
    with watching(settings) as seen:
        assert until(lambda: bool(seen.done))

    assert [str(error) for error in seen.failed] == ["odd", "odder"]
    assert seen.done[0].added == 2


def test_where_the_system_reports_nothing_files_are_looked_at(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def limited(*arguments: object, **options: object) -> None:
        raise OSError("OS file watch limit reached")

    monkeypatch.setattr("watchfiles.watch", limited)
    monkeypatch.setattr("ingest.watch.NETWORK_SECONDS", 0.05)
    with watching(settings) as seen:
        write_notes(settings.corpus, {"cameras.md": NOTES["cameras.md"].replace("410", "500")})
        assert until(lambda: seen.values("Weight") == {"500 g"})

    (told,) = seen.told
    assert "are not reported by the system (OS file watch limit reached); looking for them instead" in told


def test_looking_can_be_asked_for(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.hearing.Ears._matters", lambda self, path, gone: False)
    with watching(replace(settings, watch_poll=0.05)) as seen:
        write_notes(settings.corpus, {"cameras.md": NOTES["cameras.md"].replace("410", "510")})
        assert until(lambda: seen.values("Weight") == {"510 g"})


def test_the_end_comes_in_the_middle_of_an_ingest_and_leaves_the_earlier_state(settings: Settings) -> None:
    ingest(settings)
    write_notes(settings.corpus, {f"n{n}.md": f"# N{n}\n\n- Size: {n} m\n" for n in range(100)})
    stop = threading.Event()
    done: list[Summary] = []

    def progress(stage: str, number: int, total: int) -> None:
        if number == 50:
            stop.set()

    watch(settings, Reports(done.append, lambda error: None, lambda line: None, progress), stop)

    assert done == []
    assert status(settings.index_path).generation == 1
    assert verify(settings.index_path) == []
    assert ingest(settings).added == 100


MOUNTS = """\
22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 22 0:25 / /home/a\\040b rw - nfs4 server:/x rw
31 22 0:26 / /home/a\\040b/local rw - xfs /dev/sdb rw
32 22 0:27 / /media/far rw shared:9 - fuse.sshfs me@far: rw
broken line
"""


@pytest.mark.parametrize(
    ("place", "network"),
    [
        ("/var/notes", False),
        ("/home/a b/notes", True),
        ("/home/a b/local/n", False),
        ("/media/far", True),
        ("/home", False),
    ],
)
def test_network_folders_are_known_by_their_mounts(tmp_path: Path, place: str, network: bool) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS, encoding="utf-8")

    assert is_network_folder(Path(place), mounts) is network
    assert is_network_folder(Path(place), tmp_path / "missing") is False


def test_a_network_folder_is_looked_at(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.watch.is_network_folder", lambda path: True)
    with watching(settings) as seen:
        pass

    assert seen.told == [f"{settings.corpus} is a network folder: looking for changes every {NETWORK_SECONDS:g} s"]
