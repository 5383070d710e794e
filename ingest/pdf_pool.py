"""Reads PDFs with one process a core; each has limits of time and memory, and may die without harm."""

from __future__ import annotations

import atexit
import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from ingest.pdf import Paper, compose
from ingest.pdf_ocr import is_installed
from ingest.pdf_scan import Opened, Scan
from ingest.pdf_worker import WHOLE, Result, Task, receive, send
from rag.errors import UnreadableFileError

MOST_PAGES = 2000
"""Pages beyond which a PDF is a book or a dump: all of them are held in memory while it is put together."""
PAGE_SECONDS = 60.0
"""Seconds that one page may take; the slowest of a hundred papers' pages took 1.2."""
RECOGNITION_SECONDS = 300.0
"""The same where the text of pictures is recognised: a full page takes about 10 s of one core."""

ALLOCATION = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": str(16 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(64 << 20),
}
"""How glibc allocates in the processes. Left to itself it keeps what the layout model once took for a large page: after
a hundred pages a process held 1.7 GB, so that pages failed that fit. With these it stays below 350 MB, as fast."""

OnPage = Callable[[int, int], None]
"""Called with the number of pages read so far and of all pages."""


class Reader:
    """One process that reads pages, started anew when it was lost."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None

    def ask(self, task: Task, seconds: float = PAGE_SECONDS) -> Result:
        """The result of a task, or the reason why there is none."""
        process = self.process or self._start()
        late = threading.Timer(seconds, process.kill)
        late.daemon = True
        late.start()
        what = "the file" if task[2] == WHOLE else f"page {task[2] + 1}"
        try:
            assert process.stdin is not None  # both are pipes, see _start
            assert process.stdout is not None
            send(process.stdin, task)
            result: Result = receive(process.stdout)
        except (OSError, EOFError):
            timely = late.is_alive()
            self.close()
            if timely:
                return f"{what} took the reading process down (too large or broken); print the PDF anew"
            return f"{what} took longer than {seconds:g} s to read; leave it out or print the PDF anew"
        finally:
            late.cancel()
        return result

    def close(self) -> None:
        """End the process."""
        process, self.process = self.process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        path = os.pathsep.join(entry for entry in sys.path if entry)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ingest.pdf_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **ALLOCATION, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
        )
        return self.process


class Pool:
    """Readers for the pages of one paper after the other; safe to use from one thread at a time."""

    def __init__(self, size: int | None = None, seconds: float | None = None) -> None:
        seconds = seconds or (RECOGNITION_SECONDS if is_installed() else PAGE_SECONDS)
        self.readers = [Reader() for _ in range(size or os.cpu_count() or 1)]
        self.seconds = seconds

    def read(self, path: Path, *, layout: bool = True, password: str = "", on_page: OnPage | None = None) -> Paper:
        """The paper at `path`. Raises UnreadableFileError, also where a page is too much for a process."""
        name = str(path)
        said = self.readers[0].ask((name, password, WHOLE, layout), self.seconds)
        if not isinstance(said, Opened):
            raise UnreadableFileError(path.name, str(said))
        if said.pages > MOST_PAGES:
            raise UnreadableFileError(path.name, f"has {said.pages} pages, more than {MOST_PAGES}; split it")
        scans = self._pages(path, said.pages, (name, password, layout), on_page)
        return compose(path, said, scans)

    def _pages(self, path: Path, pages: int, asked: tuple[str, str, bool], on_page: OnPage | None) -> list[Scan]:
        left: queue.SimpleQueue[int] = queue.SimpleQueue()
        for number in range(pages):
            left.put(number)
        found: dict[int, Scan] = {}
        failed: dict[int, str] = {}

        def work(reader: Reader) -> None:
            while not failed:
                try:
                    number = left.get_nowait()
                except queue.Empty:
                    return
                task = (asked[0], asked[1], number, asked[2])
                result = reader.ask(task, self.seconds)
                if not isinstance(result, Scan) and reader.process is not None:
                    reader.close()  # what earlier pages left behind may be why: a fresh process has the last word
                    result = reader.ask(task, self.seconds)
                if isinstance(result, Scan):
                    found[number] = result
                else:
                    failed[number] = str(result)
                if on_page:
                    on_page(len(found), pages)

        threads = [threading.Thread(target=work, args=(reader,), daemon=True) for reader in self.readers[:pages]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if failed:
            raise UnreadableFileError(path.name, failed[min(failed)])
        return [found[number] for number in range(pages)]

    def close(self) -> None:
        """End all processes."""
        for reader in self.readers:
            reader.close()


_shared: list[Pool] = []


def shared_pool() -> Pool:
    """The pool of this process, started when first used and ended with it."""
    if not _shared:
        _shared.append(Pool())
        atexit.register(_shared[0].close)
    return _shared[0]


def end_readers() -> None:
    """End the processes of this process' pool, which hold some 200 MB each; they start anew when next needed.

    Not while another thread may be reading.
    """
    for pool in _shared:
        pool.close()
