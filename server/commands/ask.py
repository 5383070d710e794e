"""`rag ask`: one question, or a file of them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from rag.errors import UsageError
from rag.types import Answer, Turn
from server.commands import options
from server.failures import error_object
from server.opening import Answering, freshen, marked_stale, open_assistant
from server.questions import BadQuestionError, parse_history, parse_line, question_text
from server.terminal import complain, notice, notices, write_json, write_text

ABSTAINED = 3


@click.command()
@click.argument("question", required=False)
@options.places
@options.reranker
@options.llm
@options.refresh
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
    refresh: bool,
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
    """
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
    stale = freshen(settings, refresh=refresh, tell=notice)
    with open_assistant(settings) as assistant:
        if batch is not None:
            return answer_batch(assistant, lines, stale)
        if stream:
            return answer_stream(assistant, text, turns, as_json=as_json, stale=stale)
        return answer_one(assistant, text, turns, as_json=as_json, stale=stale)


def answer_one(
    assistant: Answering, question: str, history: tuple[Turn, ...], *, as_json: bool, stale: str | None
) -> int:
    """Answer one question on stdout; the exit status."""
    from rag.answer.serialise import render, to_json

    ask = assistant.ask if as_json else assistant.ask_briefly
    answer = marked_stale(ask(question, history), stale)
    if as_json:
        write_json(to_json(answer))
    else:
        write_text(render(answer))
        notices(answer.notices)
    return _status(answer)


def answer_stream(
    assistant: Answering, question: str, history: tuple[Turn, ...], *, as_json: bool, stale: str | None
) -> int:
    """Answer one question piece by piece, then give what comes after the text; the exit status."""
    from rag.answer.serialise import render, to_json

    status = 0
    for piece in assistant.stream(question, history):
        if isinstance(piece, Answer):
            answer = marked_stale(piece, stale)
            status = _status(answer)
            if as_json:
                write_json(to_json(answer))
            else:
                write_text(render(answer).removeprefix(answer.text))
                notices(answer.notices)
        elif as_json:
            write_json({"token": piece})
        else:
            write_text(piece, end="")
    return status


def answer_batch(assistant: Answering, lines: list[bytes], stale: str | None) -> int:
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
            answer = marked_stale(assistant.ask(asked.text, asked.history), stale)
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
