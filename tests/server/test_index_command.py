"""`rag index`: status, verify, rebuild, rollback, gc."""

from __future__ import annotations

import json
import os
import re
import tomllib
from datetime import datetime
from pathlib import Path

import pytest

from rag.index import Snapshot
from rag.index.layout import writing
from server.cli import run
from server.wording import LANGUAGES, own_language

ROOT = Path(__file__).resolve().parents[2]
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


def test_status_tells_what_is_held(
    edited: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    assert _index(edited, "status", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["generation"], found["generations"], found["sources"]) == (2, [1, 2], 2)

    assert _index(edited, "status") == 0
    out = capsys.readouterr().out
    assert "generation  2  (kept: 1, 2)\n" in out
    assert re.search(r"^vectors     \d+ cached, 2 files; all are compared$", out, re.MULTILINE)
    table = [line.split() for line in out.split("\n\n")[1].splitlines()]
    assert table[0] == ["generation", "made", "sources", "changes", "passages", "facts", "embedder"]
    made = [str(datetime.fromisoformat(past["made"]).astimezone().replace(tzinfo=None)) for past in found["history"]]
    held = [str(found["chunks"]), str(found["facts"]), "builtin"]
    assert table[2] == ["1", *made[0].split(), "2", *held]
    assert table[3] == ["2", "*", *made[1].split(), "2", "+0", "~1", "-0", *held]


def test_what_writes_just_now_is_told(edited: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with writing(edited / ".rag", timeout=1):
        assert _index(edited, "status") == 0
        assert f"writing     process {os.getpid()}, just now\n" in capsys.readouterr().out


def test_every_command_speaks_json(edited: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    commands = (["rollback", "1"], ["gc", "--keep", "2", "--dry-run"], ["gc", "--keep", "2"], ["rebuild"])
    for args in commands:
        assert _index(edited, *args, "--json") == 0
        said.append(json.loads(capsys.readouterr().out))

    assert said[0] == {"generation": 3, "equals": 1}
    assert said[1] == {"removed": [1], "held": [], "rows": 0, "dry_run": True}
    assert (said[2]["removed"], said[2]["held"], said[2]["dry_run"]) == ([1], [], False)
    assert len(said[3]["rebuilt"]) == 3


def test_what_is_read_stays_and_is_told(edited: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Snapshot.open(edited / ".rag", generation=1):
        assert _index(edited, "gc", "--keep", "1") == 0
    assert capsys.readouterr().out == "generations removed: none (0 rows)\nstill read, and kept for that: 1\n"


def test_rag_toml_says_which_generations_stay(edited: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "rag.toml").write_text("keep_generations = 1\nkeep_days = 0\n", encoding="utf-8")

    assert _index(edited, "gc", "--dry-run") == 0
    assert capsys.readouterr().out == "would be removed: 1\n"
    (tmp_path / "rag.toml").write_text("keep_generations = 0\n", encoding="utf-8")
    assert _index(edited, "gc") == 1
    assert "keep_generations = 0 is less than 1" in capsys.readouterr().err


def test_an_earlier_generation_is_gone_back_to(edited: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _index(edited, "rollback", "1") == 0
    assert capsys.readouterr().out == (
        "generation 3 equals generation 1; ask with --no-refresh to keep to it: "
        "the next ingest brings the notes in again as they are on disk\n"
    )

    run(["ask", LOOKUP, "--corpus", str(edited), "--no-refresh"])
    assert "12,800元" in capsys.readouterr().out
    run(["ask", LOOKUP, "--corpus", str(edited)])
    assert "11,500元" in capsys.readouterr().out


def test_old_generations_are_forgotten(edited: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _index(edited, "gc", "--keep", "1") == 0
    assert capsys.readouterr().out.startswith("generations removed: 1 (")

    for gone in ("1", "7"):
        assert _index(edited, "rollback", gone) == 2
        assert f"generation {gone} of {edited / '.rag'} is not kept; those kept are 2\n" in capsys.readouterr().err
    assert _index(edited, "rollback", "2") == 2
    assert "is the current one; there is nothing to go back to\n" in capsys.readouterr().err


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


def test_a_difference_is_told_as_a_person_wants_it(edited: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _index(edited, "diff", "1", "--language", "en") == 0
    head, *sections = capsys.readouterr().out.strip().split("\n\n")
    assert re.fullmatch(r"generation 1 \([-\d: ]+\) -> generation 2 \([-\d: ]+\)", head)
    assert sections == [
        "Notes\n  ~ notes/cameras.md (passages: 1 new, 1 gone, 0 moved)",
        "Facts\n  Osprey Z: 价格: 12,800元 -> 11,500元  (notes/cameras.md:15)",
    ]

    assert _index(edited, "diff", "2", "1", "--language", "zh", "--passages") == 0
    out = capsys.readouterr().out
    assert "事实\n  Osprey Z：价格：11,500元 → 12,800元（notes/cameras.md:15）\n" in out
    assert "    - | 4500万 | 11,500元 | 否 | 2022-08 |\n" in out


def test_a_verdict_that_turned_is_told_in_words(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["ingest", "--corpus", str(corpus)])
    note = corpus / "notes/cameras.md"
    note.write_text(note.read_text("utf-8").replace("| 否 |", "| 是（仅限雨中） |"), encoding="utf-8")
    run(["ingest", "--corpus", str(corpus)])
    capsys.readouterr()

    assert _index(corpus, "diff", "1", "2", "--language", "en") == 0
    assert "  Osprey Z: 防水: 否 -> 是（仅限雨中） (no -> conditional)  (" in capsys.readouterr().out
    assert _index(corpus, "diff", "1", "2", "--json") == 0
    (fact,) = json.loads(capsys.readouterr().out)["facts"]
    assert fact == {
        "change": "changed", "entity": "Osprey Z", "attribute": "防水", "qualifiers": [], "before": "否",
        "after": "是（仅限雨中）", "status": ["no", "conditional"], "source": "notes/cameras.md", "lines": [15, 15],
        "page": None, "heading": ["相机笔记", "2. Osprey Z"],
    }  # fmt: skip


def test_long_differences_are_cut_and_say_so(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["ingest", "--corpus", str(corpus)])
    (corpus / "notes/cameras.md").unlink()
    run(["ingest", "--corpus", str(corpus)])
    capsys.readouterr()

    assert _index(corpus, "diff", "1", "--language", "en", "--limit", "1") == 0
    things = capsys.readouterr().out.split("\n\n")[2].splitlines()
    assert things[0] == "Things"
    assert len(things) == 3
    assert things[2].endswith(" more (--limit 0 lists all)")
    assert _index(corpus, "diff", "1", "--language", "en", "--limit", "0") == 0
    assert "more (--limit" not in capsys.readouterr().out


def test_equal_generations_and_unknown_ones(edited: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _index(edited, "diff", "2", "--language", "en") == 0
    assert capsys.readouterr().out.endswith("\nNo difference.\n")
    assert _index(edited, "diff", "1", "8") == 2
    assert "generation 8 of" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "de_DE", "LC_MESSAGES": "zh_TW"}, "zh"),
        ({"LC_ALL": "", "LANG": "zh"}, "zh"),
    ],
)
def test_the_language_is_that_of_the_locale(environ: dict[str, str], language: str) -> None:
    assert own_language(environ) == language


def test_both_languages_say_the_same_things() -> None:
    wordings = tomllib.loads((ROOT / "server" / "data" / "wording.toml").read_text("utf-8"))
    braces = [{name: sorted(re.findall(r"{\w+}", text)) for name, text in wordings[key].items()} for key in LANGUAGES]

    assert braces[0] == braces[1]


def test_no_index_is_told(corpus: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for args in (["status"], ["verify"], ["rebuild"], ["rollback", "1"], ["gc"], ["gc", "--dry-run"], ["diff", "1"]):
        assert _index(corpus, *args) == 1
        assert "run `rag ingest` first" in capsys.readouterr().err
