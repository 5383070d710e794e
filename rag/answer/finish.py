"""A draft checked and frozen: claims whose quotes do not stand are dropped before anyone sees them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answer.draft import Draft
from rag.answer.messages import say
from rag.answer.verify import claim_stands, quote_stands
from rag.types import Answer, Conflict, IndexState, Kind, Retrieved

_MARK = re.compile(r"\[(\d+)\]")


def finish(question: str, draft: Draft, retrieved: Sequence[Retrieved], index: IndexState) -> Answer:
    """The answer that `draft` makes, without anything that its citations do not support."""
    broken = {c.n for c in draft.citations if not quote_stands(c, draft.snapshot)}
    for claim in draft.claims:
        if not claim_stands(claim, draft.citations, draft.beside):
            broken.update(claim.citations)
    lines = [line for line in draft.lines if not broken & {int(n) for n in _MARK.findall(line)}]
    claims = tuple(claim for claim in draft.claims if not broken & set(claim.citations))
    items = tuple(item for item in draft.items if not broken & set(item.citations))
    lost = bool(draft.claims) and not claims
    kind, abstained = draft.kind, draft.abstained
    if lost:
        lines, kind, abstained = [say(draft.language, "nothing")], Kind.NONE, True
    return Answer(
        question, draft.language, kind, "\n".join(lines), abstained, claims, items,
        draft.silent if kind is Kind.LIST else None,
        tuple(c for c in draft.citations if c.n not in broken),
        () if lost else tuple(c for c in draft.conflicts if not broken & _cited(c)), tuple(retrieved), index,
        otherwise=draft.otherwise if draft.otherwise is not None and draft.otherwise.text in lines else None,
    )  # fmt: skip


def _cited(conflict: Conflict) -> set[int]:
    return {n for value in conflict.values for n in value.citations}
