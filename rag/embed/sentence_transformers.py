"""Embedders by sentence-transformers: M3E, text2vec, or any other model in a folder or on the model hub."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.embed import device, loading, similarity
from rag.embed.configuration import read
from rag.embed.models import fingerprint, locate
from rag.errors import EmbedderError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer

USUAL = ("The cameras were lent out for a week and came back in good order.", "这台相机借出一周，归还时完好无损。")
"""Passages whose vectors stand for those of others, in length and in what half precision does to them."""


class SentenceTransformersEmbedder:
    """A sentence-transformers model with its own prompts, pooling, longest input and similarity.

    The model is loaded with the first text, from the folder alone: nothing asks the network.
    """

    def __init__(self, folder: Path, name: str) -> None:
        """Raises EmbedderError for a configuration that cannot be followed."""
        self._folder = folder
        self._name = name
        self._lock = threading.Lock()
        self._model: SentenceTransformer | None = None
        self._own = read(folder)
        self.fingerprint = fingerprint(folder)

    @classmethod
    def open(cls, spec: str, *, download: bool = False) -> SentenceTransformersEmbedder:
        """The embedder for a short name, a folder or a hub name.

        Raises EmbedderError where the model is not on this computer and `download` is not set, or fails.
        """
        folder = locate(spec)
        if folder is None and download:
            from rag.embed.hub import download as downloaded

            folder = downloaded(spec)
        if folder is None:
            raise EmbedderError(
                f"the embedder {spec!r} is not on this computer; run `rag models pull {spec}` to download it "
                "(or set download = true), name a folder that holds it, or use the embedder 'builtin'"
            )
        return cls(folder, spec)

    @property
    def batch(self) -> int:
        """How many texts are worth handing over at once; depends on the device."""
        return device.TEXTS_A_BATCH[self._device]

    @property
    def dimensions(self) -> int:
        """The length of a vector; loads the model."""
        return len(self.embed_question("dimensions"))

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dimensions) float32. The model takes texts of similar length together."""
        import numpy as np

        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        return similarity.passages(self._encoded(texts), self._own.similarity, self._scale)

    def embed_question(self, text: str) -> NDArray[np.float32]:
        """(dimensions,) float32, of unit length."""
        import numpy as np

        made = self._loaded().encode_query([text], prompt=self._own.query_prompt, show_progress_bar=False)
        return similarity.question(np.asarray(made, np.float32)[0], self._own.similarity, self._scale)

    def _encoded(self, texts: Sequence[str]) -> NDArray[np.float32]:
        import numpy as np

        model, prompt = self._loaded(), self._own.passage_prompt

        def encode(at_once: int) -> Any:
            return model.encode_document(list(texts), prompt=prompt, batch_size=at_once, show_progress_bar=False)

        return np.asarray(device.in_memory(encode, device.TEXTS_AT_ONCE[self._device]), np.float32)

    @cached_property
    def _device(self) -> str:
        return device.best()

    @cached_property
    def _scale(self) -> float:
        """The usual length of a passage's vector, where it counts."""
        import numpy as np

        if self._own.similarity == "cosine":
            return 1.0
        return float(np.linalg.norm(self._encoded(USUAL), axis=1).mean()) or 1.0

    def _loaded(self) -> SentenceTransformer:
        with self._lock:
            if self._model is None:

                def load() -> SentenceTransformer:
                    return loading.embedder(self._folder, self._name, self._device)

                self._model = device.halved(load, USUAL) if device.wants_half(self._device) else load()
            return self._model
