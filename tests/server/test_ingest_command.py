"""`rag ingest`: what it tells and with which status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from server.cli import run


def test_a_first_ingest_and_one_with_nothing_to_do(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ingest", "--corpus", str(corpus)]) == 0
    assert capsys.readouterr().out == (
        "2 added, 0 changed, 0 renamed, 0 removed, 0 unchanged, 0 failed (generation 1)\n"
    )

    assert run(["ingest", "--corpus", str(corpus), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "added": 0,
        "changed": 0,
        "renamed": 0,
        "removed": 0,
        "unchanged": 2,
        "failed": [],
        "generation": 1,
        "embedded": 0,
        "fetched": 0,
        "unfetched": [],
        "notices": [],
    }


def test_an_edit_and_a_removal_are_told(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["ingest", "--corpus", str(corpus)])
    (corpus / "notes/lenses.md").unlink()
    with (corpus / "notes/cameras.md").open("a", encoding="utf-8") as note:
        note.write("\n另有银色版。\n")
    capsys.readouterr()

    assert run(["ingest", "--corpus", str(corpus)]) == 0
    assert capsys.readouterr().out == (
        "0 added, 1 changed, 0 renamed, 1 removed, 0 unchanged, 0 failed (generation 2)\n"
    )


def test_an_unreadable_file_is_told_and_the_others_are_ingested(
    corpus: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (corpus / "notes/picture.md").write_bytes(bytes(range(256)) * 64)

    assert run(["ingest", "--corpus", str(corpus)]) == 1

    out = capsys.readouterr()
    assert "2 added" in out.out
    assert "1 failed" in out.out
    assert out.err.startswith("note: notes/picture.md could not be read: ")
    assert out.err.count("\n") == 1


@pytest.mark.parametrize("make", [False, True])
def test_no_notes_is_an_error_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], make: bool) -> None:
    root = tmp_path / "nothing"
    if make:
        root.mkdir()

    assert run(["ingest", "--corpus", str(root)]) == 1

    err = capsys.readouterr().err
    assert err.startswith("error: ")
    assert str(root) in err
    assert err.count("\n") == 1
