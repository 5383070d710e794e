"""`rag chat`: a conversation in the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from rag.errors import RagError
from rag.types import Answer, Turn
from server.commands import options
from server.opening import Answering, freshen, marked_stale, open_assistant
from server.questions import question_text
from server.terminal import complain, notice, notices, write, write_text

NEW = "/new"
QUIT = "/quit"


@click.command()
@options.places
@options.reranker
@options.llm
@options.refresh
def command(refresh: bool, **flags: object) -> None:
    """Ask one question after the other; each may refer to the ones before.

    /new starts afresh, /quit or Ctrl-D ends. A question a line can also be piped in.
    """
    settings = options.settings(**flags)
    stale = freshen(settings, refresh=refresh, tell=notice)
    with open_assistant(settings) as assistant:
        converse(assistant, stale)


def converse(assistant: Answering, stale: str | None) -> None:
    """Read questions until there are no more; a question that fails does not end the conversation."""
    history: tuple[Turn, ...] = ()
    for line in _lines():
        if line == QUIT:
            return
        if line == NEW:
            history = ()
            continue
        try:
            question = question_text(line)
            answer = _answered(assistant, question, history, stale)
        except RagError as error:
            complain(str(error))
            continue
        history = (*history, ("user", question), ("assistant", answer.text))


def _answered(assistant: Answering, question: str, history: tuple[Turn, ...], stale: str | None) -> Answer:
    from rag.answer.serialise import render

    answer: Answer | None = None
    for piece in assistant.stream(question, history):
        if isinstance(piece, Answer):
            answer = marked_stale(piece, stale)
            write_text(render(answer).removeprefix(answer.text), end="\n\n")
            notices(answer.notices)
        else:
            write_text(piece, end="")
    assert answer is not None, "a stream ends with its answer"
    return answer


def _lines() -> Iterator[str]:
    """Lines that hold something, with a prompt and line editing when a person types them."""
    if not sys.stdin.isatty():
        for raw in sys.stdin.buffer:
            if line := raw.decode("utf-8", "replace").strip():
                yield line
        return
    import readline  # noqa: F401 - importing it gives input() editing and history

    while True:
        try:
            line = input("› ").strip()
        except EOFError:
            write("")
            return
        if line:
            yield line
