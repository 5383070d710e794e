"""Timeline, things and profiles, freshness, notes as blocks: as JSON over the real application."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from rag.config import Settings
from tests.notes import forbid_listing, write_notes
from tests.server.corpus.conftest import NOTES, caller


@pytest.fixture
def client(cameras: Settings) -> Iterator[TestClient]:
    with caller(cameras) as client:
        yield client


def _states(settings: Settings) -> dict[str, Any]:
    with caller(settings) as client:
        rows = client.get("/api/corpus/sources").json()["sources"]
    return {row["path"]: (row["state"], row["reason"]) for row in rows}


def test_the_timeline_tells_every_date_once(client: TestClient) -> None:
    events = client.get("/api/corpus/timeline").json()["events"]
    assert [(e["date"], e["entity"], e["attribute"], e["text"]) for e in events] == [
        ("2021-03-05", "Plover", "", "Plover 上市"),
        ("2022-08", "Curlew", "", "Curlew 在日本开售"),
    ]
    assert [(p["source"], p["lines"]) for p in events[1]["places"]] == [("b.md", [11, 11])]


def test_things_are_counted(client: TestClient) -> None:
    things = {thing["name"]: thing for thing in client.get("/api/corpus/things").json()["things"]}
    assert things["Heron X1"]["sources"] == 2
    assert things["Heron X1"]["facts"] > 8


@pytest.mark.parametrize("name", ["Heron X1", "heron-x1", "Heron X1 (苍鹭)"])
def test_a_profile_holds_all_attributes(client: TestClient, name: str) -> None:
    found = client.get(f"/api/corpus/things/{name}").json()
    assert found["name"] == "Heron X1"
    attributes = {one["name"]: one for one in found["attributes"]}
    assert attributes["价格"]["state"] == "conflict"
    assert [one["value"] for one in attributes["价格"]["statements"]] == ["4,999元", "5,299元"]
    assert attributes["产地"]["statements"][0]["status"] == "unknown"


def test_an_unknown_thing_is_not_found(client: TestClient) -> None:
    answer = client.get("/api/corpus/things/Dodo")
    assert answer.status_code == 404
    assert answer.json()["error"]["type"] == "not_found_error"


def test_a_note_comes_as_blocks_with_their_lines(client: TestClient) -> None:
    found = client.get("/api/corpus/notes/a.md").json()
    assert (found["first"], found["last"], found["total"], found["title"]) == (1, 15, 15, "相机")
    heading, _, table, item, *_ = found["blocks"]
    assert heading == {"kind": "heading", "lines": [1, 1], "depth": 1, "links": {}, "text": ["相机"]}
    assert table["header"] == ["像素", "价格", "防水", "产地"]
    assert table["header_lines"] == [5, 5]
    assert table["rows"] == [{"lines": [7, 7], "cells": ["2400万", "4,999元", "是", "未知"]}]
    assert (item["text"], item["number"], item["task"]) == (["颜色：黑、银"], None, None)


def test_only_the_blocks_asked_for_come(client: TestClient) -> None:
    found = client.get("/api/corpus/notes/a.md", params={"first": 6, "last": 9}).json()
    assert [block["lines"] for block in found["blocks"]] == [[5, 7], [9, 9]]


@pytest.mark.parametrize("path", ["../a.md", "/etc/passwd", "missing.md", "..%2f..%2fetc%2fpasswd"])
def test_no_other_file_can_be_read(client: TestClient, path: str) -> None:
    assert client.get(f"/api/corpus/notes/{path}").status_code == 404


def test_markup_is_handed_on_as_text(tmp_path: Path) -> None:
    from ingest.build import ingest

    note = "# T\n\n- [x] done **b**\n- [ ] open\n3. third\n> quoted [here][1] <b>x</b>\n\n```\ncode\n```\n\n[1]: https://a.example/1\n"
    settings = Settings(corpus=write_notes(tmp_path / "c", {"n.md": note}))
    ingest(settings)
    with caller(settings) as client:
        blocks = client.get("/api/corpus/notes/n.md").json()["blocks"]

    done, undone, third = [block for block in blocks if block["kind"] == "item"]
    assert (done["task"], done["text"]) == (True, ["done **b**"])
    assert undone["task"] is False
    assert third["number"] == 3
    quoted = next(block for block in blocks if "quoted" in str(block["text"]))
    assert quoted["text"] == ["quoted [here][1] <b>x</b>"]
    assert quoted["links"] == {"here": "https://a.example/1"}
    assert next(block for block in blocks if block["kind"] == "code")["text"][1] == "code"


def test_fresh_sources_are_told_as_such(cameras: Settings) -> None:
    assert _states(cameras) == {"a.md": ("fresh", None), "b.md": ("fresh", None)}


def test_changes_to_the_files_are_told(own: Settings) -> None:
    write_notes(own.corpus, {"a.md": NOTES["a.md"].replace("4,999", "4,998"), "new/c.md": "# C\n", "d.pdf": "no paper"})
    (own.corpus / "b.md").unlink()

    assert _states(replace(own, max_file_bytes=1_000)) == {
        "a.md": ("changed", None), "b.md": ("gone", None), "d.pdf": ("new", None), "new/c.md": ("new", None),
    }  # fmt: skip
    assert _states(replace(own, max_file_bytes=5))["a.md"] == (
        "failed", f"{len(NOTES['a.md'].encode())} bytes are more than the setting max_file_bytes = 5",
    )  # fmt: skip


def test_a_file_written_again_as_it_was_is_fresh(own: Settings) -> None:
    write_notes(own.corpus, {"a.md": NOTES["a.md"]})
    assert _states(own)["a.md"] == ("fresh", None)


def test_a_corpus_that_cannot_be_listed_is_a_problem(own: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    forbid_listing(monkeypatch, own.corpus.name)
    with caller(own) as client:
        found = client.get("/api/corpus/sources").json()
    assert "permission denied" in found["problem"]
    assert [row["state"] for row in found["sources"]] == ["fresh", "fresh"]


def test_a_note_is_shown_as_the_generation_quoted_has_it(own: Settings) -> None:
    from ingest.build import ingest

    write_notes(own.corpus, {"a.md": "# Rewritten\n"})
    ingest(own)
    with caller(own) as client:
        titles = [
            client.get("/api/corpus/notes/a.md", params=params).json().get("title")
            for params in ({}, {"generation": 1}, {"generation": 2})
        ]
        missing = client.get("/api/corpus/notes/a.md", params={"generation": 9})
    assert titles == ["Rewritten", "相机", "Rewritten"]
    assert missing.status_code == 404
