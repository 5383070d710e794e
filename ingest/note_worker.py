"""A process that reads notes for another one, since Python works on one core at a time.

Tasks and results are pickled frames over standard input and output. The process ends with its input.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Sequence

from ingest.paper_memory import PaperMemory
from ingest.pdf_worker import receive, send
from ingest.prepare import prepare
from ingest.sources import Found
from rag.errors import UnreadableFileError
from rag.index.rendered import Rendered, rendered
from rag.index.uncollected import uncollected

Task = tuple[Found, bytes, int]
"""A file, its bytes, and the time that the index is to remember."""
Read = Rendered | str
"""The rows of a file, or the reason why it cannot be read."""


def read(task: Task, papers: PaperMemory | None = None) -> Read:
    """The rows of a file. Whatever one file does to a parser, the others go on."""
    found, data, mtime_ns = task
    try:
        with uncollected():
            return rendered(prepare(found, data, mtime_ns=mtime_ns, papers=papers))
    except UnreadableFileError as error:
        return error.reason
    except Exception as error:
        return f"cannot be parsed ({type(error).__name__}: {error})"


def main() -> None:
    """Answer lists of tasks until the input ends."""
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what libraries print is no frame
    gc.disable()  # documents hold no cycles, and looking for some would take a tenth of the time
    with contextlib.suppress(EOFError):
        while True:
            tasks: Sequence[Task] = receive(sys.stdin.buffer)
            send(output, [read(task) for task in tasks])
            gc.collect(1)


if __name__ == "__main__":
    main()
