from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rag.embed import hub, open_embedder
from rag.embed.models import fingerprint, locate, on_disk
from rag.errors import EmbedderError
from tests.rag.embed.hub_server import Hub, offering
from tests.rag.embed.small_models import m3e

NAME = "moka-ai/m3e-small"


@pytest.fixture(autouse=True)
def caches(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A model cache of one's own."""
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "SENTENCE_TRANSFORMERS_HOME", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "hub"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """What the hub offers: a small model, and what other frameworks load."""
    folder = m3e(tmp_path / "offered")
    (folder / "onnx").mkdir()
    for name in ("onnx/model.onnx", "pytorch_model.bin", "tf_model.h5", "picture.png"):
        (folder / name).write_bytes(b"not for torch" * 100)
    return folder


@pytest.fixture
def served(model: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with offering(NAME, model) as found:
        monkeypatch.setenv("HF_ENDPOINT", found.address)
        yield found


def test_an_offer_tells_what_a_model_would_cost(served: Hub, model: Path) -> None:
    found = hub.offer("m3e-small")

    wanted = {"config.json", "model.safetensors", "modules.json", "1_Pooling/config.json", "tokenizer.json"}
    unwanted = {"onnx/model.onnx", "pytorch_model.bin", "tf_model.h5", "picture.png"}
    assert found.repository == NAME
    assert wanted <= set(found.files)
    assert unwanted.isdisjoint(found.files)
    assert found.bytes == sum((model / name).stat().st_size for name in found.files)
    assert served.sent == []


def test_a_download_is_found_again_and_gives_the_same_vectors(served: Hub, model: Path, caches: Path) -> None:
    folder = hub.download("m3e-small")

    assert folder.is_relative_to(caches)
    assert sorted(served.sent) == list(hub.offer("m3e-small").files)
    assert locate("m3e-small") == locate(NAME) == folder
    assert on_disk() == {NAME: folder}
    (model / "pytorch_model.bin").unlink()
    expected = open_embedder(str(model)).embed_question("石墨")
    assert np.abs(open_embedder("m3e-small").embed_question("石墨") - expected).max() < 1e-6
    assert fingerprint(folder) == open_embedder(NAME).fingerprint


def test_only_with_download_does_opening_ask_the_hub(served: Hub) -> None:
    with pytest.raises(EmbedderError, match="not on this computer; run `rag models pull m3e-small`"):
        open_embedder("m3e-small")
    assert served.sent == []

    assert open_embedder("m3e-small", download=True).dimensions == 32


def test_an_unknown_model_is_one_readable_error(served: Hub) -> None:
    with pytest.raises(
        EmbedderError, match=r"'m3e-base' \(moka-ai/m3e-base\) cannot be downloaded .*check the name"
    ) as e:
        hub.offer("m3e-base")
    assert "\n" not in str(e.value)


def test_a_disk_that_is_too_small_is_told_before_the_download(served: Hub) -> None:
    with pytest.raises(EmbedderError, match=r"takes 1,000,000,000,000 MB and .* MB free; make room"):
        hub.fetch("m3e-small", hub.Offer(NAME, ("model.safetensors",), 10**18))
    assert served.sent == []


def test_a_model_without_weights_for_torch(served: Hub, model: Path) -> None:
    (model / "model.safetensors").rename(model / "model.h5")
    (model / "pytorch_model.bin").unlink()
    with offering(NAME, model) as found, pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_ENDPOINT", found.address)
        with pytest.raises(EmbedderError, match="has no weights for torch; choose another"):
            hub.offer("m3e-small")


@pytest.mark.parametrize("variable", ["1", "true", "ON"])
def test_offline_wins_over_download(monkeypatch: pytest.MonkeyPatch, served: Hub, variable: str) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", variable)

    with pytest.raises(EmbedderError, match="while HF_HUB_OFFLINE is set"):
        open_embedder("m3e-small", download=True)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.mark.parametrize("address", ["http://127.0.0.1:{port}", "http://no-such-host.invalid:{port}"])
def test_a_hub_that_is_not_there_is_an_error_at_once(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("HF_ENDPOINT", address.format(port=closed_port()))
    start = time.perf_counter()

    with pytest.raises(EmbedderError, match=r"\(moka-ai/m3e-small\) cannot be downloaded: http://.* cannot be reached"):
        open_embedder("m3e-small", download=True)

    assert time.perf_counter() - start < hub.REACH_SECONDS + 2


def test_the_proxy_on_the_way_is_what_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "elsewhere.invalid")
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed_port()}")
    assert not hub.reachable("http://hub.invalid")

    with socket.create_server(("127.0.0.1", 0)) as proxy:
        monkeypatch.setenv("http_proxy", f"127.0.0.1:{proxy.getsockname()[1]}")
        assert hub.reachable("http://hub.invalid")


@pytest.mark.parametrize("spec", ["./folder", "a b", "org/model/file"])
def test_what_is_no_name_on_the_hub(served: Hub, spec: str) -> None:
    with pytest.raises(EmbedderError, match="is no name on the model hub; name it as ORG/MODEL"):
        hub.offer(spec)
