"""Lookups: the cell, the key's value or the sentences that answer, and abstention when none does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from rag.answer.context import Context, display
from rag.answer.draft import Draft
from rag.answer.messages import marks, say
from rag.answer.polarity import is_unknown
from rag.answer.wording import attribute_text, shorten, statement
from rag.question.understand import Question, Unit
from rag.question.wording import concepts
from rag.retrieve.evidence import Scored, holds_type, unit_match
from rag.retrieve.view import view
from rag.text.names import has_cjk, name_key
from rag.text.values import quantities, same_quantity
from rag.types import Claim, Conflict, ConflictValue, Fact, FactKind, Kind, Lines, Status

ENOUGH_COVERAGE = 0.4
"""Share of what is asked that the best fact must hold, else the notes do not answer."""
WITH_CONCEPT = 0.25
"""The same when the fact speaks of the very attribute that is asked for."""
WITH_TYPE = 0.3
"""The same when the fact holds the kind of value that is asked for."""
ACROSS_LANGUAGES = 0.6
"""Factor on what is enough when question and note differ in language: paraphrases meet through few words."""
STRICT_TYPES = frozenset(("money", "date", "duration", "bytes"))
"""Kinds of value without which nothing is an answer."""
WITHOUT_NAME = 0.45
"""The same when the question names nothing that could hold the evidence together."""
CONSIDERED = 60
"""Facts looked at from the top; no answer was found further down on the development questions."""
OF_OWNER = 0.57
"""Below this the fact is only of the named thing's table: a row of it must be asked for."""
OF_RELATIVE = 0.8
"""From here on the fact is about the named thing itself, or another size of it."""
ENOUGH_SUBJECT = 0.48
"""How surely it must be about the thing named."""
NEAR_BEST = 0.93
"""Facts scoring this share of the best one are shown beside it."""
SMALLEST_SIZE = 1e6
"""A bare number from here on is a size: where the value states another one, it is about another thing."""
RIVAL, RIVAL_ASKED = 0.86, 0.75
"""Share of the best score from which another note's statement is held against it; lower when conflict is asked for."""
BRIEF = 40
"""Characters up to which a value is one thing that another note can contradict."""
ENTRY_REACH = 16
"""Lines below a lead-in within which its entries stand."""
MOST_ENTRIES = 12
_ENTRY = re.compile(r"\s*(?:[-*+•]|\d{1,2}\s*[.)、．]|[(（]\d+[)）]|[①-⑳])")
PART_HELD = 0.8
"""Least match of one attribute of several: its own header, or the words themselves."""
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
    entries = enumeration(context, best.fact)
    if entries:
        return _enumerated(context, draft, best.fact, entries)
    for scored in (*pick(context, found), *other_parts(context, found)):
        text = statement(context.question, scored.fact)
        if draft.lines and len(draft.text) + len(text) > ANSWER_LENGTH:
            continue
        draft.claim(text, [scored.fact])
    draft.kind = Kind.LOOKUP if best.fact.kind is not FactKind.STATEMENT else Kind.PASSAGE
    return draft


def supported(context: Context) -> list[Scored]:
    """Ranked facts that hold enough of what is asked, about the right thing."""
    question = context.question
    named = any(mention.exact for mention in question.mentions)
    if not named and any(_looks_like_name(word, question.text) for word in question.unknown):
        return []
    if not question.mentions and any(is_absent(context, unit) for unit in question.units):
        return []
    return [scored for scored in context.ranked[:CONSIDERED] if supports(question, scored)]


def is_absent(context: Context, unit: Unit) -> bool:
    """Whether neither a word nor any translation of it occurs in the corpus."""
    if unit.concept is not None or unit.quantity is not None:
        return False
    return not any(context.snapshot.document_frequency(token) for token, _ in unit.alternatives)


