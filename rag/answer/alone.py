"""The question about each of the things put side by side, as if it were asked alone.

"Which is heavier, A or B?" asks the same of A and of B. Each side gets a question of its own text, from which the
other sides are left out, so that it is understood and its facts are ranked as for a question about one thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.answer.context import Context
from rag.answer.measures import side_wordings
from rag.answer.relevance import judge
from rag.answer.sides import Side, side_pattern
from rag.index import Term
from rag.question.mentions import Mention
from rag.question.understand import Question, Unit, understand
from rag.retrieve.evidence import candidates, rank
from rag.text.names import has_cjk
from rag.text.normalise import normalise
from rag.text.tokenise import query_tokens, tokenise
from rag.types import Entity, FactKind

LOOKED_THROUGH = 100
"""Facts among whose things a side's meaning is sought."""
ENOUGH_OF_NAME = 0.75
"""Share of a side's words that a thing's name must hold for the side to mean it."""
LONGEST_OWNER = 3
"""A cell of at most so many times a side's length is what the side names, not a remark that mentions it."""
MOST_OWNED = 3
SURE_WORDING = 0.3
"""Weight of a word's translation from which it may stand in a name for the word."""


def alone(context: Context, all_sides: Sequence[Side], at: int) -> tuple[Side, Context]:
    """The side at `at` with the thing that it means, and the context of the question about it only, ranked anew."""
    question = context.question
    side = all_sides[at]
    if side.mention is not None and question.normal[side.start : side.end] != side.surface:
        own = replace(question, mentions=(side.mention,))
    else:
        text = question.normal
        for other in sorted((s for s in all_sides if s is not side), key=lambda s: -s.start):
            text = _without(text, other, side)
        own = understand(text, context.names, lambda token: context.snapshot.document_frequency(token) > 0)
        own = replace(own, text=text, language=question.language)
    own = _without_whichever(own)
    found = _asked(context, own)
    if side.mention is not None and side.surface == side.mention.surface:
        return side, found
    meant = _meant(found, side) or _owners(found, side)
    if not meant:
        return side, found
    mention = Mention(meant, side.start, side.end, side.surface, exact=True)
    others = tuple(m for m in own.mentions if m.surface not in side.surface)
    units = tuple(unit for unit in own.units if not stands_for(unit, side))
    own = replace(own, mentions=(*others, mention), units=units, unknown=())
    return replace(side, mention=mention), _asked(context, own)


def _asked(context: Context, question: Question) -> Context:
    """The context of `question`, its facts ranked and judged."""
    found = candidates(question, context.snapshot)
    fresh = replace(context, question=question, ranked=rank(question, found, context.rare))
    return replace(fresh, ranked=judge(fresh, found))


def asks_nothing(question: Question) -> bool:
    """Whether a question holds things against each other and says nothing of what it asks of them."""
    holding = side_wordings()["holding"]["words"]
    return all(unit.concept is None and any(word.startswith(unit.label) for word in holding) for unit in question.units)


def stands_for(unit: Unit, side: Side) -> bool:
    """Whether a unit of the question is one of the words of a side."""
    return unit.said in side.surface or unit.label in query_tokens(side.surface)


def _meant(context: Context, side: Side) -> tuple[Entity, ...]:
    """The thing whose name holds most of the side's words, and that the question fits best; none when none does."""
    own = [unit for unit in context.question.units if stands_for(unit, side)]
    named = side.mention.tokens if side.mention is not None else ()
    wanted = [frozenset((token,)) for token in named]
    wanted += [frozenset(token for token, weight in unit.alternatives if weight >= SURE_WORDING) for unit in own]
    if not wanted:
        return ()
    best: tuple[float, Entity] | None = None
    for scored in context.ranked[:LOOKED_THROUGH]:
        entity = context.entity(scored.fact.entity_key)
        if entity is None or scored.fact.kind not in (FactKind.CELL, FactKind.KEY):
            continue
        said = normalise(scored.fact.entity)
        tokens = set(tokenise(scored.fact.entity))
        held = [any(t in tokens or (t in said and (len(t) > 1 or has_cjk(t))) for t in any_of) for any_of in wanted]
        share = sum(held) / len(held)
        if share >= ENOUGH_OF_NAME and (best is None or share > best[0]):
            best = (share, entity)
    return (best[1],) if best is not None else ()


def _owners(context: Context, side: Side) -> tuple[Entity, ...]:
    """The few things that have what a side names in one of their cells: a maker's products."""
    if side.mention is not None:
        return ()
    clauses = [(Term(token, 1.0),) for token in query_tokens(side.surface)]
    found: dict[str, Entity] = {}
    for fact, _ in context.snapshot.search_facts(clauses, LOOKED_THROUGH) if clauses else ():
        said = normalise(fact.value)
        entity = context.entity(fact.entity_key)
        if entity is None or fact.kind not in (FactKind.CELL, FactKind.KEY) or side.surface not in said:
            continue
        if len(said) <= LONGEST_OWNER * len(side.surface):
            found[entity.name] = entity
    return tuple(found.values()) if len(found) <= MOST_OWNED else ()


def _without(text: str, other: Side, kept: Side) -> str:
    """`text` without another side and what joins it."""
    before, after = text[: other.start], text[other.end :]
    joiner = side_pattern("join", "choose", "both", "weak", "marks")
    if other.start < kept.start:
        match = joiner.match(after.lstrip())
        after = after.lstrip()[match.end() :] if match is not None else after
    else:
        stripped = before.rstrip()
        match = next((m for m in joiner.finditer(stripped) if m.end() == len(stripped)), None)
        before = stripped[: match.start()] if match is not None else before
    return f"{before} {after}"


def _without_whichever(question: Question) -> Question:
    """`question` without the attribute that a bare "who" would ask for, where it asks for another one."""
    bare = [u for u in question.units if u.concept is not None and u.surface in side_wordings()["whichever"]["words"]]
    units = tuple(unit for unit in question.units if unit not in bare)
    if not bare or not units:
        return question
    types = frozenset(unit.concept.type for unit in units if unit.concept and unit.concept.type)
    return replace(question, units=units, types=types)
