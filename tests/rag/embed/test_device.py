from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag.embed import device
from tests.rag.embed.small_models import m3e

TEXTS = ["石墨库可以免费商用。", "a camera", "x"]


def test_a_computer_without_an_accelerator_uses_the_cpu_in_single_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)

    assert (device.best(), device.wants_half("cpu")) == ("cpu", False)


@pytest.mark.parametrize(
    ("cuda", "mps", "capability", "best", "half"),
    [
        (True, False, (9, 0), "cuda", True),
        (True, True, (7, 0), "cuda", True),
        (True, False, (6, 1), "cuda", False),
        (False, True, (9, 0), "mps", False),
    ],
)
def test_the_fastest_device_is_taken(
    monkeypatch: pytest.MonkeyPatch, cuda: bool, mps: bool, capability: tuple[int, int], best: str, half: bool
) -> None:
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda: capability)

    assert device.best() == best
    assert device.wants_half(best) is half
    assert device.TEXTS_A_BATCH[best] >= device.TEXTS_AT_ONCE[best]


def test_half_precision_is_taken_where_the_vectors_stay(tmp_path: Path) -> None:
    import torch
    from sentence_transformers import SentenceTransformer

    folder = m3e(tmp_path / "model")

    model = device.halved(lambda: SentenceTransformer(str(folder), local_files_only=True), TEXTS)

    assert model.dtype is torch.float16
    single = SentenceTransformer(str(folder), local_files_only=True).encode(TEXTS, normalize_embeddings=True)
    assert device.same_vectors(single, np.asarray(model.encode(TEXTS), np.float32))


def test_a_model_that_half_precision_breaks_stays_in_single(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file, save_file
    from sentence_transformers import SentenceTransformer

    folder = m3e(tmp_path / "model")
    weights = load_file(folder / "model.safetensors")
    name = next(name for name in weights if name.endswith("0.intermediate.dense.weight"))
    weights[name] = weights[name] * 1e7  # beyond the 65,504 of half precision
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})

    model = device.halved(lambda: SentenceTransformer(str(folder), local_files_only=True), TEXTS)

    assert model.dtype is torch.float32
    expected = SentenceTransformer(str(folder), local_files_only=True).encode(TEXTS)
    assert model.encode(TEXTS).tolist() == expected.tolist()


@pytest.mark.parametrize(
    ("half", "same"),
    [([[1.0, 1e-4]], True), ([[2.0, 0.0]], True), ([[1.0, 0.01]], False), ([[np.nan, 0.0]], False)],
)
def test_what_counts_as_the_same_vectors(half: list[list[float]], same: bool) -> None:
    assert device.same_vectors(np.array([[1.0, 0.0]], np.float32), np.array(half, np.float32)) is same


@pytest.mark.parametrize("said", ["CUDA out of memory.", "DefaultCPUAllocator: can't allocate memory"])
def test_fewer_texts_at_once_where_memory_does_not_hold_them(said: str) -> None:
    asked: list[int] = []

    def encode(at_once: int) -> str:
        asked.append(at_once)
        if at_once > 5:
            raise RuntimeError(said)
        return "done"

    assert device.in_memory(encode, 32) == "done"
    assert asked == [32, 16, 8, 4]


@pytest.mark.parametrize(("said", "tries"), [("out of memory", 3), ("shapes do not fit", 1)])
def test_what_fewer_texts_do_not_mend_is_told(said: str, tries: int) -> None:
    asked: list[int] = []

    def encode(at_once: int) -> str:
        asked.append(at_once)
        raise RuntimeError(said)

    with pytest.raises(RuntimeError, match=said):
        device.in_memory(encode, 4)
    assert len(asked) == tries
