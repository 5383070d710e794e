"""Lookups: the cell, the key's value or the sentences that answer, and abstention when none does."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answer.context import Context, display
from rag.answer.draft import Draft
from rag.answer.messages import marks, say
from rag.answer.polarity import is_unknown
from rag.answer.wording import attribute_text, shorten, statement
from rag.question.understand import Question
from rag.retrieve.evidence import Scored
from rag.text.names import name_key
from rag.text.normalise import normalise
from rag.text.values import quantities, same_quantity
from rag.types import Conflict, ConflictValue, Fact, FactKind, Kind, Lines

ENOUGH_COVERAGE = 0.5
"""Share of what is asked that the best fact must hold, else the notes do not answer."""
ENOUGH_SUBJECT = 0.6
"""How surely it must be about the thing named."""
NEAR_BEST = 0.93
"""Facts scoring this share of the best one are shown beside it."""
MOST_FACTS = 4
ANSWER_LENGTH = 480
"""Characters: a single-fact answer says it within 500."""
_SAME_VALUE_LENGTH = 60


def lookup(context: Context) -> Draft:
    """The answer to a question about one thing or one passage."""
    draft = Draft(context.snapshot, context.question.language)
    found = supported(context)
    if not found:
        return abstain(context)
    best = found[0]
    if best.fact.kind in (FactKind.CELL, FactKind.KEY) and is_unknown(best.fact.value):
        return _unknown_value(context, best.fact)
    disagreeing = disagreement(context, found)
    if disagreeing:
        return _conflict(context, draft, disagreeing)
    for scored in pick(context, found):
        draft.claim(statement(context.question, scored.fact), [scored.fact])
        if len(draft.text) > ANSWER_LENGTH:
            break
    draft.kind = Kind.LOOKUP if best.fact.kind is not FactKind.STATEMENT else Kind.PASSAGE
    return draft


def supported(context: Context) -> list[Scored]:
    """Ranked facts that hold enough of what is asked, about the right thing."""
    question = context.question
    result: list[Scored] = []
    for scored in context.ranked[:60]:
        if question.mentions and scored.subject < ENOUGH_SUBJECT:
            continue
        if scored.coverage < ENOUGH_COVERAGE and question.units:
            continue
        if not _numbers_agree(question, scored):
            continue
        result.append(scored)
    return result if not question.unknown or _unknown_is_covered(context, result) else []


def _numbers_agree(question: Question, scored: Scored) -> bool:
    """Every size, count or date that the question states must stand in the fact or its place."""
    units = [at for at, unit in enumerate(question.units) if unit.quantity is not None and _is_constraint(unit.quantity.text)]
    if not all(at in scored.matched or _in_entity(question, at, scored.fact) for at in units):
        return False
    return True


def _is_constraint(text: str) -> bool:
    return any(char.isalpha() for char in text) or len(text) >= 2


def _in_entity(question: Question, at: int, fact: Fact) -> bool:
    wanted = question.units[at].quantity
    assert wanted is not None
    beside = quantities(" ".join((fact.entity, fact.quote if len(fact.quote) < 300 else "", *fact.heading[-2:])))
    return any(same_quantity(wanted, other) for other in beside)


def _unknown_is_covered(context: Context, found: Sequence[Scored]) -> bool:
    """Whether the question's unknown words are of no weight: the evidence covers nearly all the rest."""
    if not found:
        return False
    if context.question.mentions:
        return True
    text = normalise(found[0].fact.quote)
    return all(word in text for word in context.question.unknown)


def pick(context: Context, found: Sequence[Scored]) -> list[Scored]:
    """The best fact and those that say something else nearly as well; one fact a place."""
    best = found[0]
    chosen: list[Scored] = []
    seen: set[str] = set()
    for scored in found:
        if scored.score < best.score * NEAR_BEST or len(chosen) >= MOST_FACTS:
            break
        said = name_key(scored.fact.value)[:_SAME_VALUE_LENGTH]
        if any(said in other or other in said for other in seen):
            continue
        if not best.matched <= scored.matched and context.question.units:
            continue
        seen.add(said)
        chosen.append(scored)
    return chosen


