"""A process that reads pages of PDFs for another one, so that no PDF can take an ingest down.

Tasks and results are pickled frames over standard input and output. The process ends with its input.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from ingest.pdf_picture import Drawing, Picture, draw
from ingest.pdf_scan import Opened, Scan, described, opened, scan
from rag.errors import UnreadableFileError

MOST_MEMORY = 960 * 1024 * 1024
"""Bytes of data that a page may make the process hold; the layout model takes a quarter of it."""
_LENGTH = struct.Struct(">Q")

Task = tuple[str, str, int, bool] | Drawing
"""(path, password, page counted from 0 or WHOLE, whether the layout model is wanted), or a page to be drawn."""
Result = Opened | Scan | Picture | str
"""What the document says of itself, a page, its picture, or the reason why there is none."""
WHOLE = -1


def send(stream: IO[bytes], message: object) -> None:
    """Write one frame."""
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read one frame. Raises EOFError where the other side is gone."""
    head = stream.read(_LENGTH.size)
    data = stream.read(_LENGTH.unpack(head)[0]) if len(head) == _LENGTH.size else b""
    if not data:
        raise EOFError
    return pickle.loads(data)  # only our own processes write here


class Desk:
    """Answers tasks and keeps the document of the last one open."""

    def __init__(self) -> None:
        self.held: tuple[str, str] | None = None
        self.document: Any = None
        self.stack = contextlib.ExitStack()

    def answer(self, task: Task) -> Result:
        """The result of a task."""
        path, password, number, wanted = task
        try:
            if isinstance(task, Drawing):  # what is drawn upon is not kept
                with opened(Path(path), password=password) as document:
                    return draw(document[number], task.marks)
            if self.held != (path, password):
                self.close()
                self.document = self.stack.enter_context(opened(Path(path), password=password))
                self.held = (path, password)
            if number == WHOLE:
                return described(self.document)
            return scan(self.document[number], layout=bool(wanted))
        except UnreadableFileError as error:
            return error.reason
        except MemoryError:
            return f"page {number + 1} needs more than {MOST_MEMORY >> 20} MB; leave it out or print it anew"
        except Exception as error:  # whatever a page does to the library, the others go on
            return f"page {number + 1} cannot be read ({type(error).__name__}: {' '.join(str(error).split())})"

    def close(self) -> None:
        """Close the document."""
        self.held = None
        self.stack.close()


def main() -> None:
    """Answer tasks until the input ends."""
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what libraries print is no frame
    _limit_memory()
    desk = Desk()
    for task in _tasks():
        send(output, desk.answer(task))


def _tasks() -> Iterator[Task]:
    with contextlib.suppress(EOFError):
        while True:
            yield receive(sys.stdin.buffer)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))


if __name__ == "__main__":
    main()
