"""The derived parts of one generation: opened when first asked, made anew from the records when damaged."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from rag.errors import IndexCorruptError, IndexError_
from rag.index.layout import DamagedError, lexical_path, vectors_path, writing

if TYPE_CHECKING:
    from rag.index.lexical import LexicalReader
    from rag.index.records import Generation, Records
    from rag.index.remote import Searched
    from rag.index.remote_readers import RemoteLexical, RemoteVectors
    from rag.index.segments import Segment
    from rag.index.vectors import VectorReader

LOCK_TIMEOUT = 10.0
"""Seconds that a reader waits for a writer before it mends a damaged part."""
_ATTEMPTS = 4
_T = TypeVar("_T")
_R = TypeVar("_R", bound="RemoteLexical | RemoteVectors")


class Derived:
    """Lexical and vector search of one generation. Safe to share between threads."""

    def __init__(self, records: Records, generation: Generation) -> None:
        self._records = records
        self._generation = generation
        self._lock = threading.RLock()
        self._lexical: dict[str, LexicalReader] = {}
        self._vectors: VectorReader | None = None
        self.notices: list[str] = []

    def lexical(self, kind: str, ask: Callable[[LexicalReader | RemoteLexical], _T]) -> _T:
        """Ask the lexical index of "chunks" or "facts"."""
        return self._mending(lambda: ask(self._lexical_reader(kind)))

    def vectors(self, ask: Callable[[VectorReader | RemoteVectors], _T]) -> _T:
        """Ask the vector index."""
        return self._mending(lambda: ask(self._vector_reader()))

    def _mending(self, answer: Callable[[], _T]) -> _T:
        reason = ""
        for _ in range(_ATTEMPTS):
            try:
                return answer()
            except DamagedError as error:
                reason = str(error)
                self._mend(reason)
        raise IndexCorruptError(f"the index {self._records.index} cannot be mended ({reason}); run `rag index rebuild`")

    def _lexical_reader(self, kind: str) -> LexicalReader:
        known = self._lexical.get(kind)
        return self._opened(kind) if known is None else known

    def _opened(self, kind: str) -> LexicalReader:
        from rag.index.lexical import LexicalReader
        from rag.index.lexical_bytes import damage

        with self._lock:
            found = self._lexical.get(kind)
            while found is None:
                path = self._bring_lexical() / kind if self._records.shared else self._lexical_path(kind)
                try:
                    if reason := damage(path, thorough=False):
                        raise DamagedError(reason)
                    found = LexicalReader(path)
                    found.hide(self._hidden(found, kind))
                except DamagedError:
                    # A writer may just have written the index anew under another name.
                    if self._lexical_path(kind) == path:
                        raise
                    found = None
                else:
                    # Then what is hidden may have been read of the new index, which lacks texts of this one.
                    found = found if self._lexical_path(kind) == path else None
            self._lexical[kind] = found
            return found

    def _lexical_path(self, kind: str) -> Path:
        with self._records.reading() as connection:
            name = self._records.get(connection, "lexical") or ""
        return lexical_path(self._records.index, name) / kind

    def _hidden(self, reader: LexicalReader, kind: str) -> set[int]:
        """What the files of the lexical index hold beyond this generation."""
        from rag.index.contents import hidden

        generation = self._generation
        seen, last = (
            (generation.chunks, generation.last_chunk) if kind == "chunks" else (generation.facts, generation.last_fact)
        )
        if reader.stored == seen:
            return set()
        if reader.stored < seen:
            raise DamagedError(f"the lexical index of {kind} holds {reader.stored} of {seen} texts")
        with self._records.reading() as connection:
            gone = hidden(connection, generation.id, kind, last)
        return gone | set(reader.above(last))

    def _vector_reader(self) -> VectorReader:
        from rag.index.contents import hidden
        from rag.index.vectors import VectorReader

        with self._lock:
            while self._vectors is None:
                if self._records.shared:
                    self._bring_vectors()
                segments = self._segments()
                with self._records.reading() as connection:
                    gone = hidden(connection, self._generation.id, "chunks", self._generation.last_chunk)
                try:
                    found = VectorReader([self._whole(segment) for segment in segments], gone)
                except DamagedError:
                    if self._segments() == segments:
                        raise
                else:
                    # Where the files were written anew meanwhile, `gone` may lack what only the earlier ones hold.
                    self._vectors = found if self._segments() == segments else None
            return self._vectors

    def _segments(self) -> list[Segment]:
        from rag.index.segments import segments_of

        with self._records.reading() as connection:
            return segments_of(connection, self._generation.id, self._generation.embedder)

    def _whole(self, segment: Segment) -> Path:
        """The file of a segment. Raises DamagedError where it is not as it was written."""
        from rag.index.written import Written, damage, noted

        path = vectors_path(self._records.index) / segment.file
        written = noted(path) if self._records.shared else Written(segment.size, segment.checksum)
        if reason := f"{path} is not there" if written is None else damage(path, written, thorough=False):
            raise DamagedError(reason)
        return path

    def _bring_lexical(self) -> Path:
        from rag.index import cache

        return cache.bring_lexical(self._records, self._generation.id)

    def _bring_vectors(self) -> None:
        from rag.index import cache

        cache.bring_vectors(self._records, self._generation)

    def _mend(self, reason: str) -> None:
        """Make the damaged parts anew, unless another process has just done so."""
        from rag.index.rebuild import mend

        with self._lock:
            self._lexical.clear()
            self._vectors = None
            try:
                with nullcontext() if self._records.shared else writing(self._records.index, timeout=LOCK_TIMEOUT):
                    mended = mend(self._records)
            except OSError as error:
                raise IndexCorruptError(
                    f"{reason}, and the index {self._records.index} cannot be mended ({error.strerror}); "
                    "make it writable and run `rag index rebuild`"
                ) from error
            except IndexError_ as error:
                raise type(error)(f"{reason}, and it cannot be mended now: {error}") from error
            self.notices.extend(notice for notice in mended if notice not in self.notices)


class OnServer:
    """The same two questions to a search server. Safe to share between threads."""

    def __init__(self, records: Records, generation: Generation) -> None:
        self._records = records
        self._generation = generation
        self._lock = threading.RLock()
        self._readers: dict[str, RemoteLexical | RemoteVectors] = {}
        self.notices: list[str] = []

    def lexical(self, kind: str, ask: Callable[[LexicalReader | RemoteLexical], _T]) -> _T:
        """Ask the lexical index of "chunks" or "facts"."""
        from rag.index.remote_readers import RemoteLexical

        def made(place: Searched) -> RemoteLexical:
            return RemoteLexical(self._records, self._generation, kind, place)

        return self._asked(lambda: ask(self._reader(kind, made)))

    def vectors(self, ask: Callable[[VectorReader | RemoteVectors], _T]) -> _T:
        """Ask the vector index."""
        from rag.index.remote_readers import RemoteVectors

        def made(place: Searched) -> RemoteVectors:
            return RemoteVectors(self._records, self._generation, place)

        return self._asked(lambda: ask(self._reader("vectors", made)))

    def _reader(self, name: str, made: Callable[[Searched], _R]) -> _R:
        from rag.index.remote import require

        with self._lock:
            found = self._readers.get(name)
            if found is None:
                found = self._readers[name] = made(require(self._records, self._generation.id))
            return found  # type: ignore[return-value]

    def _asked(self, answer: Callable[[], _T]) -> _T:
        """The answer; a generation that was just brought into other collections is asked there."""
        try:
            return answer()
        except DamagedError:
            with self._lock:
                self._readers.clear()
        try:
            return answer()
        except DamagedError as error:
            raise IndexError_(
                f"generation {self._generation.id} of {self._records.index} is not on the search server any more "
                f"({error}); run `rag index rebuild`"
            ) from error
