from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rag import Assistant
from rag.config import Settings
from rag.embed.cross_encoder import CrossEncoder
from rag.errors import EmbedderError
from rag.index.document import passage
from rag.retrieve.dense import dense
from rag.retrieve.rerank import POOL, rerank
from rag.types import Hit
from tests.rag.embed.small_models import cross_encoder

QUESTION = "石墨库可以商用吗 abc"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cross_encoder(tmp_path_factory.mktemp("reranker") / "model")


@pytest.fixture(scope="module")
def hits(survey: Assistant) -> list[Hit]:
    found = dense(QUESTION, survey.snapshot, survey.settings)
    assert len(found) > 5
    return found


def test_without_a_reranker_nothing_changes(hits: list[Hit]) -> None:
    assert rerank(QUESTION, hits, Settings()) == hits


def test_scores_and_order_are_those_of_the_library(hits: list[Hit], model: Path) -> None:
    import sentence_transformers

    library = sentence_transformers.CrossEncoder(str(model), local_files_only=True)
    expected = library.predict([(QUESTION, passage(hit.chunk)) for hit in hits], batch_size=1)

    found = rerank(QUESTION, hits, Settings(reranker=str(model)))

    order = np.argsort(-np.asarray(expected)[: len(hits)], kind="stable")
    assert [hit.score for hit in found] == pytest.approx([float(expected[at]) for at in order], abs=1e-5)
    assert sorted(map(repr, (hit.chunk for hit in found))) == sorted(map(repr, (hit.chunk for hit in hits)))
    assert [hit.chunk for hit in found] != [hit.chunk for hit in hits]


def test_only_the_first_are_read(hits: list[Hit], model: Path) -> None:
    many = [hits[0]] * POOL + hits[1:4]

    assert rerank(QUESTION, many, Settings(reranker=str(model)))[POOL:] == hits[1:4]


def test_nothing_to_rank_loads_nothing() -> None:
    assert rerank(QUESTION, [], Settings(reranker="bge-reranker-base")) == []


def test_the_evidence_of_an_answer_is_ranked_by_it(settled: Settings, model: Path) -> None:
    with Assistant.open(settled.index_path, settings=settled) as plain:
        before = plain.ask("the overheating video camera")
    with Assistant.open(settled.index_path, settings=replace(settled, reranker=str(model))) as reranking:
        after = reranking.ask("the overheating video camera")

    assert [place.text for place in before.retrieved] != [place.text for place in after.retrieved]
    assert before.text == after.text


@pytest.mark.parametrize("spec", ["bge-reranker-base", "bce-reranker-base", "someone/some-reranker"])
def test_a_reranker_that_is_not_here_is_an_error(
    hits: list[Hit], spec: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HF_HOME", str(tmp_path))

    with pytest.raises(EmbedderError, match=f"the reranker '{spec}' is not on this computer; run `rag models pull"):
        rerank(QUESTION, hits, Settings(reranker=spec))


def test_a_classifier_is_no_reranker(tmp_path: Path) -> None:
    folder = cross_encoder(tmp_path / "model", outputs=3)

    with pytest.raises(EmbedderError, match=r"gives \(2, 3\) for 2 passages instead of one number each"):
        CrossEncoder.open(str(folder)).scores("a", ["b", "c"])
    assert CrossEncoder.open(str(folder)).scores("a", []).shape == (0,)