def disagreement(context: Context, found: Sequence[Scored]) -> list[Scored]:
    """Facts about the same thing and attribute from different places whose values differ."""
    best = found[0]
    question = context.question
    if not question.mentions or best.subject < 1.0:
        return []
    rivals: list[Scored] = [best]
    for scored in found[1:]:
        if scored.subject < 1.0 or scored.score < best.score * (0.8 if question.asks("conflict") else 0.86):
            continue
        if (scored.fact.source, scored.fact.heading) == (best.fact.source, best.fact.heading):
            continue
        if any(not differs(question, scored.fact, rival.fact) for rival in rivals):
            continue
        rivals.append(scored)
    return rivals if len(rivals) > 1 and len({r.fact.source for r in rivals}) > 1 else []


def differs(question: Question, one: Fact, other: Fact) -> bool:
    """Whether two facts give different values of the kind that the question asks for."""
    if "date" in question.types:
        first, second = one.date or "", other.date or ""
        return bool(first and second) and not (first.startswith(second) or second.startswith(first))
    if question.types & {"money", "size", "duration", "count"}:
        left, right = quantities(one.value), quantities(other.value)
        if not left or not right:
            return False
        return not any(same_quantity(a, b) for a in left for b in right)
    if "name" in question.types:
        mine = {key for key in (*one.mentions, name_key(one.value)) if key}
        theirs = {key for key in (*other.mentions, name_key(other.value)) if key}
        return bool(mine and theirs) and not _overlap(mine, theirs)
    return False


def _overlap(one: set[str], other: set[str]) -> bool:
    return any(a in b or b in a for a in one for b in other if len(a) > 1 and len(b) > 1)


def _conflict(context: Context, draft: Draft, found: Sequence[Scored]) -> Draft:
    question = context.question
    draft.lines.append(say(question.language, "conflict"))
    values: list[ConflictValue] = []
    for scored in found[:5]:
        text = statement(question, scored.fact, 140)
        number = draft.cite(scored.fact)
        draft.lines.append(say(question.language, "conflict_item", value=text, marks=marks((number,))))
        values.append(ConflictValue(shorten(scored.fact.value, question.units, 80), (number,)))
        draft.claims.append(_claim(text, number))
    attribute = next((u.label for u in question.units if u.concept is not None), "")
    draft.conflicts.append(Conflict(context.subject(found[0].fact), found[0].fact.attribute or attribute, tuple(values)))
    return draft


def _claim(text: str, number: int) -> "Claim":
    from rag.types import Claim

    return Claim(text, (number,))


def abstain(context: Context) -> Draft:
    """Says that the notes are silent, and the nearest thing that they do say."""
    question = context.question
    draft = Draft(context.snapshot, question.language, Kind.NONE, abstained=True)
    if question.unknown and not question.mentions:
        draft.lines.append(say(question.language, "unknown_entity", name=", ".join(question.unknown)))
    elif question.mentions:
        names = [display(mention.entities[0]) for mention in question.mentions]
        draft.lines.append(
            say(question.language, "unknown_attribute", entity=say(question.language, "list_separator").join(names))
        )
    else:
        draft.lines.append(say(question.language, "nothing"))
    nearest = next((s for s in context.ranked if s.matched and (not question.mentions or s.subject >= ENOUGH_SUBJECT)), None)
    if nearest is not None and not (question.unknown and not question.mentions):
        text = statement(question, nearest.fact, 160)
        draft.claims.append(_claim(text, draft.cite(nearest.fact)))
        draft.lines.append(say(question.language, "nearest", text=text, marks=marks((draft.cite(nearest.fact),))))
    elif question.mentions:
        known = sorted({s.fact.attribute for s in context.ranked if s.subject >= 1.0 and s.fact.attribute and len(s.fact.attribute) < 24})
        if known:
            listed = say(question.language, "list_separator").join(known[:8])
            draft.lines.append(say(question.language, "known", entity=display(question.mentions[0].entities[0]), attributes=listed))
    return draft


def _unknown_value(context: Context, fact: Fact) -> Draft:
    question = context.question
    draft = Draft(context.snapshot, question.language, Kind.NONE, abstained=True)
    number = draft.cite(fact)
    text = say(
        question.language, "unknown_value", entity=context.subject(fact), attribute=attribute_text(fact),
        value=fact.value, marks=marks((number,)),
    )  # fmt: skip
    draft.lines.append(text)
    draft.claims.append(_claim(text, number))
    return draft


def place(fact: Fact) -> tuple[str, int]:
    """Where a fact stands, for telling places apart."""
    return fact.source, fact.location.first if isinstance(fact.location, Lines) else fact.location.number
