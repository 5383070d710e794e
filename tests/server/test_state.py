"""The server's own database: made when first written, kept apart from others' versions."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rag.config import Settings
from rag.errors import ConfigError
from server import conversations
from server.conversations import Conversations, add_feedback, list_feedback
from server.failures import NotFoundError
from server.keys import list_keys
from server.state import State

ANSWER = {"text": "yes [1]"}


def _clock() -> datetime:
    return datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)


def test_reading_makes_no_file(tmp_path: Path) -> None:
    state = State(tmp_path / "server.db")

    assert list_keys(state) == []
    assert list_feedback(state) == []
    assert Conversations(state).of("") == []
    with pytest.raises(NotFoundError):
        Conversations(state).exchanges("", "x")
    with pytest.raises(NotFoundError):
        Conversations(state).before("", "x")
    assert list(tmp_path.iterdir()) == []


def test_it_stands_beside_the_index(tmp_path: Path) -> None:
    assert Settings(corpus=tmp_path).state_path == tmp_path / ".rag.server.db"
    assert Settings(index=tmp_path / "index").state_path == tmp_path / "index.server.db"
    assert Settings(state=tmp_path / "mine.db").state_path == tmp_path / "mine.db"


def test_what_cannot_be_used_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "server.db"
    path.write_bytes(b"this is no database, and long enough to be taken for one" * 20)

    with pytest.raises(
        ConfigError, match=r"server\.db cannot be used \(file is not a database\); name a file that can"
    ):
        list_keys(State(path))


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "server.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()

    with pytest.raises(ConfigError, match="was written by another version"):
        list_keys(State(path))


def test_conversations_are_kept_by_owner_the_latest_first(tmp_path: Path) -> None:
    state = State(tmp_path / "server.db", clock=_clock)
    kept = Conversations(state)
    first, one = kept.add("a", None, " What\n is it? ", ANSWER)
    second, _ = kept.add("a", None, "other", ANSWER)
    kept.add("b", None, "theirs", ANSWER)
    _, two = kept.add("a", first, "and then?", {"text": "no"})

    assert [(c.id, c.title) for c in kept.of("a")] == [(second, "other"), (first, "What is it?")]
    assert kept.of("a")[0].created == "2026-02-03T04:05:06Z"
    said = (("user", " What\n is it? "), ("assistant", "yes [1]"))
    assert kept.before("a", two)[1] == said
    assert kept.before("a", one)[1] == ()
    assert kept.history("a", first) == (*said, ("user", "and then?"), ("assistant", "no"))
    kept.remove("a", first)
    with pytest.raises(NotFoundError):
        kept.before("a", two)
    state.close()


def test_the_oldest_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversations, "MOST", 2)
    monkeypatch.setattr(conversations, "MOST_FEEDBACK", 2)
    state = State(tmp_path / "server.db", clock=_clock)
    kept = Conversations(state)

    for question in ("one", "two", "three"):
        kept.add("a", None, question, ANSWER)
        add_feedback(
            state, "a", rating="up", question=question, history=(), answer=ANSWER, correction=None, comment=None
        )

    assert [c.title for c in kept.of("a")] == ["three", "two"]
    assert [feedback.question for feedback in list_feedback(state)] == ["two", "three"]
    state.close()
