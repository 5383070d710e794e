"""The questions of the evaluation get the same answers from every engine, byte by byte."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bench.replay import told
from eval.cases import QUESTIONS, load_cases
from ingest.build import ingest
from rag.assistant import Assistant
from rag.config import Settings
from rag.index.store import verify
from tests.rag.engines.conftest import Engine, postgres_engine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eval.cases import Case
    from tests.rag.engines.postgres_server import PostgresServer

ROOT = Path(__file__).resolve().parents[3]
EVERY = 10
"""Of the cases in the order of their names every so many: answering all of them takes a minute."""


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Sequence[Case], list[str]]:
    """The shipped corpus, questions about it, and the answers of the embedded engine."""
    cases = load_cases(sorted(QUESTIONS.glob("corpus-*.jsonl")))[::EVERY]
    settings = Settings(corpus=ROOT / "corpus", index=tmp_path_factory.mktemp("embedded"))
    ingest(settings)
    return settings, cases, answers(settings, cases)


@pytest.fixture(params=["postgresql", "milvus"])
def cluster(request: pytest.FixtureRequest, postgres: PostgresServer) -> Engine:
    """The engines that are not the embedded one."""
    engine = postgres_engine(postgres)
    return engine if request.param == "postgresql" else replace(engine, search=request.getfixturevalue("milvus"))


def answers(settings: Settings, cases: Sequence[Case]) -> list[str]:
    """The whole answers of a new process's assistant."""
    with Assistant.open(settings.index_path, settings=settings) as assistant:
        return [told(assistant, case.question, case.history) for case in cases]


def test_the_shipped_questions_get_the_same_answers(
    cluster: Engine, asked: tuple[Settings, Sequence[Case], list[str]], tmp_path: Path
) -> None:
    settings, cases, expected = asked
    if cluster.search:  # Milvus Lite looks through all texts for every filter
        cases, expected = cases[::3], expected[::3]
    its = replace(settings, index=tmp_path / "index", records=cluster.address(), search=cluster.search)

    assert ingest(its).failed == ()

    assert answers(its, cases) == expected
    assert answers(cluster.elsewhere(its), cases) == expected
    assert verify(its.index_path) == []
