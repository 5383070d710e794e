"""The survey of `world.py`, ingested."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ingest.build import ingest
from rag.config import Settings
from rag.index import Snapshot
from tests.eval.generate.world import NOTES
from tests.notes import write_notes


@pytest.fixture(scope="package")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    root = tmp_path_factory.mktemp("vans")
    settings = Settings(corpus=write_notes(root / "notes", NOTES), index=root / "index")
    ingest(settings)
    with Snapshot.open(settings.index_path) as opened:
        yield opened
