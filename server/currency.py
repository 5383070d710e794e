"""Whether the notes on disk still say what an answer quotes."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rag.config import Settings
from rag.types import Answer, Behind, Citation, Since, Stale, Turn
from server.opening import Answering

if TYPE_CHECKING:
    from types import TracebackType

    from rag.index.snapshot import Snapshot

SETTLED = 2.0
"""Seconds after which a file's time tells its versions apart."""
_Signature = tuple[int, int, int, int]


class Currency:
    """Looks at the files that answers cite; safe to share between threads. `behind` is what the whole index lacks."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._digests: dict[Path, tuple[_Signature, str]] = {}
        self.behind: Behind | None = None

    def marked(self, answer: Answer) -> Answer:
        """The answer with what has become of each cited file since, and whether the index is stale."""
        citations = answer.citations
        if self._settings.corpus.is_dir():
            found = {c.source: self._stale(c) for c in citations}
            citations = tuple(replace(c, stale=found[c.source]) for c in citations)
        stale = self.behind is not None or any(c.stale for c in citations)
        return replace(answer, citations=citations, index=replace(answer.index, stale=stale, behind=self.behind))

    def _stale(self, citation: Citation) -> Stale | None:
        from ingest.pending import file_of

        if not citation.digest:
            return citation.stale
        file = file_of(self._settings, citation.source)
        try:
            seen = file.stat()
            digest = self._digest(file, (seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns))
        except OSError as error:
            if not file.exists():
                return Stale(Since.REMOVED)
            return Stale(Since.UNREADABLE, reason=(error.strerror or str(error)).lower())
        since = datetime.fromtimestamp(seen.st_mtime, UTC).isoformat(timespec="seconds")
        if citation.stale is not None:
            return replace(citation.stale, since=since)
        return None if digest == citation.digest else Stale(Since.CHANGED, since)

    def _digest(self, file: Path, signature: _Signature) -> str:
        held = self._digests.get(file)
        if held is not None and held[0] == signature:
            return held[1]
        found = hashlib.sha256(file.read_bytes()).hexdigest()
        if time.time_ns() - signature[2] > SETTLED * 1e9:
            self._digests[file] = (signature, found)
        return found


class Attested:
    """An assistant whose answers say how current they are."""

    def __init__(self, assistant: Answering, currency: Currency) -> None:
        self._assistant = assistant
        self._currency = currency

    @property
    def snapshot(self) -> Snapshot:
        """The generation that answers come from."""
        return self._assistant.snapshot

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """The answer, marked."""
        return self._currency.marked(self._assistant.ask(question, history))

    def ask_briefly(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        """The answer without ranked passages, marked."""
        return self._currency.marked(self._assistant.ask_briefly(question, history))

    def stream(self, question: str, history: Sequence[Turn] = ()) -> Iterator[str | Answer]:
        """The answer's pieces, then the whole answer, marked."""
        for piece in self._assistant.stream(question, history):
            yield self._currency.marked(piece) if isinstance(piece, Answer) else piece

    def refresh(self) -> bool:
        """Move to the newest generation; True when there was one."""
        return self._assistant.refresh()

    def close(self) -> None:
        """Let go of the index."""
        self._assistant.close()

    def __enter__(self) -> Attested:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
