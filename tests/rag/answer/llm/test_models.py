"""What keeps a model from being made is told in one line, without any key."""

from __future__ import annotations

import importlib.util

import pytest

from rag.answer.llm.failures import failure, scrubbed
from rag.answer.llm.models import chat_model
from rag.answer.llm.spec import parse_spec
from rag.errors import LLMError, MissingExtraError, RagError, UsageError


@pytest.mark.skipif(importlib.util.find_spec("langchain_anthropic") is not None, reason="the package is installed")
def test_a_provider_without_its_package_names_the_command() -> None:
    with pytest.raises(MissingExtraError, match=r"run `pip install langchain-anthropic`$") as caught:
        chat_model(parse_spec("anthropic:some-model"), 5)

    assert "\n" not in str(caught.value)


def test_an_unknown_provider_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(
        UsageError, match=r"llm provider 'nobody' is unknown; known are anthropic, .*openai.*, gguf and hf"
    ):
        chat_model(parse_spec("nobody:model"), 5)


def test_a_provider_that_lacks_what_it_needs_says_so_without_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AZURE_OPENAI_ENDPOINT", raising=False)
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", "azure-secret-value")

    with pytest.raises(LLMError, match="cannot be set up") as caught:
        chat_model(parse_spec("azure_openai:model"), 5)

    assert "azure-secret-value" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("variable", ["ANTHROPIC_API_KEY", "HF_TOKEN", "AWS_SECRET", "my_password"])
def test_secrets_of_the_environment_are_never_repeated(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "blue-horse-42")

    assert scrubbed("refused blue-horse-42 today") == "refused *** today"
    error = failure(ValueError("bad blue-horse-42\nin line 2"), "openai:m", 5)
    assert str(error) == "llm openai:m failed (ValueError): bad *** in line 2"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("key sk-abcdef123456 refused", "key *** refused"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("http://me:pass@host/v1", "http://host/v1"),
        ("the sky is blue", "the sky is blue"),
    ],
)
def test_what_looks_like_a_key_is_not_repeated(text: str, told: str) -> None:
    assert scrubbed(text) == told


def test_an_error_of_the_program_stays_as_it_is() -> None:
    error = LLMError("told already")

    assert failure(error, "openai:m", 5) is error
    assert isinstance(failure(TimeoutError("late"), "openai:m", 5), RagError)
