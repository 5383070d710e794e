"""How texts reach the embedder: in batches of one length, into a cache that an interruption leaves whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import ingest.build
from ingest.build import ingest as run
from rag.config import Settings
from rag.index import Snapshot
from rag.index.store import gc, status, verify

SECTIONS = 50


class Letters:
    """Texts that share letters are near. Keeps what it was asked for, and breaks off when it was asked enough."""

    dimensions = 26
    batch = 8

    def __init__(self, fingerprint: str = "letters-1", patience: int = 10**9) -> None:
        self.fingerprint = fingerprint
        self.asked: list[list[str]] = []
        self.patience = patience

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if len(self.asked) == self.patience:
            raise KeyboardInterrupt
        self.asked.append(list(texts))
        made = np.array([[text.lower().count(chr(97 + n)) + 0.01 for n in range(26)] for text in texts], np.float32)
        unit: NDArray[np.float32] = made / np.linalg.norm(made, axis=1, keepdims=True)
        return unit

    def embed_question(self, text: str) -> NDArray[np.float32]:
        row: NDArray[np.float32] = self.embed_passages([text])[0]
        return row


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A note with sections of many lengths."""
    (tmp_path / "notes").mkdir()
    text = "\n\n".join(f"## Part {n}\n\n{'word ' * (n * 7 % 40)}about {n}." for n in range(SECTIONS))
    (tmp_path / "notes" / "parts.md").write_text(text, encoding="utf-8")
    return Settings(corpus=tmp_path / "notes", index=tmp_path / "index")


def opening(monkeypatch: pytest.MonkeyPatch, embedder: Letters) -> Letters:
    monkeypatch.setattr(ingest.build, "open_embedder", lambda spec, download: embedder)
    return embedder


def test_texts_go_in_batches_of_one_length(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = opening(monkeypatch, Letters())
    told: list[tuple[str, int, int]] = []

    summary = run(settings, progress=lambda *step: told.append(step))

    lengths = [len(text) for batch in embedder.asked for text in batch]
    assert summary.embedded == len(lengths) > 2 * embedder.batch
    assert lengths == sorted(lengths, reverse=True)
    assert {len(batch) for batch in embedder.asked[:-1]} == {embedder.batch}
    total = len(lengths)
    assert [step for step in told if step[0] == "embed"] == [
        ("embed", min(start + embedder.batch, total), total) for start in range(0, total, embedder.batch)
    ]


def test_an_interrupted_first_ingest_goes_on_where_it_stopped(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = opening(monkeypatch, Letters(patience=3))
    with pytest.raises(KeyboardInterrupt):
        run(settings)

    second = opening(monkeypatch, Letters())
    summary = run(settings)

    done = {text for batch in first.asked for text in batch}
    assert len(done) == 3 * first.batch
    assert done.isdisjoint(text for batch in second.asked for text in batch)
    assert (summary.generation, summary.embedded + len(done)) == (1, status(settings.index_path).cached_vectors)
    assert verify(settings.index_path) == []


DYING = """
import os, signal, sys
from pathlib import Path
import ingest.build
from rag.config import Settings
from tests.ingest.test_embedding import Letters
class Dying(Letters):
    def embed_passages(self, texts):
        if len(self.asked) == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().embed_passages(texts)
ingest.build.open_embedder = lambda spec, download: Dying("letters-2")
ingest.build.ingest(Settings(corpus=Path(sys.argv[1]), index=Path(sys.argv[2])))
"""


def test_a_killed_switch_serves_the_old_vectors_and_goes_on(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    opening(monkeypatch, Letters())
    total = run(settings).embedded
    command = [sys.executable, "-c", DYING, str(settings.corpus), str(settings.index_path)]
    root = Path(__file__).resolve().parents[2]
    died = subprocess.run(
        command, capture_output=True, check=False, cwd=root, env={**os.environ, "PYTHONPATH": str(root)}
    )
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    with Snapshot.open(settings.index_path) as snapshot:
        assert (snapshot.generation, snapshot.embedder) == (1, "letters-1")
        assert len(snapshot.search_vectors(Letters().embed_question("word"), 5)) == 5

    opening(monkeypatch, Letters("letters-2"))
    summary = run(replace(settings, embedder="other"))

    assert (summary.generation, summary.embedded) == (2, total - 2 * Letters.batch)
    assert verify(settings.index_path) == []


def test_going_back_embeds_nothing_and_changes_nothing(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = opening(monkeypatch, Letters())
    run(settings)
    question = embedder.embed_question("about 7")
    with Snapshot.open(settings.index_path) as snapshot:
        before = snapshot.search_vectors(question, 10)
        opening(monkeypatch, Letters("letters-2"))
        run(settings)
        # Whoever reads keeps what was there, also while and after the vectors are swapped.
        assert snapshot.search_vectors(question, 10) == before
    gc(settings.index_path, keep=1)
    back = opening(monkeypatch, Letters())

    summary = run(settings)

    assert (summary.embedded, back.asked) == (0, [])
    with Snapshot.open(settings.index_path) as snapshot:
        assert (snapshot.embedder, snapshot.search_vectors(question, 10)) == ("letters-1", before)
    assert verify(settings.index_path) == []