def supports(question: Question, scored: Scored) -> bool:
    """Whether one fact is evidence enough: the thing named, an asked attribute or most of the words, the numbers."""
    if question.mentions and scored.subject < ENOUGH_SUBJECT:
        return False
    if question.types & STRICT_TYPES and not scored.typed:
        return False
    if scored.fact.kind is FactKind.CODE and not question.asks("howto", "link"):
        return False
    if question.mentions and scored.subject < OF_OWNER and not _row_is_asked(question, scored.fact):
        return False
    asked = [at for at, unit in enumerate(question.units) if unit.concept is not None and unit.weight >= 1]
    if (
        scored.subject < OF_RELATIVE
        and question.mentions
        and any(_only_by_shape(question.units[at], scored.fact) for at in asked)
    ):
        return False
    if not _dates_agree(question, scored.fact) or _speaks_of_other(question, scored.fact):
        return False
    if question.mentions and scored.subject >= OF_RELATIVE and not asked and len(scored.matched) >= 2:
        return _numbers_agree(question, scored)
    held = any(at in scored.matched for at in asked)
    least = WITH_CONCEPT if held else (WITH_TYPE if scored.typed and not asked else ENOUGH_COVERAGE)
    across = question.language == "en" and has_cjk(scored.fact.value)
    if across and question.mentions and len(scored.matched) >= (1 if held else 2):
        least *= ACROSS_LANGUAGES
    if question.units and scored.coverage < (least if question.mentions else max(least, WITHOUT_NAME)):
        return False
    words = sum(1 for at in scored.matched if question.units[at].concept is None)
    if (
        asked
        and not held
        and words < 2
        and scored.coverage < (ENOUGH_COVERAGE * (ACROSS_LANGUAGES if across else 1))
    ):
        return False
    return _numbers_agree(question, scored)


def _only_by_shape(unit: Unit, fact: Fact) -> bool:
    """Whether the fact meets a concept only by what its values look like, in a sentence about something else."""
    if unit.concept is None or unit.concept.shape is None:
        return False
    seen = view(fact)
    return unit.concept.in_notes.search(f"{seen.attribute} ； {seen.qualifier} ； {seen.value}") is None


def _row_is_asked(question: Question, fact: Fact) -> bool:
    """Whether a word or number of the question picks the row that a fact of another thing's table stands in."""
    tokens = view(fact).entity_tokens | view(fact).qualifier_tokens
    numbers = quantities(fact.entity)
    return any(
        any(token in tokens for token, weight in unit.alternatives if weight >= 0.3) and unit.concept is None
        or (unit.quantity is not None and any(same_quantity(unit.quantity, number) for number in numbers))
        for unit in question.units
    )  # fmt: skip


def _dates_agree(question: Question, fact: Fact) -> bool:
    """Whether the fact holds every date that the question states."""
    held = view(fact).dates
    return all(any(date.iso.startswith(wanted.iso) for date in held) for wanted in question.dates)


def _speaks_of_other(question: Question, fact: Fact) -> bool:
    """Whether the fact speaks of what an asked concept excludes (inference for training) and not of the concept."""
    seen = view(fact)
    text = f"{seen.attribute} ； {seen.qualifier} ； {seen.value} ； {seen.heading}"
    for unit in question.units:
        if unit.concept is None or unit.concept.in_notes.search(text):
            continue
        if any(concepts()[name].in_notes.search(text) for name in unit.concept.excludes):
            return True
    return False


def _looks_like_name(word: str, text: str) -> bool:
    """Whether a word that the corpus lacks was written as a name: a capital, a digit."""
    at = text.lower().find(word)
    written = text[at : at + len(word)] if at >= 0 else word
    return (
        len(word) > 1
        and not word[0].isdigit()
        and (any(char.isupper() for char in written) or any(char.isdigit() for char in word) or len(word) > 3)
    )


def _numbers_agree(question: Question, scored: Scored) -> bool:
    """Every size, count or date that the question states must stand in the fact or its place."""
    units = [
        at
        for at, unit in enumerate(question.units)
        if unit.quantity is not None and _is_constraint(unit.quantity.text)
    ]
    if not all(at in scored.matched or _in_entity(question, at, scored.fact) for at in units):
        return False
    return True


def _is_constraint(text: str) -> bool:
    return any(char.isalpha() for char in text) or len(text) >= 2


def _in_entity(question: Question, at: int, fact: Fact) -> bool:
    wanted = question.units[at].quantity
    assert wanted is not None
    sizes = [q for q in quantities(fact.value) if q.unit == "" and q.value >= SMALLEST_SIZE]
    if wanted.value >= SMALLEST_SIZE and wanted.unit == "" and sizes:
        return False
    beside = quantities(
        " ".join((fact.entity, fact.quote if len(fact.quote) < 300 else "", *fact.heading[-2:]))
    )
    return any(same_quantity(wanted, other) for other in beside)


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


