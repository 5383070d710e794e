"""Lists by kind of thing: "which of these are frameworks" is answered from what the notes call each thing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answer.context import Context, display
from rag.answer.draft import Draft
from rag.answer.listing import Found, by_thing
from rag.answer.messages import marks, say
from rag.answer.wording import LONGEST_ITEM, shorten
from rag.question.understand import Question
from rag.question.wording import intent
from rag.retrieve.evidence import query
from rag.retrieve.view import view
from rag.text.lexicon import SURE_TRANSLATION, Lexicon
from rag.text.names import has_cjk
from rag.text.normalise import normalise
from rag.text.tokenise import query_tokens
from rag.types import Fact, FactKind, Kind, Status

FEWEST, MOST = 2, 40
MOST_CITED = 2


def kinds(context: Context) -> Draft | None:
    """The things that the notes call by the asked kind; None when no kind is asked for or few are called so."""
    question = context.question
    forms = _forms(question)
    if not forms:
        return None
    called = re.compile(_pattern(forms))
    found: list[Found] = []
    for fact in context.snapshot.facts_matching(query(question.units)):
        if fact.entity_key and fact.kind is not FactKind.CODE and _calls(fact, called):
            found.append(Found(fact.entity_key, fact.entity, Status.YES, fact, fact.value))
    groups = by_thing(context, found)
    if not FEWEST <= len(groups) <= MOST:
        return None
    return _composed(context, groups)


def _forms(question: Question) -> list[str]:
    """The words for the kind, in both languages; none unless the question asks for nothing besides."""
    plain = [u for u in question.units if u.quantity is None and (u.concept is None or not u.concept.type)]
    others = question.mentions or question.dates or len(plain) != len(question.units)
    if others or len(plain) != 1 or question.asks("negated"):
        return []
    unit = plain[0]
    if unit.concept is not None:
        translated = Lexicon.load().translate(" ".join(query_tokens(unit.surface)))
        return sorted({unit.surface, *(t.term for t in translated if t.weight >= SURE_TRANSLATION)})
    return sorted(token for token, weight in unit.alternatives if weight >= SURE_TRANSLATION and len(token) > 1)


def _pattern(forms: Sequence[str]) -> str:
    """Sentences that call something by one of `forms`: "是一个…框架", "is a framework", or that end with it."""
    chinese = "|".join(re.escape(form) for form in forms if has_cjk(form)) or r"(?!)"
    english = "|".join(re.escape(form) + r"\w{0,3}" for form in forms if not has_cjk(form)) or r"(?!)"
    return (
        rf"(?:是|为|一个|一款|一种|一套)[^，。；,;]{{0,18}}(?:{chinese}|\b(?:{english})\b)(?:$|[，。；,;（(、\s])"
        rf"|\b(?:is|are|as)\s+(?:an?|the)\b[^.,;]{{0,40}}\b(?:{english})\b"
    )


def _calls(fact: Fact, called: re.Pattern[str]) -> bool:
    """Whether a fact says of its subject that it is of the kind."""
    seen = view(fact)
    if fact.kind in (FactKind.CELL, FactKind.KEY):
        return bool(intent("kind_header").search(seen.attribute)) and bool(_names(called, seen.value))
    own = normalise(fact.heading[-1]) if fact.heading else ""
    return bool(called.search(seen.value)) or (fact.quote.startswith("#") and bool(_names(called, own)))


def _names(called: re.Pattern[str], text: str) -> bool:
    """Whether a bare label ("open-source framework") ends with the kind, as "is a ..." would."""
    return called.search(f"是 {text}") is not None or called.search(f"is a {text}") is not None


def _composed(context: Context, groups: dict[str, list[Found]]) -> Draft:
    draft = Draft(context.snapshot, context.question.language, Kind.LIST)
    if context.question.asks("count"):
        draft.lines.append(say(draft.language, "count", count=len(groups), other=0))
    for key, found in sorted(groups.items(), key=lambda entry: (entry[1][0].fact.source, entry[1][0].fact.ordinal)):
        entity = context.entity(key)
        name = display(entity, found[0].name) if entity is not None else found[0].name
        value = shorten(found[0].value.replace("\n", " "), context.question.units, LONGEST_ITEM)
        numbers = draft.item(name, Status.YES, value, [item.fact for item in found[:MOST_CITED]])
        draft.lines.append(say(draft.language, "item", entity=name, value=value, marks=marks(numbers)))
    return draft
