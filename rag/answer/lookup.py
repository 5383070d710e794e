"""Lookups: the cell, the key's value or the sentences that answer, and abstention when none does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.answer.conflicts import disagreement
from rag.answer.context import Context, display
from rag.answer.draft import Draft
from rag.answer.enumeration import enumeration
from rag.answer.gaps import Gap, empty_cell, is_of_no_cell
from rag.answer.messages import marks, say
from rag.answer.picked_cell import Pick, picked_cells
from rag.answer.polarity import is_unknown
from rag.answer.relevance import JUDGED
from rag.answer.support import (
    ENOUGH_SUBJECT,
    OF_RELATIVE,
    is_of_other_size,
    is_of_other_version,
    names_unknown,
    numbers_agree,
)
from rag.answer.wording import attribute_text, shorten, statement
from rag.retrieve.evidence import Scored, holds_type, unit_match
from rag.retrieve.view import view
from rag.text.names import name_key
from rag.types import Claim, Conflict, ConflictValue, Fact, FactKind, Kind, Status

ENOUGH_CHANCE = 0.075
"""Least chance of the best fact, else the notes do not answer."""
FIGURES = frozenset(("money", "date", "duration", "bytes", "size", "count"))
"""Kinds of value that a fact holds or does not, whatever its words."""
MISTYPED = 0.25
"""Chance from which a fact without the figure that is asked for may answer still."""
UNASKED = 0.1
"""Chance from which a command may answer where none is asked for."""
OF_ANOTHER = 0.16
"""Chance from which a fact may answer that is not known to be of the thing named."""
WITH_ANOTHER = 0.1
"""Share of that least chance from which a fact is shown beside a likelier one."""
AS_LIKELY = 0.05
"""Share of the best chance from which another fact is shown too."""
ALL_ASKED = 0.95
"""Share of the question that a cell holds when it is the very cell asked for."""
AHEAD = 0.25
"""Lead in relevance over the next fact by which such a cell stands alone."""
SURE = 0.8
"""Chance from which a fact stands alone, or with those that are as sure."""
AS_SURE = 0.05
"""Chance behind the first at which a fact is as sure."""
UNSURE = 0.2
"""Chance of the best fact below which a row that the question describes comes before it."""
WELL = 0.75
"""Share of the question that a row and a header must hold to be the whole answer before likelier facts."""
PART_HELD = 0.8
"""Least match of one attribute of several: its own header, or the words themselves."""
MOST_FACTS = 6
ANSWER_LENGTH = 480
"""Characters: a single-fact answer says it within 500."""
_SAME_VALUE_LENGTH = 60


def lookup(context: Context) -> Draft:
    """The answer to a question about one thing or one passage."""
    draft = Draft(context.snapshot, context.question.language)
    found = likely(context)
    gap = empty_cell(context, found[0] if found else None)
    if gap is not None:
        return _empty(context, gap)
    doubted = disagreement(context, found) if found and context.question.asks("conflict") else []
    if not doubted and (not found or found[0].subject < OF_RELATIVE):
        described = _described(context, found)
        for one in described:
            draft.claim(statement(context.question, one.fact), [one.fact])
        if described:
            draft.kind = Kind.LOOKUP
            return draft
    if not found or is_of_no_cell(context, found[0]):
        return abstain(context)
    best = found[0]
    if best.fact.kind in (FactKind.CELL, FactKind.KEY) and is_unknown(best.fact.value):
        return _unknown_value(context, best.fact)
    disagreeing = doubted or disagreement(context, found)
    if disagreeing:
        return contradiction(context, [scored.fact for scored in disagreeing])
    entries = enumeration(context, best.fact)
    if entries:
        return _enumerated(context, draft, best.fact, entries)
    for scored in (*_of_its_numbers(context, pick(found)), *other_parts(context, found)):
        text = statement(context.question, scored.fact)
        if draft.lines and len(draft.text) + len(text) > ANSWER_LENGTH:
            continue
        draft.claim(text, [scored.fact])
    draft.kind = Kind.LOOKUP if best.fact.kind is not FactKind.STATEMENT else Kind.PASSAGE
    return draft


def _described(context: Context, found: Sequence[Scored]) -> list[Pick]:
    """The cells of rows that the question describes without naming them: before what is unlikely, or for all of it."""
    if names_unknown(context):
        return []
    picks = [one for one in picked_cells(context) if not is_of_other_size(context.question, one.fact)]
    if not found or found[0].chance < UNSURE:
        return picks
    if len(picks) != 1 or picks[0].points < WELL:
        return []
    its = next((scored for scored in found if scored.fact is picks[0].fact), None)
    return picks if its is not None and its.literal >= found[0].literal else []


def likely(context: Context) -> list[Scored]:
    """The facts that may answer, the most relevant first; none when no fact is likely enough to."""
    judged = [scored for scored in context.ranked[:JUDGED] if scored.chance > 0]
    if context.question.types & FIGURES:
        judged = [scored for scored in judged if scored.typed is not False or scored.chance >= MISTYPED]
    if not context.question.asks("howto"):
        judged = [scored for scored in judged if scored.fact.kind is not FactKind.CODE or scored.chance >= UNASKED]
    if any(mention.exact for mention in context.question.mentions):
        judged = [scored for scored in judged if scored.subject or scored.chance >= OF_ANOTHER]
        judged = [scored for scored in judged if not is_of_other_version(context.question, scored.fact)]
    if names_unknown(context) or max((scored.chance for scored in judged), default=0.0) < ENOUGH_CHANCE:
        return []
    return [scored for scored in judged if scored.chance >= ENOUGH_CHANCE * WITH_ANOTHER]


def pick(found: Sequence[Scored]) -> list[Scored]:
    """The best fact, and where it is not sure those that may answer as well; no two that say the same."""
    best = max(scored.chance for scored in found)
    if _is_exactly_asked(found):
        return [found[0]]
    chosen: list[Scored] = []
    seen: set[str] = set()
    for scored in found:
        if len(chosen) >= MOST_FACTS or (chosen and scored.chance < best * AS_LIKELY):
            continue
        if chosen and chosen[0].chance >= SURE and scored.chance < max(SURE, chosen[0].chance - AS_SURE):
            continue
        if chosen and chosen[0].subject >= ENOUGH_SUBJECT and not scored.subject:
            continue  # of something else
        if chosen and _is_less_of_the_same(scored, chosen[0]):
            continue
        said = name_key(f"{scored.fact.attribute} {scored.fact.value}")[:_SAME_VALUE_LENGTH]
        if any(said in other or other in said for other in seen):
            continue
        seen.add(said)
        chosen.append(scored)
    return chosen


def _is_less_of_the_same(scored: Scored, first: Scored) -> bool:
    """Whether a fact gives the same attribute of another thing and holds less of the question than the first one."""
    same = bool(first.fact.attribute) and name_key(scored.fact.attribute) == name_key(first.fact.attribute)
    return same and scored.fact.entity_key != first.fact.entity_key and scored.matched < first.matched


def _of_its_numbers(context: Context, chosen: list[Scored]) -> list[Scored]:
    """Without facts that lack the numbers of the question, where the first holds them."""
    if not numbers_agree(context.question, chosen[0]):
        return chosen
    return [scored for scored in chosen if numbers_agree(context.question, scored)]


def _is_exactly_asked(found: Sequence[Scored]) -> bool:
    """Whether the first fact is a cell that holds all that is asked, ahead of the next."""
    first = found[0]
    ahead = len(found) < 2 or first.relevance - found[1].relevance >= AHEAD
    return first.fact.kind is FactKind.CELL and first.coverage >= ALL_ASKED and first.subject > 0 and ahead


def _enumerated(context: Context, draft: Draft, lead: Fact, entries: Sequence[Fact]) -> Draft:
    draft.kind = Kind.LIST
    if lead not in entries:
        draft.claim(shorten(lead.value, context.question.units, 80), [lead])
    for fact in entries:
        value = shorten(fact.value.replace("\n", " "), context.question.units, 70)
        label = (
            fact.attribute if fact.kind is FactKind.KEY and not fact.entity and fact.attribute != lead.attribute else ""
        )
        name = label or (value if len(value) <= 40 else value[:40])
        value = f"{label}: {value}" if label else value
        numbers = draft.item(name, Status.YES, value, [fact])
        draft.lines.append(f"- {value} {marks(numbers)}")
    return draft


def other_parts(context: Context, found: Sequence[Scored]) -> list[Scored]:
    """For a question of several attributes: the best fact for each that the best fact leaves open."""
    question = context.question
    open_units = [
        at for at, unit in enumerate(question.units)
        if unit.concept is not None and unit.weight >= 1 and at not in found[0].matched
    ]  # fmt: skip
    extra: list[Scored] = []
    for at in open_units:
        concept = question.units[at].concept
        assert concept is not None
        kind = frozenset({concept.type}) - {"", "yesno"}
        for scored in found:
            held = at in scored.matched and unit_match(question.units[at], view(scored.fact)) >= PART_HELD
            if held and (not kind or holds_type(replace(question, types=kind), scored.fact, view(scored.fact))):
                extra.append(scored)
                break
    extra += _other_headers(context, found[0])
    return [scored for scored in dict.fromkeys(extra) if scored is not found[0]]


def _other_headers(context: Context, best: Scored) -> list[Scored]:
    """For a question of several parts: the cells of the same thing whose headers the open words are."""
    question = context.question
    if best.subject < OF_RELATIVE or not best.matched:
        return []
    extra: list[Scored] = []
    for at, unit in enumerate(question.units):
        if at in best.matched or unit.concept is not None or unit.quantity is not None or unit.weight < 1:
            continue
        forms = {token for token, weight in unit.alternatives if weight >= PART_HELD}
        for scored in context.ranked:
            header = view(scored.fact).attribute_tokens
            structured = scored.fact.kind in (FactKind.CELL, FactKind.KEY)
            if structured and header and header <= forms and scored.subject >= OF_RELATIVE:
                extra.append(scored)
                break
    return extra


def contradiction(context: Context, facts: Sequence[Fact]) -> Draft:
    """That the sources disagree, and what each of them says."""
    question = context.question
    draft = Draft(context.snapshot, question.language)
    draft.lines.append(say(question.language, "conflict"))
    values: list[ConflictValue] = []
    for fact in facts[:5]:
        text = statement(question, fact, 140)
        number = draft.cite(fact)
        draft.lines.append(say(question.language, "conflict_item", value=text, marks=marks((number,))))
        values.append(ConflictValue(shorten(fact.value, question.units, 80), (number,)))
        draft.claims.append(_claim(text, number))
    attribute = next((u.label for u in question.units if u.concept is not None), "")
    draft.conflicts.append(Conflict(context.subject(facts[0]), facts[0].attribute or attribute, tuple(values)))
    return draft


def _claim(text: str, number: int) -> Claim:
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
            say(
                question.language,
                "unknown_attribute",
                entity=say(question.language, "list_separator").join(names),
            )
        )
    else:
        draft.lines.append(say(question.language, "nothing"))
    nearest = next(
        (s for s in context.ranked if s.matched and (not question.mentions or s.subject >= ENOUGH_SUBJECT)),
        None,
    )
    if nearest is not None and not (question.unknown and not question.mentions):
        text = statement(question, nearest.fact, 160)
        if not numbers_agree(question, nearest):
            text = attribute_text(nearest.fact) or nearest.fact.entity
            text = f"{context.subject(nearest.fact)} – {text}"
        draft.claims.append(_claim(text, draft.cite(nearest.fact)))
        draft.lines.append(say(question.language, "nearest", text=text, marks=marks((draft.cite(nearest.fact),))))
    elif question.mentions:
        known = sorted(
            {
                s.fact.attribute
                for s in context.ranked
                if s.subject >= 1.0 and s.fact.attribute and len(s.fact.attribute) < 24
            }
        )
        if known:
            listed = say(question.language, "list_separator").join(known[:8])
            draft.lines.append(
                say(
                    question.language,
                    "known",
                    entity=display(question.mentions[0].entities[0]),
                    attributes=listed,
                )
            )
    return draft


def unheard_of(context: Context, name: str) -> Draft:
    """Says that the notes do not mention a thing."""
    draft = Draft(context.snapshot, context.question.language, Kind.NONE, abstained=True)
    draft.lines.append(say(context.question.language, "unknown_entity", name=name))
    return draft


def _empty(context: Context, gap: Gap) -> Draft:
    """Says that a table has the thing and the column, and that nothing stands there."""
    question = context.question
    draft = Draft(context.snapshot, question.language, Kind.NONE, abstained=True)
    number = draft.cite(gap.row)
    cited = marks((number,))
    message = "empty_cell" if gap.row.kind is FactKind.CELL else "empty_key"
    text = say(question.language, message, entity=context.subject(gap.row), attribute=gap.header, marks=cited)
    draft.lines.append(text)
    draft.claims.append(_claim(text.replace(cited, ""), number))
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
    draft.claims.append(_claim(text.replace(marks((number,)), ""), number))
    return draft