def enumeration(context: Context, fact: Fact) -> list[Fact]:
    """The entries that a lead-in ("there are four steps:") or a key with its values below announces."""
    if not isinstance(fact.location, Lines):
        return []
    line = fact.location.last
    after = [
        other for other in context.snapshot.facts_at(fact.source, line, line + ENTRY_REACH)
        if other.heading == fact.heading and other.ordinal != fact.ordinal and isinstance(other.location, Lines)
        and other.kind in (FactKind.STATEMENT, FactKind.KEY, FactKind.CODE)
    ]  # fmt: skip
    if fact.value.rstrip().endswith((":", "：")):
        return _run(other for other in after if other.ordinal > fact.ordinal)
    if fact.kind is FactKind.KEY and fact.attribute and context.question.asks("list", "count"):
        same = [o for o in after if o.attribute == fact.attribute and o.entity_key == fact.entity_key]
        return [fact, *same] if same else []
    return []


def _run(facts: Iterable[Fact]) -> list[Fact]:
    """Facts on adjoining lines, one a line, until a gap."""
    found: list[Fact] = []
    for fact in facts:
        assert isinstance(fact.location, Lines)
        if found:
            before = found[-1].location
            assert isinstance(before, Lines)
            if fact.location.first > before.last + 2:
                break
            if fact.location.first <= before.last:
                continue
        if not _ENTRY.match(fact.quote) and found and not _ENTRY.match(found[0].quote):
            break
        found.append(fact)
    return found[:MOST_ENTRIES]


def _enumerated(context: Context, draft: Draft, lead: Fact, entries: Sequence[Fact]) -> Draft:
    draft.kind = Kind.LIST
    if lead not in entries:
        draft.claim(shorten(lead.value, context.question.units, 80), [lead])
    for fact in entries:
        value = shorten(fact.value.replace("\n", " "), context.question.units, 70)
        numbers = draft.item(value if len(value) <= 40 else value[:40], Status.YES, value, [fact])
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
            if held and (
                not kind or holds_type(replace(question, types=kind), scored.fact, view(scored.fact))
            ):
                extra.append(scored)
                break
    return [scored for scored in dict.fromkeys(extra) if scored is not found[0]]


def disagreement(context: Context, found: Sequence[Scored]) -> list[Scored]:
    """Facts about the same thing and attribute from different places whose values differ."""
    best = found[0]
    question = context.question
    if not question.mentions or best.subject < 1.0:
        return []
    rivals: list[Scored] = [best]
    for scored in found[1:]:
        least = best.score * (RIVAL_ASKED if question.asks("conflict") else RIVAL)
        dated = scored.fact.kind is FactKind.EVENT and "date" in question.types
        if scored.subject < 1.0 or (scored.score < least and not dated):
            continue
        if not question.asks("conflict") and (scored.fact.source, scored.fact.heading) == (
            best.fact.source,
            best.fact.heading,
        ):
            continue
        if any(not differs(question, scored.fact, rival.fact) for rival in rivals):
            continue
        rivals.append(scored)
    several = len({r.fact.source for r in rivals}) > 1 or question.asks("conflict")
    return rivals if len(rivals) > 1 and several else []


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
    return _gives_other_value(one, other)


def _gives_other_value(one: Fact, other: Fact) -> bool:
    """Whether two cells or keys of the same attribute hold different brief values."""
    same = bool(one.attribute) and name_key(one.attribute) == name_key(other.attribute)
    plain = all(f.kind in (FactKind.CELL, FactKind.KEY) and len(f.value) <= BRIEF for f in (one, other))
    mine, theirs = name_key(one.value), name_key(other.value)
    return same and plain and not (mine in theirs or theirs in mine)


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
    draft.conflicts.append(
        Conflict(context.subject(found[0].fact), found[0].fact.attribute or attribute, tuple(values))
    )
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
        if not _numbers_agree(question, nearest):
            text = attribute_text(nearest.fact) or nearest.fact.entity
            text = f"{context.subject(nearest.fact)} – {text}"
        draft.claims.append(_claim(text, draft.cite(nearest.fact)))
        draft.lines.append(
            say(question.language, "nearest", text=text, marks=marks((draft.cite(nearest.fact),)))
        )
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
