"""An extractive answer reworded by a language model: only sentences that the evidence supports are shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.answer.checks import Checked, Evidence
from rag.answer.llm import checked_sentences, write
from rag.config import Settings
from rag.errors import LLMError
from rag.index import Snapshot
from rag.types import Answer, Citation, Claim, Kind, Lines, Retrieved, Turn

MOST_EVIDENCE = 10
"""Pieces of evidence that the model sees: what the extractive answer cites, then the best passages."""
_MARK = re.compile(r"\[(\d+)\]")


def fluent(answer: Answer, history: Sequence[Turn], settings: Settings, snapshot: Snapshot) -> Answer:
    """`answer` in the words of the configured model, or unchanged with a notice when the model fails.

    List, comparison and timeline answers keep their items, so that they stay complete; abstentions stay, and where
    notes disagree every side stays as it was found.
    """
    assert settings.llm is not None
    if answer.abstained or answer.conflicts or answer.kind in (Kind.LIST, Kind.COMPARE, Kind.TIMELINE):
        return replace(answer, llm=settings.llm)
    citations = _evidence(answer, snapshot)
    evidence = [Evidence(c.n, c.quote, " › ".join((c.title, *c.heading))) for c in citations]
    try:
        text = write(
            answer.question, history, evidence, language=answer.language, spec=settings.llm,
            timeout=settings.llm_timeout,
        )  # fmt: skip
    except LLMError as error:
        return replace(answer, notices=(*answer.notices, f"{error}; this is the extractive answer"))
    good = [sentence for sentence in checked_sentences(text, evidence) if sentence.ok]
    if not good:
        notice = f"nothing that {settings.llm} wrote is supported by the notes; this is the extractive answer"
        return replace(answer, notices=(*answer.notices, notice))
    return _reworded(answer, good, citations, settings.llm)


def _evidence(answer: Answer, snapshot: Snapshot) -> list[Citation]:
    """What the answer cites, then retrieved passages, numbered on from there."""
    citations = list(answer.citations)
    for item in answer.retrieved:
        if len(citations) >= MOST_EVIDENCE:
            break
        if any((c.source, c.location) == (item.source, item.location) for c in citations):
            continue
        citations.append(_passage(item, max((c.n for c in citations), default=0) + 1, snapshot))
    return citations


def _passage(item: Retrieved, number: int, snapshot: Snapshot) -> Citation:
    source = snapshot.source(item.source)
    heading: tuple[str, ...] = ()
    if isinstance(item.location, Lines):
        facts = snapshot.facts_at(item.source, item.location.first, item.location.last)
        heading = facts[0].heading if facts else ()
    return Citation(number, item.source, source.title, heading, item.location, item.text)


def _reworded(answer: Answer, good: Sequence[Checked], citations: Sequence[Citation], spec: str) -> Answer:
    used = [n for sentence in good for n in sentence.marks]
    order = {old: new for new, old in enumerate(dict.fromkeys(used), 1)}
    kept = [replace(c, n=order[c.n]) for c in citations if c.n in order]
    text = " ".join(_MARK.sub(lambda m: f"[{order.get(int(m[1]), int(m[1]))}]", sentence.text) for sentence in good)
    claims = tuple(
        Claim(_MARK.sub("", sentence.text).strip(), tuple(order[n] for n in sentence.marks)) for sentence in good
    )
    return replace(
        answer,
        text=text,
        claims=claims,
        items=(),
        conflicts=(),
        citations=tuple(sorted(kept, key=lambda c: c.n)),
        llm=spec,
    )
