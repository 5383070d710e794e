"""A model hub on a loopback port that offers one folder, as far as its client asks."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

COMMIT = "0a1b2c3d" * 5


@dataclass
class Hub:
    """`sent` are the names of the files that were fetched."""

    address: str = ""
    sent: list[str] = field(default_factory=list)


@contextmanager
def offering(repository: str, folder: Path) -> Iterator[Hub]:
    """The hub, as long as the context lasts."""
    hub = Hub()
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self._answer(body=False)

        def do_GET(self) -> None:
            self._answer(body=True)

        def _answer(self, *, body: bool) -> None:
            path = unquote(urlsplit(self.path).path)
            if path in (f"/api/models/{repository}", f"/api/models/{repository}/revision/main"):
                self._say(200, {"content-type": "application/json"}, json.dumps(described()).encode(), body=body)
                return
            if path == f"/api/models/{repository}/tree/{COMMIT}":
                self._say(200, {"content-type": "application/json"}, json.dumps(tree()).encode(), body=body)
                return
            name = path.removeprefix(f"/{repository}/resolve/").partition("/")[2]
            if name not in files:
                self._say(404, {"x-error-code": "RepoNotFound", "x-error-message": "no such model"}, b"", body=body)
                return
            content = files[name].read_bytes()
            if body:
                hub.sent.append(name)
            headers = {"x-repo-commit": COMMIT, "etag": f'"{hashlib.sha256(content).hexdigest()}"'}
            self._say(200, headers, content, body=body)

        def _say(self, status: int, headers: dict[str, str], content: bytes, *, body: bool) -> None:
            self.send_response(status)
            for key, value in {"content-length": str(len(content)), **headers}.items():
                self.send_header(key, value)
            self.end_headers()
            if body:
                self.wfile.write(content)

        def log_message(self, *arguments: object) -> None:
            """Silence."""

    def described() -> dict[str, object]:
        siblings = [{"rfilename": name, "size": path.stat().st_size} for name, path in files.items()]
        return {"id": repository, "modelId": repository, "sha": COMMIT, "siblings": siblings, "tags": []}

    def tree() -> list[dict[str, object]]:
        return [
            {"type": "file", "path": name, "size": path.stat().st_size, "oid": COMMIT} for name, path in files.items()
        ]

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hub.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
