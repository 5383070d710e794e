"""Links, commands and short profiles of a thing."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from rag.answer.context import Context
from rag.answer.draft import Draft
from rag.answer.enumeration import enumeration
from rag.answer.wording import statement
from rag.question.wording import Wordings
from rag.retrieve.evidence import Scored
from rag.text.names import name_key
from rag.text.normalise import normalise
from rag.types import Fact, FactKind, Kind

_COMMAND = re.compile(
    r"`[^`]+`|^\s*(?:[$#>] )?(?:python3?|pip3?|git|npm|npx|docker|curl|wget|conda|sudo|apt|make|cargo|go|brew|\./)\s",
    re.M,
)
"""Inline code, or a line that begins as a shell command does."""
_REPOSITORY = re.compile(r"(?:git@[\w.\-]+:|https?://)[\w.\-]+/[\w.\-/]+")
OF_TABLE = 0.5
"""Least sureness of the subject: a link in the thing's own tables counts."""
DEFINED_WITHIN = 14
"""Characters behind a term within which its definition begins."""
SPELT_OUT = 3.0
"""Points of an entry "term: what it means", before sentences and headings that speak of it."""
ANSWERED = 0.4
"""Chance from which a fact that holds what is asked goes before a command that holds nothing of it."""
MOST_LINKS = 4


@cache
def _sorts() -> dict[str, tuple[Wordings, re.Pattern[str]]]:
    """What a question for a link may want: its wordings, and how such links look."""
    raw = tomllib.loads((files("rag.answer") / "data" / "links.toml").read_text(encoding="utf-8"))
    return {sort: (Wordings(entry["asked"]), re.compile(entry["target"])) for sort, entry in raw.items()}


@cache
def _definition(name: str) -> re.Pattern[str]:
    raw = tomllib.loads((files("rag.answer") / "data" / "definitions.toml").read_text(encoding="utf-8"))
    return re.compile(raw[name])


def links(context: Context) -> Draft | None:
    """Where a thing can be found; None when the notes link nowhere for it."""
    question = context.question
    found = [
        s for s in context.ranked if s.fact.kind is FactKind.LINK and (s.subject >= OF_TABLE or not question.mentions)
    ]
    if not found:
        return _cloned(context)
    wanted = [sort for sort, (asked, _) in _sorts().items() if asked.search(question.normal)]
    scored = sorted(found, key=lambda s: (-_fit(s, wanted), -s.score, s.fact.source, s.fact.ordinal))
    if wanted and _fit(scored[0], wanted) < 1:
        return None
    if not question.mentions and scored[0].coverage < 0.5:
        return None
    draft = Draft(context.snapshot, question.language, Kind.LINK)
    for fact in _distinct(scored, _fit(scored[0], wanted), wanted):
        draft.claim(statement(question, fact), [fact])
    return draft


def _cloned(context: Context) -> Draft | None:
    """The address of a repository in a command, where that is all that the notes give of it."""
    question = context.question
    if not question.mentions or not _sorts()["code"][0].search(question.normal):
        return None
    for scored in (s for s in context.ranked if s.fact.kind is FactKind.CODE and s.subject >= 1):
        lines = [line.strip() for line in scored.fact.value.splitlines() if _REPOSITORY.search(line)]
        named = [line for line in lines if any(key in name_key(line) for m in question.mentions for key in m.keys)]
        if named or len(lines) == 1:
            draft = Draft(context.snapshot, question.language, Kind.LINK)
            draft.claim((named or lines)[0], [scored.fact])
            return draft
    return None


def _fit(scored: Scored, wanted: Sequence[str]) -> float:
    """How well a link is of the sort asked for, about the thing itself first."""
    fact = scored.fact
    label = f"{fact.attribute} {fact.qualifiers}".lower()
    target = fact.value.lower()
    sorts = sum(1.0 for sort in wanted if _sorts()[sort][1].search(target) or _sorts()[sort][0].search(label))
    if not wanted:
        sorts = 1.0 if _sorts()["code"][1].search(fact.value.lower()) else 0.6
    return min(sorts, 1.0) + (0.5 if scored.subject >= 1.0 else 0.0) + min(scored.coverage, 1.0) * 0.3


def _distinct(scored: Sequence[Scored], best: float, wanted: Sequence[str]) -> list[Fact]:
    seen: dict[str, Fact] = {}
    for item in scored:
        if _fit(item, wanted) < best - 0.31 or len(seen) >= MOST_LINKS:
            break
        seen.setdefault(item.fact.value.rstrip("/"), item.fact)
    return list(seen.values())


