"""A web site on loopback that hands out papers, and misbehaves on request."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

BODY = b"%PDF-1.7\n" + b"x" * 5000


@dataclass
class Site:
    """What the site has: bodies by path, and the requests that came (path and headers)."""

    port: int = 0
    bodies: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def url(self, path: str) -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    def count(self, path: str) -> int:
        """How many requests came for a path."""
        return sum(1 for asked, _ in self.asked if asked == path)


class _Handler(BaseHTTPRequestHandler):
    site: ClassVar[Site]

    def do_GET(self) -> None:
        site, path = self.site, self.path
        site.asked.append((path, {name.lower(): value for name, value in self.headers.items()}))
        first = site.count(path) == 1
        body = site.bodies.get(path.partition("?")[0], BODY)
        if path.startswith("/status/") and (first or path.endswith("/always")):
            self._head(int(path.split("/")[2]), {"Retry-After": "7", "Content-Length": "0"})
        elif path.startswith("/to/"):
            self._head(302, {"Location": path.removeprefix("/to/"), "Content-Length": "0"})
        elif path == "/loop":
            self._head(302, {"Location": "/loop", "Content-Length": "0"})
        elif path == "/etag.pdf" and self.headers.get("If-None-Match") == '"a1"':
            self._head(304, {})
        elif path == "/slow.pdf":
            time.sleep(2)
        elif path == "/endless.pdf":
            self._endless()
        elif path == "/cut.pdf" and "Range" in self.headers:
            start = int(self.headers["Range"].split("=")[1].rstrip("-"))
            self._head(206, {"Content-Length": str(len(body) - start), "ETag": '"c"'})
            self.wfile.write(body[start:])
        elif path == "/cut.pdf":
            self._head(200, {"Content-Length": str(len(body)), "ETag": '"c"'})
            self.wfile.write(body[:3000])
            self.wfile.flush()
            self.connection.close()
        elif path == "/huge.pdf":
            self._head(200, {"Content-Length": str(10**12)})
        elif path == "/gone.pdf":
            self._head(404, {"Content-Length": "0"})
        else:
            kind = "application/pdf" if not path.endswith(".html") else "text/html"
            self._head(200, {"Content-Length": str(len(body)), "Content-Type": kind, "ETag": '"a1"'})
            self.wfile.write(body)

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _endless(self) -> None:
        self._head(200, {"Content-Type": "application/pdf"})
        try:
            while True:
                self.wfile.write(BODY)
        except OSError:
            pass

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def paper_site() -> Iterator[Site]:
    """A running site."""
    site = Site()
    handler = type("Handler", (_Handler,), {"site": site})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
