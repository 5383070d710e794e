"""The OpenAI protocol, spoken by the official client to a real server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest

from tests.server.standin import ANSWER, Standin

MESSAGES: Any = [
    {"role": "system", "content": "You are a pirate."},
    {"role": "user", "content": "Osprey Z 的像素"},
    {"role": "assistant", "content": "4500万 [1]"},
    {"role": "user", "content": [{"type": "text", "text": "它的价格呢"}]},
]


@pytest.fixture
def client(served: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{served}/v1", api_key="none", max_retries=0) as client:
        yield client


@pytest.fixture
def stage(staged: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{staged}/v1", api_key="none", max_retries=0) as client:
        yield client


def test_a_completion_has_text_sources_citations_and_usage(client: openai.OpenAI) -> None:
    completion = client.chat.completions.create(model="rag", messages=MESSAGES)

    content = completion.choices[0].message.content or ""
    text, sources = content.split("\n\n", 1)
    assert "12,800元" in text
    assert "[1]" in text
    assert sources.startswith("[1] notes/cameras.md:15")
    assert completion.choices[0].finish_reason == "stop"
    assert completion.citations[0]["source"] == "notes/cameras.md"  # type: ignore[attr-defined]
    assert completion.usage is not None
    assert completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens
    assert completion.usage.prompt_tokens > 10


def test_a_stream_says_the_same(client: openai.OpenAI) -> None:
    plain = client.chat.completions.create(model="rag", messages=MESSAGES)

    chunks = list(
        client.chat.completions.create(
            model="rag",
            messages=MESSAGES,
            stream=True,
            stream_options={"include_usage": True},
        )
    )

    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert said == plain.choices[0].message.content
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].usage == plain.usage
    assert any(getattr(chunk, "citations", None) == plain.citations for chunk in chunks)  # type: ignore[attr-defined]
    assert len({chunk.id for chunk in chunks}) == 1


def test_usage_comes_in_a_stream_only_when_asked_for(stage: openai.OpenAI) -> None:
    chunks = list(stage.chat.completions.create(model="m", messages=[{"role": "user", "content": "q"}], stream=True))

    assert all(chunk.usage is None for chunk in chunks)
    assert {chunk.model for chunk in chunks} == {"m"}


def test_the_async_client_works_too(served: str) -> None:
    async def ask() -> str | None:
        async with openai.AsyncOpenAI(base_url=f"{served}/v1", api_key="none") as client:
            completion = await client.chat.completions.create(model="rag", messages=MESSAGES)
            return completion.choices[0].message.content

    assert "12,800元" in (asyncio.run(ask()) or "")


def test_the_conversation_reaches_the_assistant_without_system_messages(stage: openai.OpenAI, standin: Standin) -> None:
    stage.chat.completions.create(model="m", messages=MESSAGES)

    assert standin.asked[-1] == (
        "它的价格呢",
        (("user", "Osprey Z 的像素"), ("assistant", "4500万 [1]")),
    )


def test_unknown_parameters_are_ignored(stage: openai.OpenAI) -> None:
    completion = stage.chat.completions.create(
        model="m",
        messages=[{"role": "user", "content": "q"}],
        temperature=0.3,
        top_p=0.5,
        seed=1,
        max_tokens=5,
        stop=["\n"],
        user="u",
        n=1,
        extra_body={"whatever": {"x": 1}},
    )

    assert (completion.choices[0].message.content or "").startswith(ANSWER.text)


@pytest.mark.parametrize(
    ("extra", "param", "message"),
    [
        ({"n": 2}, "n", "n = 2: there is one answer to a question; leave n at 1"),
        ({"messages": []}, "messages", 'no message has the role "user"; the last one of them is the question'),
        (
            {"messages": [{"role": "assistant", "content": "x"}]},
            "messages",
            'no message has the role "user"; the last one of them is the question',
        ),
        (
            {"messages": [{"role": "user", "content": ""}]},
            "messages",
            "messages[0] of the user is empty; say something",
        ),
        (
            {"messages": [{"role": "pirate", "content": "x"}]},
            "messages",
            "messages[0].role is none of user, assistant, system, developer, tool, function",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]},
            "messages",
            "messages[0].content is neither text nor a list of text parts",
        ),
        ({"messages": "hello"}, "messages", "messages: Input should be a valid list"),
    ],
)
def test_what_cannot_be_done_is_a_bad_request(
    stage: openai.OpenAI, extra: dict[str, Any], param: str, message: str
) -> None:
    body: Any = {"messages": [{"role": "user", "content": "q"}], **extra}

    with pytest.raises(openai.BadRequestError) as caught:
        stage.chat.completions.create(model="m", **body)

    assert caught.value.param == param
    assert caught.value.type == "invalid_request_error"
    assert caught.value.message.endswith(repr(message)[1:-1]) or message in caught.value.message


def test_a_failure_is_an_internal_error_without_innards(stage: openai.OpenAI) -> None:
    with pytest.raises(openai.InternalServerError) as caught:
        stage.chat.completions.create(model="m", messages=[{"role": "user", "content": "boom"}])

    assert "secret" not in str(caught.value)


def test_a_stream_that_breaks_off_raises_in_the_client(stage: openai.OpenAI) -> None:
    stream = stage.chat.completions.create(model="m", messages=[{"role": "user", "content": "break off"}], stream=True)

    with pytest.raises(openai.APIError, match="unexpected error"):
        list(stream)


def test_the_one_model_is_listed(client: openai.OpenAI, served: str) -> None:
    assert [model.id for model in client.models.list()] == ["rag"]
    assert client.models.retrieve("rag").id == "rag"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("other")
    assert set(httpx.get(f"{served}/v1/nowhere").json()["error"]) == {"type", "message", "param", "code"}
