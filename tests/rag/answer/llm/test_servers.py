"""Real servers of the OpenAI protocol in front of models with random weights: transformers' own and llama.cpp's."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from rag import Assistant
from rag.config import Settings
from tests.rag.answer.llm.tiny_models import gguf_model, transformers_model

pytestmark = pytest.mark.skipif(
    not os.environ.get("RAG_REAL_SERVERS"), reason="starts model servers for up to a minute; set RAG_REAL_SERVERS=1"
)
QUESTION = "How heavy is the Falke?"
STARTING = 180.0
"""Seconds that a server may take until it answers."""


@contextmanager
def _running(command: list[str], port: int, model: str, cache: Path) -> Iterator[str]:
    """The spec of the model behind a server that `command` starts."""
    # The list of models that transformers serves is looked up in the hub's cache, and is an error where there is none.
    cache.mkdir()
    env = {**os.environ, "HF_HUB_CACHE": str(cache), "HF_HUB_OFFLINE": "1"}
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
    try:
        until = time.monotonic() + STARTING
        while not _answers(f"http://127.0.0.1:{port}/v1/models"):
            assert server.poll() is None, "the server ended"
            assert time.monotonic() < until, "the server does not answer"
            time.sleep(0.5)
        yield f"http://127.0.0.1:{port}/v1#{model}"
    finally:
        server.terminate()
        server.wait(30)


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (URLError, OSError):
        return False


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port


@pytest.fixture(params=["transformers", "llama.cpp"])
def spec(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    port = _free_port()
    if request.param == "transformers":
        pytest.importorskip("accelerate", reason="transformers serve needs accelerate: `pip install accelerate`")
        folder = str(transformers_model(tmp_path / "tiny"))
        program = str(Path(sys.executable).with_name("transformers"))
        command, model = [program, "serve", folder, "--host", "127.0.0.1", "--port", str(port)], folder
    else:
        pytest.importorskip("llama_cpp.server.app", reason="llama-cpp-python[server] is not installed")
        file = str(gguf_model(tmp_path / "tiny.gguf"))
        command = [sys.executable, "-m", "llama_cpp.server", "--model", file, "--port", str(port), "--n_ctx", "8192"]
        model = "tiny"
    with _running(command, port, model, tmp_path / "hub") as found:
        yield found


def test_nonsense_of_a_real_server_gives_the_extractive_answer(spec: str, settled: Settings, survey: Assistant) -> None:
    settings = replace(settled, llm=spec, llm_context=100, llm_timeout=120.0)
    with Assistant.open(settled.index_path, settings=settings) as assistant:
        answer = assistant.ask(QUESTION)

    assert answer.text == survey.ask(QUESTION).text
    assert answer.llm is None
    (notice,) = answer.notices
    assert "is supported by the notes; this is the extractive answer" in notice, "it did write something"
