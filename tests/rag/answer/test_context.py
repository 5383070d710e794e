"""What is found out of one question, and when it is found anew."""

from __future__ import annotations

from dataclasses import replace

from rag import Assistant
from rag.answer.context import Context, once
from tests.rag.workshop import weighed


def test_what_is_asked_again_is_found_once_a_question(workshop: Assistant) -> None:
    asked: list[str] = []

    @once
    def length(context: Context) -> int:
        asked.append(context.question.text)
        return len(context.question.text)

    context, _ = weighed(workshop, "How heavy is the Galloper?")
    other = replace(context, question=replace(context.question, text="Galloper"))

    assert [length(context), length(context), length(other)] == [26, 26, 8]
    assert asked == ["How heavy is the Galloper?", "Galloper"]
