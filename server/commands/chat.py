"""`rag chat`: a conversation in the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import click

from rag.errors import RagError
from rag.types import Answer, Turn
from server.commands import options
from server.commands.ask import tell_beside
from server.currency import Attested, Currency
from server.opening import Answering, open_assistant
from server.questions import question_text
from server.refreshing import freshen
from server.terminal import complain, notice, write, write_text

NEW = "/new"
QUIT = "/quit"


@click.command()
@options.places
@options.reranker
@options.llm
@options.refresh
def command(refresh: bool | None, **flags: object) -> None:
    """Ask one question after the other; each may refer to the ones before, and sees the notes as they are then.

    /new starts afresh, /quit or Ctrl-D ends. A question a line can also be piped in.
    """
    settings = options.settings(**flags)
    currency = Currency(settings)

    def look() -> None:
        currency.behind = freshen(settings, refresh=refresh, tell=notice)

    look()
    with Attested(open_assistant(settings), currency) as assistant:
        converse(assistant, look)


def converse(assistant: Answering, look: Callable[[], None]) -> None:
    """Read questions until there are no more; a question that fails does not end the conversation.

    `look` is called before every question but the first, so that it sees notes that were edited meanwhile.
    """
    asked = False
    history: tuple[Turn, ...] = ()
    for line in _lines():
        if line == QUIT:
            return
        if line == NEW:
            history = ()
            continue
        try:
            question = question_text(line)
            if asked:
                look()
                assistant.refresh()
            asked = True
            answer = _answered(assistant, question, history)
        except RagError as error:
            complain(str(error))
            continue
        history = (*history, ("user", question), ("assistant", answer.text))


def _answered(assistant: Answering, question: str, history: tuple[Turn, ...]) -> Answer:
    from rag.answer.serialise import render

    answer: Answer | None = None
    for piece in assistant.stream(question, history):
        if isinstance(piece, Answer):
            answer = piece
            write_text(render(answer).removeprefix(answer.text), end="\n\n")
            tell_beside(answer)
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
