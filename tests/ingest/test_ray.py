"""An ingest with Ray makes the index that one without it makes, though workers die."""

from __future__ import annotations

import importlib.util
import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bench.generated import note
from ingest.build import ingest
from rag.config import Settings, load
from rag.errors import ConfigError, MissingExtraError
from rag.index.layout import records_path
from rag.index.store import verify
from tests.ingest.corpora import all_answers, corpus, write

ROOT = Path(__file__).resolve().parents[2]
NOTES = 120
MTIME = 5

needs_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None or sys.platform != "linux",
    reason="ray is not installed (pip install 'survey-notes-rag[ray]'), or there is no /proc to find its workers by",
)


def rows(index: Path) -> dict[str, list[Any]]:
    """All rows of an index; of sources without the time, which is not noted of files that were just written."""
    with closing(sqlite3.connect(records_path(index))) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        held = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables}
    held["sources"] = [(*row[:MTIME], *row[MTIME + 1 :]) for row in held["sources"]]
    held["meta"] = [row for row in held["meta"] if not row[0].startswith("made.")]
    return held


@needs_ray
def test_the_index_is_the_same_row_by_row_though_workers_die(tmp_path: Path) -> None:
    settings = corpus(tmp_path)
    write(settings.corpus, **{f"n{number:03}": note(number).text for number in range(NOTES)})
    (settings.corpus / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    plain = ingest(settings)
    other = tmp_path / "ray"
    command = [sys.executable, "-m", "tests.ingest.raying", str(settings.corpus), str(other)]

    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["summary"]["added"] == plain.added == NOTES + 2
    assert [path for path, _ in said["summary"]["failed"]] == [path for path, _ in plain.failed] == ["broken.pdf"]
    assert said["killed"] > 0
    assert rows(other) == rows(settings.index_path)
    assert all_answers(other) == all_answers(settings.index_path)
    assert verify(other) == []


def test_without_ray_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    settings = corpus(tmp_path)

    with pytest.raises(MissingExtraError, match=r"survey-notes-rag\[ray\]"):
        ingest(Settings(corpus=settings.corpus, index=settings.index, engine="ray"))
    assert not settings.index_path.exists()


def test_an_engine_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="environment: engine = 'spark' is neither local nor ray"):
        load(environ={"RAG_ENGINE": "spark"}, directory=tmp_path)
