"""LangChain's own suite for retrievers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.retrievers import BaseRetriever
from pydantic import ValidationError

from ingest.build import ingest
from rag import Assistant
from rag.config import Settings
from rag.errors import IndexNotFoundError
from rag.langchain import RagRetriever
from tests.ingest.corpora import corpus, write

integration_tests = pytest.importorskip("langchain_tests.integration_tests")
QUESTION = "weight of Alpha One"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    found = corpus(tmp_path_factory.mktemp("notes"))
    ingest(found)
    return found


class TestSuite(integration_tests.RetrieversIntegrationTests):  # type: ignore[name-defined,misc]
    @pytest.fixture(autouse=True)
    def prepared(self, settings: Settings) -> None:
        self.settings = settings

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return RagRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"index": self.settings.index_path}

    @property
    def retriever_query_example(self) -> str:
        return QUESTION


@pytest.fixture
def retriever(tmp_path: Path) -> Iterator[tuple[RagRetriever, Settings]]:
    found = corpus(tmp_path)
    ingest(found)
    made = RagRetriever(index=found.index_path, k=6)
    yield made, found
    made.close()


def test_documents_are_the_evidence_with_its_place(retriever: tuple[RagRetriever, Settings]) -> None:
    made, settings = retriever

    documents = made.invoke(QUESTION)

    with Assistant.open(settings.index_path) as assistant:
        expected = assistant.ask(QUESTION).retrieved[:6]
    assert [d.page_content for d in documents] == [place.text for place in expected]
    assert documents[0].metadata == {"source": "cameras.md", "score": expected[0].score, "lines": [7, 7]}


def test_the_newest_generation_answers(retriever: tuple[RagRetriever, Settings]) -> None:
    made, settings = retriever
    made.invoke(QUESTION)
    write(settings.corpus, heron="# Heron\n\nThe Heron weighs 3 kg.\n")
    ingest(settings)

    assert made.invoke("what does the Heron weigh")[0].metadata["source"] == "heron.md"


def test_without_an_index(tmp_path: Path) -> None:
    with pytest.raises(IndexNotFoundError, match="run `rag ingest` first"):
        RagRetriever(index=tmp_path / "none").invoke(QUESTION)


def test_more_than_an_answer_ranks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="less than or equal to 12"):
        RagRetriever(index=tmp_path, k=13)
