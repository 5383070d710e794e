"""LangChain's own suite for embeddings, over several embedders."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from langchain_core.embeddings import DeterministicFakeEmbedding, Embeddings

from rag.embed import open_embedder
from rag.errors import EmbedderError
from rag.langchain import RagEmbeddings
from rag.langchain.embeddings import as_embedder
from tests.rag.embed.endpoint import serving
from tests.rag.embed.small_models import m3e

integration_tests = pytest.importorskip("langchain_tests.integration_tests")
unit_tests = pytest.importorskip("langchain_tests.unit_tests")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return m3e(tmp_path_factory.mktemp("langchain") / "model")


class TestBuiltin(integration_tests.EmbeddingsIntegrationTests):  # type: ignore[name-defined,misc]
    @property
    def embeddings_class(self) -> type[Embeddings]:
        return RagEmbeddings


class TestModelInAFolder(integration_tests.EmbeddingsIntegrationTests):  # type: ignore[name-defined,misc]
    @pytest.fixture(autouse=True)
    def prepared(self, folder: Path) -> None:
        self.path = folder

    @property
    def embeddings_class(self) -> type[Embeddings]:
        return RagEmbeddings

    @property
    def embedding_model_params(self) -> dict[str, Any]:
        return {"embedder": str(self.path)}


class TestServer(integration_tests.EmbeddingsIntegrationTests):  # type: ignore[name-defined,misc]
    @pytest.fixture(autouse=True)
    def prepared(self) -> Iterator[None]:
        with serving() as endpoint:
            self.spec = endpoint.spec
            yield

    @property
    def embeddings_class(self) -> type[Embeddings]:
        return RagEmbeddings

    @property
    def embedding_model_params(self) -> dict[str, Any]:
        return {"embedder": self.spec}


class TestUnit(unit_tests.EmbeddingsUnitTests):  # type: ignore[name-defined,misc]
    @property
    def embeddings_class(self) -> type[Embeddings]:
        return RagEmbeddings

    @property
    def init_from_env_params(self) -> tuple[dict[str, str], dict[str, Any], dict[str, Any]]:
        return {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}, {"embedder": "openai:m"}, {"name": "openai:m"}


def test_vectors_are_those_of_the_embedder() -> None:
    made, embedder = RagEmbeddings(), open_embedder("builtin")

    assert made.embed_documents(["相机很轻", "a"]) == embedder.embed_passages(["相机很轻", "a"]).tolist()
    assert made.embed_query("相机") == embedder.embed_question("相机").tolist()
    assert as_embedder(made) == ("builtin", made.embedder)


def test_a_model_that_is_not_here_is_an_error() -> None:
    with pytest.raises(EmbedderError, match="rag models pull"):
        RagEmbeddings("someone/no-such-model")


def test_embeddings_of_langchain_serve_as_an_embedder() -> None:
    embeddings = DeterministicFakeEmbedding(size=6)
    name, embedder = as_embedder(embeddings)

    made = embedder.embed_passages(["a", "b"])
    assert (name, made.shape, embedder.dimensions) == ("DeterministicFakeEmbedding", (2, 6), 6)
    assert np.linalg.norm(made, axis=1) == pytest.approx(1.0, abs=1e-6)
    assert np.abs(embedder.embed_question("a") - made[0]).max() < 1e-6
    assert embedder.embed_passages([]).shape == (0, 6)
    other = as_embedder(DeterministicFakeEmbedding(size=7))[1]
    same = as_embedder(DeterministicFakeEmbedding(size=6))[1]
    assert (embedder.fingerprint == same.fingerprint, embedder.fingerprint == other.fingerprint) == (True, False)
    assert os.environ.get("OPENAI_BASE_URL") is None
