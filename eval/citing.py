"""Citations judged: whether each stands where it says, and whether it reaches the gold evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.cases import LIST, Case
from eval.gold import Lookup, Place, supports, text_at
from eval.metrics import meant_entities, mentions
from rag.errors import RagError
from rag.types import Answer, Citation, Status


@dataclass(frozen=True, slots=True)
class CitationScore:
    """Citation precision and recall of one answer; None where they are not defined."""

    precision: float | None
    recall: float | None


def citation_support(case: Case, answer: Answer, places: Sequence[Place]) -> CitationScore:
    """Citation precision and recall; neither for a case without gold evidence.

    Recall is the share of the evidences that a citation reaches (any one where one suffices). Precision is
    the share of the citations that reach an evidence; an answer that cites nothing, or abstains, has none.

    Of a list, whose gold evidence need not show every line, the citations of the listed items are judged: one
    is right when its item is a gold entity and it reaches an evidence, or its quote or heading holds that
    entity.
    """
    if not places:
        return CitationScore(None, None)
    if answer.abstained:
        return CitationScore(None, 0.0)
    reached = [any(_reaches(place, c) for c in answer.citations) for place in places]
    recall = sum(reached) / len(reached) if case.require_all else float(any(reached))
    verdicts = (
        _item_verdicts(case, answer, places)
        if case.type == LIST and case.entities
        else [any(_reaches(place, c) for place in places) for c in answer.citations]
    )
    return CitationScore(sum(verdicts) / len(verdicts) if verdicts else None, recall)


def is_valid(citation: Citation, source: Lookup) -> bool:
    """Whether the quote is an exact substring of the stored source at the cited place."""
    try:
        stored = source(citation.source)
    except RagError:
        return False
    return bool(citation.quote) and citation.quote in text_at(stored, citation.location)


def _item_verdicts(case: Case, answer: Answer, places: Sequence[Place]) -> list[bool]:
    by_number = {citation.n: citation for citation in answer.citations}
    verdicts = []
    for item in answer.items:
        if not is_listed(item.status):
            continue
        meant = meant_entities(item.entity, case.entities, case.exclude_entities)
        aliases = [alias for i in sorted(meant) for alias in case.entities[i]]
        for number in item.citations:
            cited = by_number.get(number)
            verdicts.append(cited is not None and bool(meant) and _shows(cited, aliases, places))
    return verdicts


def _shows(citation: Citation, aliases: Sequence[str], places: Sequence[Place]) -> bool:
    if any(_reaches(place, citation) for place in places):
        return True
    return any(mentions(text, aliases) for text in (citation.quote, *citation.heading))


def _reaches(place: Place, citation: Citation) -> bool:
    return supports(place, citation.source, citation.location, citation.quote)


def is_listed(status: Status) -> bool:
    """An item counts as listed when it is said to be so, if only on conditions."""
    return status in (Status.YES, Status.CONDITIONAL)
