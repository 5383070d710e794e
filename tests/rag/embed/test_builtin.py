from __future__ import annotations

import hashlib

import numpy as np
import pytest

from rag.embed import Embedder, open_embedder
from rag.embed.builtin import VERSION

PASSAGES = [
    "The camera weighs 480 g and may be used for commercial work.",
    "石墨库采用 Apache 2.0 许可证，可以免费商用。",
    "A storm is expected tomorrow in the north.",
    "向量数据库支持水平扩展。",
]


@pytest.fixture
def embedder() -> Embedder:
    return open_embedder("builtin")


def test_vectors_have_unit_length(embedder: Embedder) -> None:
    made = embedder.embed_passages(PASSAGES)

    assert (made.shape, str(made.dtype)) == ((4, embedder.dimensions), "float32")
    assert np.linalg.norm(made, axis=1) == pytest.approx(1.0, abs=1e-6)
    assert np.linalg.norm(embedder.embed_question("可以商用吗")) == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize(
    ("question", "nearest"),
    [
        ("weight of the camera in g", 0),
        ("石墨库可以商用吗", 1),
        ("storm tomorrow", 2),
        ("向量資料庫 擴展 水平", 3),
    ],
)
def test_shared_words_bring_texts_together(embedder: Embedder, question: str, nearest: int) -> None:
    scores = embedder.embed_passages(PASSAGES) @ embedder.embed_question(question)

    assert int(scores.argmax()) == nearest


def test_a_vector_does_not_depend_on_its_batch(embedder: Embedder) -> None:
    together = embedder.embed_passages(PASSAGES)

    assert [embedder.embed_passages([text])[0].tobytes() for text in PASSAGES] == [v.tobytes() for v in together]


@pytest.mark.parametrize("text", ["", "  ", "!?", "\ud800"])
def test_a_text_without_words_is_no_error(embedder: Embedder, text: str) -> None:
    assert not np.isnan(embedder.embed_passages([text])).any()
    assert embedder.embed_question(text).shape == (embedder.dimensions,)


def test_nothing_to_embed(embedder: Embedder) -> None:
    assert embedder.embed_passages([]).shape == (0, embedder.dimensions)


def test_vectors_change_only_with_the_version(embedder: Embedder) -> None:
    made = embedder.embed_passages([*PASSAGES, "ChatGLM-6B v1.5 (2023-03-14)"])

    digest = hashlib.sha256(np.round(made, 5).tobytes()).hexdigest()[:12]

    # Where this fails on purpose (tokens or weights changed), raise VERSION and note the new digest here.
    assert (VERSION, embedder.fingerprint, digest) == (1, "builtin-1-384", "702bb1a0008f")
