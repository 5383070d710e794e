"""A real server on a loopback port that speaks the OpenAI embeddings protocol, and misbehaves on demand."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.embed.builtin import BuiltinEmbedder

MODEL = "letters"
STRETCH = 3.0
"""The server's vectors are not of unit length."""

_meaning = BuiltinEmbedder()


def vectors(texts: list[str]) -> NDArray[np.float32]:
    """What the server computes: the built-in embedder's vectors, stretched."""
    made: NDArray[np.float32] = STRETCH * _meaning.embed_passages(texts)
    made[~made.any(axis=1), 0] = STRETCH  # a model has a vector for a text without words, too
    return made


@dataclass
class Endpoint:
    """How the server answers; `requests` are the bodies that came, `keys` the authorization headers.

    `answers` are (status, headers, body) given before anything else, one a request; a status of 0 hangs up.
    """

    address: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], str]] = field(default_factory=list)
    most_texts: int = 1000
    as_base64: bool = False
    backwards: bool = False
    dimensions: int = _meaning.dimensions

    @property
    def spec(self) -> str:
        """The embedder that the server offers."""
        return f"{self.address}/v1#{MODEL}"


@contextmanager
def serving() -> Iterator[Endpoint]:
    """The server, as long as the context lasts."""
    endpoint = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            endpoint.requests.append(body)
            endpoint.keys.append(self.headers.get("authorization"))
            if endpoint.answers:
                self._say(*endpoint.answers.pop(0))
            elif self.path != "/v1/embeddings" or body["model"] != MODEL:
                self._say(404, {}, json.dumps({"error": {"message": f"no model {body['model']} at {self.path}"}}))
            elif len(body["input"]) > endpoint.most_texts:
                self._say(413, {}, json.dumps({"error": "too many inputs"}))
            else:
                self._say(200, {}, json.dumps(self._embedded(body)))

        def _embedded(self, body: dict[str, Any]) -> dict[str, Any]:
            made = vectors(body["input"])[:, : endpoint.dimensions]
            data = [
                {"object": "embedding", "index": index, "embedding": self._encoded(row)}
                for index, row in enumerate(made)
            ]
            return {"object": "list", "model": MODEL, "data": data[:: -1 if endpoint.backwards else 1]}

        def _encoded(self, row: NDArray[np.float32]) -> object:
            return base64.b64encode(row.tobytes()).decode() if endpoint.as_base64 else [float(v) for v in row]

        def _say(self, status: int, headers: dict[str, str], body: str) -> None:
            if status == 0:
                self.close_connection = True
                return
            content = body.encode()
            self.send_response(status)
            for name, value in {"content-length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: object) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    endpoint.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
