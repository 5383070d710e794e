"""One request to a judging model: a prompt out, a validated object back, asked once more where that cannot be used."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from rag.answer.llm.failures import failure, scrubbed, silent, told
from rag.answer.llm.limits import Deadline, within
from rag.answer.llm.models import chat_model
from rag.answer.llm.spec import parse_spec
from rag.errors import LLMError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

Form = TypeVar("Form", bound=BaseModel)
ATTEMPTS = 2
"""A model that breaks the form twice will break it again."""
_FENCE = re.compile(r"^```\w*\s*|\s*```$")


@dataclass(frozen=True, slots=True)
class Judge:
    """A judging model. `timeout` is in seconds, for one request with its repetition."""

    spec: str
    chat: BaseChatModel
    timeout: float

    @classmethod
    def open(cls, spec: str, timeout: float) -> Judge:
        """The model that `spec` names, as for `--llm`. Raises UsageError, MissingExtraError, LLMError."""
        return cls(spec, chat_model(parse_spec(spec), timeout), timeout)

    def ask(self, form: type[Form], name: str, language: str, **filled: str) -> Form:
        """The model's answer to the prompt `name` in "zh" or "en", as an object of `form`.

        Raises LLMError when the model fails, takes too long, or answers in another form twice.
        """
        from langchain_core.messages import HumanMessage, SystemMessage

        words = prompts("zh" if language == "zh" else "en")
        messages: list[BaseMessage] = [
            SystemMessage(words["system"].strip()),
            HumanMessage(Template(words[name]).substitute(filled).strip()),
        ]
        deadline = Deadline.after(self.timeout)
        problem = ""
        for _ in range(ATTEMPTS):
            said = self._said(messages, deadline)
            try:
                return form.model_validate(read_object(said))
            except (ValidationError, ValueError) as error:
                problem = told(error)
            messages = [*messages, HumanMessage(Template(words["repair"]).substitute(problem=problem))]
        raise LLMError(f"judge {scrubbed(self.spec)} does not keep to the form ({problem}); try another model")

    def _said(self, messages: list[BaseMessage], deadline: Deadline) -> str:
        try:
            (answer,) = within(deadline, lambda: iter([self.chat.invoke(messages)]))
        except Exception as error:  # LangChain and its clients raise dozens of unrelated classes
            raise failure(error, self.spec, self.timeout) from None
        text = str(answer.text).strip()
        if not text:
            raise silent(self.spec)
        return text


def read_object(text: str) -> object:
    """The JSON object in a model's answer, whatever stands around it. Raises ValueError where there is none."""
    plain = _FENCE.sub("", text.strip())
    start = plain.find("{")
    if start < 0:
        raise ValueError("there is no JSON object")
    found, _ = json.JSONDecoder().raw_decode(plain, start)
    return found


@cache
def prompts(language: str) -> dict[str, str]:
    """The prompts in a language, by name."""
    raw = tomllib.loads((files(__package__) / "data" / "prompts.toml").read_text(encoding="utf-8"))
    found: dict[str, str] = raw[language]
    return found
