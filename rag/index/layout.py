"""Where the files of an index lie, and the locks that guard them: one writer, and pins of readers."""

from __future__ import annotations

import contextlib
import os
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from rag.errors import IndexError_, IndexLockedError

if os.name == "nt":
    import msvcrt

    def _try_lock(handle: int, *, shared: bool) -> bool:
        # Windows has no shared locks here: readers of one generation share by not locking at all, and an open
        # file cannot be deleted, which is what a pin is for.
        if shared:
            return True
        try:
            os.lseek(handle, 1 << 30, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(handle: int, *, shared: bool) -> bool:
        try:
            fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


class DamagedError(Exception):
    """A derived part cannot be used or written; what can be read is made anew from the records."""


LOCK_NAME = "lock"
POLL_SECONDS = 0.05


def records_path(index: Path) -> Path:
    """The SQLite file."""
    return index / "records.db"


def lexical_path(index: Path, name: str) -> Path:
    """The directory of the Tantivy indexes of that name."""
    return index / "lexical" / name


def vectors_path(index: Path) -> Path:
    """The directory of the FAISS files."""
    return index / "vectors"


def make(index: Path) -> None:
    """Make the directories of an index. Raises IndexError_ where that is not possible."""
    try:
        for directory in (index, index / "lexical", index / "vectors", index / "pins"):
            directory.mkdir(parents=True, exist_ok=True)
        ignore = index / ".gitignore"
        if not ignore.exists():
            ignore.write_text("*\n", encoding="utf-8")
    except OSError as error:
        raise IndexError_(
            f"the index {index} cannot be written ({error.strerror}); choose another place with --index"
        ) from error


@contextmanager
def writing(index: Path, *, timeout: float) -> Iterator[None]:
    """Hold the write lock of `index`, waiting at most `timeout` seconds for another writer.

    The lock is the operating system's, so that it vanishes with its holder. Raises IndexLockedError.
    """
    path = index / LOCK_NAME
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise IndexError_(
            f"the index {index} cannot be written ({error.strerror}); choose another place with --index"
        ) from error
    try:
        deadline = time.monotonic() + timeout
        while not _try_lock(handle, shared=False):
            if time.monotonic() >= deadline:
                raise IndexLockedError(
                    f"{index}: {_holder(path)} is writing to the index and did not finish within "
                    f"{timeout:g} s; wait for it or end it"
                )
            time.sleep(POLL_SECONDS)
        with contextlib.suppress(OSError):  # on a full disk the lock holds without its holder's name
            os.ftruncate(handle, 0)
            os.lseek(handle, 0, os.SEEK_SET)
            os.write(handle, str(os.getpid()).encode())
        yield
    finally:
        os.close(handle)


@contextmanager
def written(index: Path) -> Iterator[None]:
    """Turns what a disk does to a write (full, gone, read-only) into the program's own error."""
    try:
        yield
    except (OSError, DamagedError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise IndexError_(
            f"the index {index} could not be written ({reason}); its earlier state is intact: "
            "make room or make it writable, and run it again"
        ) from error


def writer_of(index: Path) -> str | None:
    """Who holds the write lock of `index` just now, in words; None when nobody does."""
    path = index / LOCK_NAME
    try:
        handle = os.open(path, os.O_RDWR)
    except OSError:
        return None
    try:
        # Shared, so that two who look do not see each other.
        return None if _try_lock(handle, shared=True) else _holder(path)
    finally:
        os.close(handle)


def _holder(path: Path) -> str:
    try:
        pid = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        pid = ""
    return f"process {pid}" if pid else "another process"


class Hold(Protocol):
    """A reader's hold on a generation; `held` says whether it could be had."""

    @property
    def held(self) -> bool: ...

    def close(self) -> None: ...


class Pin:
    """A reader's hold on a generation: garbage collection leaves it alone while the pin is open.

    A pin that nobody refers to any more closes by itself: so a generation is held until the last answer that
    began in it is done, without anyone counting them.
    """

    def __init__(self, index: Path, generation: int) -> None:
        self._release: weakref.finalize[[int], Pin] | None = None
        self.held = True
        path = _pin_path(index, generation)
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError:
            # A medium that cannot be written is not collected either.
            return
        self._release = weakref.finalize(self, os.close, handle)
        self.held = _try_lock(handle, shared=True)

    def close(self) -> None:
        """Let go."""
        if self._release is not None:
            self._release()


@contextmanager
def unpinned(index: Path, generations: list[int]) -> Iterator[list[int]]:
    """Those of `generations` that no reader holds; none can be pinned until the end of the context."""
    handles: list[tuple[int, Path]] = []
    free = []
    try:
        for generation in generations:
            path = _pin_path(index, generation)
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
            if _try_lock(handle, shared=False):
                handles.append((handle, path))
                free.append(generation)
            else:
                os.close(handle)
        yield free
    finally:
        for handle, path in handles:
            if os.name != "nt":
                path.unlink(missing_ok=True)
            os.close(handle)


def _pin_path(index: Path, generation: int) -> Path:
    return index / "pins" / str(generation)


def make_durable(path: Path) -> None:
    """Wait until a file, or the names within a directory, are on the disk."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
