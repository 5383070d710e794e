"""Requests to a judging model: what it is shown, what it may answer, and what becomes of an answer in another form."""

from __future__ import annotations

import pytest
from pydantic import BaseModel

from eval.judge.asking import Judge, prompts, read_object
from rag.errors import LLMError, UsageError
from tests.rag.answer.scripted import Script


class Words(BaseModel):
    statements: list[str]


def test_the_answer_is_an_object_of_the_form(script: Script) -> None:
    script.text = 'Sure:\n```json\n{"statements": ["It costs 3 euros."]}\n```'
    found = Judge.open(script.spec, 10).ask(Words, "statements", "en", answer="3 euros")

    assert found.statements == ["It costs 3 euros."]
    (asked,) = script.requests
    assert [message["role"] for message in asked["messages"]] == ["system", "user"]
    assert "<answer>\n3 euros\n</answer>" in asked["messages"][1]["content"]


def test_a_chinese_answer_is_judged_in_chinese(script: Script) -> None:
    script.text = '{"statements": ["售价 3 欧元。"]}'
    Judge.open(script.spec, 10).ask(Words, "statements", "zh", answer="3 欧元")

    assert "把答案拆成一条条陈述" in script.prompt()


def test_another_form_is_asked_for_once_more_and_then_told(script: Script) -> None:
    # Given a model that talks first
    texts = iter(["I think it is fine.", '{"statements": ["A."]}', "no", '{"statements": "A."}'])
    script.reply = lambda asked: next(texts)
    judge = Judge.open(script.spec, 10)
    # When it keeps to the form the second time, then that counts
    assert judge.ask(Words, "statements", "en", answer="A").statements == ["A."]
    assert "That cannot be used: there is no JSON object." in script.prompt()
    # And when it does not, the error says what was wrong
    with pytest.raises(LLMError, match=r"does not keep to the form \(Input should be a valid list\)"):
        judge.ask(Words, "statements", "en", answer="A")
    assert len(script.requests) == 4


def test_a_failing_and_a_silent_model_are_told(script: Script) -> None:
    judge = Judge.open(script.spec, 10)
    with pytest.raises(LLMError, match="answered nothing"):
        judge.ask(Words, "statements", "en", answer="A")
    script.status = 500
    with pytest.raises(LLMError, match="answered HTTP 500"):
        judge.ask(Words, "statements", "en", answer="A")


def test_a_spec_that_names_no_model_is_refused() -> None:
    with pytest.raises(UsageError, match="names no model"):
        Judge.open("nothing", 10)


@pytest.mark.parametrize("text", ['{"a": 1}', 'x {"a": 1} y', '```json\n{"a": 1}\n```', '{"a": 1}\n{"b": 2}'])
def test_the_first_object_is_read(text: str) -> None:
    assert read_object(text) == {"a": 1}


@pytest.mark.parametrize("text", ["", "[1]", "{a}", '{"a": '])
def test_what_holds_no_object_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no JSON object|Expecting"):
        read_object(text)


def test_both_languages_have_the_same_prompts() -> None:
    assert prompts("zh").keys() == prompts("en").keys() == {"system", "statements", "verdicts", "questions", "repair"}
