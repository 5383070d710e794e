"""What a fact is about: its own entity, a row's label, or the name that a sentence says the asked words of."""

from __future__ import annotations

import re

from rag.answer.context import Context
from rag.text.names import latin_names, name_key
from rag.text.normalise import normalise
from rag.types import Fact, FactKind

NEAR_SUBJECT = 10
"""Characters between a name and the asked words within which the name is their subject."""
_CLAUSE = re.compile(r"[,，;；。.!！?？:：]\s|[，；。！？：]")


def subjects(context: Context, fact: Fact) -> list[tuple[str, str]]:
    """(key, display name) of what a fact is about: its entity, or for prose the subject of the asked words."""
    own = [(fact.entity_key, fact.entity)] if fact.entity_key else []
    label = fact.qualifiers[0][1] if fact.qualifiers and fact.qualifiers[0][0] else ""
    if label and fact.kind is FactKind.CELL and any(fact.entity_key in m.keys for m in context.question.mentions):
        return [(name_key(label), label)]
    if fact.kind not in (FactKind.STATEMENT, FactKind.KEY) or not fact.mentions:
        return own
    subject = sentence_subject(context, fact)
    return [subject] if subject is not None else own


def sentence_subject(context: Context, fact: Fact) -> tuple[str, str] | None:
    """The name that the asked words of a sentence are said of; None for the section's own subject.

    A name close before the asked words in the same clause comes first; then the section's subject if the sentence
    names it; then a name that opens the sentence.
    """
    question = context.question
    asked = next(
        (u.concept.in_notes for u in question.units if u.concept is not None and u.concept.type == "yesno"),
        None,
    )
    if asked is None:
        return None
    text = normalise(fact.value)
    match = asked.search(text)
    if match is None:
        return None
    before = text[: match.start()]
    clause = _CLAUSE.split(before)[-1]
    named = [run for run in latin_names(clause) if _is_thing(context, run)]
    if named:
        tail = clause[clause.rfind(named[-1]) + len(named[-1]) :]
        if len(tail) <= NEAR_SUBJECT and not tail.startswith("的"):
            return name_key(named[-1]), _as_written(fact.value, named[-1])
    keys = set(fact.mentions) | {fact.entity_key}
    entity = context.entity(fact.entity_key)
    own_keys = set(entity.keys) if entity is not None else {fact.entity_key}
    if any(key in name_key(before) for key in own_keys if key):
        return None
    opening = [run for run in latin_names(text[:24]) if _is_thing(context, run) and name_key(run) in keys]
    if opening and text.find(opening[0]) <= 6:
        return name_key(opening[0]), _as_written(fact.value, opening[0])
    return None


def _is_thing(context: Context, run: str) -> bool:
    return context.entity(name_key(run)) is not None


def _as_written(value: str, run: str) -> str:
    at = value.lower().find(run)
    return value[at : at + len(run)] if at >= 0 else run
