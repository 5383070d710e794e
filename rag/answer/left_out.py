"""Whether a list leaves out a name of the question that the notes hold in few places: then it answers another one."""

from __future__ import annotations

from rag.answer.context import Context
from rag.answer.draft import Draft
from rag.question.spelling import capitalised
from rag.question.understand import Unit
from rag.text.names import has_cjk
from rag.text.normalise import normalise
from rag.text.tokenise import tokenise
from rag.types import Kind

RARE = 8
"""Facts of the corpus that hold a name of which a list cannot say nothing."""
SURE = 0.8
"""Least weight of another wording of the word."""


def leaves_out(context: Context, draft: Draft) -> bool:
    """Whether nothing that the list cites holds, or stands below, a rare word that the question writes as a name."""
    written = capitalised(context.question.text)
    rare = [unit for unit in context.question.units if unit.said in written and _is_rare(context, unit)]
    if not rare or not draft.items or draft.kind is not Kind.LIST:
        return False
    cited = (f"{c.source} {c.quote} {' '.join(c.heading)} {draft.beside.get(c.n, '')}" for c in draft.citations)
    said = normalise(" ".join(cited))
    tokens = frozenset(tokenise(said))
    return any(not _holds(unit, said, tokens) for unit in rare)


def _is_rare(context: Context, unit: Unit) -> bool:
    if unit.concept is not None or unit.quantity is not None or unit.weight < 1 or len(unit.label) < 2:
        return False
    return 0 < context.snapshot.document_frequency(unit.label) <= RARE


def _holds(unit: Unit, said: str, tokens: frozenset[str]) -> bool:
    forms = {token for token, weight in unit.alternatives if weight >= SURE}
    return not forms.isdisjoint(tokens) or any(form in said for form in forms if has_cjk(form))
