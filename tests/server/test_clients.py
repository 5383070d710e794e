"""Programs that people have already, against a real server: LangChain's ChatOpenAI and the `llm` command line."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage
from langchain_openai import ChatOpenAI
from openai import BadRequestError
from pydantic import SecretStr

LLM = Path(sys.executable).with_name("llm")
CONVERSATION = [
    SystemMessage("You are a pirate."),
    HumanMessage("Osprey Z 的像素"),
    AIMessage("4500万 [1]"),
    HumanMessage("它的价格呢"),
]


def _chat(served: str, **further: Any) -> ChatOpenAI:
    return ChatOpenAI(
        model="rag", base_url=f"{served}/v1", api_key=SecretStr("none"), max_retries=0, stream_usage=True, **further
    )


def test_chat_openai_gets_text_sources_and_usage(served: str) -> None:
    message = _chat(served).invoke(CONVERSATION)

    assert "12,800元" in message.text
    assert "\n\n[1] notes/cameras.md:15" in message.text
    assert message.usage_metadata is not None
    assert message.usage_metadata["output_tokens"] > 10
    assert message.response_metadata["finish_reason"] == "stop"


def test_chat_openai_streams_the_same(served: str) -> None:
    chat = _chat(served)
    plain = chat.invoke(CONVERSATION)

    pieces = list(chat.stream(CONVERSATION))

    assert "".join(piece.text for piece in pieces) == plain.text
    assert [piece.usage_metadata for piece in pieces if piece.usage_metadata] == [plain.usage_metadata]


def test_chat_openai_works_asynchronously_and_in_batches(served: str) -> None:
    chat = _chat(served)

    assert "12,800元" in asyncio.run(chat.ainvoke(CONVERSATION)).text
    both = chat.batch([CONVERSATION, [HumanMessage("Kestrel 50mm price")]])
    assert ["12,800元" in both[0].text, "300 dollars" in both[1].text] == [True, True]


def test_chat_openai_is_told_that_there_is_one_answer(served: str) -> None:
    with pytest.raises(BadRequestError, match="n = 2: there is one answer to a question"):
        _chat(served, n=2).invoke("Osprey Z 的价格")


@pytest.fixture
def llm_home(served: str, tmp_path: Path) -> Path:
    """The `llm` tool's own directory, with the server as its model `notes`."""
    model = f'- model_id: notes\n  model_name: rag\n  api_base: "{served}/v1"\n'
    (tmp_path / "extra-openai-models.yaml").write_text(model, encoding="utf-8")
    return tmp_path


def _llm(home: Path, *args: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "LLM_USER_PATH": str(home), "HOME": str(home), "PYTHONUTF8": "1"}
    return subprocess.run([LLM, "-m", "notes", *args], capture_output=True, text=True, env=env, timeout=60)


def test_llm_streams_shows_usage_and_goes_on_with_a_conversation(llm_home: Path) -> None:
    first = _llm(llm_home, "--usage", "Osprey Z 的像素")
    assert first.returncode == 0, first.stderr
    assert "4500万" in first.stdout
    assert "notes/cameras.md:15" in first.stdout
    assert "Token usage: " in first.stderr

    second = _llm(llm_home, "--continue", "--no-stream", "它的价格呢")
    assert "12,800元" in second.stdout


def test_llm_shows_an_error_in_words(llm_home: Path) -> None:
    refused = _llm(llm_home, "x" * 4001)

    assert refused.returncode == 1
    assert "the question has 4001 characters; ask in at most 4000" in refused.stderr
