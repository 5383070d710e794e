"""Cross-encoders: models that read a question and a passage together and say how well the passage answers it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.embed import device, loading
from rag.embed.models import locate
from rag.errors import EmbedderError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sentence_transformers import CrossEncoder as Model


class CrossEncoder:
    """A sentence-transformers CrossEncoder with one output, from its folder alone; loaded with the first question."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = name
        self._lock = threading.Lock()
        self._model: Model | None = None

    @classmethod
    def open(cls, spec: str) -> CrossEncoder:
        """The cross-encoder for a short name, a folder or a hub name; nothing is downloaded.

        Raises EmbedderError where the model is not on this computer.
        """
        folder = locate(spec)
        if folder is None:
            raise EmbedderError(
                f"the reranker {spec!r} is not on this computer; run `rag models pull {spec}` to download it, "
                'name a folder that holds it, or leave it out with reranker = "none"'
            )
        return cls(folder, spec)

    def scores(self, question: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """(n,) float32, how well each passage answers; higher is better. Raises EmbedderError."""
        import numpy as np

        if not passages:
            return np.zeros(0, np.float32)
        model = self._loaded()
        pairs = [(question, passage) for passage in passages]

        def predict(at_once: int) -> Any:
            return model.predict(pairs, batch_size=at_once, show_progress_bar=False)

        made = np.asarray(device.in_memory(predict, device.TEXTS_AT_ONCE[self._device]), np.float32)
        if made.shape != (len(passages),) or not np.isfinite(made).all():
            raise EmbedderError(
                f"the reranker {self._name!r} gives {made.shape} for {len(passages)} passages instead of one number "
                "each; name a model made for reranking"
            )
        return made

    @cached_property
    def _device(self) -> str:
        return device.best()

    def _loaded(self) -> Model:
        with self._lock:
            if self._model is None:
                self._model = loading.cross_encoder(self._folder, self._name, self._device)
            return self._model
