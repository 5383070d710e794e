"""A small corpus of camera notes, ingested once, and ways to put questions to it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI

from rag.config import Settings
from server.app import create_app
from server.opening import Answering
from server.running import configured
from tests.notes import write_notes
from tests.server.standin import Standin

NOTES = {
    "notes/cameras.md": """# 相机笔记

## 1. Heron X1

| 像素 | 价格 | 防水 | 发布日期 |
| --- | --- | --- | --- |
| 2400万 | 4,999元 | 是 | 2021-03-05 |

机身用镁合金，重 410 克。

## 2. Osprey Z

| 像素 | 价格 | 防水 | 发布日期 |
| --- | --- | --- | --- |
| 4500万 | 12,800元 | 否 | 2022-08 |

<script>alert("from a note")</script> 这一行不怀好意。
""",
    "notes/lenses.md": """# Lenses

## Kestrel 50mm

- Aperture: f/1.4
- Weather sealed: no
- Price: 300 dollars

## Merlin 85mm

- Aperture: f/1.8
- Weather sealed: yes
""",
}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """The notes in a directory of their own, not yet ingested."""
    return write_notes(tmp_path / "corpus", NOTES)


@pytest.fixture(scope="session")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the notes with an index over them; for reading only."""
    from ingest.build import ingest

    settings = Settings(corpus=write_notes(tmp_path_factory.mktemp("notes"), NOTES))
    ingest(settings)
    return settings


@contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """The application behind a real server on a free loopback port; gives its address."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = configured(app)
    config.timeout_graceful_shutdown = 1
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


@pytest.fixture(scope="session")
def served(ingested: Settings) -> Iterator[str]:
    """The address of a server over the ingested notes."""
    with running(create_app(ingested)) as address:
        yield address


@pytest.fixture(scope="session")
def standin() -> Standin:
    return Standin()


@pytest.fixture(scope="session")
def staged(standin: Standin, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server whose assistant is the stand-in."""
    opener: Callable[[Settings], Answering] = lambda settings: standin  # type: ignore[assignment,return-value]  # noqa: E731
    # With a language model nothing is remembered and a stream is the assistant's own: the stand-in is asked every time.
    state = tmp_path_factory.mktemp("staged") / "server.db"
    with running(create_app(Settings(llm="none#standin", state=state), opener=opener)) as address:
        yield address


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting from outside: neither RAG_* variables nor a rag.toml."""
    import os

    for name in list(os.environ):
        if name.startswith(("RAG_", "OPENAI_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
