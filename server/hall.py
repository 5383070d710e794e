"""Everything that the routes share, put together once for one application."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rag.config import Settings
from server.answers import Answers
from server.conversations import Conversations
from server.desk import Desk
from server.keys import KeyRing
from server.metrics import Metrics
from server.opening import Answering
from server.pool import Pool
from server.state import State
from server.tracing import Tracing, open_tracing


@dataclass(frozen=True, slots=True)
class Hall:
    """The parts behind the doors of one server."""

    settings: Settings
    desk: Desk
    answers: Answers
    state: State
    keys: KeyRing
    conversations: Conversations
    metrics: Metrics
    tracing: Tracing | None
    pool: Pool | None

    def begin(self) -> None:
        """Make ready what takes time, before the first request."""
        if self.pool is not None:
            self.pool.warm()

    def close(self) -> None:
        """Let go of everything, once no request is under way."""
        self.answers.close()
        self.desk.close()
        self.state.close()
        if self.tracing is not None:
            self.tracing.close()


def furnish(settings: Settings, *, opener: Callable[[Settings], Answering], processes: int) -> Hall:
    """The parts for these settings; with one process the answers are made within this one.

    Raises ConfigError and MissingExtraError.
    """
    desk, state = Desk(settings, opener=opener), State(settings.state_path)
    metrics, tracing = Metrics(), open_tracing(settings.traces)
    pool = Pool(settings, processes) if processes > 1 else None
    answers = Answers(desk, settings, pool=pool, metrics=metrics, tracing=tracing)
    return Hall(settings, desk, answers, state, KeyRing(state), Conversations(state), metrics, tracing, pool)
