"""`rag chat` with questions piped in."""

from __future__ import annotations

import io
from typing import Any

import pytest

from rag.config import Settings
from server.cli import run
from tests.server.standin import ANSWER, Standin


@pytest.fixture
def assistant(monkeypatch: pytest.MonkeyPatch) -> Standin:
    standin = Standin()
    monkeypatch.setattr("server.commands.chat.open_assistant", lambda settings: standin)
    return standin


def _chat(monkeypatch: pytest.MonkeyPatch, ingested: Settings, typed: str) -> int:
    class Piped(io.TextIOWrapper):
        def isatty(self) -> bool:
            return False

    monkeypatch.setattr("sys.stdin", Piped(io.BytesIO(typed.encode("utf-8")), encoding="utf-8"))
    return run(["chat", "--corpus", str(ingested.corpus), "--no-refresh"])


def test_each_question_takes_the_conversation_along_until_a_new_one(
    monkeypatch: pytest.MonkeyPatch, ingested: Settings, assistant: Standin, capsys: Any
) -> None:
    status = _chat(monkeypatch, ingested, "第一\n\nsecond\n/new\nthird\n/quit\nnever\n")

    assert status == 0
    turn = (("user", "第一"), ("assistant", ANSWER.text))
    assert assistant.asked == [("第一", ()), ("second", turn), ("third", ())]
    assert capsys.readouterr().out.count("[1] notes/birds.md:7") == 3


def test_a_question_that_fails_does_not_end_the_conversation(
    monkeypatch: pytest.MonkeyPatch, ingested: Settings, assistant: Standin, capsys: Any
) -> None:
    status = _chat(monkeypatch, ingested, "refused\nsecond\n")

    assert status == 0
    assert capsys.readouterr().err == "error: there is no such thing\n"
    assert assistant.asked == [("refused", ()), ("second", ())]
