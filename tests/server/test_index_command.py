"""`rag index`: status, verify, rebuild, rollback, gc."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from server.cli import run

LOOKUP = "Osprey Z 的价格"


@pytest.fixture
def edited(corpus: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A corpus that was ingested, edited and ingested again: two generations."""
    run(["ingest", "--corpus", str(corpus)])
    note = corpus / "notes/cameras.md"
    note.write_text(note.read_text("utf-8").replace("12,800元", "11,500元"), encoding="utf-8")
    run(["ingest", "--corpus", str(corpus)])
    capsys.readouterr()
    return corpus


def _index(corpus: Path, *args: str) -> int:
    return run(["index", *args, "--corpus", str(corpus)])


def test_status_tells_what_is_held(edited: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _index(edited, "status", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["generation"], found["generations"], found["sources"]) == (2, [1, 2], 2)

    assert _index(edited, "status") == 0
    assert "generation  2  (kept: 1, 2)\n" in capsys.readouterr().out


def test_an_earlier_generation_is_gone_back_to(edited: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _index(edited, "rollback", "1") == 0
    assert capsys.readouterr().out == ("generation 3 equals generation 1; ask with --no-refresh to keep to it\n")

    run(["ask", LOOKUP, "--corpus", str(edited), "--no-refresh"])
    assert "12,800元" in capsys.readouterr().out
    run(["ask", LOOKUP, "--corpus", str(edited)])
    assert "11,500元" in capsys.readouterr().out


def test_old_generations_are_forgotten(edited: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _index(edited, "gc", "--keep", "1") == 0
    assert capsys.readouterr().out.startswith("generations removed: 1 (")

    assert _index(edited, "rollback", "1") == 2
    assert "those kept are 2" in capsys.readouterr().err


def test_damage_is_found_and_mended(edited: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _index(edited, "verify") == 0
    assert capsys.readouterr().out == "the index is whole\n"
    damaged = next(path for path in sorted((edited / ".rag").rglob("*")) if path.parent.name == "vectors")
    damaged.write_bytes(b"x" * damaged.stat().st_size)

    assert _index(edited, "verify") == 1
    out = capsys.readouterr()
    assert out.out == "1 wrong; run `rag index rebuild`\n"
    assert out.err.startswith("error: ")
    assert _index(edited, "rebuild") == 0
    assert _index(edited, "verify", "--json") == 0


def test_no_index_is_told(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for args in (["status"], ["verify"], ["rebuild"], ["rollback", "1"], ["gc"]):
        assert _index(corpus, *args) == 1
        assert "run `rag ingest` first" in capsys.readouterr().err
