"""`rag serve` as a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from rag.config import Settings
from server.access import is_loopback

ROOT = Path(__file__).resolve().parents[2]


def _serve(corpus: Path, *args: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "server.cli", "serve", "--port", "0", "--corpus", str(corpus), *args]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)


def _stopped(process: subprocess.Popen[str]) -> str:
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    return err


def test_it_says_where_it_listens_answers_there_and_stops_on_a_signal(ingested: Settings) -> None:
    process = _serve(ingested.corpus, "--no-refresh")
    assert process.stdout is not None
    address = process.stdout.readline().strip()

    answer = httpx.post(f"{address}api/ask", json={"question": "Osprey Z 的价格"}, timeout=20).json()

    assert address.startswith("http://127.0.0.1:")
    assert "12,800元" in answer["text"]
    assert "Traceback" not in _stopped(process)


def test_notes_without_an_index_are_ingested_first_and_a_wide_address_is_warned_of(corpus: Path) -> None:
    process = _serve(corpus, "--host", "0.0.0.0")
    assert process.stdout is not None
    port = process.stdout.readline().strip().strip("/").rsplit(":", 1)[1]

    assert httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=20).json()["generation"] == 1
    err = _stopped(process)
    assert "note: listening on 0.0.0.0: everyone who reaches this address can read the notes; `rag keys add" in err
    assert "note: ingested the notes: 2 added\n" in err


def test_a_taken_port_is_one_line(ingested: Settings) -> None:
    process = _serve(ingested.corpus, "--no-refresh")
    assert process.stdout is not None
    port = process.stdout.readline().strip().strip("/").rsplit(":", 1)[1]

    second = _serve(ingested.corpus, "--no-refresh", "--port", port)
    _, err = second.communicate(timeout=20)

    assert second.returncode == 1
    assert err.count("\n") == 1
    assert f"cannot listen on 127.0.0.1:{port}" in err
    _stopped(process)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.0.0.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.0.4", False),
        ("example.org", False),
    ],
)
def test_which_addresses_stay_on_this_machine(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
