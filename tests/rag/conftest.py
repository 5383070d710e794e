"""The surveys of tests/rag/survey.py, workshop.py and workbench.py, ingested once for all tests that only read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag import Assistant
from rag.config import Settings
from tests.rag.survey import settle
from tests.rag.workbench import WORKBENCH
from tests.rag.workshop import WORKSHOP


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the ingested survey."""
    return settle(tmp_path_factory.mktemp("survey"))


@pytest.fixture(scope="session")
def survey(settled: Settings) -> Iterator[Assistant]:
    """An assistant over the survey."""
    with Assistant.open(settled.index_path, settings=settled) as assistant:
        yield assistant


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over the vans and grinders."""
    settings = settle(tmp_path_factory.mktemp("workshop"), WORKSHOP)
    with Assistant.open(settings.index_path, settings=settings) as assistant:
        yield assistant


@pytest.fixture(scope="session")
def workbench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    """An assistant over the presses and teapots."""
    settings = settle(tmp_path_factory.mktemp("workbench"), WORKBENCH)
    with Assistant.open(settings.index_path, settings=settings) as assistant:
        yield assistant
