"""A real HTTP server that speaks the OpenAI chat protocol and plays whatever part a test gives it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Call = tuple[str, dict[str, Any]]
HEAD = {"id": "c1", "created": 0, "model": "scripted"}


class Script:
    """What the server says next, and what it was asked.

    `text` is streamed in the pieces between its "|"; `reply` makes it from the request instead. `calls` are the tools
    that it asks for, one list a request with tools. `status` and `raw` answer instead. `delay` and `pause` are in
    seconds: before the answer, and before every piece but the first. After `cut_after` pieces the connection breaks;
    the last piece waits for the `gate`.
    """

    def __init__(self, base: str) -> None:
        self.base = base
        self.text = ""
        self.reply: Callable[[dict[str, Any]], str] | None = None
        self.calls: list[list[Call]] = []
        self.status = 200
        self.raw: bytes | None = None
        self.delay = 0.0
        self.pause = 0.0
        self.cut_after: int | None = None
        self.gate: threading.Event | None = None
        self.finish = "stop"
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []

    @property
    def spec(self) -> str:
        return f"{self.base}#scripted"

    def prompt(self, number: int = -1) -> str:
        """All messages of a request as one text."""
        return "\n".join(str(message["content"]) for message in self.requests[number]["messages"])


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    script: Script

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        script = self.script
        script.requests.append(asked)
        script.keys.append(self.headers["authorization"])
        time.sleep(script.delay)
        try:
            if script.raw is not None or script.status != 200:
                self._whole(script.raw if script.raw is not None else self._refusal())
            elif asked.get("stream"):
                self._stream(script.reply(asked) if script.reply else script.text)
            else:
                self._whole(json.dumps(self._completion(asked)).encode())
        except OSError:  # the client gave up waiting, as the test wants
            self.close_connection = True

    def _refusal(self) -> bytes:
        told = f"bad key {self.headers['authorization']}"
        return json.dumps({"error": {"message": told, "type": "server_error"}}).encode()

    def _whole(self, body: bytes) -> None:
        self.send_response(self.script.status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _completion(self, asked: dict[str, Any]) -> dict[str, Any]:
        script = self.script
        message: dict[str, Any] = {"role": "assistant", "content": script.reply(asked) if script.reply else script.text}
        if asked.get("tools"):
            calls = script.calls.pop(0) if script.calls else []
            message["tool_calls"] = [
                {"id": f"t{at}", "type": "function", "function": {"name": name, "arguments": json.dumps(given)}}
                for at, (name, given) in enumerate(calls)
            ]
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        choice = {"index": 0, "message": message, "finish_reason": script.finish}
        return {**HEAD, "object": "chat.completion", "choices": [choice], "usage": usage}

    def _stream(self, text: str) -> None:
        script = self.script
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        pieces = text.split("|")
        for at, piece in enumerate(pieces):
            if script.cut_after is not None and at >= script.cut_after:
                self.close_connection = True
                return
            time.sleep(script.pause if at else 0)
            if script.gate is not None and at == len(pieces) - 1:
                script.gate.wait(10)
            last = at == len(pieces) - 1
            delta = {"index": 0, "delta": {"content": piece}, "finish_reason": script.finish if last else None}
            self._event(json.dumps({**HEAD, "object": "chat.completion.chunk", "choices": [delta]}))
        self._event("[DONE]")
        self.wfile.write(b"0\r\n\r\n")

    def _event(self, data: str) -> None:
        line = f"data: {data}\n\n".encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing on stderr."""


@contextmanager
def scripted_server() -> Iterator[Script]:
    """The server on a free loopback port, stopped afterwards."""
    handler = type("Handler", (_Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
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
