"""Where a model of torch runs, in which precision, and how many texts at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from rag.embed.similarity import unit
from rag.errors import MissingExtraError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

TEXTS_AT_ONCE = {"cuda": 256, "mps": 64, "cpu": 32}
"""Texts of similar length in one pass; more gains nothing there and costs memory."""
TEXTS_A_BATCH = {"cuda": 4096, "mps": 512, "cpu": 64}
"""Texts between two commits of the vector cache: a few seconds of work with a model of a hundred million weights."""
LEAST_COSINE = 0.99999
"""Of vectors in half and in single precision, for half to be taken: the difference is then below that which the order
of the texts in a batch makes to a ranking, and an index made on a GPU can be asked on a computer without one."""
FAST_HALF = (7, 0)
"""CUDA capability from which half precision is faster."""


def best() -> str:
    """The fastest of cuda, mps and cpu that is here. On the cpu torch takes all cores.

    Raises MissingExtraError without torch.
    """
    try:
        import torch
    except ImportError as error:
        raise MissingExtraError(
            "other embedders than 'builtin' need torch; install it with `pip install sentence-transformers`, "
            "or name a server (URL#MODEL)"
        ) from error
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def wants_half(device: str) -> bool:
    """Whether half precision is worth trying: neither a cpu nor MPS gains speed without losing exactness."""
    import torch

    return device == "cuda" and torch.cuda.get_device_capability() >= FAST_HALF


def halved(load: Callable[[], SentenceTransformer], texts: Sequence[str]) -> SentenceTransformer:
    """The model in half precision where that is safe, judged by its vectors of `texts`, else in single precision."""
    import numpy as np

    model = load()
    single = unit(np.asarray(model.encode_document(list(texts), show_progress_bar=False), np.float32))
    half = np.asarray(model.half().encode_document(list(texts), show_progress_bar=False), np.float32)
    # The weights have been rounded: going back takes reading them again.
    return model if same_vectors(single, half) else load()


def same_vectors(single: NDArray[np.float32], half: NDArray[np.float32]) -> bool:
    """Whether (n, d) vectors in half precision point where those of unit length in single precision do."""
    import numpy as np

    if not np.isfinite(half).all():
        return False
    return bool(np.einsum("ij,ij->i", single, unit(half)).min() >= LEAST_COSINE)


def in_memory(encode: Callable[[int], Any], at_once: int) -> Any:
    """What `encode` gives for as many texts at once as memory holds, from `at_once` down to one."""
    while True:
        try:
            return encode(at_once)
        except RuntimeError as error:
            # torch's classes for it differ between devices and versions; the words do not.
            if at_once == 1 or not any(words in str(error) for words in ("out of memory", "allocate memory")):
                raise
            at_once //= 2
            _free()


def _free() -> None:
    import torch

    if torch.cuda.is_available():
        torch.cuda.empty_cache()
