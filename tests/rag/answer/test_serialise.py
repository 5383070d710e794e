"""The JSON object of an answer, key by key, and its terminal text."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from rag import Assistant
from rag.answer.serialise import render, source_line, to_json
from rag.types import (
    Answer,
    Behind,
    Citation,
    Claim,
    Conflict,
    ConflictValue,
    IndexState,
    Item,
    Kind,
    Lines,
    Page,
    Retrieved,
    Since,
    Stale,
    Status,
)

NOTE = Citation(1, "notes/a.md", "A", ("A", "Falke"), Lines(6, 7), "Weight:\n13.5 kg")
PAPER = Citation(
    2, "papers/b.pdf", "B", (), Page(3, (1.0, 2.0, 30.5, 40.0)), "9 kg", "https://example.org/b.pdf", "5d3c"
)
ANSWER = Answer(
    "How heavy?",
    "en",
    Kind.LIST,
    "- Falke: 13.5 kg [1]\n- Tern: 9 kg [2]",
    False,
    claims=(Claim("Falke: 13.5 kg", (1,)), Claim("Tern: 9 kg", (2,))),
    items=(Item("Falke", Status.YES, "13.5 kg", (1,)), Item("Tern", Status.CONDITIONAL, "9 kg", (2,))),
    silent=81,
    citations=(NOTE, PAPER),
    conflicts=(Conflict("Falke", "Weight", (ConflictValue("13.5 kg", (1,)), ConflictValue("9 kg", (2,)))),),
    retrieved=(
        Retrieved("notes/a.md", Lines(6, 7), 0.83, "Weight: 13.5 kg"),
        Retrieved("papers/b.pdf", Page(3), 0.5, "9 kg"),
    ),
    index=IndexState(7, "builtin", False),
    timings_ms=(("total", 6.1),),
    id="q-1",
)


def test_an_answer_is_the_object_of_the_contract() -> None:
    told = to_json(ANSWER)

    told.pop("notices", None)
    assert told == {
        "id": "q-1",
        "question": "How heavy?",
        "language": "en",
        "kind": "list",
        "text": "- Falke: 13.5 kg [1]\n- Tern: 9 kg [2]",
        "abstained": False,
        "claims": [{"text": "Falke: 13.5 kg", "citations": [1]}, {"text": "Tern: 9 kg", "citations": [2]}],
        "items": [
            {"entity": "Falke", "status": "yes", "value": "13.5 kg", "citations": [1]},
            {"entity": "Tern", "status": "conditional", "value": "9 kg", "citations": [2]},
        ],
        "silent": 81,
        "citations": [
            {
                "n": 1,
                "source": "notes/a.md",
                "title": "A",
                "heading": ["A", "Falke"],
                "lines": [6, 7],
                "page": None,
                "box": None,
                "quote": "Weight:\n13.5 kg",
                "url": None,
                "digest": "",
                "stale": None,
            },
            {
                "n": 2,
                "source": "papers/b.pdf",
                "title": "B",
                "heading": [],
                "lines": None,
                "page": 3,
                "box": [1.0, 2.0, 30.5, 40.0],
                "quote": "9 kg",
                "url": "https://example.org/b.pdf",
                "digest": "5d3c",
                "stale": None,
            },
        ],
        "conflicts": [
            {
                "entity": "Falke",
                "attribute": "Weight",
                "values": [{"value": "13.5 kg", "citations": [1]}, {"value": "9 kg", "citations": [2]}],
            }
        ],
        "retrieved": [
            {
                "source": "notes/a.md",
                "lines": [6, 7],
                "page": None,
                "score": 0.83,
                "text": "Weight: 13.5 kg",
            },
            {"source": "papers/b.pdf", "lines": None, "page": 3, "score": 0.5, "text": "9 kg"},
        ],
        "index": {"generation": 7, "embedder": "builtin", "stale": False},
        "llm": None,
        "timings_ms": {"total": 6.1},
    }


def test_the_order_of_the_keys_is_that_of_the_contract() -> None:
    keys = [key for key in to_json(ANSWER) if key != "notices"]

    assert keys == [
        "id", "question", "language", "kind", "text", "abstained", "claims", "items", "silent", "citations",
        "conflicts", "retrieved", "index", "llm", "timings_ms",
    ]  # fmt: skip


def check_shape(told: dict[str, Any]) -> None:
    """Every value of an answer's JSON is of the contract's type."""
    assert isinstance(told["question"], str)
    assert told["language"] in ("zh", "en")
    assert told["kind"] in ("lookup", "list", "compare", "timeline", "link", "passage", "none")
    assert isinstance(told["abstained"], bool)
    assert told["silent"] is None or (isinstance(told["silent"], int) and told["kind"] == "list")
    for item in told["items"]:
        assert set(item) == {"entity", "status", "value", "citations"}
        assert item["status"] in ("yes", "no", "conditional", "unknown")
    for citation in told["citations"]:
        first, last = citation["lines"]
        assert 1 <= first <= last
        assert (citation["page"], citation["box"]) == (None, None)
    for entry in told["retrieved"]:
        assert set(entry) == {"source", "lines", "page", "score", "text"}
        assert isinstance(entry["score"], float)
    assert set(told["index"]) == {"generation", "embedder", "stale"}
    assert isinstance(told["timings_ms"]["total"], float)


@pytest.mark.parametrize(
    "question",
    ["Graphite 的许可证", "Which cameras are weather sealed?", "Compare the weight of Falke and Tern", "鹗"],
)
def test_real_answers_have_the_contract_s_types(survey: Assistant, question: str) -> None:
    told = json.loads(json.dumps(to_json(survey.ask(question)), ensure_ascii=False))

    check_shape(told)


def test_terminal_text_is_the_answer_and_its_sources() -> None:
    assert render(ANSWER).splitlines() == [
        "- Falke: 13.5 kg [1]",
        "- Tern: 9 kg [2]",
        "",
        "[1] notes/a.md:6-7 › Falke — Weight: 13.5 kg",
        "[2] papers/b.pdf p. 3 — 9 kg",
    ]


def test_what_has_changed_since_is_told() -> None:
    changed = replace(NOTE, stale=Stale(Since.CHANGED, "2026-03-01T12:00:00+00:00"))
    unread = replace(PAPER, stale=Stale(Since.UNREADABLE, reason="is no PDF"))
    state = IndexState(7, "builtin", True, Behind(1, 2, 0, 12.5), newest=9)
    answer = replace(ANSWER, citations=(changed, unread), index=state)

    told = to_json(answer)

    assert [citation["stale"] for citation in told["citations"]] == [
        {"what": "changed", "since": "2026-03-01T12:00:00+00:00", "reason": None},
        {"what": "unreadable", "since": None, "reason": "is no PDF"},
    ]
    assert told["index"] == {
        "generation": 7, "embedder": "builtin", "stale": True, "newest": 9,
        "behind": {"added": 1, "changed": 2, "removed": 0, "seconds": 12.5, "reason": None},
    }  # fmt: skip
    assert json.loads(json.dumps(told)) == told
    assert "\n[1] notes/a.md:6-7 (changed since) › Falke — " in render(answer)
    assert "\n[2] papers/b.pdf p. 3 (newer version unreadable) — " in render(answer)
    assert "notes/a.md:6-7 （此后已改动） › Falke" in render(replace(answer, language="zh"))


def test_a_long_quote_is_cut_for_the_terminal_only() -> None:
    line = source_line(Citation(1, "a.md", "A", (), Lines(1, 1), "x" * 500))

    assert len(line) < 200
    assert line.endswith("…")
