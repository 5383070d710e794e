"""Whether a question is answered by what the notes themselves say, or by the papers behind them."""

from __future__ import annotations

from dataclasses import replace

from rag.answer.context import Context
from rag.answer.draft import Draft
from rag.answer.reading import holds_it_all, reading, says_more
from rag.index import Snapshot
from rag.retrieve.evidence import worded
from rag.types import Kind, Page

SURE = 0.4
"""Chance of the best fact from which an answer out of the notes is not held against one out of papers."""
AHEAD = 0.1
"""By how much likelier a paper's fact must answer to go before what the notes say."""
SPEAKS = 0.1
"""Chance from which a paper answers where the notes are silent.

The three were chosen on development questions over five notes with six papers, over those papers, and over the shipped
notes with two: of 382, 55 and 193 were right 264, 44 and 132 where notes and papers were ranked together, and are 278,
43 and 131; the notes alone would give 279, 15 and 131."""

NEAREST = 40
"""Facts that hold the question's words best, among which a paper's must be for the papers to be looked at."""

Told = tuple[Draft, Context]
"""An answer and what it was made of."""


def suffices(notes: Told, whole: Snapshot) -> bool:
    """Whether the notes surely answer, so that the papers need not be ranked: a list of things is theirs to give."""
    return _lists(notes) or (_is_sure(notes) and not holds_it_all(replace(notes[1], snapshot=whole)))


def _lists(notes: Told) -> bool:
    """Whether several things are listed, as the question wants."""
    draft, asks = notes[0], notes[1].question.asks
    return draft.kind is Kind.LIST and len(draft.items) > 1 and asks("list") and not asks("count")


def _is_sure(notes: Told) -> bool:
    return not notes[0].abstained and _chance(notes) >= SURE


def may_differ(notes: Told, whole: Snapshot) -> bool:
    """Whether papers may answer better: the notes are silent, or a paper is among what holds the words asked best."""
    draft, context = notes
    clauses = worded(context.question)
    if draft.abstained or not clauses:
        return True
    return any(isinstance(fact.location, Page) for fact, _ in whole.search_facts(clauses, NEAREST))


def is_likelier(notes: Told, whole: Context) -> bool:
    """Whether the notes' answer stands already by the evidence of notes and papers together, which is `whole`."""
    likelihood = _likelihood(whole)
    ahead = likelihood < SPEAKS if notes[0].abstained else _chance(notes) >= likelihood - AHEAD
    return ahead and not holds_it_all(whole)


def goes_first(notes: Draft, whole: Draft) -> bool:
    """Whether that holds by what is made of it: then the papers add nothing."""
    return whole.abstained or not (notes.abstained or _cites_paper(whole))


def outdone(notes: Told, whole: Snapshot) -> Draft | None:
    """What a paper of `whole` says that the question names, where it says more of what is asked than the notes do."""
    draft, context = notes
    if _lists(notes) or _is_sure(notes):
        return None
    return says_more(replace(context, snapshot=whole), "" if draft.abstained else draft.text)


def contradicted(notes: Told, whole: Snapshot) -> Draft | None:
    """What notes and papers say, where a paper of `whole` states another value than the notes do."""
    draft, context = notes
    if draft.abstained or context.question.asks("conflict", "list"):
        return None
    found = reading(replace(context, snapshot=whole))
    return found if found is not None and found.conflicts else None


def _chance(told: Told) -> float:
    return _likelihood(told[1])


def _likelihood(context: Context) -> float:
    return context.ranked[0].chance if context.ranked else 0.0


def _cites_paper(draft: Draft) -> bool:
    return any(isinstance(citation.location, Page) for citation in draft.citations)
