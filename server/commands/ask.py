"""`rag ask`: one question, or a file of them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from rag.config import Settings
from rag.errors import UsageError
from rag.types import Answer, Turn
from server.commands import options
from server.currency import Attested, Currency
from server.failures import error_object
from server.opening import Answering, open_assistant
from server.questions import BadQuestionError, parse_history, parse_line, question_text
from server.refreshing import behind_line, freshen
from server.terminal import complain, notice, notices, write_json, write_text
from server.wording import say

ABSTAINED = 3


@click.command()
@click.argument("question", required=False)
@options.places
@options.reranker
@options.llm
@options.refresh
@click.option(
    "--at",
    type=click.IntRange(min=1),
    metavar="GENERATION",
    help="Answer from an earlier state of the notes; `rag index status` lists them.",
)
@options.as_json
@click.option("--stream", is_flag=True, help="Print the answer as it comes; with --json one object a line.")
@click.option(
    "--history",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The conversation so far: a JSON list of [role, text].",
)
@click.option(
    "--batch",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="One JSON question a line in (id, question, history), one JSON answer a line out.",
)
def command(
    question: str | None,
    refresh: bool | None,
    at: int | None,
    as_json: bool,
    stream: bool,
    history: Path | None,
    batch: Path | None,
    **flags: object,
) -> int:
    """Answer QUESTION from the notes ("-" reads it from standard input).

    Exit status: 0 answered, 3 abstained, 2 usage, 1 any other error.

    \b
    rag ask "which models allow commercial use"
    rag ask 哪些模型可以商用 --json
    rag ask --batch questions.jsonl > answers.jsonl
    rag ask "which models allow commercial use" --at 3
    """
    if at is not None and refresh:
        raise click.UsageError("--at asks an earlier state; --refresh makes a new one: give one of them")
    if batch is not None:
        if question is not None or history is not None or stream:
            raise click.UsageError("--batch takes neither a QUESTION nor --history nor --stream")
        lines = _read(batch).split(b"\n")
    elif question is None:
        raise click.UsageError("no QUESTION given")
    else:
        text = question_text(_standard_input() if question == "-" else question)
        turns = parse_history(_read(history), str(history)) if history else ()
    settings = options.settings(**flags)
    with _opened(settings, refresh=refresh, at=at) as assistant:
        if batch is not None:
            return answer_batch(assistant, lines)
        if stream:
            return answer_stream(assistant, text, turns, as_json=as_json)
        return answer_one(assistant, text, turns, as_json=as_json)


def _opened(settings: Settings, *, refresh: bool | None, at: int | None) -> Answering:
    """The assistant that answers, from the newest generation or from generation `at`."""
    currency = Currency(settings)
    if at is not None:
        return Attested(open_assistant(settings, at), currency)
    currency.behind = freshen(settings, refresh=refresh, tell=notice)
    assistant = open_assistant(settings)
    # Where nothing is behind, every file was just compared.
    return assistant if currency.behind is None else Attested(assistant, currency)


def answer_one(assistant: Answering, question: str, history: tuple[Turn, ...], *, as_json: bool) -> int:
    """Answer one question on stdout; the exit status."""
    from rag.answer.serialise import render, to_json

    ask = assistant.ask if as_json else assistant.ask_briefly
    answer = ask(question, history)
    if as_json:
        write_json(to_json(answer))
    else:
        write_text(render(answer))
        tell_beside(answer)
    return _status(answer)


def answer_stream(assistant: Answering, question: str, history: tuple[Turn, ...], *, as_json: bool) -> int:
    """Answer one question piece by piece, then give what comes after the text; the exit status."""
    from rag.answer.serialise import render, to_json

    status = 0
    for piece in assistant.stream(question, history):
        if isinstance(piece, Answer):
            status = _status(piece)
            if as_json:
                write_json(to_json(piece))
            else:
                write_text(render(piece).removeprefix(piece.text))
                tell_beside(piece)
        elif as_json:
            write_json({"token": piece})
        else:
            write_text(piece, end="")
    return status


def tell_beside(answer: Answer) -> None:
    """What a person should know of an answer besides it: notices, and that it does not come from the newest notes."""
    notices(answer.notices)
    index = answer.index
    if index.newest is not None:
        notice(say(answer.language, "earlier", generation=index.generation, newest=index.newest))
    if index.behind is not None and (line := behind_line(index.behind, answer.language)):
        notice(line)


def answer_batch(assistant: Answering, lines: list[bytes]) -> int:
    """Answer a question a line, in order; 1 when a line could not be answered, else 0."""
    from rag.answer.serialise import to_json

    failed = 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        id = None
        try:
            asked = parse_line(line)
            id = asked.id
            answer = assistant.ask(asked.text, asked.history)
            write_json({**to_json(answer), "id": asked.id})
        except BrokenPipeError:
            raise
        except Exception as error:  # one bad question must not cost the answers to the others
            failed += 1
            write_json(_refusal(error, number, id))
    if failed:
        complain(f"{failed} of the questions could not be answered; see the lines with an error")
    return 1 if failed else 0


def _refusal(error: Exception, number: int, id: Any) -> dict[str, Any]:
    bad = error if isinstance(error, BadQuestionError) else None
    return {
        "id": bad.id if bad else id,
        "error": {**error_object(error), "line": number},
    }


def _status(answer: Answer) -> int:
    return ABSTAINED if answer.abstained else 0


def _read(path: Path) -> bytes:
    if str(path) == "-":
        return sys.stdin.buffer.read()
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); give a readable file") from error


def _standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"standard input is not UTF-8 (byte {error.start}); convert it first") from error
