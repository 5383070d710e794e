"""Whether a language model works: one question, one piece of evidence, and the verdict on what it writes."""

from __future__ import annotations

from rag.answer.checking import Checked, Checker, Evidence
from rag.answer.llm.failures import scrubbed
from rag.answer.llm.limits import Deadline
from rag.answer.llm.models import chat_model
from rag.answer.llm.spec import parse_spec
from rag.answer.llm.writing import Request, check, sentences
from rag.errors import LLMError

SAMPLE = Evidence(1, "Weight: 3 kg", "Sample")
QUESTION = "How heavy is the sample?"
BUDGET = 1000


def trial(spec: str, timeout: float) -> tuple[Checked, ...]:
    """Every sentence of one answer with its verdict, without repair.

    Raises UsageError for a spec that names no model, MissingExtraError, and LLMError for a model that does not answer.
    """
    chat = chat_model(parse_spec(spec), timeout)
    request = Request(QUESTION, (), (SAMPLE,), "en", spec, BUDGET)
    checker = Checker(request.evidence)
    written = list(sentences(chat, request, "question", Deadline.after(timeout), {}))
    if not written:
        raise LLMError(f"llm {scrubbed(spec)} wrote no sentence; try another model")
    return tuple(check(sentence.checked.text, checker) for sentence in written)
