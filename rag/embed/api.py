"""Embedders behind an address that speaks the OpenAI embeddings protocol (`POST BASE/embeddings`).

`openai:MODEL` takes its address from OPENAI_BASE_URL (default: OpenAI's own) and `URL#MODEL` names the server, as in
`http://127.0.0.1:11434/v1#bge-m3`. The key comes from RAG_EMBEDDER_KEY or OPENAI_API_KEY, and from nowhere else, so
that it reaches neither a file nor an index.

Protocol: https://platform.openai.com/docs/api-reference/embeddings/create
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from rag.embed.similarity import unit
from rag.errors import EmbedderError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.embed.wire import Endpoint

VERSION = 1
"""Raise it whenever the same server's answer gives another vector."""
KEY_VARIABLES = ("RAG_EMBEDDER_KEY", "OPENAI_API_KEY")
BASE_VARIABLE = "OPENAI_BASE_URL"
DEFAULT_BASE = "https://api.openai.com/v1"
TEXTS_A_REQUEST = 32
CHARACTERS_A_REQUEST = 48_000
"""Servers bound the texts and the tokens of a request; these stay below the bounds of all that were looked at. A
server that refuses even so is asked for halves."""
REFUSALS = (400, 413, 422)
"""What servers answer to a request that is too large, among other things."""

_PREFIX = "openai:"
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Model:
    """A model at an address; `needs_key` where the server is known to refuse to answer without one."""

    url: str
    name: str
    needs_key: bool


def is_api(spec: str) -> bool:
    """Whether `spec` names a model behind an address."""
    return spec.startswith(_PREFIX) or bool(_ADDRESS.match(spec))


def parse_spec(spec: str) -> Model:
    """The model that `spec` names. Raises EmbedderError for anything but openai:MODEL and URL#MODEL."""
    if spec.startswith(_PREFIX):
        base, name = os.environ.get(BASE_VARIABLE) or DEFAULT_BASE, spec.removeprefix(_PREFIX)
    else:
        base, _, name = spec.partition("#")
    parts = urlsplit(base)
    shown = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
    if not _ADDRESS.match(base) or not parts.hostname or not name.strip():
        raise EmbedderError(
            f"the embedder {shown!r} is neither openai:MODEL nor URL#MODEL, as in http://127.0.0.1:8000/v1#name"
        )
    if "@" in parts.netloc:
        raise EmbedderError(f"the address {shown} holds a password; put the key into {KEY_VARIABLES[0]} instead")
    path = parts.path.rstrip("/").removesuffix("/embeddings") + "/embeddings"
    url = urlunsplit((parts.scheme.lower(), parts.netloc.lower(), path, parts.query, ""))
    return Model(url, name.strip(), spec.startswith(_PREFIX) and base == DEFAULT_BASE)


class ApiEmbedder:
    """A model behind an address. Nothing is asked before the first text."""

    batch = 8 * TEXTS_A_REQUEST

    def __init__(self, spec: str, *, timeout: float = 60.0) -> None:
        """`timeout` is in seconds, for one request. Raises EmbedderError for a spec that names no model."""
        self._model = parse_spec(spec)
        self._timeout = timeout
        self._lock = threading.Lock()
        self._endpoint: Endpoint | None = None
        self._dimensions: int | None = None
        # Nothing tells the weights behind an address: the address and the name have to stand for them.
        identity = f"{VERSION}\0{self._model.url}\0{self._model.name}"
        self.fingerprint = f"api-{hashlib.sha256(identity.encode()).hexdigest()[:16]}"

    @property
    def dimensions(self) -> int:
        """The length of a vector; asks the server unless it has answered before."""
        if self._dimensions is None:
            self.embed_question("dimensions")
        assert self._dimensions is not None
        return self._dimensions

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(n, dimensions) float32, unit rows. Raises EmbedderError."""
        import numpy as np

        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        return np.concatenate([self._embed(texts[start:end], patient=True) for start, end in _requests(texts)])

    def embed_question(self, text: str) -> NDArray[np.float32]:
        """(dimensions,) float32, of unit length. Raises EmbedderError."""
        row: NDArray[np.float32] = self._embed([text], patient=False)[0]
        return row

    def _embed(self, texts: Sequence[str], *, patient: bool) -> NDArray[np.float32]:
        import numpy as np

        from rag.embed.wire import RefusedError

        try:
            # An empty text is refused by most servers; a blank one is not.
            made = self._connected().vectors([text or " " for text in texts], patient=patient)
        except RefusedError as error:
            if error.status not in REFUSALS or len(texts) == 1:
                raise
            middle = len(texts) // 2
            return np.concatenate([self._embed(part, patient=patient) for part in (texts[:middle], texts[middle:])])
        with self._lock:
            self._dimensions = self._dimensions or made.shape[1]
        if made.shape[1] != self._dimensions:
            raise EmbedderError(
                f"the embedder {self._model.name!r} at {self._connected().shown} gave vectors of {made.shape[1]} "
                f"numbers after {self._dimensions}; look whether the server changed its model"
            )
        return unit(made)

    def _connected(self) -> Endpoint:
        with self._lock:
            if self._endpoint is None:
                from rag.embed.wire import Endpoint

                key = next((found for name in KEY_VARIABLES if (found := os.environ.get(name))), None)
                if key is None and self._model.needs_key:
                    raise EmbedderError(
                        f"{KEY_VARIABLES[1]} is not set, so the embedder {self._model.name!r} cannot be asked; "
                        "set it, or name a server of your own (URL#MODEL)"
                    )
                self._endpoint = Endpoint(self._model.url, self._model.name, key, self._timeout)
            return self._endpoint


def _requests(texts: Sequence[str]) -> list[tuple[int, int]]:
    """The texts of each request as (start, end)."""
    spans, start, size = [], 0, 0
    for at, text in enumerate(texts):
        if at > start and (at - start == TEXTS_A_REQUEST or size + len(text) > CHARACTERS_A_REQUEST):
            spans.append((start, at))
            start, size = at, 0
        size += len(text)
    return [*spans, (start, len(texts))]
