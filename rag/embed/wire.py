"""One embeddings request over HTTP: time limits, retries, and errors that never show the key."""

from __future__ import annotations

import base64
import re
import time
import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rag.errors import EmbedderError

if TYPE_CHECKING:
    import httpx
    import numpy as np
    from numpy.typing import NDArray

CONNECT_SECONDS = 5.0
"""A server that does not even take the connection within that is not there."""
ATTEMPTS = 5
"""Of passages, which may wait; a person waits for a question, so that it gets two."""
FIRST_PAUSE = 0.5
"""Seconds before the second attempt; doubled before each further one."""
LONGEST_PAUSE = 30.0
"""Seconds; a server that asks for more is told as an error."""
BUSY = (408, 409, 425, 429, 500, 502, 503, 504)
"""Answers after which the same request may succeed."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")
ADVICE = {
    401: "check the key in OPENAI_API_KEY or RAG_EMBEDDER_KEY",
    403: "check the key in OPENAI_API_KEY or RAG_EMBEDDER_KEY",
    404: "check the address and the model's name",
    429: "try again later; what was embedded is kept",
}

_KEY = re.compile(r"\b(?:sk|key|pk)-[\w*.-]{4,}")


class RefusedError(EmbedderError):
    """The server answered with an HTTP status that trying again does not mend."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Endpoint:
    """The address of one model. Safe to share between threads; connections are kept open."""

    def __init__(self, url: str, model: str, key: str | None, timeout: float) -> None:
        import httpx

        parts = urlsplit(url)
        self.shown = f"{parts.scheme}://{parts.netloc}{parts.path}"
        self._url = url
        self._model = model
        self._key = key
        self._timeout = timeout
        self._client = httpx.Client(
            headers={"authorization": f"Bearer {key}"} if key else {},
            timeout=httpx.Timeout(timeout, connect=min(CONNECT_SECONDS, timeout)),
            # A proxy for the world outside cannot reach this computer's own servers.
            trust_env=parts.hostname not in LOOPBACK,
        )
        weakref.finalize(self, self._client.close)

    def vectors(self, texts: Sequence[str], *, patient: bool) -> NDArray[np.float32]:
        """(n, dimensions) float32 as the server gave them. `patient` tries more often.

        Raises RefusedError, and EmbedderError where the server cannot be reached or answers rubbish.
        """
        body = {"model": self._model, "input": list(texts), "encoding_format": "float"}
        response = self._answered(body, ATTEMPTS if patient else 2)
        try:
            return _matrix(response.json(), len(texts))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            what = self._scrubbed(f"{type(error).__name__}: {error}")
            raise EmbedderError(f"{self._named()} answered something else than vectors ({what})") from None

    def _answered(self, body: dict[str, Any], attempts: int) -> httpx.Response:
        import httpx

        for attempt in range(1, attempts + 1):
            pause = FIRST_PAUSE * 2 ** (attempt - 1)
            try:
                response = self._client.post(self._url, json=body)
            except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
                # Nobody is there: waiting would only look like work.
                raise EmbedderError(
                    f"{self._named()} cannot be reached ({self._told(error)}); start it, or check the network"
                ) from None
            except httpx.TransportError as error:
                if attempt == attempts:
                    raise EmbedderError(
                        f"{self._named()} did not answer within {self._timeout:g} s ({self._told(error)}), "
                        f"asked {attempts} times; look at the server"
                    ) from None
            else:
                if response.is_success:
                    return response
                asked = _seconds(response.headers.get("retry-after"))
                if response.status_code not in BUSY or attempt == attempts or (asked or 0.0) > LONGEST_PAUSE:
                    raise self._refusal(response)
                pause = pause if asked is None else asked
            time.sleep(min(pause, LONGEST_PAUSE))
        raise AssertionError("the last attempt returns or raises")

    def _refusal(self, response: httpx.Response) -> RefusedError:
        told = " ".join(self._scrubbed(_reason(response)).split())[:200]
        advice = ADVICE.get(response.status_code, "look at the server")
        status = response.status_code
        return RefusedError(f"{self._named()} answered HTTP {status}: {told or 'nothing'}; {advice}", status)

    def _named(self) -> str:
        return f"the embedder {self._model!r} at {self.shown}"

    def _told(self, error: Exception) -> str:
        return self._scrubbed(str(error)) or type(error).__name__

    def _scrubbed(self, text: str) -> str:
        """The text without the key and anything that looks like one: servers repeat what they were sent."""
        text = text.replace(self._key, "***") if self._key else text
        return _KEY.sub("***", text)


def _matrix(answer: Any, expected: int) -> NDArray[np.float32]:
    """The vectors of an answer in the order of its `index`."""
    import numpy as np

    rows: dict[int, NDArray[np.float32]] = {}
    for position, item in enumerate(answer["data"]):
        values = item["embedding"]
        if isinstance(values, str):  # some servers send base64 whatever was asked for
            row = np.frombuffer(base64.b64decode(values, validate=True), "<f4")
        else:
            row = np.asarray(values, np.float32)
        rows[int(item.get("index", position))] = row
    if sorted(rows) != list(range(expected)):
        raise ValueError(f"{len(answer['data'])} vectors for {expected} texts")
    made: NDArray[np.float32] = np.stack([rows[at] for at in range(expected)])
    if made.ndim != 2 or not made.shape[1] or not np.isfinite(made).all():
        raise ValueError("a vector that is empty or not of numbers")
    return made


def _reason(response: httpx.Response) -> str:
    """What the server says is wrong."""
    try:
        error = response.json()["error"]
    except (ValueError, KeyError, TypeError):
        return response.text
    return str(error.get("message", error)) if isinstance(error, dict) else str(error)


def _seconds(header: str | None) -> float | None:
    """A Retry-After header in seconds; None for a missing one or a date."""
    try:
        return max(0.0, float(header)) if header is not None else None
    except ValueError:
        return None
