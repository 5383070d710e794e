"""Conversations and feedback, as the server stores them."""

from __future__ import annotations

import json
import secrets
import sqlite3
from dataclasses import dataclass
from typing import Any

from rag.types import Turn
from server.failures import NotFoundError
from server.state import State

TITLE = 80
MOST = 1_000
"""Conversations kept for one key; the one that was left longest ago makes room."""
MOST_FEEDBACK = 100_000
"""Ratings kept; beyond that the oldest make room, so that nobody can fill the disk with them."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation without what was said. Times are ISO 8601 in UTC."""

    id: str
    title: str
    created: str
    changed: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and its answer, as the JSON object that was given."""

    id: str
    question: str
    answer: dict[str, Any]
    created: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person thought of an answer. `rating` is "up" or "down"; `correction` is what it should have said."""

    id: int
    created: str
    rating: str
    question: str
    history: tuple[Turn, ...]
    answer: dict[str, Any]
    correction: str | None
    comment: str | None


class Conversations:
    """Conversations by owner: the id of a key, "" where none is needed."""

    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, owner: str, conversation: str | None, question: str, answer: dict[str, Any]) -> tuple[str, str]:
        """Store an exchange, in a new conversation where None is given; the ids of conversation and exchange."""
        now, exchange = self._state.now(), secrets.token_hex(8)
        id = conversation or secrets.token_hex(8)
        with self._state.writing() as connection:
            if conversation is None:
                title = " ".join(question.split())[:TITLE]
                connection.execute("INSERT INTO conversations VALUES (?, ?, ?, ?, ?)", (id, owner, title, now, now))
                connection.execute(
                    "DELETE FROM conversations WHERE owner = ? AND id NOT IN "
                    "(SELECT id FROM conversations WHERE owner = ? ORDER BY changed DESC, rowid DESC LIMIT ?)",
                    (owner, owner, MOST),
                )
            else:
                connection.execute("UPDATE conversations SET changed = ? WHERE id = ?", (now, id))
            connection.execute(
                "INSERT INTO exchanges SELECT ?, ?, 1 + coalesce(max(position), 0), ?, ?, ? FROM exchanges "
                "WHERE conversation = ?",
                (exchange, id, question, json.dumps(answer, ensure_ascii=False), now, id),
            )
        return id, exchange

    def of(self, owner: str) -> list[Conversation]:
        """The owner's conversations, the one that changed last first."""
        with self._state.reading() as connection:
            if connection is None:
                return []
            rows = connection.execute(
                "SELECT id, title, created, changed FROM conversations WHERE owner = ? "
                "ORDER BY changed DESC, rowid DESC",
                (owner,),
            ).fetchall()
        return [Conversation(*row) for row in rows]

    def exchanges(self, owner: str, id: str) -> list[Exchange]:
        """What was said in one conversation, in order. Raises NotFoundError."""
        with self._state.reading() as connection:
            rows = (
                connection
                and connection.execute(
                    "SELECT e.id, e.question, e.answer, e.created FROM exchanges e JOIN conversations c "
                    "ON e.conversation = c.id WHERE c.owner = ? AND c.id = ? ORDER BY e.position",
                    (owner, id),
                ).fetchall()
            )
        if not rows:
            raise NotFoundError(f"there is no conversation {id!r}")
        return [Exchange(row[0], row[1], json.loads(row[2]), row[3]) for row in rows]

    def history(self, owner: str, id: str) -> tuple[Turn, ...]:
        """The turns of one conversation. Raises NotFoundError."""
        return turns(self.exchanges(owner, id))

    def before(self, owner: str, exchange: str) -> tuple[Exchange, tuple[Turn, ...]]:
        """One exchange and the turns before it. Raises NotFoundError."""
        with self._state.reading() as connection:
            row = (
                connection
                and connection.execute("SELECT conversation FROM exchanges WHERE id = ?", (exchange,)).fetchone()
            )
        said = self.exchanges(owner, row[0]) if row else []
        place = [entry.id for entry in said].index(exchange) if said else -1
        if place < 0:
            raise NotFoundError(f"there is no exchange {exchange!r}")
        return said[place], turns(said[:place])

    def remove(self, owner: str, id: str) -> None:
        """Forget one conversation. Raises NotFoundError."""
        self.exchanges(owner, id)
        with self._state.writing() as connection:
            connection.execute("DELETE FROM conversations WHERE id = ? AND owner = ?", (id, owner))


def turns(exchanges: list[Exchange]) -> tuple[Turn, ...]:
    """The exchanges as a conversation."""
    pairs = ((("user", entry.question), ("assistant", str(entry.answer["text"]))) for entry in exchanges)
    return tuple(turn for pair in pairs for turn in pair)


def add_feedback(
    state: State,
    owner: str,
    *,
    rating: str,
    question: str,
    history: tuple[Turn, ...],
    answer: dict[str, Any],
    correction: str | None,
    comment: str | None,
) -> int:
    """Store what a person thought of an answer; its number."""
    row = (owner, state.now(), rating, question, json.dumps(history), json.dumps(answer), correction, comment)
    with state.writing() as connection:
        cursor = connection.execute(
            "INSERT INTO feedback (owner, created, rating, question, history, answer, correction, comment) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )
        number = int(cursor.lastrowid or 0)
        connection.execute("DELETE FROM feedback WHERE id <= ?", (number - MOST_FEEDBACK,))
    return number


def list_feedback(state: State, after: int = 0) -> list[Feedback]:
    """All feedback with a number above `after`, oldest first."""
    with state.reading() as connection:
        if connection is None:
            return []
        rows = connection.execute(
            "SELECT id, created, rating, question, history, answer, correction, comment FROM feedback "
            "WHERE id > ? ORDER BY id",
            (after,),
        ).fetchall()
    return [_feedback(row) for row in rows]


def _feedback(row: sqlite3.Row) -> Feedback:
    history = tuple((role, text) for role, text in json.loads(row["history"]))
    return Feedback(
        id=row["id"],
        created=row["created"],
        rating=row["rating"],
        question=row["question"],
        history=history,
        answer=json.loads(row["answer"]),
        correction=row["correction"],
        comment=row["comment"],
    )
