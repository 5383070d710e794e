"""Lists of what has just the value that the question says: "哪些是商业的", "list all wide-column ones".

What is left of such a question without the words that ask for a list is a cell of the notes as it is written. Then the
things of these cells are meant, in whatever column it stands, and not what holds the words among others.
"""

from __future__ import annotations

from rag.answer.column_cells import is_value
from rag.answer.column_words import column_words
from rag.answer.context import Context
from rag.answer.draft import Draft
from rag.answer.polarity import verdict
from rag.answer.records import Selection, picked_out, told
from rag.answer.same_values import lists
from rag.index import Term
from rag.question.wording import intent
from rag.text.names import has_cjk
from rag.text.tokenise import query_tokens
from rag.types import FactKind

FEWEST = 2
"""Things that must have the value: one alone may have it by the way."""
SHORTEST = 2


def whole_values(context: Context) -> Draft | None:
    """The things a cell of which is just what the question says; None where it says more, or too few have it."""
    question = context.question
    if question.dates or question.quantities or question.asks("negated", "unstated", "conflict", "link", "definition"):
        return None
    said = _value(question.normal)
    if len(said) < SHORTEST or verdict(said) is not None:
        return None
    at = len(question.units) + len(question.mentions) + 1
    found = context.snapshot.facts_matching([(Term(token),) for token in query_tokens(said)])
    stated = (fact for fact in found if fact.kind in (FactKind.CELL, FactKind.KEY) or lists(fact))
    records = picked_out(context, at, (fact for fact in stated if fact.entity_key and is_value(fact, said)))
    return told(context, Selection(records, 1.0, frozenset((at,)))) if len(records) >= FEWEST else None


def _value(normal: str) -> str:
    """A question without the words at its ends that ask for a list."""
    text = normal.strip(" ?？!！。.~")
    for name in ("count", "list"):
        text = intent(name).sub(" ", text)
    text = text.strip()
    while True:
        word = next((word for word in column_words("asking") if _opens(text, word) or _closes(text, word)), "")
        if not word:
            return text
        text = (text[len(word) :] if _opens(text, word) else text[: -len(word)]).strip()


def _opens(text: str, word: str) -> bool:
    return text.startswith(word) and (has_cjk(word) or text[len(word) : len(word) + 1] in ("", " "))


def _closes(text: str, word: str) -> bool:
    return text.endswith(word) and (has_cjk(word) or text[: -len(word)][-1:] in ("", " "))
