"""Models in this process, with random weights: what they say is nonsense, so the extractive answer must come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from langchain_core.language_models import BaseChatModel

from rag import Assistant
from rag.answer.llm.models import chat_model
from rag.answer.llm.spec import parse_spec
from rag.config import Settings
from rag.errors import LLMError
from tests.rag.answer.llm.tiny_models import gguf_model, transformers_model

QUESTION = "How heavy is the Falke?"


@pytest.fixture(scope="module", params=["hf", "gguf"])
def spec(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("tiny")
    if request.param == "gguf":
        pytest.importorskip("llama_cpp", reason="llama-cpp-python is not installed: `pip install llama-cpp-python`")
        yield f"gguf:{gguf_model(folder / 'tiny.gguf')}"
    else:
        yield f"hf:{transformers_model(folder / 'tiny')}"


@pytest.fixture
def chat(spec: str) -> BaseChatModel:
    made = chat_model(parse_spec(spec), 60)
    made.most_new_tokens = 24  # type: ignore[attr-defined]  # of either class: a test needs no more nonsense
    return made


def test_it_is_loaded_once(spec: str, chat: BaseChatModel) -> None:
    assert chat_model(parse_spec(spec), 30) is chat


def test_it_writes_the_same_text_at_once_and_in_pieces(chat: BaseChatModel) -> None:
    whole = chat.invoke("How are you?")
    pieces = [str(chunk.content) for chunk in chat.stream("How are you?")]

    assert whole.content
    assert len(pieces) > 1
    assert "".join(pieces) == whole.content


def test_a_stream_that_is_given_up_lets_the_next_one_begin(chat: BaseChatModel) -> None:
    stream = chat.stream("How are you?")
    next(stream)
    stream.close()  # type: ignore[attr-defined]

    assert chat.invoke("How are you?").content


@pytest.mark.usefixtures("chat")
def test_its_nonsense_is_not_shown(spec: str, settled: Settings, survey: Assistant) -> None:
    with Assistant.open(settled.index_path, settings=replace(settled, llm=spec, llm_context=200)) as assistant:
        answer = assistant.ask(QUESTION)

    assert answer.text == survey.ask(QUESTION).text
    assert answer.llm is None
    assert len(answer.notices) == 1


def test_a_model_without_a_chat_template_works_too(tmp_path: Path) -> None:
    folder = transformers_model(tmp_path / "plain", template=False)

    chat = chat_model(parse_spec(f"hf:{folder}"), 60)
    chat.most_new_tokens = 24  # type: ignore[attr-defined]

    assert chat.invoke("x " * 2_000).content


@pytest.mark.parametrize(
    ("made", "what"),
    [("hf", "is no folder; give one"), ("gguf", "is no file; give a model"), ("hf-empty", "cannot be loaded")],
)
def test_a_model_that_is_not_there_is_told_in_one_line(tmp_path: Path, made: str, what: str) -> None:
    place = tmp_path if made == "hf-empty" else tmp_path / "none"

    with pytest.raises(LLMError, match=what) as caught:
        chat_model(parse_spec(f"{made.removesuffix('-empty')}:{place}"), 60)

    assert "\n" not in str(caught.value)
