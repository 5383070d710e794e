"""`python -m tests.ingest.faults CORPUS`: ingests in forks of a warm process whose writes the kernel refuses.

Every line of standard input is JSON: `index`, and which calls fail: those from number `first` to before `end` (from
0; `end` null: all that come) with the error number `error`. Every line of standard output tells what became of it:
`error` ("" or the type and message of what was raised), and `calls`, [system call, file below the index] of each call.

The calls are counted and refused outside of the ingesting process by seccomp's user notification (Linux 5.0), which
needs no privileges: SQLite, FAISS and Tantivy are the real ones and see what a full disk gives them.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import platform
import select
import socket
import struct
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ingest.build import ingest
from rag.config import Settings
from rag.embed import open_embedder

CALLS = {
    "x86_64": {
        "seccomp": 317, "write": 1, "pwrite64": 18, "writev": 20, "pwritev": 296, "ftruncate": 77, "fallocate": 285,
        "fsync": 74, "fdatasync": 75, "rename": 82, "renameat": 264, "renameat2": 316,
    },
    "aarch64": {
        "seccomp": 277, "write": 64, "pwrite64": 68, "writev": 66, "pwritev": 70, "ftruncate": 46, "fallocate": 47,
        "fsync": 82, "fdatasync": 83, "renameat": 38, "renameat2": 276,
    },
}  # fmt: skip
"""Numbers of the system calls that change a disk."""

NO_NEW_PRIVILEGES = 38
SET_MODE_FILTER = 1
NEW_LISTENER = 1 << 3
ALLOW, NOTIFY = 0x7FFF0000, 0x7FC00000
LOAD_CALL, EQUALS, RETURN = 0x20, 0x15, 0x06
RECEIVE, SEND = 0xC0502100, 0xC0182101
CONTINUE = 1
NOTIFICATION = struct.Struct("QIIiIQ6Q")
RESPONSE = struct.Struct("QqiI")


@dataclass(slots=True)
class Watched:
    """The calls of one ingest so far, and those that are to fail."""

    index: Path
    first: int
    end: int | None
    error: int
    calls: list[tuple[str, str]] = field(default_factory=list)

    def refused(self, call: str, file: Path) -> bool:
        """Whether this call fails; only calls on files of the index count."""
        if call.startswith("rename"):
            name = ""
        elif file.is_relative_to(self.index):
            name = file.relative_to(self.index).as_posix()
        else:
            return False
        number = len(self.calls)
        self.calls.append((call, name))
        return number >= self.first and (self.end is None or number < self.end)


def main() -> None:
    """Ingest as often as told."""
    import faiss  # noqa: F401  so that no fork spends its time on loading libraries
    import tantivy  # noqa: F401

    import rag.index.writer  # noqa: F401

    open_embedder("builtin").embed_passages(["warm"])
    for line in sys.stdin:
        told: dict[str, Any] = json.loads(line)
        watched = Watched(Path(told["index"]).resolve(), told["first"], told["end"], told["error"])
        error = _one(Settings(corpus=Path(sys.argv[1]), index=watched.index), watched)
        print(json.dumps({"error": error, "calls": watched.calls}), flush=True)


def _one(settings: Settings, watched: Watched) -> str:
    """Ingest in a fork; what it raised."""
    mine, its = socket.socketpair()
    child = os.fork()
    if child == 0:
        mine.close()
        _ingest(settings, its)
    its.close()
    with mine:
        _, [listener], _, _ = socket.recv_fds(mine, 1, 1)
        _supervise(listener, watched)
        os.close(listener)
        said = b"".join(iter(lambda: mine.recv(1 << 16), b"")).decode()
    os.waitpid(child, 0)
    return said


def _ingest(settings: Settings, pipe: socket.socket) -> None:
    """Ingest under the filter, tell what was raised, and end without what a fork must not do at its end."""
    try:
        listener = _filtered()
        socket.send_fds(pipe, [b" "], [listener])
        os.close(listener)
        ingest(settings)
    except BaseException as error:
        pipe.sendall(f"{type(error).__name__}: {error}".encode())
    finally:
        os._exit(0)


def _filtered() -> int:
    """Let this thread and those it starts ask before every call in CALLS; where the questions arrive."""
    numbers = dict(CALLS[platform.machine()])
    seccomp = numbers.pop("seccomp")
    jumps = [
        struct.pack("HBBI", EQUALS, len(numbers) - at, 0, number) for at, number in enumerate(sorted(numbers.values()))
    ]
    ends = [struct.pack("HBBI", RETURN, 0, 0, action) for action in (ALLOW, NOTIFY)]
    program = b"".join([struct.pack("HBBI", LOAD_CALL, 0, 0, 0), *jumps, *ends])
    held = ctypes.create_string_buffer(program, len(program))
    pointer = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(held)))
    c = ctypes.CDLL(None, use_errno=True)
    c.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    listener = int(c.syscall(seccomp, SET_MODE_FILTER, NEW_LISTENER, pointer))
    if listener < 0:
        raise OSError(ctypes.get_errno(), "seccomp")
    return listener


def _supervise(listener: int, watched: Watched) -> None:
    """Answer every question until the process has ended."""
    names = {number: call for call, number in CALLS[platform.machine()].items()}
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    while True:
        [(_, events)] = poll.poll()
        if not events & select.POLLIN:
            return
        asked = bytearray(NOTIFICATION.size)
        try:
            fcntl.ioctl(listener, RECEIVE, asked)
            id, thread, _, call, _, _, descriptor, *_ = NOTIFICATION.unpack(asked)
            file = Path("/proc", str(thread), "fd", str(descriptor & 0xFFFF_FFFF))
            name = names[call]
            refused = watched.refused(name, Path() if name.startswith("rename") else file.readlink())
            answer = (id, 0, -watched.error, 0) if refused else (id, 0, 0, CONTINUE)
            fcntl.ioctl(listener, SEND, bytearray(RESPONSE.pack(*answer)))
        except FileNotFoundError:
            continue  # the thread has just ended


if __name__ == "__main__":
    main()
