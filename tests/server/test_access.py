"""Who may do what: keys, scopes, limits, and what a strange page may make a browser send."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from rag.config import Settings
from server.access import Access, known_host, needs_admin
from server.app import create_app
from server.asgi import Message, Receive, Send
from server.asgi import Scope as Request
from server.cli import run
from server.keys import KeyRing, Scope, add_key, digest, list_keys, revoke_key
from server.rates import Rates
from server.state import State
from tests.server.conftest import running

QUESTION = {"question": "Osprey Z 的价格"}


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    state = State(tmp_path / "server.db")
    yield state
    state.close()


@pytest.fixture
def keys(state: State) -> dict[str, str]:
    """A key of each scope."""
    return {str(scope): add_key(state, f"my {scope}", scope)[1] for scope in Scope}


@pytest.fixture
def locked(ingested: Settings, state: State, keys: dict[str, str]) -> Iterator[httpx.Client]:
    """A client of a server that has keys."""
    settings = replace(ingested, state=state.path)
    with running(create_app(settings)) as address, httpx.Client(base_url=address, timeout=20) as client:
        yield client


def _bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


def test_with_keys_nothing_of_the_notes_is_shown_without_one(locked: httpx.Client) -> None:
    reading = ["/api/sources", "/api/facts", "/api/entities", "/v1/models", "/metrics", "/openapi.json", "/app.js"]

    assert {path: locked.get(path).status_code for path in reading} == dict.fromkeys(reading, 401)
    for path in ("/api/ask", "/v1/chat/completions", "/mcp", "/api/ingest", "/api/feedback", "/nowhere"):
        response = locked.post(path, json=QUESTION)
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == "Bearer"
        assert response.json()["error"]["type"] == "authentication_error"
    assert [locked.get(path).status_code for path in ("/healthz", "/readyz")] == [200, 200]


@pytest.mark.parametrize("header", ["authorization", "x-api-key", "cookie"])
def test_a_key_is_taken_in_three_ways(locked: httpx.Client, keys: dict[str, str], header: str) -> None:
    value = {"authorization": "bearer {}", "x-api-key": "{}", "cookie": "a=b; rag_key={}"}[header]

    answer = locked.post("/api/ask", json=QUESTION, headers={header: value.format(keys["read"])})

    assert "12,800元" in answer.json()["text"]
    wrong = locked.post("/api/ask", json=QUESTION, headers={header: value.format("rag_wrong")})
    assert wrong.status_code == 401
    assert "not known or was revoked" in wrong.json()["error"]["message"]


def test_a_reader_cannot_change_the_corpus_and_an_admin_can(locked: httpx.Client, keys: dict[str, str]) -> None:
    refused = locked.post("/api/ingest", headers=_bearer(keys["read"]))
    assert refused.status_code == 403
    assert refused.json()["error"]["type"] == "permission_error"

    done = locked.post("/api/ingest", headers=_bearer(keys["admin"])).json()
    assert (done["unchanged"], done["failed"]) == (2, [])


def test_what_is_stored_belongs_to_one_key(locked: httpx.Client, keys: dict[str, str]) -> None:
    body = {**QUESTION, "conversation": "new"}
    stored = locked.post("/api/ask", json=body, headers=_bearer(keys["read"])).json()

    mine = locked.get("/api/conversations", headers=_bearer(keys["read"])).json()["conversations"]
    assert [conversation["id"] for conversation in mine] == [stored["conversation"]]
    other = _bearer(keys["admin"])
    assert locked.get("/api/conversations", headers=other).json() == {"conversations": []}
    assert locked.get(f"/api/conversations/{stored['conversation']}", headers=other).status_code == 404
    assert locked.delete(f"/api/conversations/{stored['conversation']}", headers=other).status_code == 404
    rated = {"rating": "up", "exchange": stored["exchange"]}
    assert locked.post("/api/feedback", json=rated, headers=other).status_code == 404


def test_a_person_signs_in_with_a_form(locked: httpx.Client, keys: dict[str, str]) -> None:
    assert locked.get("/").headers["location"] == "/signin"
    page = locked.get("/signin")
    assert 'action="/signin"' in page.text
    assert "form-action 'self'" in page.headers["content-security-policy"]

    assert locked.post("/signin", data={"key": "rag_wrong"}).headers["location"] == "/signin?unknown"
    good = locked.post("/signin", data={"key": keys["read"]})
    assert good.headers["location"] == "/"
    cookie = good.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert locked.get("/").status_code == 200
    assert locked.get("/app.js").status_code == 200


def test_a_key_is_heeded_and_revoked_without_a_restart(state: State) -> None:
    now = [0.0]
    ring = KeyRing(state, clock=lambda: now[0])
    assert not ring

    key, secret = add_key(state, "late", Scope.READ)
    assert ring.find(secret) is None
    now[0] = 1.0
    assert ring.find(secret) == key
    revoke_key(state, "late")
    now[0] = 2.0
    assert ring.find(secret) is None
    assert not ring


def test_only_digests_are_stored_and_only_for_the_owner_to_read(state: State, keys: dict[str, str]) -> None:
    state.close()
    files = [path for path in state.path.parent.iterdir() if path.name.startswith("server.db")]

    held = b"".join(path.read_bytes() for path in files)
    assert digest(keys["read"]).encode() in held
    assert [secret for secret in keys.values() if secret.encode() in held] == []
    if os.name == "posix":
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_the_command_line_makes_lists_and_revokes_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RAG_STATE", str(tmp_path / "server.db"))

    assert run(["keys", "add", "laptop", "--scope", "admin"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("rag_")
    assert err == "note: this key is not shown again\n"
    assert run(["keys", "add", "laptop"]) == 2
    assert "there is a key called 'laptop' already" in capsys.readouterr().err

    assert run(["keys", "list"]) == 0
    shown = capsys.readouterr().out
    assert "laptop  admin" in shown
    assert out.strip() not in shown

    assert run(["keys", "revoke", "laptop"]) == 0
    assert run(["keys", "revoke", "laptop"]) == 2
    assert "there is no key 'laptop' in use; `rag keys list` shows them" in capsys.readouterr().err
    state = State(tmp_path / "server.db")
    assert [(key.name, key.revoked is not None) for key in list_keys(state)] == [("laptop", True)]
    state.close()


@pytest.mark.parametrize(
    ("method", "path", "admin"),
    [
        ("GET", "/api/sources", False),
        ("POST", "/api/ask", False),
        ("POST", "/api/feedback", False),
        ("DELETE", "/api/conversations/1", False),
        ("POST", "/v1/chat/completions", False),
        ("POST", "/mcp", False),
        ("POST", "/api/ingest", True),
        ("POST", "/api/corpus/notes", True),
        ("POST", "/api/asking", True),
        ("DELETE", "/api/sources/notes/a.md", True),
    ],
)
def test_which_requests_need_an_admin(method: str, path: str, admin: bool) -> None:
    assert needs_admin(method, path) is admin


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("127.0.0.1:8765", True),
        ("localhost", True),
        ("[::1]:8765", True),
        ("192.168.0.4:80", True),
        ("notes.example.org", True),
        ("evil.example.org:8765", False),
        ("localhost.evil.example.org", False),
        ("127.0.0.1.evil.example.org", False),
        ("[::", False),
        ("", False),
    ],
)
def test_which_names_are_this_server(host: str, known: bool) -> None:
    assert known_host(host, {"notes.example.org"}) is known


def test_another_name_for_this_address_reads_nothing(served: str) -> None:
    response = httpx.get(f"{served}/api/sources", headers={"host": "evil.example.org"})

    assert response.status_code == 403
    assert "add the name to hosts" in response.json()["error"]["message"]


@pytest.mark.parametrize("path", ["/api/ingest", "/api/ask", "/v1/chat/completions", "/mcp", "/api/feedback"])
def test_a_page_of_another_origin_cannot_send_anything(served: str, path: str) -> None:
    response = httpx.post(f"{served}{path}", json=QUESTION, headers={"origin": "https://evil.example.org"})

    assert response.status_code == 403
    assert "access-control-allow-origin" not in response.headers


def test_listed_origins_may_ask(ingested: Settings) -> None:
    origin = "https://notes.example.org"
    settings = replace(ingested, cors=f"https://other.example.org, {origin}")
    with running(create_app(settings)) as address:
        asked = {"origin": origin, "access-control-request-method": "POST"}
        before = httpx.options(f"{address}/api/ask", headers=asked)
        answer = httpx.post(f"{address}/api/ask", json=QUESTION, headers={"origin": origin}, timeout=20)
        other = httpx.get(f"{address}/api/sources", headers={"origin": "https://evil.example.org"})

    assert before.headers["access-control-allow-origin"] == origin
    assert answer.headers["access-control-allow-origin"] == origin
    assert "12,800元" in answer.json()["text"]
    assert "access-control-allow-origin" not in other.headers


def test_too_many_requests_of_one_key_are_told_to_wait(ingested: Settings, state: State, keys: dict[str, str]) -> None:
    settings = replace(ingested, state=state.path, rate_key=3)
    with running(create_app(settings)) as address, httpx.Client(base_url=address) as client:
        statuses = [client.get("/v1/models", headers=_bearer(keys["read"])).status_code for _ in range(3)]
        refused = client.get("/v1/models", headers=_bearer(keys["read"]))
        other = client.get("/v1/models", headers=_bearer(keys["admin"]))

    assert statuses == [200, 200, 200]
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 20
    assert refused.json()["error"]["type"] == "rate_limit_error"
    assert other.status_code == 200


def test_a_bucket_is_refilled_steadily() -> None:
    now = [0.0]
    rates = Rates(60, clock=lambda: now[0])

    assert [rates.wait("a") for _ in range(60)] == [0] * 60
    assert (rates.wait("a"), rates.wait("b")) == (1, 0)
    now[0] = 2.5
    assert [rates.wait("a") for _ in range(3)] == [0, 0, 1]
    assert [Rates(0).wait("a") for _ in range(1000)] == [0] * 1000


async def _answering(scope: Request, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})


@pytest.mark.parametrize(
    ("client", "headers", "method", "path", "status"),
    [
        ("127.0.0.1", [], "POST", "/api/ingest", 200),
        ("192.168.0.9", [], "POST", "/api/ingest", 403),
        ("192.168.0.9", [], "POST", "/api/ask", 200),
        ("127.0.0.1", [(b"x-forwarded-for", b"192.168.0.9")], "POST", "/api/ingest", 403),
        ("127.0.0.1", [(b"origin", b"http://127.0.0.1:1")], "POST", "/api/ingest", 200),
        ("127.0.0.1", [(b"origin", b"null")], "POST", "/api/ingest", 403),
    ],
)
def test_without_keys_only_this_computer_may_change_the_corpus(
    state: State, client: str, headers: list[Any], method: str, path: str, status: int
) -> None:
    import asyncio

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    access = Access(_answering, keys=KeyRing(state), settings=Settings())
    scope: Request = {
        "type": "http",
        "method": method,
        "path": path,
        "client": (client, 1),
        "headers": [(b"host", b"127.0.0.1:1"), *headers],
    }
    asyncio.run(access(scope, receive, send))

    assert sent[0]["status"] == status


def test_an_address_without_a_key_has_its_own_limit(state: State) -> None:
    import asyncio

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    access = Access(_answering, keys=KeyRing(state), settings=Settings(rate_address=2))
    for address in ("10.0.0.1", "10.0.0.1", "10.0.0.1", "10.0.0.2"):
        scope: Request = {
            "type": "http",
            "method": "GET",
            "path": "/api/sources",
            "client": (address, 1),
            "headers": [(b"host", b"10.0.0.9")],
        }
        asyncio.run(access(scope, receive, send))

    assert [m["status"] for m in sent if m["type"] == "http.response.start"] == [200, 200, 429, 200]
