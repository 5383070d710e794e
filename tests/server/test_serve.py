"""`rag serve` as a process."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from rag.config import Settings
from server.access import is_loopback
from server.keys import Scope, add_key
from server.state import State

ROOT = Path(__file__).resolve().parents[2]


STARTED: list[subprocess.Popen[str]] = []


@pytest.fixture(autouse=True)
def none_left() -> Iterator[None]:
    """No server outlives a test that failed."""
    yield
    while STARTED:
        process = STARTED.pop()
        if process.poll() is None:
            process.kill()
            process.communicate()


def _serve(corpus: Path, *args: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "server.cli", "serve", "--port", "0", "--corpus", str(corpus), *args]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    STARTED.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env))
    return STARTED[-1]


def _stopped(process: subprocess.Popen[str]) -> str:
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    return err


def test_it_says_where_it_listens_answers_there_and_stops_on_a_signal(ingested: Settings) -> None:
    process = _serve(ingested.corpus, "--no-refresh")
    assert process.stdout is not None
    address = process.stdout.readline().strip()

    answer = httpx.post(f"{address}api/ask", json={"question": "Osprey Z 的价格"}, timeout=60).json()

    assert address.startswith("http://127.0.0.1:")
    assert "12,800元" in answer["text"]
    assert "Traceback" not in _stopped(process)


def test_notes_without_an_index_are_ingested_first_and_a_wide_address_is_warned_of(corpus: Path) -> None:
    process = _serve(corpus, "--host", "0.0.0.0")
    assert process.stdout is not None
    port = process.stdout.readline().strip().strip("/").rsplit(":", 1)[1]

    assert httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=60).json()["generation"] == 1
    err = _stopped(process)
    assert "note: listening on 0.0.0.0: everyone who reaches this address can read the notes; `rag keys add" in err
    assert "note: ingested the notes: 2 added\n" in err


def test_a_taken_port_is_one_line(ingested: Settings) -> None:
    process = _serve(ingested.corpus, "--no-refresh")
    assert process.stdout is not None
    port = process.stdout.readline().strip().strip("/").rsplit(":", 1)[1]

    second = _serve(ingested.corpus, "--no-refresh", "--port", port)
    _, err = second.communicate(timeout=60)

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


def _wait(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.02)


def _refuses(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=60).close()
    except ConnectionRefusedError:
        return True
    return False


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_request_under_way_is_answered_before_the_server_stops(ingested: Settings, workers: str) -> None:
    process = _serve(ingested.corpus, "--no-refresh", "--workers", workers)
    assert process.stdout is not None
    port = int(process.stdout.readline().strip().strip("/").rsplit(":", 1)[1])
    body = json.dumps({"question": "Osprey Z 的价格"}).encode()
    head = f"POST /api/ask HTTP/1.1\r\nhost: localhost\r\ncontent-length: {len(body)}\r\n".encode()

    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(head + b"content-type: application/json\r\n\r\n" + body[:5])
        _wait(lambda: "rag_requests_under_way 2.0" in httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=60).text)
        process.send_signal(signal.SIGTERM)
        _wait(lambda: _refuses(port))
        connection.sendall(body[5:])
        answer = b"".join(iter(lambda: connection.recv(65536), b""))

    process.communicate(timeout=60)
    assert answer.startswith(b"HTTP/1.1 200")
    assert "12,800元" in json.loads(answer.split(b"\r\n\r\n", 1)[1])["text"]


def test_with_a_key_nobody_is_warned_and_everybody_needs_one(ingested: Settings, tmp_path: Path) -> None:
    state = tmp_path / "server.db"
    (tmp_path / "rag.toml").write_text(f'state = "{state}"\n', encoding="utf-8")
    kept = State(state)
    _, secret = add_key(kept, "laptop", Scope.READ)
    kept.close()
    process = _serve(ingested.corpus, "--no-refresh", "--host", "0.0.0.0")
    assert process.stdout is not None
    port = process.stdout.readline().strip().strip("/").rsplit(":", 1)[1]

    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        assert client.get("/api/sources").status_code == 401
        assert client.get("/api/sources", headers={"x-api-key": secret}).status_code == 200

    assert "can read the notes" not in _stopped(process)
