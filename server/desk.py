"""The one assistant behind all HTTP routes: opened when first needed, moved to each new generation."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rag.config import Settings
from rag.errors import RagError, UsageError
from server.currency import Attested, Currency
from server.failures import NotFoundError
from server.opening import Answering, open_assistant
from server.refreshing import left_behind

if TYPE_CHECKING:
    from rag.index.snapshot import Snapshot
    from rag.types import Answer

LOOK_SECONDS = 0.25
"""How often a thread looks for a newer generation: one look is a lookup of one row, and an edit is to show within a
second, opening it included."""

LOOK_AT_NOTES_SECONDS = 2.0
"""How often, at most and only while questions come, the thread looks whether the notes have changed on disk."""
SHARE = 0.05
"""Of its time the thread spends on that at most: in a corpus of many thousand files it looks more seldom."""

CLOSING_SECONDS = 5.0
"""How long closing waits for a generation that is being opened."""

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
        self._assistant: Attested | None = None
        self._currency = Currency(settings)
        self._asked = False
        self._follower: threading.Thread | None = None

    def assistant(self) -> Answering:
        """The assistant over the newest generation. Raises IndexNotFoundError and its siblings."""
        self._asked = True
        with self._lock:
            if self._assistant is None:
                self._assistant = Attested(self._opener(self._settings), self._currency)
                self._closed.clear()
                self._follower = threading.Thread(
                    target=self._follow, args=(self._assistant,), name="generations", daemon=True
                )
                self._follower.start()
            return self._assistant

    def ready(self) -> Answering | None:
        """The assistant, where it can be had without reading the disk."""
        self._asked = True
        return self._assistant

    def marked(self, answer: Answer) -> Answer:
        """`answer` with what has become of its files since, and whether the index is stale."""
        return self._currency.marked(answer)

    @contextmanager
    def snapshot(self, generation: int | None) -> Iterator[Snapshot]:
        """What a generation holds: the newest, or the one that an answer came from. Raises NotFoundError."""
        newest = self.assistant().snapshot
        if generation in (None, newest.generation):
            yield newest
            return
        from rag.index.snapshot import Snapshot

        try:
            earlier = Snapshot.open(self._settings.index_path, generation=generation)
        except UsageError as error:
            raise NotFoundError(f"generation {generation} of the notes is no longer kept; ask again") from error
        with earlier:
            yield earlier

    def _follow(self, assistant: Answering) -> None:
        told = ""
        look_at_notes = 0.0
        while not self._closed.wait(self._interval):
            try:
                if assistant.refresh():
                    look_at_notes = 0.0
                if self._asked and time.monotonic() >= look_at_notes:
                    look_at_notes = self._look_at_notes()
                told = ""
            except RagError as error:  # the generation in hand goes on serving
                if str(error) != told:
                    log.warning("a newer generation could not be opened: %s", error)
                told = str(error)

    def _look_at_notes(self) -> float:
        """Note how far the index is behind the notes; the time (monotonic) before which not to look again."""
        self._asked = False
        started = time.monotonic()
        self._currency.behind = left_behind(self._settings) if self._settings.corpus.is_dir() else None
        ended = time.monotonic()
        return ended + max(LOOK_AT_NOTES_SECONDS, (ended - started) / SHARE)

    def close(self) -> None:
        """Let go of the index."""
        self._closed.set()
        with self._lock:
            if self._follower is not None:
                self._follower.join(CLOSING_SECONDS)
            if self._assistant is not None:
                self._assistant.close()
            self._assistant = self._follower = None
