"""The one assistant behind all HTTP routes, opened when first needed and moved to the newest generation."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from rag.config import Settings
from server.opening import Answering, open_assistant

REFRESH_SECONDS = 1.0
"""Requests look for a newer generation at most this often: cheap, and an edit shows within a second."""


class Desk:
    """Hands the assistant to request handlers; safe to share between threads."""

    def __init__(
        self,
        settings: Settings,
        *,
        opener: Callable[[Settings], Answering] = open_assistant,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._opener = opener
        self._clock = clock
        self._lock = threading.Lock()
        self._assistant: Answering | None = None
        self._looked = 0.0

    def assistant(self) -> Answering:
        """The assistant over the newest generation. Raises IndexNotFoundError and its siblings."""
        with self._lock:
            now = self._clock()
            if self._assistant is None:
                self._assistant = self._opener(self._settings)
                self._looked = now
            elif now - self._looked >= REFRESH_SECONDS:
                self._looked = now
                self._assistant.refresh()
            return self._assistant

    def ready(self) -> Answering | None:
        """The assistant, where it can be had without reading the disk."""
        fresh = self._clock() - self._looked < REFRESH_SECONDS
        return self._assistant if fresh else None

    def close(self) -> None:
        """Let go of the index."""
        with self._lock:
            if self._assistant is not None:
                self._assistant.close()
                self._assistant = None
