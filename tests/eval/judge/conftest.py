"""A judging model behind a real HTTP server on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rag.answer.scripted import Script, scripted_server


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "RAG_LLM_KEY", "RAG_LLM"):
        monkeypatch.delenv(name, raising=False)
    with scripted_server() as script:
        yield script
