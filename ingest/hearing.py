"""Hearing of changes below a directory: from the operating system, or by looking where it cannot tell."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path

from ingest.sources import KINDS

QUIET_MS = 50
"""A burst of saves is over when so long nothing more happened ..."""
BURST_MS = 500
"""... or when it has lasted so long: a save is to be searchable within two seconds."""
LOOK_SECONDS = 1.0
"""How often to see whether the directory itself is still the same: replaced or unmounted, it reports nothing more."""
NETWORK = frozenset((
    "9p", "afs", "ceph", "cifs", "coda", "drvfs", "gfs2", "ncpfs", "nfs", "nfs4", "ocfs2",
    "prl_fs", "smb2", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs",
))  # fmt: skip
"""File systems that other computers write to without this one being told."""

_ESCAPED = re.compile(r"\\(\d{3})")


class Ears(threading.Thread):
    """Sets `heard` when something below `root` may have changed; `tell` gets what a person should know.

    `deaf` is set where the operating system reports nothing (a limit is reached): then only looking helps.
    """

    def __init__(self, root: Path, index: Path, heard: threading.Event, tell: Callable[[str], None]) -> None:
        super().__init__(name="ears", daemon=True)
        self._root = root
        self._index = index.resolve()
        self._heard = heard
        self._tell = tell
        self._closed = threading.Event()
        self.listening = threading.Event()
        self.deaf = threading.Event()

    def run(self) -> None:
        """Listen until closed; begin again where the directory is replaced."""
        while not self._closed.is_set():
            try:
                self._listen()
            except FileNotFoundError:  # the directory is gone: it may come back
                self._heard.set()
                self._closed.wait(LOOK_SECONDS / 2)
            except (OSError, RuntimeError) as error:
                self.deaf.set()
                self.listening.set()
                self._heard.set()
                self._tell(
                    f"changes in {self._root} are not reported by the system ({error}); looking for them instead"
                )
                return

    def _listen(self) -> None:
        import watchfiles

        identity = self._identity()
        heard_here = False
        for changes in watchfiles.watch(
            self._root.resolve(strict=True),
            watch_filter=lambda change, path: self._matters(Path(path), gone=change == watchfiles.Change.deleted),
            debounce=BURST_MS,
            step=QUIET_MS,
            rust_timeout=int(LOOK_SECONDS * 1000),
            yield_on_timeout=True,
            stop_event=self._closed,
            raise_interrupt=False,
            force_polling=False,
            ignore_permission_denied=True,
        ):
            if changes or (not heard_here and self.listening.is_set()):
                self._heard.set()  # or there may be files from before this began
            heard_here = True
            self.listening.set()
            if self._identity() != identity:
                self._heard.set()
                return

    def _identity(self) -> tuple[int, int]:
        seen = self._root.stat()
        return seen.st_dev, seen.st_ino

    def _matters(self, path: Path, *, gone: bool) -> bool:
        """Whether a change of `path` may be one of the corpus; nobody knows whether what is gone was a directory."""
        if path.is_relative_to(self._index):
            return False
        try:
            inside = path.relative_to(self._root.resolve())
        except (ValueError, OSError):
            return True
        if any(part.startswith(".") for part in inside.parts):
            return False
        return gone or path.suffix.lower() in KINDS or path.is_dir()

    def close(self) -> None:
        """Listen no more."""
        self._closed.set()


def is_network_folder(path: Path, mounts: Path = Path("/proc/self/mountinfo")) -> bool:
    """Whether `path` lies on a file system that other computers write to, as far as the system tells (Linux only).

    The format of `mounts` is that of proc(5): the fifth field is the mount point, the first after " - " the type.
    """
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return False
    place = path.resolve()
    best, kind = -1, ""
    for line in lines:
        left, _, right = line.partition(" - ")
        fields, after = left.split(" "), right.split(" ")
        if len(fields) < 5 or not after[0]:
            continue
        point = Path(_ESCAPED.sub(lambda match: chr(int(match[1], 8)), fields[4]))
        if place.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), after[0]
    return kind in NETWORK or kind.startswith("fuse.")
