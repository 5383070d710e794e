"""The whole program as a runnable: once, streamed, in batches, asynchronously, within a chain, with callbacks."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.output_parsers import StrOutputParser

from rag import Assistant
from rag.config import Settings
from rag.errors import UsageError
from rag.langchain import RagChain
from tests.rag.answer.scripted import Script, scripted_server

QUESTION = "How heavy is the Falke?"
TEXT = "The Falke weighs 13.5 kg [1]. Its frame is of steel [2]."


class Runs(BaseCallbackHandler):
    """Remembers what ran under what."""

    def __init__(self) -> None:
        self.chains: dict[UUID, UUID | None] = {}
        self.models: dict[UUID, UUID | None] = {}
        self.ended: list[UUID] = []

    def on_chain_start(
        self, serialized: Any, inputs: Any, *, run_id: UUID, parent_run_id: UUID | None = None, **kwargs: Any
    ) -> None:
        self.chains[run_id] = parent_run_id

    def on_chat_model_start(
        self, serialized: Any, messages: Any, *, run_id: UUID, parent_run_id: UUID | None = None, **kwargs: Any
    ) -> None:
        self.models[run_id] = parent_run_id

    def on_llm_end(self, response: Any, *, run_id: UUID, **kwargs: Any) -> None:
        self.ended.append(run_id)

    def root(self, run: UUID) -> UUID:
        """The outermost run above one."""
        parent = self.models.get(run) or self.chains.get(run)
        return run if parent is None else self.root(parent)


def _reply(asked: dict[str, Any]) -> str:
    """The weight and the frame, each with the mark that its evidence has."""
    prompt = str(asked["messages"][-1]["content"])
    numbers = {what: re.findall(rf'n="(\d+)"[^<]*{what}', prompt) for what in ("Weight: 13.5 kg", "Frame: steel")}
    weight, frame = (found[0] for found in numbers.values())
    return f"The Falke weighs| 13.5 kg [{weight}].| Its frame is of steel [{frame}]."


@pytest.fixture
def model() -> Iterator[Script]:
    with scripted_server() as script:
        script.reply = _reply
        yield script


@pytest.fixture
def chain(settled: Settings, model: Script) -> Iterator[RagChain]:
    with Assistant.open(settled.index_path, settings=replace(settled, llm=model.spec)) as assistant:
        yield RagChain(assistant)


def test_a_question_is_answered_with_citations(chain: RagChain) -> None:
    message = chain.invoke(QUESTION)

    assert message.content == TEXT
    citations = message.response_metadata["citations"]
    assert [citation["quote"] for citation in citations] == ["- Weight: 13.5 kg", "- Frame: steel"]


def test_the_conversation_is_passed_on(chain: RagChain, model: Script) -> None:
    chain.invoke({"question": "And the Tern?", "history": [("user", QUESTION), ("assistant", "13.5 kg")]})

    assert QUESTION in model.prompt(0)


def test_a_stream_gives_checked_sentences_then_the_answer(chain: RagChain) -> None:
    chunks = list(chain.stream(QUESTION))

    assert [chunk.content for chunk in chunks] == ["The Falke weighs 13.5 kg [1].", " Its frame is of steel [2].", ""]
    assert chunks[-1].response_metadata["text"] == TEXT


def test_it_runs_in_batches_and_asynchronously(chain: RagChain) -> None:
    async def streamed() -> str:
        return "".join([str(chunk.content) async for chunk in chain.astream(QUESTION)])

    assert [message.content for message in chain.batch([QUESTION, QUESTION])] == [TEXT, TEXT]
    assert asyncio.run(chain.ainvoke(QUESTION)).content == TEXT
    assert asyncio.run(streamed()) == TEXT


def test_it_is_a_link_of_other_chains(chain: RagChain) -> None:
    assert (chain | StrOutputParser()).invoke(QUESTION) == TEXT
    assert "".join((chain | StrOutputParser()).stream(QUESTION)) == TEXT


@pytest.mark.parametrize("streams", [False, True])
def test_callbacks_see_the_model_run_within_the_chain(chain: RagChain, streams: bool) -> None:
    runs = Runs()

    if streams:
        list(chain.stream(QUESTION, {"callbacks": [runs]}))
    else:
        chain.invoke(QUESTION, {"callbacks": [runs]})

    assert len(runs.models) == 1
    (run,) = runs.models
    assert runs.ended == [run]
    outermost = next(run_id for run_id, parent in runs.chains.items() if parent is None)
    assert runs.root(run) == outermost


def test_what_holds_no_question_is_refused(chain: RagChain) -> None:
    for nothing in ("", {"query": "x"}):
        with pytest.raises(UsageError, match="holds no question"):
            chain.invoke(nothing)
