"""Limits of size and time, and what a response says besides its body."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from rag.config import Settings
from rag.types import Answer, Turn
from server import guards
from server.app import create_app
from server.asgi import Message, Receive, Scope, Send
from server.guards import TimeLimit
from tests.server.conftest import running
from tests.server.standin import Standin


class Slow(Standin):
    """Takes its time for every answer."""

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Answer:
        time.sleep(1.0)
        return super().ask(question, history)


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[str]:
    """The address of a server that must answer sooner than it can."""
    settings = Settings(state=tmp_path / "server.db", request_timeout=0.2, request_bytes=500)
    with running(create_app(settings, opener=lambda _: Slow())) as address:  # type: ignore[arg-type,return-value]
        yield address


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("path", ["/api/ask", "/v1/chat/completions"])
def test_what_takes_too_long_is_told(slow: str, path: str, stream: bool) -> None:
    body = {"question": "q", "messages": [{"role": "user", "content": "q"}], "stream": stream}

    response = httpx.post(f"{slow}{path}", json=body)

    assert response.status_code == 504
    error = response.json()["error"]
    assert error["type"] == "timeout_error"
    assert error["message"] == "no answer within 0.2 s; ask for less, or raise request_timeout in rag.toml"


def test_the_size_of_a_request_is_a_setting(slow: str) -> None:
    response = httpx.post(f"{slow}/api/ask", content=b" " * 501)

    assert response.status_code == 413
    assert response.json()["error"]["message"] == "the request has more than 500 bytes; send less"


def test_a_file_may_be_larger(slow: str) -> None:
    response = httpx.post(f"{slow}/api/corpus/notes", params={"name": "large.exe"}, content=b" " * 501)

    # Refused for its name, so the whole of it was read.
    assert response.status_code == 400
    assert "'large.exe' is neither a note" in response.json()["error"]["message"]


def test_a_body_that_does_not_come_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "BODY_SECONDS", 0.1)
    settings = Settings(state=tmp_path / "server.db")
    with running(create_app(settings)) as address:
        place = urlsplit(address)
        answer = _half_sent(place.hostname or "", place.port or 0)

    assert answer.startswith("HTTP/1.1 408")


def _half_sent(host: str, port: int) -> str:
    with socket.create_connection((host, port), timeout=10) as connection:
        connection.sendall(b"POST /api/ask HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{")
        return connection.recv(65536).decode("utf-8")


def test_a_stream_that_lasts_too_long_ends() -> None:
    sent: list[Message] = []

    async def endless(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.sleep(60)

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    with pytest.raises(TimeoutError):
        asyncio.run(TimeLimit(endless, seconds=0.05)({"type": "http", "path": "/"}, receive, send))
    assert [message["type"] for message in sent] == ["http.response.start"]


def test_every_response_says_what_a_browser_may_do_with_it(staged: str) -> None:
    for method, path in (("GET", "/"), ("GET", "/api/sources"), ("GET", "/nowhere"), ("POST", "/api/ask")):
        headers = httpx.request(method, f"{staged}{path}").headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';")
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] in ("no-cache", "no-store")
        assert "server" not in headers
        assert len(headers["x-request-id"]) == 32
