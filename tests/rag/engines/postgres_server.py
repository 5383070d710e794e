"""A real PostgreSQL server of Debian's packages in a temporary directory, run by a user without privileges."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

WHERE = Path("/usr/lib/postgresql")
USER = "rag"
PATIENCE = 60.0


@dataclass(frozen=True)
class PostgresServer:
    """A running server: the directory of its socket, and how to stop and start it."""

    directory: Path
    programs: Path
    as_user: tuple[str, ...]
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def url(self, schema: str = "public") -> str:
        """The address of a schema."""
        return f"postgresql://{USER}@/postgres?host={self.directory}&options=-csearch_path%3D{schema}"

    def run(self, *statements: str) -> list[tuple[object, ...]]:
        """Run statements, each by itself; the rows of the last one."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            for statement in statements:
                found = connection.execute(statement.encode())
            return found.fetchall() if found.description else []

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = ["listen_addresses=", f"unix_socket_directories={self.directory}", "fsync=off", "max_connections=60"]
        options = [part for setting in settings for part in ("-c", setting)]
        log = (self.directory / "log").open("ab")
        with log:
            process = subprocess.Popen(
                [*self.as_user, self.programs / "postgres", "-D", self.directory / "data", *options],
                stdout=log,
                stderr=log,
                cwd=self.directory,
            )
        self._running.append(process)
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(self.url()).close()
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, (self.directory / "log").read_text(encoding="utf-8")
                time.sleep(0.05)
            else:
                return

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop it; SIGINT ends all sessions at once."""
        while self._running:
            process = self._running.pop()
            process.send_signal(how)
            process.wait(PATIENCE)


def programs() -> Path | None:
    """Where the newest installed server's programs are; None where none is installed."""
    found = sorted(WHERE.glob("*/bin/initdb"), key=lambda path: float(path.parent.parent.name))
    return found[-1].parent if found else None


def other_user() -> str | None:
    """As whom to run the server, which refuses to run as root; None where this process is not root's."""
    if os.geteuid():
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def as_user(name: str | None) -> tuple[str, ...]:
    """What to put before a command that another user is to run.

    `subprocess` would fork for that and run Python in the copy; where this process has threads, the copy may crash or
    stand still before it runs anything. A program that changes the user and then runs the command needs no such copy.
    """
    return () if name is None else ("setpriv", f"--reuid={name}", f"--regid={name}", "--clear-groups")


@contextmanager
def serving() -> Iterator[PostgresServer]:
    """A new server, which is gone at the end."""
    where = programs()
    assert where is not None
    directory = Path(tempfile.mkdtemp(prefix="pg"))  # short: the path of a socket has 107 bytes at most
    user = other_user()
    try:
        if user is not None:
            shutil.chown(directory, user, user)
        made: list[str | Path] = [
            where / "initdb",
            "-D",
            directory / "data",
            "-U",
            USER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
        ]
        subprocess.run([*as_user(user), *made], check=True, capture_output=True, cwd=directory)
        server = PostgresServer(directory, where, as_user(user))
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(directory)
