"""Passages are embedded apart from what they stand under, and joined when they are stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import ingest.build
from ingest.build import Summary
from ingest.build import ingest as run
from rag.config import Settings
from rag.errors import IndexCorruptError
from rag.index import tables as t
from rag.index.document import headings, text_digest
from rag.index.joined import HEADINGS_SHARE, joined, passage_vectors, together
from rag.index.records import Records
from rag.index.store import gc, status, verify
from tests.ingest.test_embedding import Letters

TABLE = "| model | weight |\n| --- | --- |\n| Alpha | 480 g |\n"
NOTE = f"# Cameras\n\nOverview.\n\n## Small\n\nBy weight.\n\n{TABLE}\n## Large\n\nNone yet.\n"


def vector(*numbers: float) -> NDArray[np.float32]:
    return np.array(numbers, np.float32)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "cameras.md").write_text(NOTE, encoding="utf-8")
    return Settings(corpus=tmp_path / "notes", index=tmp_path / "index")


@pytest.fixture
def embedder(monkeypatch: pytest.MonkeyPatch) -> Letters:
    made = Letters()
    monkeypatch.setattr(ingest.build, "open_embedder", lambda spec, download: made)
    return made


def edited(settings: Settings, text: str, embedder: Letters) -> tuple[Summary, list[str]]:
    """What an ingest of the note with this text did, and what it embedded."""
    embedder.asked.clear()
    (settings.corpus / "cameras.md").write_text(text, encoding="utf-8")
    summary = run(settings)
    return summary, sorted(text for batch in embedder.asked for text in batch)


def test_headings_are_what_stands_above_each_by_itself() -> None:
    assert headings("Cameras > Small\nmodel | weight\nAlpha") == ("Cameras", "Small", "model | weight", "Alpha")
    assert headings("") == ()


@pytest.mark.parametrize(
    ("text", "above", "expected"),
    [
        (vector(1, 0), (), (1, 0)),
        (vector(1, 0), (vector(1, 0),), (1, 0)),
        (vector(1, 0), (vector(0, 1),), (1, HEADINGS_SHARE)),
        (vector(1, 0), (vector(0, 1), vector(0, 1)), (1, HEADINGS_SHARE)),
        (vector(0, 0), (vector(0, 1),), (0, 1)),
        (vector(0, 0), (vector(0, 0),), (0, 0)),
        (vector(1, 0), (vector(0, 1), vector(0, -1)), (1, 0)),
    ],
)
def test_the_direction_is_that_of_the_weighted_sum(
    text: NDArray[np.float32], above: Sequence[NDArray[np.float32]], expected: tuple[float, float]
) -> None:
    made = joined(text, together(above))

    assert (made / (np.linalg.norm(made) or 1)).tolist() == pytest.approx(
        np.array(expected) / (np.linalg.norm(expected) or 1)
    )


def test_vectors_of_length_one_make_one_and_others_keep_their_length() -> None:
    one, long = vector(0.6, 0.8), vector(3, 0)

    assert np.linalg.norm(joined(one, together([vector(0, 1), vector(1, 0)]))) == pytest.approx(1)
    assert np.linalg.norm(joined(long, together([vector(0, 3)]))) == pytest.approx(3)


def test_another_title_is_embedded_alone(settings: Settings, embedder: Letters) -> None:
    run(settings)

    summary, asked = edited(settings, NOTE.replace("# Cameras", "# Photography", 1), embedder)

    assert asked == ["# Photography\n\nOverview.", "Photography"]
    assert (summary.embedded, summary.headings) == (2, 1)
    assert verify(settings.index_path) == []


def test_a_table_below_another_known_heading_is_not_embedded(settings: Settings, embedder: Letters) -> None:
    run(settings)

    summary, asked = edited(settings, NOTE.replace(TABLE, "").replace("None yet.\n", f"None yet.\n\n{TABLE}"), embedder)

    assert (summary.changed, asked) == (1, [])


def test_a_collection_forgets_the_parts_of_what_is_gone(settings: Settings, embedder: Letters) -> None:
    run(settings)
    edited(settings, "# Lenses\n\nAll new.\n", embedder)

    gc(settings.index_path, keep=1)

    store = Records.open(settings.index_path)
    with store.reading() as connection:
        kept = set(connection.execute(t.select(t.vectors.c.digest)).scalars())
        contexts = list(connection.execute(t.select(t.contexts.c.text)).scalars())
    store.close()
    assert (kept, contexts) == ({text_digest("# Lenses\n\nAll new."), text_digest("Lenses")}, ["Lenses"])
    assert verify(settings.index_path) == []


def test_an_embedder_that_comes_back_finds_texts_and_headings(
    settings: Settings, embedder: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run(settings)
    other = Letters("letters-2")
    monkeypatch.setattr(ingest.build, "open_embedder", lambda spec, download: other)

    second = run(replace(settings, embedder="other"))

    assert (second.embedded, second.headings) == (first.embedded, first.headings)
    assert status(settings.index_path).cached_vectors == 2 * first.embedded


def test_a_lost_vector_is_told(settings: Settings, embedder: Letters) -> None:
    run(settings)
    store = Records.open(settings.index_path)
    with store.writing() as connection:
        connection.execute(t.delete(t.vectors).where(t.vectors.c.digest == text_digest("Small")))
    with store.reading() as connection:
        ids = np.array(list(connection.execute(t.select(t.chunk_contents.c.id)).scalars()), np.int64)
        with pytest.raises(IndexCorruptError, match="lacks 1 vectors of letters-1"):
            passage_vectors(store, connection, embedder.fingerprint, ids)
    store.close()