def howto(context: Context) -> Draft | None:
    """The command or steps as written; None when the notes hold none for it."""
    question = context.question
    code = [
        s
        for s in context.ranked
        if s.fact.kind is FactKind.CODE and (s.subject >= 0.6 or (not question.mentions and s.coverage >= 0.4))
    ]
    inline = [
        s
        for s in context.ranked[:40]
        if _COMMAND.search(s.fact.quote) and s.coverage >= 0.4 and (s.subject >= 0.6 or not question.mentions)
    ]
    led = [
        s
        for s in context.ranked[:6]
        if s.fact.value.rstrip().endswith((":", "：")) and s.coverage >= 0.3 and s.subject >= 0.6
    ]
    best = sorted(dict.fromkeys([*code, *inline, *led]), key=lambda s: (-s.score, s.fact.source, s.fact.ordinal))
    first = context.ranked[0] if context.ranked else None
    if not best or (first is not None and first.chance >= ANSWERED and best[0].coverage == 0 < first.coverage):
        return None
    draft = Draft(context.snapshot, question.language, Kind.LOOKUP)
    for scored in best[:2]:
        fact = scored.fact
        text = fact.value if fact.kind is FactKind.CODE else statement(question, fact)
        draft.claim(text[:460], [fact])
        for entry in enumeration(context, fact)[:6]:
            draft.claim(entry.value[:300], [entry])
        if len(draft.text) > 300 or (
            best[0].fact.kind is FactKind.CODE and len(best) > 1 and best[1].score < best[0].score * 0.9
        ):
            break
    return draft


def profile(context: Context) -> Draft | None:
    """A few facts about one thing, from all notes: sentences that define it first, then cells."""
    question = context.question
    if not question.mentions:
        return None
    about = [
        s for s in context.ranked
        if s.subject >= 1.0 and s.fact.kind is not FactKind.LINK and not s.fact.quote.startswith("#")
    ]  # fmt: skip
    about = about or [s for s in context.ranked if s.subject >= 1.0 and "://" in s.fact.value]
    if not about:
        return None
    chosen = sorted(about, key=lambda s: (-_defines(s.fact), s.fact.source, s.fact.ordinal))
    draft = Draft(context.snapshot, question.language, Kind.PASSAGE)
    sources: dict[str, int] = {}
    for scored in chosen:
        if sources.get(scored.fact.source, 0) >= 2 or len(draft.lines) >= 5:
            continue
        text = statement(question, scored.fact, 130)
        if len(draft.text) + len(text) > 470 and draft.lines:
            continue
        sources[scored.fact.source] = sources.get(scored.fact.source, 0) + 1
        draft.claim(text, [scored.fact])
    return draft


def _defines(fact: Fact) -> float:
    """How much a fact says what the thing is."""
    value = fact.value.lower()
    points = SPELT_OUT if _definition("header").match(normalise(fact.attribute)) else 0.0
    if fact.kind is FactKind.STATEMENT:
        points += 1.0 if _definition("sentence").search(value) else 0.3
    elif fact.kind in (FactKind.CELL, FactKind.KEY):
        points += 0.6 if len(fact.value) > 1 else 0.1
    elif fact.kind is FactKind.EVENT:
        points += 0.7
    return points + min(len(value), 60) / 400


def meaning(context: Context) -> Draft | None:
    """What a term means that names nothing with facts: sentences that define it, headings that spell it out."""
    question = context.question
    terms = [unit for unit in question.units if unit.concept is None and unit.quantity is None]
    if len(terms) != 1 or any(mention.exact for mention in question.mentions):
        return None
    term = terms[0].label
    found: list[tuple[float, Scored]] = []
    for scored in context.ranked:
        value = normalise(scored.fact.value)
        at = value.find(term)
        spelt = any(term in normalise(part) and len(part) > len(term) + 2 for part in scored.fact.heading[-1:])
        defines = at >= 0 and bool(_definition("verb").search(value, at, at + len(term) + DEFINED_WITHIN))
        if scored.fact.kind is FactKind.KEY and normalise(scored.fact.attribute) == term:
            found.append((SPELT_OUT, scored))
        elif scored.fact.kind is FactKind.STATEMENT and (defines or spelt):
            found.append((1.0 * defines + 1.2 * spelt + (0.3 if 0 <= at < 6 else 0.0), scored))
    if not found:
        return None
    draft = Draft(context.snapshot, question.language, Kind.PASSAGE)
    for _, scored in sorted(
        found, key=lambda entry: (-entry[0], -entry[1].score, entry[1].fact.source, entry[1].fact.ordinal)
    )[:2]:
        heading = scored.fact.heading[-1] if scored.fact.heading and term in normalise(scored.fact.heading[-1]) else ""
        text = statement(question, scored.fact, 180)
        draft.claim(f"{heading}: {text}" if heading else text, [scored.fact])
    return draft
