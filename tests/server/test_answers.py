"""Where answers come from: memory, threads, other processes."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from rag.config import Settings
from rag.types import Answer, Turn
from server.failures import ToldError
from server.hall import Hall, furnish
from server.opening import open_assistant
from server.pool import Pool, process_count

PRICE = "Osprey Z 的价格"


@pytest.fixture
def hall(ingested: Settings) -> Iterator[Hall]:
    hall = furnish(ingested, opener=open_assistant, processes=1)
    yield hall
    hall.close()


def _ask(hall: Hall, question: str, *history: tuple[str, str]) -> str:
    return asyncio.run(hall.answers.ask(question, history)).text


def test_an_answer_is_remembered_with_its_conversation(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    assistant = hall.desk.assistant()
    real = assistant.ask

    def counted(question: str, history: Sequence[Turn] = ()) -> Answer:
        asked.append(question)
        return real(question, history)

    monkeypatch.setattr(assistant, "ask", counted)

    first, second = _ask(hall, PRICE), _ask(hall, PRICE)
    other = _ask(hall, "它的价格呢", ("user", "Osprey Z 的像素"), ("assistant", "4500万"))
    alone = _ask(hall, "它的价格呢")

    assert first == second
    assert "12,800元" in other
    assert alone != other
    assert asked == [PRICE, "它的价格呢", "它的价格呢"]


def test_a_new_generation_is_answered_from(corpus: Path) -> None:
    from ingest.build import ingest

    settings = Settings(corpus=corpus)
    ingest(settings)
    hall = furnish(settings, opener=open_assistant, processes=1)
    assert "12,800元" in _ask(hall, PRICE)
    note = corpus / "notes/cameras.md"
    note.write_text(note.read_text("utf-8").replace("12,800元", "11,500元"), encoding="utf-8")
    ingest(settings)

    hall.desk.assistant().refresh()
    assert "11,500元" in _ask(hall, PRICE)
    hall.close()


def test_what_was_longest_unasked_is_forgotten(ingested: Settings) -> None:
    from dataclasses import replace

    hall = furnish(replace(ingested, remember=2), opener=open_assistant, processes=1)

    async def remembered(*questions: str) -> list[bool]:
        answers = [await hall.answers.ask(question, ()) for question in questions]
        return [[stage for stage, _ in answer.timings_ms] == ["total"] for answer in answers]

    assert asyncio.run(remembered("a1", "b2", "a1", "c3", "a1", "b2")) == [False, False, True, False, True, False]
    hall.close()


def test_processes_give_the_same_answers(ingested: Settings, hall: Hall) -> None:
    pool = Pool(ingested, 2)

    async def ask() -> list[str]:
        answers = await asyncio.gather(*(pool.ask(question, ()) for question in (PRICE, "Kestrel 50mm price")))
        return [answer.text for answer in answers]

    assert asyncio.run(ask()) == [_ask(hall, PRICE), _ask(hall, "Kestrel 50mm price")]
    pool.close()


def test_the_first_question_does_not_wait_for_processes(ingested: Settings) -> None:
    hall = furnish(ingested, opener=open_assistant, processes=2)
    assert hall.pool is not None
    hall.begin()

    assert not hall.pool.ready
    assert "12,800元" in _ask(hall, PRICE)
    for opened in hall.pool._opening:
        opened.result()
    assert hall.pool.ready
    assert "300" in _ask(hall, "Kestrel 50mm price")
    hall.close()


def test_what_fails_in_a_process_is_told_as_it_would_be_here(tmp_path: Path) -> None:
    pool = Pool(Settings(corpus=tmp_path), 1)

    with pytest.raises(ToldError) as caught:
        asyncio.run(pool.ask(PRICE, ()))

    assert caught.value.status == 503
    assert caught.value.error["type"] == "index_unavailable"
    pool.close()


@pytest.mark.skipif(os.name != "posix", reason="no SIGKILL")
def test_a_process_that_dies_is_replaced(ingested: Settings) -> None:
    pool = Pool(ingested, 1)

    async def ask() -> str:
        return (await pool.ask(PRICE, ())).text

    before = asyncio.run(ask())
    for process in list(pool._executor._processes):
        os.kill(process, signal.SIGKILL)

    assert asyncio.run(ask()) == before
    pool.close()


def test_how_many_processes_answer() -> None:
    assert process_count(Settings(workers=3)) == 3
    assert 1 <= process_count(Settings()) <= 8
    assert process_count(Settings(workers=3, llm="http://127.0.0.1:9/v1#m")) == 1
