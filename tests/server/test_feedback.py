"""Conversations and feedback over HTTP, and what becomes of them: history, ratings, evaluation cases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from eval.cases import load_set
from rag.config import Settings
from server.app import create_app
from server.cli import run
from tests.server.conftest import running


@pytest.fixture
def settings(corpus: Path) -> Settings:
    from ingest.build import ingest

    settings = Settings(corpus=corpus)
    ingest(settings)
    return settings


@pytest.fixture
def client(settings: Settings) -> Iterator[httpx.Client]:
    """A client of a server whose conversations nobody else sees."""
    with running(create_app(settings)) as address, httpx.Client(base_url=address, timeout=20) as client:
        yield client


def _ask(client: httpx.Client, question: str, conversation: str | None = "new") -> dict[str, Any]:
    answer: dict[str, Any] = client.post(
        "/api/ask", json={"question": question, "conversation": conversation, "id": "mine"}
    ).json()
    return answer


def test_a_conversation_is_stored_and_is_the_history_of_what_follows(client: httpx.Client) -> None:
    first = _ask(client, "Osprey Z 的像素")
    second = _ask(client, "它的价格呢", first["conversation"])

    assert "12,800元" in second["text"]
    assert second["conversation"] == first["conversation"]
    (listed,) = client.get("/api/conversations").json()["conversations"]
    assert (listed["id"], listed["title"]) == (first["conversation"], "Osprey Z 的像素")
    said = client.get(f"/api/conversations/{first['conversation']}").json()["exchanges"]
    assert [entry["question"] for entry in said] == ["Osprey Z 的像素", "它的价格呢"]
    kept = {key: value for key, value in second.items() if key not in ("conversation", "exchange")}
    assert said[1]["answer"] == {**kept, "id": None}
    assert said[1]["id"] == second["exchange"]


def test_nothing_is_stored_unasked(client: httpx.Client, settings: Settings) -> None:
    answer = _ask(client, "Osprey Z 的像素", None)

    assert "conversation" not in answer
    assert client.get("/api/conversations").json() == {"conversations": []}
    assert not settings.state_path.exists()


def test_a_conversation_can_be_forgotten(client: httpx.Client) -> None:
    first = _ask(client, "Osprey Z 的像素")

    assert client.delete(f"/api/conversations/{first['conversation']}").status_code == 204
    assert client.get(f"/api/conversations/{first['conversation']}").status_code == 404
    assert client.delete(f"/api/conversations/{first['conversation']}").status_code == 404
    lost = client.post("/api/ask", json={"question": "q", "conversation": first["conversation"]})
    assert lost.status_code == 404


def test_a_stream_is_stored_too(client: httpx.Client) -> None:
    body = {"question": "Osprey Z 的像素", "conversation": "new", "stream": True}
    last = client.post("/api/ask", json=body).text.strip().split("\n\n")[-1]

    answer = json.loads(last.split("data: ", 1)[1])
    assert client.get(f"/api/conversations/{answer['conversation']}").status_code == 200


def test_conversations_survive_a_new_index(client: httpx.Client, settings: Settings) -> None:
    from ingest.build import ingest

    first = _ask(client, "Osprey Z 的像素")
    ingest(settings, full=True)

    assert client.get(f"/api/conversations/{first['conversation']}").status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "param"),
    [
        ({"rating": "up"}, 400, "exchange"),
        ({"rating": "sideways", "question": "q"}, 422, "rating"),
        ({"rating": "up", "exchange": "none"}, 404, None),
        ({"rating": "up", "question": " "}, 400, "question"),
    ],
)
def test_feedback_about_nothing_is_refused(
    client: httpx.Client, body: dict[str, Any], status: int, param: str | None
) -> None:
    response = client.post("/api/feedback", json=body)

    assert response.status_code == status
    assert response.json()["error"]["param"] == param


def test_feedback_becomes_cases_that_the_evaluation_takes(
    client: httpx.Client, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = _ask(client, "Osprey Z 的像素")
    second = _ask(client, "它的价格呢", first["conversation"])
    given: list[dict[str, Any]] = [
        {"rating": "up", "exchange": second["exchange"], "comment": "fine"},
        {"rating": "down", "question": "Merlin 85mm price", "correction": "f/1.8"},
        {"rating": "up", "question": "Which lenses are weather sealed?"},
        {"rating": "up", "question": "Kestrel 50mm weight"},
        {"rating": "down", "question": "Kestrel 50mm price"},
        {"rating": "down", "question": "Kestrel 50mm price", "correction": "987 dollars"},
    ]
    numbers = [client.post("/api/feedback", json=body).json()["id"] for body in given]
    assert numbers == [1, 2, 3, 4, 5, 6]
    file = tmp_path / "cases.jsonl"

    command = ["eval", "add-from-feedback", str(file), "--corpus", str(settings.corpus), "--no-refresh"]
    assert run(command) == 0
    out, err = capsys.readouterr()

    assert out == f"4 added to {file}, 0 there already, 2 not usable\n"
    assert "feedback 5 ('Kestrel 50mm price') makes no case: it says that the answer was wrong, but not what" in err
    assert "feedback 6 ('Kestrel 50mm price') makes no case: no line of the notes holds 987 dollars" in err
    followup, corrected, listed, silent = load_set(file)
    assert (followup.question, followup.history[0]) == ("它的价格呢", ("user", "Osprey Z 的像素"))
    assert followup.must == (("12,800元",),)
    assert followup.evidence[0].file == "notes/cameras.md"
    assert corrected.must == (("f/1.8",),)
    assert corrected.evidence[0].quote == "- Aperture: f/1.8"
    assert [names[0] for names in listed.entities] == ["Merlin 85mm"]
    assert silent.abstain

    assert run(command) == 0
    assert capsys.readouterr().out == f"0 added to {file}, 4 there already, 2 not usable\n"
