"""What a model is shown: the rules, the conversation, and numbered evidence within a budget of tokens."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rag.answer.checking import Evidence
from rag.answer.wordings import wordings
from rag.text.language import is_cjk
from rag.types import FactKind, Turn

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

MAX_HISTORY = 8
"""Turns of the conversation in a prompt: older ones rarely matter and crowd out evidence."""
HISTORY_SHARE = 0.25
"""Of the budget at most: the evidence is what an answer is made of."""
LETTERS_A_TOKEN = 3.5
"""Latin letters; a Chinese character counts as a token. Real tokenizers need fewer of both as a rule."""

_TAG = re.compile(r"<(?=/?\s*evidence)", re.IGNORECASE)
_ROLES = {"human": "user", "ai": "assistant", "system": "system"}


def tokens(text: str) -> int:
    """About how many tokens a text is, rather too many than too few."""
    chinese = sum(1 for char in text if is_cjk(char))
    return chinese + round((len(text) - chinese) / LETTERS_A_TOKEN + 0.5)


def inputs(
    question: str, history: Sequence[Turn], evidence: Sequence[Evidence], budget: int, *, items: str = ""
) -> dict[str, Any]:
    """What fills the placeholders of the prompt; evidence and conversation together are at most `budget` tokens."""
    turns = recent(history, round(budget * HISTORY_SHARE))
    spent = sum(tokens(text) for _, text in turns)
    spoken = [("human" if role == "user" else "ai", text) for role, text in turns]
    shown = fenced(evidence, budget - spent)
    return {"question": question, "history": spoken, "evidence": shown, "items": items}


def recent(history: Sequence[Turn], budget: int) -> list[Turn]:
    """The last turns that the budget of tokens holds, the newest one always, cut where it alone is too long."""
    kept: list[Turn] = []
    for role, text in reversed(history[-MAX_HISTORY:]):
        cost = tokens(text)
        if cost > budget:
            if not kept:
                kept.append((role, text[: max(1, budget)]))
            break
        kept.append((role, text))
        budget -= cost
    return kept[::-1]


def fenced(evidence: Sequence[Evidence], budget: int) -> str:
    """The evidence as the prompt shows it, unable to close its own tag; whole pieces within `budget` tokens."""
    shown: list[str] = []
    for piece in evidence:
        where = _TAG.sub("‹", piece.where).replace('"', "'")
        tagged = f'<evidence n="{piece.n}" where="{where}">\n{_TAG.sub("‹", told(piece))}\n</evidence>'
        budget -= tokens(tagged)
        if budget < 0 and shown:
            break
        shown.append(tagged)
    return "\n".join(shown)


def told(piece: Evidence) -> str:
    """A piece as structured facts, then its text unless the facts say all of it (a table row, a key and value)."""
    lines = [_fact_line(fact) for fact in piece.facts if fact.kind in (FactKind.CELL, FactKind.KEY) and fact.attribute]
    whole = lines and all(fact.kind in (FactKind.CELL, FactKind.KEY) for fact in piece.facts)
    return "\n".join([*dict.fromkeys(lines), *([] if whole else [piece.text])])


def _fact_line(fact: Any) -> str:
    narrowed = "；".join(f"{key}: {value}" if key else value for key, value in fact.qualifiers if value)
    attribute = f"{fact.attribute} ({narrowed})" if narrowed else fact.attribute
    return f"{fact.entity} | {attribute}: {fact.value}" if fact.entity else f"{attribute}: {fact.value}"


def rules(language: str) -> dict[str, str]:
    """The prompts in the language of the question ("zh" or "en") by name."""
    found: dict[str, str] = wordings()["prompt"]["zh" if language == "zh" else "en"]
    return found


def spoken(messages: Iterable[BaseMessage]) -> list[tuple[str, str]]:
    """(role, text) of messages, for models that know system, user and assistant."""
    return [(_ROLES.get(message.type, "user"), str(message.text)) for message in messages]
