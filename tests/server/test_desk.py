"""A running server and the generations that come while it answers."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from ingest.build import ingest
from rag.config import Settings
from rag.index.store import gc, status
from server.app import create_app
from server.desk import Desk
from server.opening import open_assistant
from tests.server.conftest import running
from tests.server.standin import Standin

LOOKUP = "Osprey Z 的价格"
PATIENCE = 20.0


def edit(corpus: Path, price: str) -> None:
    note = corpus / "notes/cameras.md"
    note.write_text(note.read_text("utf-8").replace("12,800元", price), encoding="utf-8")


def until(met: Callable[[], bool]) -> bool:
    """Whether `met` comes true before patience ends."""
    deadline = time.monotonic() + PATIENCE
    while not met():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


@pytest.fixture
def settings(corpus: Path) -> Settings:
    found = Settings(corpus=corpus)
    ingest(found)
    return found


def test_a_newer_generation_is_looked_for_beside_the_requests() -> None:
    assistant = Standin()
    desk = Desk(Settings(), opener=lambda settings: assistant, interval=0.01)  # type: ignore[arg-type,return-value]

    desk.assistant()

    assert until(lambda: assistant.refreshed > 2)
    desk.close()
    seen = assistant.refreshed
    time.sleep(0.05)
    assert assistant.refreshed == seen


def test_an_edit_shows_without_a_restart(settings: Settings) -> None:
    desk = Desk(settings, interval=0.01)
    assert "12,800元" in desk.assistant().ask(LOOKUP).text
    edit(settings.corpus, "11,500元")
    ingest(settings)

    assert until(lambda: "11,500元" in desk.assistant().ask(LOOKUP).text)
    desk.close()


def test_an_index_that_was_deleted_and_made_anew_is_noticed(settings: Settings) -> None:
    desk = Desk(settings, interval=0.01)
    desk.assistant().ask(LOOKUP)
    shutil.rmtree(settings.index_path)
    assert "12,800元" in desk.assistant().ask(LOOKUP).text
    edit(settings.corpus, "11,500元")

    ingest(settings)

    assert until(lambda: "11,500元" in desk.assistant().ask(LOOKUP).text)
    desk.close()


def test_a_generation_is_let_go_when_its_last_answer_is_done(settings: Settings) -> None:
    desk = Desk(settings, interval=0.01)
    under_way = desk.assistant().stream(LOOKUP)
    next(under_way)
    edit(settings.corpus, "11,500元")
    ingest(settings)
    assert until(lambda: desk.assistant().snapshot.generation == 2)
    held = desk.assistant().snapshot
    edit(settings.corpus, "12,800元")
    (settings.corpus / "notes/more.md").write_text("# More\n\nsize: 3 kg\n", encoding="utf-8")
    ingest(settings)
    assert until(lambda: desk.assistant().snapshot.generation == 3)

    gc(settings.index_path, keep=1)
    assert status(settings.index_path).generations == (2, 3)
    del held
    gc(settings.index_path, keep=1)
    assert status(settings.index_path).generations == (3,)
    desk.close()


def test_the_lines_of_an_answer_are_those_of_its_generation(settings: Settings) -> None:
    with running(create_app(settings)) as address, httpx.Client(base_url=address, timeout=PATIENCE) as client:
        answer = client.post("/api/ask", json={"question": LOOKUP}).json()
        citation = answer["citations"][0]
        note = settings.corpus / "notes/cameras.md"
        note.write_text("# More above\n\n" + note.read_text("utf-8").replace("12,800元", "11,500元"), encoding="utf-8")
        ingest(settings)
        assert until(lambda: client.get("/readyz").json()["generation"] == 2)
        lines = {"first": citation["lines"][0], "last": citation["lines"][1]}

        then = client.get(
            "/api/sources/notes/cameras.md", params={**lines, "generation": answer["index"]["generation"]}
        )
        now = client.get("/api/sources/notes/cameras.md", params={**lines, "generation": 2})
        newest = client.get("/api/sources/notes/cameras.md", params=lines)
        gc(settings.index_path, keep=1)
        gone = client.get("/api/sources/notes/cameras.md", params={**lines, "generation": 1})

    assert then.json()["text"] == citation["quote"]
    assert now.json()["text"] == newest.json()["text"] != citation["quote"]
    assert (gone.status_code, gone.json()["error"]["type"]) == (404, "not_found_error")
    assert gone.json()["error"]["message"] == "generation 1 of the notes is no longer kept; ask again"


def test_no_request_is_lost_while_generations_come_and_go(settings: Settings) -> None:
    prices = [f"{number},500元" for number in range(21, 27)]
    seen: list[tuple[int, str]] = []
    wrong: list[str] = []
    done = threading.Event()

    def ask(address: str) -> None:
        with httpx.Client(base_url=address, timeout=PATIENCE) as client:
            while not done.is_set():
                response = client.post("/api/ask", json={"question": LOOKUP})
                if response.status_code != 200:
                    wrong.append(response.text)
                    return
                answer = response.json()
                seen.append((answer["index"]["generation"], answer["text"]))

    with running(create_app(settings)) as address:
        readers = [threading.Thread(target=ask, args=(address,)) for _ in range(4)]
        for reader in readers:
            reader.start()
        before = "12,800元"
        for number, price in enumerate(prices, start=2):
            note = settings.corpus / "notes/cameras.md"
            note.write_text(note.read_text("utf-8").replace(before, price), encoding="utf-8")
            before = price
            ingest(settings)
            assert until(lambda number=number: bool(seen) and seen[-1][0] == number)  # type: ignore[misc]
            gc(settings.index_path, keep=1)
        done.set()
        for reader in readers:
            reader.join()

    assert wrong == []
    told = dict(enumerate(["12,800元", *prices], start=1))
    assert {generation for generation, _ in seen} == set(told)
    assert [text for generation, text in seen if told[generation] not in text] == []


def test_names_that_come_go_and_come_back_are_those_of_a_fresh_reader(settings: Settings) -> None:
    note = settings.corpus / "notes/more.md"
    with open_assistant(settings) as following:
        for names in (["Swift"], ["Swift", "Gannet"], [], ["Gannet"], ["Gannet", "Plover"], ["Swift"]):
            note.write_text("".join(f"## {name} 9\n\n- Price: 3 dollars\n\n" for name in names), encoding="utf-8")
            ingest(settings)
            following.refresh()
            gc(settings.index_path, keep=1)
            with open_assistant(settings) as fresh:
                assert following.snapshot.entities() == fresh.snapshot.entities()
                for name in ("Swift", "Gannet", "Plover"):
                    question = f"price of the {name} 9"
                    assert following.ask(question).text == fresh.ask(question).text
        before = following.names  # type: ignore[attr-defined]
        edit(settings.corpus, "11,500元")
        ingest(settings)
        assert following.refresh()
        assert following.names is before  # type: ignore[attr-defined]


def test_a_change_that_is_taken_back_leaves_no_mark_on_what_is_remembered(settings: Settings) -> None:
    note = settings.corpus / "notes/cameras.md"
    before = note.read_bytes()
    with running(create_app(settings)) as address, httpx.Client(base_url=address, timeout=PATIENCE) as client:
        edit(settings.corpus, "11,500元")
        changed = client.post("/api/ask", json={"question": LOOKUP}).json()
        note.write_bytes(before)
        restored = client.post("/api/ask", json={"question": LOOKUP}).json()

    assert changed["citations"][0]["stale"]["what"] == "changed"
    assert restored["citations"][0]["stale"] is None
