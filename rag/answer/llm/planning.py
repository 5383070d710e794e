"""A model may look further before it answers a question of several parts: a bounded number of steps, each a tool."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rag.answer.evidence_tools import Finder
from rag.answer.llm.failures import failure
from rag.answer.llm.guard import clean
from rag.answer.llm.limits import Deadline, within
from rag.answer.llm.prompt import inputs, rules
from rag.answer.llm.writing import Request
from rag.config import Settings
from rag.index import Snapshot
from rag.question.name_index import NameIndex
from rag.types import Citation

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

MOST_CALLS = 4
"""Tools that one step may use."""
SHARE = 0.5
"""Of the time that is left, for looking; the rest is for writing."""
LONGEST_RESULT = 2_000
"""Characters of a result that go back to the model while it plans."""


def planned(
    chat: BaseChatModel,
    request: Request,
    settings: Settings,
    snapshot: Snapshot,
    names: NameIndex,
    deadline: Deadline,
) -> list[Citation]:
    """What the model's tools found, in order. Empty where the model knows no tools, fails at them or asks for none.

    Raises LLMError only when the time is up. Citations are not numbered yet.
    """
    finder = Finder(snapshot, names, settings)
    until = Deadline(deadline.at - deadline.left * (1 - SHARE), deadline.seconds)
    try:
        bound = chat.bind_tools(finder.tools())
        return list(_steps(bound, request, finder, settings.llm_steps, until))
    except TimeoutError:
        return finder.found
    except Exception as error:  # a model or server without tools answers with errors of all kinds
        if deadline.left <= 0:
            raise failure(error, request.spec, deadline.seconds) from None
        return finder.found


def _steps(bound: Any, request: Request, finder: Finder, most: int, until: Deadline) -> Iterator[Citation]:
    from langchain_core.messages import HumanMessage, SystemMessage, ToolMessage

    words = rules(request.language)
    told = inputs(request.question, (), request.evidence, request.budget // 2)
    messages: list[BaseMessage] = [
        SystemMessage(words["plan"].strip()),
        HumanMessage(words["question"].strip().format(**told)),
    ]
    for _ in range(most):
        answers = list(within(until, lambda: iter([bound.invoke(messages)])))
        calls = answers[0].tool_calls[:MOST_CALLS]
        if not calls:
            break
        messages.append(answers[0].model_copy(update={"tool_calls": calls}))
        for call in calls:
            before = len(finder.found)
            said = finder.call(call["name"], call["args"])
            yield from finder.found[before:]
            messages.append(ToolMessage(clean(said)[:LONGEST_RESULT], tool_call_id=call["id"] or call["name"]))
