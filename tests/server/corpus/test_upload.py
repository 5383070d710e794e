"""Uploads: names made safe, bytes all or nothing, ingested or taken back, from this machine only."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi import Request
from fastapi.testclient import TestClient
from starlette.exceptions import HTTPException

from rag.config import Settings
from rag.errors import IndexLockedError
from server.corpus.routes import own_machine
from server.corpus.upload import LONGEST_NAME, NameTakenError, UploadError, safe_name, take_in
from tests.server.corpus.conftest import caller

NOTE = b"# Tern\n\n- Price: 750 dollars\n"


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("note.md", "note.md"),
        ("笔记 1.MD", "笔记 1.md"),
        ("../../etc/passwd.md", "passwd.md"),
        ("C:\\Users\\me\\note.md", "note.md"),
        (".hidden.md", "hidden.md"),
        ("a\x00b\nc.md", "abc.md"),
        ("what?*.md", "what.md"),
        ("dm\u202efdp.md", "dmfdp.md"),
        (unicodedata.normalize("NFD", "é.md"), "é.md"),
        ("a.md/b.pdf", "b.pdf"),
        ("note.md.", "note.md"),
        ("长" * 200 + ".md", "长" * ((LONGEST_NAME - 3) // 3) + ".md"),
    ],
)
def test_names_are_made_safe(given: str, name: str) -> None:
    assert safe_name(given) == name


@pytest.mark.parametrize("given", ["", "note", "note.exe", ".md", "...md", "con.md", "LPT1.pdf", "/", "\u200b.md"])
def test_what_cannot_be_a_name_is_refused(given: str) -> None:
    with pytest.raises(UploadError):
        safe_name(given)


def test_a_note_is_put_into_the_corpus_and_ingested(own: Settings) -> None:
    taken = take_in(own, "tern.md", NOTE, replace=False)
    assert taken["path"] == "uploads/tern.md"
    assert taken["replaced"] is False
    assert (taken["summary"]["added"], taken["summary"]["generation"]) == (1, 2)
    assert [path.name for path in (own.corpus / "uploads").iterdir()] == ["tern.md"]


def test_an_upload_is_not_written_over_unless_said_so(own: Settings) -> None:
    take_in(own, "tern.md", NOTE, replace=False)
    with pytest.raises(NameTakenError, match="rename yours or replace it"):
        take_in(own, "tern.md", b"# Other\n", replace=False)
    assert (own.corpus / "uploads" / "tern.md").read_bytes() == NOTE

    assert take_in(own, "tern.md", b"# Other\n", replace=True)["replaced"] is True
    assert (own.corpus / "uploads" / "tern.md").read_bytes() == b"# Other\n"


def test_what_cannot_be_read_leaves_no_trace(own: Settings) -> None:
    with pytest.raises(UploadError, match=r"bad\.pdf cannot be read"):
        take_in(own, "bad.pdf", b"no paper at all", replace=False)
    assert list((own.corpus / "uploads").iterdir()) == []

    take_in(own, "tern.md", NOTE, replace=False)
    with pytest.raises(UploadError, match=r"tern\.md cannot be read"):
        take_in(own, "tern.md", bytes(range(256)) * 8, replace=True)
    assert (own.corpus / "uploads" / "tern.md").read_bytes() == NOTE


def test_a_failed_ingest_takes_the_file_back(own: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*_: object, **__: object) -> None:
        raise IndexLockedError("another process writes")

    monkeypatch.setattr("ingest.build.ingest", locked)
    with pytest.raises(IndexLockedError):
        take_in(own, "tern.md", NOTE, replace=False)
    assert list((own.corpus / "uploads").iterdir()) == []


def test_no_link_leads_the_bytes_elsewhere(own: Settings, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (own.corpus / "uploads").symlink_to(elsewhere)
    with pytest.raises(UploadError, match="not a directory of its own"):
        take_in(own, "tern.md", NOTE, replace=False)
    (own.corpus / "uploads").unlink()
    (own.corpus / "uploads").mkdir()
    target = elsewhere / "target.md"
    target.write_bytes(b"theirs")
    (own.corpus / "uploads" / "tern.md").symlink_to(target)
    with pytest.raises(NameTakenError):
        take_in(own, "tern.md", NOTE, replace=True)
    assert target.read_bytes() == b"theirs"


def test_nothing_is_refused(own: Settings) -> None:
    with pytest.raises(UploadError, match="is empty"):
        take_in(own, "tern.md", b" \n", replace=False)


@pytest.fixture
def client(own: Settings) -> Iterator[TestClient]:
    with caller(own) as client:
        yield client


def _post(client: TestClient, **more: Any) -> int:
    return client.post("/api/corpus/notes", params={"name": "tern.md"}, content=NOTE, **more).status_code


def test_it_comes_over_http(client: TestClient) -> None:
    headers = {"content-type": "application/octet-stream", "origin": "http://127.0.0.1"}
    assert _post(client, headers=headers) == 200
    assert client.get("/api/corpus/notes/uploads/tern.md").json()["title"] == "Tern"
    assert _post(client, headers=headers) == 409
    assert client.post("/api/corpus/notes", params={"name": "x.exe"}, content=NOTE).status_code == 400
    assert client.post("/api/corpus/notes", content=NOTE).status_code == 422


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"host": "rebound.example"},
        {"x-forwarded-for": "203.0.113.9"},
        {"forwarded": "for=203.0.113.9"},
    ],
)
def test_other_sites_and_proxies_are_refused(client: TestClient, headers: dict[str, str]) -> None:
    assert _post(client, headers=headers) == 403


def test_other_machines_are_refused(own: Settings) -> None:
    with caller(own, "203.0.113.9") as client:
        assert _post(client) == 403


def test_who_is_known_by_a_key_may_write_from_anywhere() -> None:
    scope = {"type": "http", "headers": [(b"host", b"notes.example")], "client": ("203.0.113.9", 1)}
    own_machine(Request({**scope, "caller": SimpleNamespace(key="k1")}))
    for keyless in (None, SimpleNamespace(key="")):
        with pytest.raises(HTTPException):
            own_machine(Request({**scope, "caller": keyless}))
