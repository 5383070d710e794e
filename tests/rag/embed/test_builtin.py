from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from rag.embed import Embedder, open_embedder
from rag.embed.builtin import DATA, HEADER, VERSION, BuiltinEmbedder
from rag.errors import EmbedderError
from rag.text.tokenise import tokenise

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


@pytest.mark.parametrize(
    ("question", "nearest"),
    [
        ("相机有多重", 0),
        ("Which licence is it under, free of charge?", 1),
        ("明天北方的天气", 2),
        ("Does the database scale out?", 3),
    ],
)
def test_a_question_finds_a_passage_in_the_other_language(embedder: Embedder, question: str, nearest: int) -> None:
    scores = embedder.embed_passages(PASSAGES) @ embedder.embed_question(question)

    assert int(scores.argmax()) == nearest


def test_words_of_one_meaning_are_near_without_a_letter_in_common(embedder: Embedder) -> None:
    same, other = embedder.embed_passages(["how to delete a file", "the price of rice"])

    question = embedder.embed_question("remove documents")

    assert question @ same > question @ other + 0.1


@pytest.mark.parametrize("name", ["Zorblatt-9x", "quvexomir", "Grimbold 7Q", "龘靐齉"])
def test_a_name_never_seen_meets_itself(embedder: Embedder, name: str) -> None:
    passages = [f"{other} was released in May." for other in ("Vandrake-3", "moltrinsky", "Kelpie 4R", "齾爩")]

    scores = embedder.embed_passages([*passages, f"{name} was released in May."])

    assert int((scores @ embedder.embed_question(f"When did {name} come out?")).argmax()) == len(passages)


def test_a_spelling_variant_of_an_unseen_name_is_near(embedder: Embedder) -> None:
    near, far = embedder.embed_passages(["quvexomirs", "blandtrosky"])

    question = embedder.embed_question("quvexomir")

    assert question @ near > question @ far + 0.1


def test_a_vector_does_not_depend_on_its_batch(embedder: Embedder) -> None:
    together = embedder.embed_passages(PASSAGES)

    assert [embedder.embed_passages([text])[0].tobytes() for text in PASSAGES] == [v.tobytes() for v in together]


def test_a_text_and_its_tokens_have_one_vector() -> None:
    embedder = BuiltinEmbedder()

    told = embedder.embed_tokens([tokenise(text) for text in PASSAGES])

    assert told.tobytes() == embedder.embed_passages(PASSAGES).tobytes()


@pytest.mark.parametrize("text", ["", "  ", "!?", "\ud800"])
def test_a_text_without_words_is_no_error(embedder: Embedder, text: str) -> None:
    assert not np.isnan(embedder.embed_passages([text])).any()
    assert embedder.embed_question(text).shape == (embedder.dimensions,)


def test_nothing_to_embed(embedder: Embedder) -> None:
    assert embedder.embed_passages([]).shape == (0, embedder.dimensions)


def test_the_fingerprint_tells_the_content_of_the_data_file(embedder: Embedder) -> None:
    content = DATA.read_bytes()[HEADER.size :]

    digest = hashlib.sha256(content).hexdigest()[:12]

    assert embedder.fingerprint == f"builtin-{VERSION}-{embedder.dimensions}-{digest}"


def test_vectors_change_only_with_the_version_or_the_data(embedder: Embedder) -> None:
    made = embedder.embed_passages([*PASSAGES, "ChatGLM-6B v1.5 (2023-03-14)"])

    scores = made @ embedder.embed_question("Apache 2.0 免费 licence 2023")

    # Where this fails on purpose, raise VERSION (tokens or sums changed) or note the new file, then the scores.
    assert embedder.fingerprint == "builtin-2-512-4c65cceeee43"
    assert scores == pytest.approx([0.0842, 0.6326, -0.0112, -0.0468, 0.2617], abs=1e-4)


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "cannot be read"), (b"STATIC01", "cannot be read"), (b"?" * 99, "not an embedder file")],
)
def test_a_damaged_data_file_is_told(tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "static.bin"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(EmbedderError, match=f"{message}.*install the package anew"):
        BuiltinEmbedder(path)
