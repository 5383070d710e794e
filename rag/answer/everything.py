"""All things of the corpus, or all of the sort that a question names and a heading says."""

from __future__ import annotations

from rag.answer.context import Context, display
from rag.answer.draft import MOST_ITEMS, Draft
from rag.answer.listing import is_unconditional
from rag.answer.messages import marks, say
from rag.answer.support import is_absent
from rag.question.wording import intent
from rag.text.lexicon import SURE_TRANSLATION, Lexicon
from rag.text.tokenise import query_tokens, tokenise
from rag.types import Entity, Kind, Status


def everything(context: Context) -> Draft | None:
    """All things of the corpus, for a question without any condition; None for one with conditions."""
    question = context.question
    if not is_unconditional(question) or question.unknown or question.asks("negated", "unstated", "only"):
        return None
    if any(is_absent(context, unit) for unit in question.units):
        return None
    things = _of_kind(context, [entity for entity in context.snapshot.entities() if entity.strength >= 3])
    if not things:
        return None
    draft = Draft(context.snapshot, question.language, Kind.LIST)
    draft.lines.append(say(question.language, "count", count=len(things), other=0))
    for entity in things[:MOST_ITEMS]:
        facts = context.snapshot.facts_of(entity.keys)
        if facts:
            numbers = draft.item(display(entity), Status.YES, "", [facts[0]])
            draft.lines.append(say(draft.language, "item_bare", entity=display(entity), marks=marks(numbers)))
    if len(things) > MOST_ITEMS:
        draft.lines.append(say(question.language, "and_more", count=len(things) - MOST_ITEMS))
    return draft if draft.items else None


def _of_kind(context: Context, things: list[Entity]) -> list[Entity]:
    """The things under a title or heading that says the asked kind; all of them where none says it."""
    called = intent("kind").search(context.question.normal)
    forms = {token for unit in context.question.units for token, _ in unit.alternatives}
    if called is not None:
        tokens = query_tokens(called.group())
        translated = Lexicon.load().translate(" ".join(tokens))
        forms |= {*tokens, *(t.term for t in translated if t.weight >= SURE_TRANSLATION)}
    headed = [
        entity
        for entity in things
        if any(forms & set(tokenise(" ".join(f.heading))) for f in context.snapshot.facts_of(entity.keys))
    ]
    return headed or ([] if _says_what_sort(context) else things)


def _says_what_sort(context: Context) -> bool:
    """Whether the question says what sort of thing it asks for in a word of its own: "lenses", not "things"."""
    return any(unit.concept is None and unit.quantity is None for unit in context.question.units)
