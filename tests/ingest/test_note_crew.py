"""Notes read by several processes: the same as read here, in order, whatever becomes of a process."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import note_crew
from ingest.note_worker import Task, read
from ingest.paper_memory import PaperMemory
from ingest.sources import Found
from rag.index.rendered import Rendered
from rag.types import SourceKind


def tasks(number: int) -> list[Task]:
    made = []
    for n in range(number):
        table = f"| 部件 | 价格 |\n| --- | --- |\n| 灯罩 | {n} |\n"
        data = f"# Lamp L-{n}\n\n- 功率：{n} W\n- 重量：{n * 10} g\n\n{table}".encode()
        found = Found(f"lamp-{n}.md", f"lamp-{n}.md", SourceKind.NOTE, len(data), n)
        made.append((found, data, n))
    return made


NO_PAPERS = PaperMemory(Path("no such index"))


@pytest.fixture(autouse=True)
def two_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(note_crew, "MOST_PROCESSES", 2)
    monkeypatch.setattr("os.cpu_count", lambda: 2)


def test_processes_read_as_this_one_does() -> None:
    given = tasks(40)

    found = list(note_crew.read_all(given, note_crew.WORTH_PROCESSES, NO_PAPERS))

    assert found == [(task, read(task)) for task in given]
    assert all(isinstance(made, Rendered) and len(made.facts) > 2 for _, made in found)


def test_a_file_that_cannot_be_read_fails_alone() -> None:
    given = tasks(3)
    given[1] = (given[1][0], b"\x00\x01\xfe\xff" * 50, 0)

    found = [made for _, made in note_crew.read_all(given, note_crew.WORTH_PROCESSES, NO_PAPERS)]

    assert [type(made) for made in found] == [Rendered, str, Rendered]
    assert found[1] == read(given[1])


def test_what_dead_processes_leave_is_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "true")
    given = tasks(5)

    found = list(note_crew.read_all(given, note_crew.WORTH_PROCESSES, NO_PAPERS))

    assert found == [(task, read(task)) for task in given]


def test_no_process_starts_where_nothing_is_to_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(note_crew, "_start", lambda: pytest.fail("a process was started"))

    assert list(note_crew.read_all(iter([]), note_crew.WORTH_PROCESSES, NO_PAPERS)) == []


@pytest.mark.parametrize(("ahead", "taken"), [(0, 64), (9_000, 96)])
def test_notes_are_read_ahead_up_to_a_number_of_bytes(monkeypatch: pytest.MonkeyPatch, ahead: int, taken: int) -> None:
    given = [(found, data.ljust(100), at) for found, data, at in tasks(200)]
    asked: list[Task] = []
    monkeypatch.setattr(note_crew, "AHEAD", ahead)

    def handed() -> Iterator[Task]:
        for task in given:
            asked.append(task)
            yield task

    found = note_crew.read_all(handed(), note_crew.WORTH_PROCESSES, NO_PAPERS)
    first = next(iter(found))

    assert first == (given[0], read(given[0]))
    assert len(asked) == taken
    assert [task for task, _ in found] == given[1:]
