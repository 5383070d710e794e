"""LangChain's own suite for vector stores."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from langchain_core.documents import Document
from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_core.vectorstores import VectorStore

from ingest.build import ingest
from rag.config import Settings
from rag.errors import EmbedderError, UsageError
from rag.index.store import status, verify
from rag.langchain import RagEmbeddings, RagVectorStore
from tests.ingest.corpora import corpus

integration_tests = pytest.importorskip("langchain_tests.integration_tests")

TEXTS = ["The camera weighs 480 g.", "石墨库可以免费商用。", "A storm is expected tomorrow.", "The camera is heavy."]


class TestSuite(integration_tests.VectorStoreIntegrationTests):  # type: ignore[name-defined,misc]
    @pytest.fixture
    def vectorstore(self, tmp_path: Path) -> Iterator[VectorStore]:
        store = RagVectorStore(tmp_path / "index", self.get_embeddings())
        yield store
        store.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RagVectorStore]:
    made = RagVectorStore.from_texts(
        TEXTS, RagEmbeddings(), [{"n": n} for n in range(4)], ids=list("abcd"), index=tmp_path / "index"
    )
    yield made
    made.close()


def test_meaning_finds_a_document_in_the_other_language(store: RagVectorStore) -> None:
    found = store.similarity_search_with_relevance_scores("Is commercial use of the database allowed?", k=2)

    assert found[0][0] == Document(id="b", page_content=TEXTS[1], metadata={"n": 1})
    assert 0.5 < found[0][1] <= 1.0
    assert found[0][1] > found[1][1]


def test_by_vector_and_unlike_each_other(store: RagVectorStore) -> None:
    vector = store.embeddings.embed_query("storm tomorrow")

    assert [d.id for d in store.similarity_search_by_vector(vector, k=1)] == ["c"]
    near = [d.id for d in store.similarity_search("weight of the camera", k=2)]
    unlike = [d.id for d in store.max_marginal_relevance_search("weight of the camera", k=2, lambda_mult=0.0)]
    assert set(near) == {"a", "d"}
    assert unlike[0] in near
    assert unlike[1] not in near


def test_an_index_of_documents_is_whole_and_can_be_opened_again(store: RagVectorStore, tmp_path: Path) -> None:
    store.add_texts(["new"], ids=["a"])
    store.delete(["c", "unknown"])

    index = tmp_path / "index"
    assert verify(index) == []
    assert (status(index).generation, status(index).sources) == (3, 3)
    again = RagVectorStore(index)
    assert [d.page_content for d in again.get_by_ids(["a", "c", "b"])] == ["new", TEXTS[1]]
    again.close()


def test_all_can_be_deleted(store: RagVectorStore) -> None:
    assert store.delete()

    assert store.similarity_search("camera") == []
    assert store.delete()


def test_of_one_id_given_twice_the_last_stays(tmp_path: Path) -> None:
    store = RagVectorStore(tmp_path)

    assert store.add_texts(["first", "", "last"], ids=["x", None, "x"])[0::2] == ["x", "x"]

    assert [d.page_content for d in store.get_by_ids(["x"])] == ["last"]
    store.close()


def test_metadata_that_is_no_json(store: RagVectorStore) -> None:
    with pytest.raises(UsageError, match=r"metadata of 'x' is not JSON .*; give it strings and numbers"):
        store.add_texts(["text"], [{"when": object()}], ids=["x"])
    assert store.get_by_ids(["x"]) == []


def test_another_embedder_is_refused(store: RagVectorStore, tmp_path: Path) -> None:
    other = RagVectorStore(tmp_path / "index", DeterministicFakeEmbedding(size=6))

    for use in (lambda: other.similarity_search("a"), lambda: other.add_texts(["a"])):
        with pytest.raises(EmbedderError, match=r"made by the embedder 'builtin' .* embeds with 'Deterministic"):
            use()
    other.close()


def test_without_a_directory() -> None:
    with pytest.raises(UsageError, match="name it as index="):
        RagVectorStore.from_texts(["a"], RagEmbeddings())


@pytest.fixture
def notes(tmp_path: Path) -> Settings:
    found = corpus(tmp_path)
    ingest(found)
    return found


def test_an_index_of_notes_can_be_searched(notes: Settings) -> None:
    store = RagVectorStore(notes.index_path)

    found = store.similarity_search("which database may be used commercially", k=1)[0]

    assert found.metadata["source"] == "databases.md"
    assert (found.metadata["title"], found.metadata["heading"]) == ("数据库调研", ["数据库调研"])
    first, last = found.metadata["lines"]
    lines = (notes.corpus / "databases.md").read_text("utf-8").split("\n")
    assert "\n".join(lines[first - 1 : last]) == found.page_content
    assert store.get_by_ids(["databases.md"])[0].page_content.startswith("# 数据库调研")
    store.close()


def test_documents_do_not_go_into_an_index_of_notes(notes: Settings) -> None:
    store = RagVectorStore(notes.index_path)

    for use in (lambda: store.add_texts(["a"]), lambda: store.delete(["databases.md"])):
        with pytest.raises(UsageError, match=r"was made from notes: it can be searched, .* name another directory"):
            use()
    assert status(notes.index_path).generation == 1
    store.close()
