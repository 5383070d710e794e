"""A whole set: balanced, the same every time, and answered by `rag eval`."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from eval.generate.build import generate
from eval.metrics import squeeze
from ingest.build import ingest
from rag.config import Settings
from rag.errors import UsageError
from rag.index import Snapshot
from server.cli import run
from tests.eval.generate.world import NOTES
from tests.notes import write_notes


def test_the_set_is_balanced_by_kind_and_language(snapshot: Snapshot) -> None:
    made = generate(snapshot, name="vans", per_kind=6, seed=0)
    rows = [json.loads(line) for line in made.lines]
    assert dict(made.types) == {
        "compare": 6,
        "followup": 6,
        "link": 2,
        "list": 6,
        "lookup": 6,
        "none": 6,
        "timeline": 6,
    }
    assert dict(made.languages) == Counter(row["lang"] for row in rows)
    assert [row["id"] for row in rows] == [f"vans-{n:03d}" for n in range(1, len(rows) + 1)]
    for kind in ("lookup", "list", "compare"):
        halves = Counter(any(ord(char) > 0x3000 for char in r["question"]) for r in rows if r["type"] == kind)
        assert halves[False] <= 3, "three of six are asked in Chinese"


def test_no_question_stands_twice_and_no_value_gives_itself_away(snapshot: Snapshot) -> None:
    rows = [json.loads(line) for line in generate(snapshot, name="v", per_kind=50, seed=1).lines]
    asked = [squeeze(f"{row.get('history')}{row['question']}") for row in rows]
    assert len(set(asked)) == len(asked)
    for row in rows:
        if row["type"] == "lookup":
            assert not any(squeeze(value) in squeeze(row["question"]) for value in row["must"][0])


def test_the_same_seed_makes_the_same_set_and_another_another(snapshot: Snapshot) -> None:
    one, again = (generate(snapshot, name="v", per_kind=4, seed=0) for _ in range(2))
    assert one == again
    assert generate(snapshot, name="v", per_kind=4, seed=1).lines != one.lines


def test_evidence_is_a_quote_where_it_stands_once_else_lines(snapshot: Snapshot) -> None:
    rows = [json.loads(line) for line in generate(snapshot, name="v", per_kind=50, seed=0).lines]
    links = [row["evidence"] for row in rows if row["type"] == "link"]
    assert [{"file": "vans.md", "quote": "- website: https://vans.example/kestrel"}] in links
    assert all(not row["evidence"] for row in rows if row["abstain"])


def test_what_is_made_can_be_run_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # Given somebody's own notes
    corpus = write_notes(tmp_path / "my notes", NOTES)
    made = tmp_path / "made.jsonl"
    # When cases are made from them
    assert run(["eval", "--generate", str(made), "--corpus", str(corpus), "--per-kind", "3"]) == 0
    told = capsys.readouterr().out.split("\n")
    # Then the command says what there is and how to go on
    assert told[0].startswith(
        f"{made}: 20 cases (3 compare, 3 followup, 2 link, 3 list, 3 lookup, 3 none, 3 timeline; "
    )
    assert told[1] == f"rag eval {made} --corpus '{corpus}'"
    # And that works, quotes and all
    empty = tmp_path / "none.json"
    empty.write_text('{"scopes": {}}')
    out = tmp_path / "run.json"
    given = ["--corpus", str(corpus), "--baseline", str(empty), "--out", str(out)]
    assert run(["eval", str(made), *given, "--fail-under", "accuracy=0.5"]) == 0
    assert len(json.loads(out.read_text("utf-8"))["cases"]) == 20


def test_notes_without_facts_are_told(tmp_path: Path) -> None:
    settings = Settings(corpus=write_notes(tmp_path / "n", {"a.md": "Just a sentence.\n"}), index=tmp_path / "i")
    ingest(settings)
    with Snapshot.open(settings.index_path) as prose, pytest.raises(UsageError, match="hold no fact to ask about"):
        generate(prose, name="v", per_kind=3, seed=0)
