"""A real HTTP server that speaks the OpenAI chat protocol and plays whatever part a test gives it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Script:
    """What the server says next, and what it was asked."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.text = ""
        self.status = 200
        self.raw: bytes | None = None
        self.delay = 0.0
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []

    @property
    def spec(self) -> str:
        return f"{self.base}#scripted"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    script: Script

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.script.requests.append(asked)
        self.script.keys.append(self.headers["authorization"])
        time.sleep(self.script.delay)
        kind, body = "application/json", self._body(asked)
        if asked.get("stream") and self.script.status == 200 and self.script.raw is None:
            kind = "text/event-stream"
        try:
            self.send_response(self.script.status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:  # the client gave up waiting, as the test wants
            self.close_connection = True

    def _body(self, asked: dict[str, Any]) -> bytes:
        script = self.script
        if script.raw is not None:
            return script.raw
        if script.status != 200:
            told = f"bad key {self.headers['authorization']}"
            return json.dumps({"error": {"message": told, "type": "server_error"}}).encode()
        head = {"id": "c1", "created": 0, "model": "scripted"}
        if not asked.get("stream"):
            message = {"role": "assistant", "content": script.text}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
            whole = {**head, "object": "chat.completion", "choices": [choice], "usage": usage}
            return json.dumps(whole).encode()
        events = [
            {
                **head,
                "object": "chat.completion.chunk",
                "choices": [{"index": 0, "delta": {"content": piece}}],
            }
            for piece in script.text.split("|")
        ]
        done = [*(json.dumps(event) for event in events), "[DONE]"]
        return "".join(f"data: {line}\n\n" for line in done).encode()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing on stderr."""


@contextmanager
def scripted_server() -> Iterator[Script]:
    """The server on a free loopback port, stopped afterwards."""
    handler = type("Handler", (_Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    script = Script(f"http://127.0.0.1:{server.server_port}/v1")
    handler.script = script  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
