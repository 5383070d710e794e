"""What the tools of the Model Context Protocol take; their descriptions are what a model reads."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from server.questions import MAX_QUESTION

MOST_PASSAGES = 12
MOST_FACTS = 500

Words = Annotated[str, Field(min_length=1, max_length=MAX_QUESTION)]


class Arguments(BaseModel):
    """Arguments of a tool: none beyond these."""

    model_config = ConfigDict(extra="forbid")


class Ask(Arguments):
    """Answer a question from the notes, in its language (Chinese or English). Lists are complete over all notes; every
    statement ends with marks [n] whose sources follow; contradictions and silence of the notes are said."""

    question: Words
    history: list[tuple[str, str]] = Field(default=[], description='Earlier turns as ["user" or "assistant", text].')


class Search(Arguments):
    """Find the passages of notes and papers that bear on a question, best first, with their places."""

    query: Words
    limit: Annotated[int, Field(ge=1, le=MOST_PASSAGES)] = 10


class Facts(Arguments):
    """List what the notes state, fact by fact: thing, attribute, value, place and exact quote. All filters hold at
    once."""

    entity: str | None = Field(default=None, description="Only this thing, under any of its names.")
    attribute: str | None = Field(default=None, description="Only attributes that hold this.")
    source: str | None = Field(default=None, description="Only this source.")
    text: str | None = Field(default=None, description="Only facts that hold this anywhere.")
    limit: Annotated[int, Field(ge=1, le=MOST_FACTS)] = 100


class OpenSource(Arguments):
    """Read a note or paper as stored, whole or from its line (paper: page) `first` to `last`, 1-based and inclusive."""

    source: str = Field(description="Path as citations write it, such as notes/serving.md.")
    first: Annotated[int, Field(ge=1)] | None = None
    last: Annotated[int, Field(ge=1)] | None = None


TOOLS: dict[str, type[Arguments]] = {"ask": Ask, "search": Search, "facts": Facts, "open_source": OpenSource}
