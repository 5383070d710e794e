"""The OpenAPI description: complete, and kept by the server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.schema import ANSWER_EXAMPLE, AnswerOut, LinesOut

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")


@pytest.fixture(scope="module")
def described(served: str) -> dict[str, Any]:
    """The description as the server gives it."""
    document: dict[str, Any] = httpx.get(f"{served}/openapi.json").json()
    return document


def test_every_route_has_a_summary_its_errors_and_a_described_answer(described: dict[str, Any]) -> None:
    routes = [(path, described["paths"][path][m]) for path in described["paths"] for m in described["paths"][path]]

    assert sorted(described["paths"]) == [
        "/api/ask",
        "/api/conversations",
        "/api/conversations/{id}",
        "/api/entities",
        "/api/facts",
        "/api/feedback",
        "/api/ingest",
        "/api/sources",
        "/api/sources/{path}",
        "/api/sources/{path}/lines/{first}-{last}",
        "/api/sources/{path}/pages/{number}",
        "/api/sources/{path}/pages/{number}.png",
        "/healthz",
        "/metrics",
        "/readyz",
        "/v1/chat/completions",
        "/v1/models",
        "/v1/models/{name}",
    ]
    assert [path for path, route in routes if not route["summary"] or "429" not in route["responses"]] == []
    good = [next(s for s in route["responses"] if s.startswith("2")) for _, route in routes]
    assert [
        path
        for (path, route), status in zip(routes, good, strict=True)
        if status != "204" and not next(iter(route["responses"][status]["content"].values()))["schema"]
    ] == []


def test_a_key_may_be_sent(described: dict[str, Any]) -> None:
    assert described["components"]["securitySchemes"] == {"key": {"type": "http", "scheme": "bearer"}}
    assert described["security"] == [{}, {"key": []}]


def test_a_question_and_an_answer_are_shown(described: dict[str, Any]) -> None:
    ask = described["paths"]["/api/ask"]["post"]
    content = ask["responses"]["200"]["content"]

    assert sorted(content) == ["application/json", "text/event-stream"]
    assert content["application/json"]["example"]["text"] == ANSWER_EXAMPLE["text"]
    assert described["components"]["schemas"]["AskBody"]["properties"]["question"]["examples"]
    AnswerOut.model_validate(ANSWER_EXAMPLE)


def test_a_real_answer_is_as_described(served: str) -> None:
    answer = httpx.post(f"{served}/api/ask", json={"question": "哪些相机防水", "conversation": "new"}).json()

    described = AnswerOut.model_validate(answer, strict=True)

    assert set(answer) == set(AnswerOut.model_fields) - ({"notices", "otherwise"} - set(answer))
    assert described.items


def test_real_lines_are_as_described(served: str) -> None:
    lines = httpx.get(f"{served}/api/sources/notes/cameras.md/lines/7-8").json()

    described = LinesOut.model_validate(lines, strict=True)

    assert set(lines) == set(LinesOut.model_fields)
    assert [line.number for line in described.lines if line.marked] == described.marked == [7, 8]


def test_schemathesis_finds_nothing(served: str) -> None:
    # The seed is fixed: what a test finds today it must find tomorrow.
    command = [str(SCHEMATHESIS), "run", f"{served}/openapi.json", "--max-examples", "3", "--seed", "7", "--no-color"]

    result = subprocess.run(command, capture_output=True, text=True, timeout=300)

    assert result.returncode == 0, result.stdout[-6000:]
