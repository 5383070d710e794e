"""The one assistant behind all HTTP routes: opened when first needed, moved to each new generation."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from rag.config import Settings
from rag.errors import RagError
from server.opening import Answering, open_assistant

LOOK_SECONDS = 0.25
"""How often a thread looks for a newer generation: one look is a lookup of one row, and an edit is to show within a
second, opening it included."""

log = logging.getLogger(__name__)


class Desk:
    """Hands the assistant to request handlers; safe to share between threads.

    A thread of its own opens a newer generation and makes it ready, then puts it in place in one step: no request
    waits for that, and answers under way end in the generation in which they began.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        opener: Callable[[Settings], Answering] = open_assistant,
        interval: float = LOOK_SECONDS,
    ) -> None:
        self._settings = settings
        self._opener = opener
        self._interval = interval
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._assistant: Answering | None = None
        self._follower: threading.Thread | None = None

    def assistant(self) -> Answering:
        """The assistant over the newest generation. Raises IndexNotFoundError and its siblings."""
        with self._lock:
            if self._assistant is None:
                self._assistant = self._opener(self._settings)
                self._closed.clear()
                self._follower = threading.Thread(
                    target=self._follow, args=(self._assistant,), name="generations", daemon=True
                )
                self._follower.start()
            return self._assistant

    def _follow(self, assistant: Answering) -> None:
        told = ""
        while not self._closed.wait(self._interval):
            try:
                assistant.refresh()
                told = ""
            except RagError as error:  # the generation in hand goes on serving
                if str(error) != told:
                    log.warning("a newer generation could not be opened: %s", error)
                told = str(error)

    def close(self) -> None:
        """Let go of the index."""
        self._closed.set()
        with self._lock:
            if self._follower is not None:
                self._follower.join()
            if self._assistant is not None:
                self._assistant.close()
            self._assistant = self._follower = None
