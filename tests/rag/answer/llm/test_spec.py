"""What `--llm` may name."""

from __future__ import annotations

import pytest

from rag.answer.llm.spec import Model, parse_spec
from rag.errors import UsageError


@pytest.mark.parametrize(
    ("spec", "model"),
    [
        ("openai:small", Model("openai", "small")),
        ("anthropic:big-2", Model("anthropic", "big-2")),
        ("ollama:name:7b", Model("ollama", "name:7b")),
        ("openai:m@http://127.0.0.1:1/v1", Model("openai", "m", "http://127.0.0.1:1/v1", keyless=True)),
        ("http://127.0.0.1:8000/v1#m", Model("openai", "m", "http://127.0.0.1:8000/v1", keyless=True)),
        ("HTTPS://host/v1#a/b", Model("openai", "a/b", "HTTPS://host/v1", keyless=True)),
        ("gguf:models/a b.gguf", Model("gguf", "models/a b.gguf")),
        ("hf:~/models/x@2", Model("hf", "~/models/x@2")),
    ],
)
def test_a_spec_names_a_model(spec: str, model: Model) -> None:
    assert parse_spec(spec) == model
    assert parse_spec(spec).in_process is (model.provider in ("gguf", "hf"))


@pytest.mark.parametrize(
    "spec", ["", "gpt", "openai:", "http://#m", "http://host/v1", "ftp://host#m", "http://host#", "Open AI:m", "hf:"]
)
def test_a_spec_that_names_no_model_is_refused(spec: str) -> None:
    with pytest.raises(UsageError, match="names no model; give PROVIDER:MODEL"):
        parse_spec(spec)


@pytest.mark.parametrize("spec", ["http://user:hunter2@host/v1#m", "openai:m@https://user:hunter2@host/v1"])
def test_a_password_in_an_address_is_refused_and_not_repeated(spec: str) -> None:
    with pytest.raises(UsageError, match="holds a password") as caught:
        parse_spec(spec)

    assert "hunter2" not in str(caught.value)
