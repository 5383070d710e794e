"""The native HTTP interface behind a real server."""

from __future__ import annotations

import json
import socket
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from rag.config import Settings
from server.app import create_app
from tests.server.conftest import running
from tests.server.standin import NOTE, NOTE_TEXT, PAPER

LOOKUP = "Osprey Z 的价格"


def _error(response: httpx.Response) -> dict[str, Any]:
    error: dict[str, Any] = response.json()["error"]
    return error


def test_an_answer_is_that_of_the_command_line(served: str, ingested: Settings) -> None:
    response = httpx.post(f"{served}/api/ask", json={"question": LOOKUP, "id": "q1"})

    answer = response.json()
    assert response.status_code == 200
    assert answer["id"] == "q1"
    assert "12,800元" in answer["text"]
    assert answer["citations"][0]["lines"] == [15, 15]


def test_the_conversation_is_taken_along(served: str) -> None:
    history = [["user", "Osprey Z 的像素"], ["assistant", "4500万 [1]"]]

    answer = httpx.post(f"{served}/api/ask", json={"question": "它的价格呢", "history": history}).json()

    assert "12,800元" in answer["text"]


def test_a_stream_has_token_events_and_then_the_answer(staged: str) -> None:
    body = {"question": "q", "stream": True, "id": 5}
    with httpx.stream("POST", f"{staged}/api/ask", json=body) as response:
        raw = response.read().decode("utf-8")

    assert response.headers["content-type"].startswith("text/event-stream")
    events = [_parsed(event) for event in raw.split("\n\n") if event]
    assert [name for name, _ in events] == ["token"] * (len(events) - 1) + ["answer"]
    assert "".join(data["text"] for _, data in events[:-1]) == events[-1][1]["text"]
    assert events[-1][1]["id"] == 5


def test_a_stream_that_breaks_off_says_so_without_innards(staged: str) -> None:
    body = {"question": "break off", "stream": True}
    raw = httpx.post(f"{staged}/api/ask", json=body).text

    name, data = _parsed(raw.strip().split("\n\n")[-1])
    assert name == "error"
    assert data["error"]["type"] == "internal_error"
    assert "secret" not in raw


def _parsed(event: str) -> tuple[str, dict[str, Any]]:
    name, data = event.split("\n")
    return name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


@pytest.mark.parametrize(
    ("body", "status", "param", "message"),
    [
        ({}, 422, "question", "question: Field required"),
        ({"question": 5}, 422, "question", "question: Input should be a valid string"),
        ({"question": " "}, 400, "question", "the question is empty; ask something"),
        ({"question": "x" * 4001}, 400, "question", "the question has 4001 characters; ask in at most 4000"),
        (
            {"question": "q", "history": [["robot", "x"]]},
            400,
            "history",
            'history[0] is not [role, text] with role "user" or "assistant"',
        ),
        ({"question": "refused"}, 400, None, "there is no such thing"),
        ({"question": "boom"}, 500, None, "unexpected error; the server's log holds the details"),
        (
            {"question": "boom", "stream": True},
            500,
            None,
            "unexpected error; the server's log holds the details",
        ),
        ({"question": " ", "stream": True}, 400, "question", "the question is empty; ask something"),
    ],
)
def test_bad_questions_are_told_in_one_shape(
    staged: str, body: dict[str, Any], status: int, param: str | None, message: str
) -> None:
    response = httpx.post(f"{staged}/api/ask", json=body)

    assert response.status_code == status
    kind = "internal_error" if status == 500 else "invalid_request_error"
    assert response.json() == {"error": {"type": kind, "message": message, "param": param}}


def test_a_body_that_is_no_json_is_told(staged: str) -> None:
    response = httpx.post(f"{staged}/api/ask", content=b"{", headers={"content-type": "application/json"})

    assert response.status_code == 400
    assert _error(response)["message"] == "the body is not JSON"


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/nowhere", 404, "not_found_error"),
        ("GET", "/api/ask", 405, "invalid_request_error"),
        ("GET", "/api/sources/notes/none.md", 404, "not_found_error"),
        ("GET", "/api/facts?limit=0", 422, "invalid_request_error"),
        ("GET", "/api/facts?entity=nobody", 404, "not_found_error"),
    ],
)
def test_every_error_has_one_shape(staged: str, method: str, path: str, status: int, kind: str) -> None:
    response = httpx.request(method, f"{staged}{path}")

    assert response.status_code == status
    assert _error(response)["type"] == kind
    assert set(_error(response)) == {"type", "message", "param"}


