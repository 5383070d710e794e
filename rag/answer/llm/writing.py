"""What a model writes, sentence by sentence, each with the verdict of the check; what fails is repaired once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rag.answer.checking import Checked, Checker, Evidence, Splitter
from rag.answer.llm.failures import failure, silent
from rag.answer.llm.guard import speaks_to_model
from rag.answer.llm.limits import Deadline, within
from rag.answer.llm.prompt import inputs, rules
from rag.types import Turn

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import Runnable

MOST_WRITTEN = 12_000
"""Characters after which a model that does not come to an end is no longer listened to."""
MOST_REPAIRED = 8
"""Sentences that one repair takes on; a text with more wrong ones is past mending."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a model is asked: the conversation, numbered evidence, and the limits.

    `language` is "zh" or "en", `budget` the tokens of evidence and conversation, `items` the lines of a list
    that the model may word but not choose ("" where it answers in its own sentences).
    """

    question: str
    history: tuple[Turn, ...]
    evidence: tuple[Evidence, ...]
    language: str
    spec: str
    budget: int
    items: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence that the model wrote, what stood before it, and the verdict on it."""

    gap: str
    checked: Checked


def write(chat: BaseChatModel, request: Request, checker: Checker, deadline: Deadline) -> Iterator[Sentence]:
    """The model's sentences as they come, good and bad; then those that it mended.

    A bad sentence is given out as soon as it is there and once more when its repair passes. Raises LLMError when the
    model cannot be reached, fails, takes too long or says nothing.
    """
    bad: list[Checked] = []
    said: set[str] = set()
    name = "items" if request.items else "question"
    for sentence in sentences(chat, request, name, deadline, {}):
        checked = check(sentence.checked.text, checker)
        if checked.text in said:
            continue
        said.add(checked.text)
        if not checked.ok:
            bad.append(checked)
        yield Sentence(sentence.gap, checked)
    if not bad or len(bad) > MOST_REPAIRED:
        return
    wrong = "\n".join(f"- {found.text} ({found.reason})" for found in bad)
    for sentence in sentences(chat, request, "repair", deadline, {"wrong": wrong}):
        checked = check(sentence.checked.text, checker)
        if checked.ok and checked.text not in said:
            said.add(checked.text)
            yield Sentence("\n" if sentence.gap == "\n" else " ", checked)


def check(sentence: str, checker: Checker) -> Checked:
    """The verdict on one sentence of a model."""
    checked = checker.check(sentence)
    if checked.ok and speaks_to_model(checked.text):
        return Checked(checked.text, checked.marks, False, "it speaks to a model")
    return checked


def sentences(
    chat: BaseChatModel, request: Request, name: str, deadline: Deadline, more: dict[str, str]
) -> Iterator[Sentence]:
    """What a model writes after the prompt `name`, unchecked, sentence by sentence as it comes. Raises LLMError."""
    filled = {
        **inputs(request.question, request.history, request.evidence, request.budget, items=request.items), **more,
    }  # fmt: skip
    splitter = Splitter()
    for piece in _pieces(lambda: chain(chat, request.language, name).stream(filled), request.spec, deadline):
        yield from (Sentence(gap, Checked(text, (), False, "")) for gap, text in splitter.feed(piece))
    yield from (Sentence(gap, Checked(text, (), False, "")) for gap, text in splitter.end())


def _pieces(stream: Callable[[], Iterable[str]], spec: str, deadline: Deadline) -> Iterator[str]:
    said, written = False, 0
    try:
        for piece in within(deadline, stream):
            said = said or bool(piece.strip())
            written += len(piece)
            if written > MOST_WRITTEN:
                break
            yield piece
    except Exception as error:  # LangChain and its clients raise dozens of unrelated classes
        raise failure(error, spec, deadline.seconds) from None
    if not said:
        raise silent(spec)


def chain(chat: BaseChatModel, language: str, name: str) -> Runnable[dict[str, Any], str]:
    """prompt | model | parser; `name` is that of the prompt in data/llm.toml."""
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate, MessagesPlaceholder

    words = rules(language)
    prompt = ChatPromptTemplate.from_messages(
        [("system", words["system"].strip()), MessagesPlaceholder("history"), ("human", words[name].strip())]
    )
    return prompt | chat | StrOutputParser()
