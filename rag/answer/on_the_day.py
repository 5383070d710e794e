"""What the notes say of a day: where an answer cites nothing of the one day that a question names, that comes instead.

"What went wrong on" a day shares no word with "cache disk full" behind its date, and the day is all it needs to share.
"""

from __future__ import annotations

from rag.answer.context import Context
from rag.answer.draft import Draft
from rag.answer.wording import statement
from rag.index import Term
from rag.retrieve.view import view
from rag.text.dates import dates
from rag.types import Fact, FactKind, Kind

LENGTH = len("YYYY-MM-DD")
MOST_TOLD = 5
"""Facts of one day beyond which it says too little which one is meant."""
APART = ("compare", "conflict", "link", "howto", "count")
"""What is asked for where a day is only one of the conditions."""


def on_the_day(context: Context, draft: Draft) -> Draft | None:
    """What stands dated on the one day that the question names; None where the draft tells it or tells nothing."""
    question = context.question
    days = [date.iso for date in question.dates if len(date.iso) == LENGTH]
    if len(days) != 1 or len(question.dates) != 1 or question.mentions or question.asks(*APART):
        return None
    if draft.abstained or any(_is_of(days[0], citation.quote) for citation in draft.citations):
        return None
    year, month, day = days[0].split("-")
    token = f"{year}-{int(month)}-{int(day)}"
    told = [fact for fact in context.snapshot.facts_matching([(Term(token),)]) if _happened(fact, days[0])]
    if not 0 < len(told) <= MOST_TOLD:
        return None
    found = Draft(context.snapshot, question.language, Kind.PASSAGE)
    for fact in sorted(told, key=lambda fact: (fact.source, fact.ordinal)):
        found.claim(statement(question, fact), [fact])
    return found


def _is_of(day: str, quote: str) -> bool:
    return any(date.iso == day for date in dates(quote))


def _happened(fact: Fact, day: str) -> bool:
    """Whether a dated line is of that day."""
    return fact.kind is FactKind.EVENT and any(date.iso == day for date in view(fact).dates)