def test_a_large_body_is_refused(staged: str) -> None:
    declared = httpx.post(f"{staged}/api/ask", json={"question": "x" * Settings().request_bytes})
    assert declared.status_code == 413
    assert _error(declared)["type"] == "request_too_large"

    chunked = httpx.post(f"{staged}/api/ask", content=(b"x" * 100_000 for _ in range(11)))
    assert chunked.status_code == 413


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "..%2fsecret.txt",
        "notes/../../secret.txt",
        "%2e%2e/secret.txt",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        ".rag/records.sqlite",
        "notes%5c..%5csecret.txt",
        "notes/cameras.md%00",
    ],
)
def test_nothing_outside_the_known_sources_can_be_read(served: str, ingested: Settings, path: str) -> None:
    (ingested.corpus.parent / "secret.txt").write_text("top secret", encoding="utf-8")
    place = urlsplit(served)

    # Said in bare bytes: an HTTP client would tidy the path up first.
    with socket.create_connection((place.hostname, place.port)) as connection:
        connection.sendall(f"GET /api/sources/{path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode("utf-8")

    assert answer.startswith("HTTP/1.1 404")
    assert "secret" not in answer.split("\r\n\r\n", 1)[1].replace(path, "").replace("secret.txt", "")


def test_sources_are_listed_and_read_by_line(staged: str) -> None:
    listed = httpx.get(f"{staged}/api/sources").json()
    assert [(s["path"], s["kind"], s["unit"], s["total"]) for s in listed["sources"]] == [
        (NOTE, "note", "line", 79),
        (PAPER, "paper", "page", 3),
    ]

    whole = httpx.get(f"{staged}/api/sources/{NOTE}").json()
    assert whole["text"] == NOTE_TEXT
    some = httpx.get(f"{staged}/api/sources/{NOTE}?first=7&last=8").json()
    assert (some["first"], some["last"], some["text"]) == (7, 8, "| 7B | 可商用 |\n")
    beyond = httpx.get(f"{staged}/api/sources/{NOTE}?first=79&last=500").json()
    assert (beyond["first"], beyond["last"], beyond["text"]) == (79, 79, "第 79 行")
    page = httpx.get(f"{staged}/api/sources/{PAPER}?first=2&last=2").json()
    assert page["text"] == "The licence is Apache 2.0."


def test_facts_and_entities_are_listed(served: str) -> None:
    facts = httpx.get(f"{served}/api/facts", params={"entity": "Osprey Z", "attribute": "价格"}).json()
    assert [(f["value"], f["source"], f["lines"]) for f in facts["facts"]] == [
        ("12,800元", "notes/cameras.md", [15, 15])
    ]
    every = httpx.get(f"{served}/api/facts", params={"limit": 2, "offset": 1}).json()
    assert len(every["facts"]) == 2
    assert every["total"] > 8

    entities = httpx.get(f"{served}/api/entities", params={"q": "merlin"}).json()
    assert [entity["name"] for entity in entities["entities"]] == ["Merlin 85mm"]


def test_health_and_readiness(served: str, tmp_path: Any) -> None:
    assert httpx.get(f"{served}/healthz").json()["status"] == "ok"
    ready = httpx.get(f"{served}/readyz").json()
    assert (ready["status"], ready["generation"]) == ("ready", 1)

    with running(create_app(Settings(corpus=tmp_path))) as empty:
        assert httpx.get(f"{empty}/healthz").status_code == 200
        response = httpx.get(f"{empty}/readyz")
        assert response.status_code == 503
        assert _error(response)["type"] == "index_unavailable"


def test_headers_keep_strangers_out(staged: str) -> None:
    for path in ("/", "/api/sources", "/nowhere"):
        headers = httpx.get(f"{staged}{path}").headers
        assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "access-control-allow-origin" not in headers


def test_the_page_is_small_and_asks_nothing_of_strangers(staged: str) -> None:
    files = [httpx.get(f"{staged}{path}") for path in ("/", "/app.css", "/app.js", "/words.js", "/favicon.ico")]

    assert [file.status_code for file in files] == [200] * 5
    assert sum(len(file.content) for file in files) < 60_000
    foreign = [line for file in files for line in file.text.splitlines() if "http" in line and "w3.org" not in line]
    assert [line for line in foreign if "http://" in line or "https://" in line] == []
