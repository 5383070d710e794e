"""A process beside the server that re-ingests notes as they change: answers need not share its time."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from rag.config import Settings

GRACE = 10.0
"""Seconds that the process has to end when it is told to; an ingest of one batch of files fits."""
AGAIN = 5.0
"""Seconds until it is started again, should it die."""
_UNRELATED = frozenset(("llm", "llm_timeout", "reranker", "host", "port"))


class Watcher:
    """Runs `rag ingest --watch` until stopped; `tell` gets what a person should know."""

    def __init__(self, settings: Settings, tell: Callable[[str], None]) -> None:
        self._settings = settings
        self._tell = tell
        self._stopped = threading.Event()
        self._process: subprocess.Popen[str] | None = None
        self._thread = threading.Thread(target=self._run, name="watcher", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """End the process; an ingest under way is given up."""
        self._stopped.set()
        process = self._process
        if process is not None and process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
            try:
                process.wait(GRACE)
            except subprocess.TimeoutExpired:
                process.kill()
        self._thread.join(GRACE)

    def _run(self) -> None:
        while not self._stopped.is_set():
            process = self._process = self._spawn()
            assert process.stdout is not None
            with process.stdout:
                for line in process.stdout:
                    self._report(line)
            status = process.wait()
            if not self._stopped.is_set():
                self._tell(f"the process that watches the notes ended (status {status}); it is started again")
                self._stopped.wait(AGAIN)

    def _spawn(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "server.cli", "ingest", "--watch", "--json", "--until-closed"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=self._environment(),
            # Ctrl-C in a terminal reaches all processes there; the server ends this one itself.
            start_new_session=True,
        )

    def _environment(self) -> dict[str, str]:
        """The server's own settings, flags included, for the process."""
        given = {
            f"RAG_{field.name.upper()}": str(value)
            for field in fields(Settings)
            if field.name not in _UNRELATED and (value := getattr(self._settings, field.name)) is not None
        }
        path = os.pathsep.join(entry for entry in sys.path if entry)
        return {**os.environ, **given, "PYTHONPATH": path, "RAG_INDEX": str(self._settings.index_path)}

    def _report(self, line: str) -> None:
        try:
            said: dict[str, Any] = json.loads(line)
        except ValueError:
            return
        if "error" in said:
            self._tell(f"watching: {said['error']['message']}")
            return
        if "notice" in said:
            self._tell(said["notice"])
            return
        for failed in said["failed"]:
            self._tell(f"{failed['path']} could not be read: {failed['reason']}")
        for told in said["notices"]:
            self._tell(told)
