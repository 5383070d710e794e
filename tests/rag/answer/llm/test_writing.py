"""The language model behind a real HTTP server that plays good, slow, failing and rambling models."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from rag.answer.checking import Checker, Evidence
from rag.answer.llm.limits import Deadline
from rag.answer.llm.models import chat_model
from rag.answer.llm.spec import parse_spec
from rag.answer.llm.writing import Request, write
from rag.errors import LLMError
from tests.rag.answer.scripted import Script, scripted_server

EVIDENCE = (
    Evidence(1, "词表大小 64,000，参数 70亿。", "一、流萤-7B"),
    Evidence(2, "commercial use: no", "2. Firefly-13B"),
)
HISTORY = (("user", "what is {firefly}?"), ("assistant", "a model"))


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "RAG_LLM_KEY"):
        monkeypatch.delenv(name, raising=False)
    with scripted_server() as script:
        yield script


def _written(spec: str, timeout: float = 10.0, language: str = "en") -> list[tuple[str, bool]]:
    request = Request("how large is it", HISTORY, EVIDENCE, language, spec, 4000)
    chat = chat_model(parse_spec(spec), timeout)
    found = write(chat, request, Checker(EVIDENCE), Deadline.after(timeout))
    return [(sentence.checked.text, sentence.checked.ok) for sentence in found]


def test_a_good_model_gives_its_sentences(script: Script) -> None:
    script.text = "It has 7B| parameters [1]. Commercial use is not| allowed [2]."

    assert _written(script.spec) == [
        ("It has 7B parameters [1].", True),
        ("Commercial use is not allowed [2].", True),
    ]
    assert len(script.requests) == 1, "nothing to repair"


def test_the_model_sees_rules_conversation_and_fenced_evidence(script: Script) -> None:
    script.text = "It has 7B parameters [1]."
    _written(script.spec)

    asked = script.requests[0]
    assert asked["model"] == "scripted"
    assert [message["role"] for message in asked["messages"]] == ["system", "user", "assistant", "user"]
    assert asked["messages"][1]["content"] == "what is {firefly}?"
    last = asked["messages"][3]["content"]
    assert '<evidence n="1" where="一、流萤-7B">\n词表大小 64,000，参数 70亿。\n</evidence>' in last
    assert last.endswith("Question: how large is it")


def test_a_chinese_question_gets_chinese_rules(script: Script) -> None:
    script.text = "参数 70亿[1]。"
    _written(script.spec, language="zh")

    assert script.requests[0]["messages"][0]["content"].endswith("用中文回答。")


def test_what_fails_is_repaired_once(script: Script) -> None:
    texts = iter(["It has 9B parameters [1]. It has 7B parameters [1].", "It has a vocabulary of 64,000 [1]. 8B [1]."])
    script.reply = lambda asked: next(texts)

    assert _written(script.spec) == [
        ("It has 9B parameters [1].", False),
        ("It has 7B parameters [1].", True),
        ("It has a vocabulary of 64,000 [1].", True),
    ]
    assert "- It has 9B parameters [1]. ('9B' is not in the cited evidence)" in script.prompt(1)
    assert "7B parameters [1]. (" not in script.prompt(1)
    assert len(script.requests) == 2


def test_openai_models_take_key_and_address_from_the_environment(
    script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-1234")
    monkeypatch.setenv("OPENAI_BASE_URL", script.base)
    script.text = "It has 7B parameters [1]."

    assert _written("openai:large") == [("It has 7B parameters [1].", True)]
    assert script.requests[0]["model"] == "large"
    assert script.keys == ["Bearer sk-secret-1234"]


@pytest.mark.parametrize("form", ["{base}#m", "openai:m@{base}"])
@pytest.mark.parametrize(
    ("variables", "key"),
    [
        ({}, "Bearer none"),
        ({"OPENAI_API_KEY": "sk-one-1234"}, "Bearer sk-one-1234"),
        ({"OPENAI_API_KEY": "sk-one-1234", "RAG_LLM_KEY": "two-1234"}, "Bearer two-1234"),
    ],
)
def test_a_server_by_address_gets_the_key_of_the_environment(
    script: Script, monkeypatch: pytest.MonkeyPatch, form: str, variables: dict[str, str], key: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    script.text = "It has 7B parameters [1]."
    _written(form.format(base=script.base))

    assert script.keys == [key]
    assert script.requests[0]["model"] == "m"


def test_openai_without_a_key_says_what_to_set(script: Script) -> None:
    with pytest.raises(LLMError, match="OPENAI_API_KEY is not set"):
        _written("openai:large")


@pytest.mark.parametrize(
    ("status", "what"),
    [(500, "answered HTTP 500"), (401, "answered HTTP 401"), (429, r"over its quota or rate limit \(HTTP 429\)")],
)
def test_a_failing_server_is_told_without_the_key(
    script: Script, monkeypatch: pytest.MonkeyPatch, status: int, what: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "verysecretkey")
    script.status = status

    with pytest.raises(LLMError, match=what) as caught:
        _written(script.spec)

    assert "verysecretkey" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(script.requests) == 1, "no retries"


def test_a_server_that_says_nothing_in_time_is_given_up(script: Script) -> None:
    script.delay = 1.0
    script.text = "late [1]."

    with pytest.raises(LLMError, match=r"took longer than 0\.3 s"):
        _written(script.spec, timeout=0.3)


def test_a_server_that_dribbles_is_given_up(script: Script) -> None:
    script.pause = 0.1
    script.text = "It |is |still |not |done |and |goes |on |and |on |and |on |and |on |and |on"

    with pytest.raises(LLMError, match=r"took longer than 0\.4 s"):
        _written(script.spec, timeout=0.4)


@pytest.mark.parametrize("text", ["", "  \n "])
def test_silence_is_a_failure(script: Script, text: str) -> None:
    script.text = text

    with pytest.raises(LLMError, match="answered nothing"):
        _written(script.spec)


@pytest.mark.parametrize(
    "raw",
    [b"<html>no such page</html>", b"{}", b"\xff\xfe\x00", b'{"choices": []}', b'data: {"cho\n\n', b"data: 7\n\n"],
)
def test_garbage_is_a_failure(script: Script, raw: bytes) -> None:
    script.raw = raw

    with pytest.raises(LLMError):
        _written(script.spec)


def test_a_connection_that_breaks_is_a_failure(script: Script) -> None:
    script.text = "It has| 7B"
    script.cut_after = 1

    with pytest.raises(LLMError, match="failed"):
        _written(script.spec)


def test_an_unreachable_server_is_told_with_its_address() -> None:
    with pytest.raises(LLMError, match=r"http://127\.0\.0\.1:9/v1#m failed"):
        _written("http://127.0.0.1:9/v1#m")


def test_a_model_without_an_end_is_not_listened_to_for_ever(script: Script) -> None:
    script.reply = lambda asked: "on and on |" * 5_000

    assert [ok for _, ok in _written(script.spec)] == [False]


def test_importing_loads_no_language_model_library() -> None:
    heavy = "{'langchain', 'langchain_core', 'openai', 'transformers', 'torch', 'llama_cpp'}"
    code = f"import rag.answer.fluent, sys; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
