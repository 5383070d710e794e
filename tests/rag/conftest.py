"""The survey of tests/rag/survey.py, ingested once for all tests of the read path that only read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag import Assistant
from rag.config import Settings
from tests.rag.survey import settle


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the ingested survey."""
    return settle(tmp_path_factory.mktemp("survey"))


@pytest.fixture(scope="session")
def survey(settled: Settings) -> Iterator[Assistant]:
    """An assistant over the survey."""
    with Assistant.open(settled.index_path, settings=settled) as assistant:
        yield assistant
