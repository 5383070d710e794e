"""Follow-up questions completed from the conversation: pronouns and ellipses get back what they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.question.mentions import Mention, NameIndex
from rag.question.understand import Known, Question, understand
from rag.question.wording import intent
from rag.types import Turn

LONGEST_ELLIPSIS = 24
"""Characters of a question that, beginning like an ellipsis, borrows what it asks from the one before."""
TURNS_KEPT = 6


def resolve(text: str, history: Sequence[Turn], index: NameIndex, known: Known) -> Question:
    """`text` understood in the light of the conversation.

    A question that names nothing but points back ("那它开源了吗?") takes over the things last spoken of; one that
    names a thing but asks nothing ("那 X 呢?") takes over what was asked. A question complete in itself is left alone.
    """
    question = understand(text, index, known)
    asked = [turn_text for role, turn_text in history if role == "user"][-TURNS_KEPT:]
    if not asked:
        return question
    points = bool(intent("pronoun").search(question.normal))
    elliptic = bool(intent("ellipsis").search(question.normal)) or len(question.normal) <= LONGEST_ELLIPSIS
    previous = _previous(asked, index, known)
    answered = [turn_text for role, turn_text in history if role != "user"][-1:]
    if not question.mentions and not question.unknown and (points or elliptic) and not question.asks("list", "count"):
        things = _things(question, previous, answered, index, known)
        if things:
            question = replace(question, mentions=things)
    asks = any(unit.concept is not None for unit in question.units) and not question.normal.rstrip("?!.").endswith("呢")
    bare = (
        bool(intent("ellipsis").search(question.normal))
        and len(question.units) <= 1
        and not question.types
        and not asks
    )
    if question.mentions and (elliptic or points) and (bare or not _asks_something(question)):
        last = next((p for p in reversed(previous) if _asks_something(p)), None)
        if last is not None:
            question = _borrow(question, last)
    if not question.mentions and not question.unknown and elliptic and len(question.units) <= 2 and previous:
        last = previous[-1]
        if last.asks("list", "count") and not question.asks("list", "count"):
            kept = [u for u in last.units if u.label not in {x.label for x in question.units}]
            question = replace(question, intents=question.intents | last.intents, units=(*question.units, *kept))
    return question


def _previous(asked: Sequence[str], index: NameIndex, known: Known) -> list[Question]:
    """Earlier questions, each completed by the ones before it."""
    found: list[Question] = []
    for text in asked:
        question = understand(text, index, known)
        if found and not question.mentions and not question.unknown:
            question = replace(question, mentions=found[-1].mentions)
        if found and question.mentions and not _asks_something(question):
            question = _borrow(question, found[-1])
        found.append(question)
    return found


def _things(
    question: Question, previous: Sequence[Question], answered: Sequence[str], index: NameIndex, known: Known
) -> tuple[Mention, ...]:
    """What a pronoun stands for: the things of the last question that named some, else of the last answer."""
    told = _told(answered, index, known)
    if told and previous and previous[-1].asks("list", "which") and not previous[-1].asks("count"):
        own = {entity.name for mention in previous[-1].mentions for entity in mention.entities}
        if len(told) == 1 and not own & {entity.name for entity in told[0].entities}:
            return told
    for earlier in reversed(previous):
        mentions = earlier.mentions
        if not mentions:
            continue
        if intent("former").search(question.normal):
            return mentions[:1]
        if intent("latter").search(question.normal):
            return mentions[-1:]
        return mentions
    return told[:1]


def _told(answered: Sequence[str], index: NameIndex, known: Known) -> tuple[Mention, ...]:
    """The things that the last answer opened with."""
    for text in answered:
        return tuple(
            m for m in understand(text[:120], index, known).mentions if m.exact and m.entities[0].strength >= 2
        )
    return ()


def _asks_something(question: Question) -> bool:
    return bool(question.units) or question.asks("link", "howto", "definition", "list", "count")


def _borrow(question: Question, last: Question) -> Question:
    """What was asked before, but for numbers where the new question brings its own."""
    own = any(unit.quantity is not None for unit in question.units)
    units = [unit for unit in last.units if not (own and unit.quantity is not None)]
    return replace(
        question, units=(*question.units, *units), types=question.types | last.types,
        intents=question.intents | (last.intents - {"definition"}),
    )  # fmt: skip
