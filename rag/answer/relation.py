"""Lists of what stands in a relation to a named organisation, person, place or data set: "what came out of X".

Cells, events and sentences all count: notes say such things wherever they fit. What the name is only a part of
another name or of an address does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rag.answer.clauses import CLAUSE
from rag.answer.context import Context, display
from rag.answer.draft import Draft
from rag.answer.listing import Found, by_thing
from rag.answer.messages import marks, say
from rag.answer.sentence_subject import subjects
from rag.answer.wording import LONGEST_ITEM, shorten
from rag.index import Term
from rag.question.spelling import capitalised, is_ordinary
from rag.question.understand import KIND_WEIGHT, Question, Unit
from rag.question.wording import attribute_concepts, intent
from rag.retrieve.view import View, view
from rag.text.names import has_cjk
from rag.text.stem import stem
from rag.types import Fact, FactKind, Kind, Status

FEWEST, MOST = 2, 15
LONGEST_ENDING = 4
"""Characters between the stem of a word of a name and the next word."""
SURE = 0.5
"""Least weight of a translation that names the same."""
RARE = 0.4
"""Least rarity of an everyday word, written with a capital, that can be a name."""
NEXT = 1
"""Characters between a maker and what it does."""
LONGEST_GAP = 4
"""Characters between what is done and the word for what it is done with: "use any X"."""
MOST_CITED = 2
_TIES = frozenset(("organisation", "owner", "person", "funding", "origin", "pretraining", "training_data", "date"))
"""Attributes that tie a thing to a named one; others ask for more than that."""
_DOINGS = ("supporting", "using")
_PART = re.compile(r"[\s,、/;+]+")
_SAYS = (FactKind.CELL, FactKind.KEY, FactKind.EVENT, FactKind.STATEMENT)


def relation(context: Context) -> Draft | None:
    """The things of which the notes say the named one; None where more is asked, or few things are found."""
    question = context.question
    if question.dates or question.asks("negated", "only", "unstated", "count", "compare", "definition"):
        return None
    holds, rest = _named(context)
    done = holds is None
    if done:
        holds, rest = _done(context)
    asked = {unit.concept.name for unit in rest if unit.concept is not None}
    if any(unit.concept is not None and intent("asking_who").search(unit.surface) for unit in rest):
        return None
    if holds is None or not _asks_no_more(rest) or _has_itself(context, asked):
        return None
    if not asked and not question.asks("list") and not intent("list").search(question.normal):
        return None
    found = _found(context, holds)
    does_it, gives_it = _doing(context), _giving(context)
    if done:
        found = [item for item in found if does_it(item.fact) or gives_it(item.fact)]
    columns = {item.key for item in found if item.fact.kind is FactKind.CELL and _is_of(asked, item.fact)}
    if len(columns) >= FEWEST:
        found = [f for f in found if f.fact.kind is not FactKind.STATEMENT or _says_relation(rest, f.fact)]
    groups = by_thing(context, found)
    if len(groups) > MOST:
        groups = by_thing(context, [item for item in found if does_it(item.fact)])
    plain = [unit for unit in rest if unit.concept is None]
    if not FEWEST <= len(groups) <= MOST or _tells_apart(context, plain, groups):
        return None
    return _composed(context, groups)


def _named(context: Context) -> tuple[Callable[[View], bool] | None, list[Unit]]:
    """(whether a fact's value names what the question names, the other units); (None, ...) unless it names one."""
    question = context.question
    if len(question.mentions) == 1:
        mention = question.mentions[0]
        return (lambda seen: mention.stands_in(seen.value)), list(question.units)
    if question.mentions:
        return None, []
    names = [unit for unit in question.units if _is_name(context, unit) or _is_maker(question, unit)]
    if not names or (len(names) > 1 and not _stand_together(question.normal, names)):
        return None, []
    forms = [{token for token, weight in name.alternatives if weight >= SURE} for name in names]
    rest = [unit for unit in question.units if unit not in names and not is_making(question, unit)]
    return (lambda seen: all(_holds(any_of, seen) for any_of in forms)), rest


def _done(context: Context) -> tuple[Callable[[View], bool] | None, list[Unit]]:
    """As `_named`, of the everyday words that things are said to do something with: "which support X"."""
    question = context.question
    plain = [unit for unit in question.units if unit.concept is None and unit.weight > KIND_WEIGHT]
    if question.mentions or not plain or not is_done(question, plain[0]):
        return None, []
    if len(plain) > 1 and not _stand_together(question.normal, plain):
        return None, []
    forms = [{token for token, weight in unit.alternatives if weight >= SURE} for unit in plain]
    rest = [unit for unit in question.units if unit not in plain]
    return (lambda seen: all(_holds(any_of, seen) for any_of in forms)), rest


def is_done(question: Question, unit: Unit) -> bool:
    """Whether a question says of things that they do something with what a plain unit names."""
    at = question.normal.find(unit.label)
    return any(
        0 <= at - match.end() <= LONGEST_GAP for name in _DOINGS for match in intent(name).finditer(question.normal)
    )


def _stand_together(normal: str, names: Sequence[Unit]) -> bool:
    """Whether several words are one name: they follow one another in the question."""
    starts = [normal.find(name.label) for name in names]
    return min(starts) >= 0 and all(
        0 < after - before <= len(name.label) + LONGEST_ENDING
        for before, after, name in zip(starts, starts[1:], names, strict=False)
    )


def _holds(forms: set[str], seen: View) -> bool:
    return any(form in seen.value_tokens or (has_cjk(form) and len(form) > 1 and form in seen.value) for form in forms)


def _is_name(context: Context, unit: Unit) -> bool:
    """Whether a word that the question has for no everyday thing stands in the notes."""
    if unit.concept is not None or unit.quantity is not None or unit.weight <= KIND_WEIGHT:
        return False
    known = context.snapshot.document_frequency(unit.label) or any(
        context.snapshot.document_frequency(token) for token, weight in unit.alternatives if weight >= SURE
    )
    written = unit.label in {stem(word) for word in capitalised(context.question.text)}
    return bool(known) and ((written and context.rare(unit) >= RARE) or not is_ordinary(unit.label))


def _is_maker(question: Question, unit: Unit) -> bool:
    """Whether a question says of a word that it made what is asked for: "what has X released", "X 出了什么"."""
    at = question.normal.find(unit.label)
    if unit.concept is not None or unit.quantity is not None or at < 0:
        return False
    return any(
        0 <= match.start() - at - len(unit.label) <= NEXT or 0 <= at - match.end() <= NEXT
        for match in intent("making").finditer(question.normal)
    )


def is_making(question: Question, unit: Unit) -> bool:
    """Whether a unit is a word of what makers do: "build" of "help build", "开源" of "开源了"."""
    return any(unit.said in match.group() for match in intent("making").finditer(question.normal))


def _has_itself(context: Context, asked: set[str]) -> bool:
    """Whether the notes say the asked attribute of the named thing: then that is asked for, "which team made X"."""
    keys = {key for mention in context.question.mentions for key in mention.keys}
    facts = context.snapshot.facts_of(keys) if keys and asked else ()
    return any(asked & attribute_concepts(view(fact).attribute).keys() for fact in facts)


def _asks_no_more(rest: Sequence[Unit]) -> bool:
    """Whether nothing is asked of the things but the relation: one word besides may be a way to put it."""
    if any(unit.quantity is not None for unit in rest):
        return False
    if any(unit.concept is not None and unit.concept.name not in _TIES for unit in rest):
        return False
    return sum(1 for unit in rest if unit.concept is None and unit.weight > KIND_WEIGHT) <= 1


def _found(context: Context, holds: Callable[[View], bool]) -> list[Found]:
    """Every fact of another thing whose value names it."""
    question = context.question
    own = {key for mention in question.mentions for key in mention.keys}
    tokens = [token for mention in question.mentions for token in mention.tokens]
    tokens += [t for unit in question.units if unit.concept is None for t, w in unit.alternatives if w >= SURE]
    found: list[Found] = []
    for fact in context.snapshot.facts_matching([tuple(Term(token) for token in dict.fromkeys(tokens))]):
        if fact.kind not in _SAYS or "://" in fact.value or not holds(view(fact)):
            continue
        found += [
            Found(key, name, Status.YES, fact, fact.value)
            for key, name in subjects(context, fact)
            if key and key not in own and (entity := context.entity(key)) is not None and not own & set(entity.keys)
        ]
    return found


def _is_of(asked: set[str], fact: Fact) -> bool:
    concepts = attribute_concepts(view(fact).attribute)
    return any(concepts.get(name, 0.0) >= 1 for name in (asked or _TIES))


def _says_relation(rest: Sequence[Unit], fact: Fact) -> bool:
    """Whether a sentence words the relation itself."""
    return any(unit.concept is not None and unit.concept.in_notes.search(view(fact).value) for unit in rest)


def _doing(context: Context) -> Callable[[Fact], bool]:
    """Whether a clause of a fact says of what is named what the question says of it: "supports X"."""
    question = context.question
    asked = [intent(name) for name in _DOINGS if intent(name).search(question.normal)]
    named = [
        {token for token, weight in unit.alternatives if weight >= SURE}
        for unit in question.units
        if unit.concept is None and unit.quantity is None and unit.weight > KIND_WEIGHT
    ] + [{mention.surface} for mention in question.mentions]

    def does_it(fact: Fact) -> bool:
        return any(
            doing.search(clause) is not None and all(any(form in clause for form in forms) for forms in named)
            for clause in CLAUSE.split(view(fact).value)
            for doing in asked
        )

    return does_it


def _giving(context: Context) -> Callable[[Fact], bool]:
    """Whether a cell gives just what is named, perhaps among others: its header says what that is to the thing."""
    forms = {token for u in context.question.units if u.concept is None for token, w in u.alternatives if w >= SURE}

    def gives_it(fact: Fact) -> bool:
        return fact.kind is FactKind.CELL and any(part in forms for part in _PART.split(view(fact).value))

    return gives_it


def _tells_apart(context: Context, plain: Sequence[Unit], groups: dict[str, list[Found]]) -> bool:
    """Whether a further word of the question stands in a cell or a found sentence of some of the things and not of
    others: then it is a condition."""
    for unit in plain:
        forms = {token for token, weight in unit.alternatives if weight >= SURE}
        met = 0
        for key, found in groups.items():
            entity = context.entity(key)
            cells = context.snapshot.facts_of(entity.keys if entity is not None else (key,))
            said = [fact for fact in cells if fact.kind in (FactKind.CELL, FactKind.KEY)]
            met += any(_holds(forms, view(fact)) for fact in (*said, *(item.fact for item in found)))
        if unit.weight > KIND_WEIGHT and 0 < met < len(groups):
            return True
    return False


def _composed(context: Context, groups: dict[str, list[Found]]) -> Draft:
    draft = Draft(context.snapshot, context.question.language, Kind.LIST)
    order = sorted(groups.items(), key=lambda entry: (entry[1][0].fact.source, entry[1][0].fact.ordinal))
    for key, found in order:
        entity = context.entity(key)
        name = display(entity) if entity is not None else found[0].name
        best = sorted(found, key=lambda item: (item.fact.kind is FactKind.STATEMENT, len(item.value)))
        value = shorten(best[0].value.replace("\n", " "), context.question.units, LONGEST_ITEM)
        numbers = draft.item(name, Status.YES, value, [item.fact for item in best[:MOST_CITED]])
        draft.lines.append(say(draft.language, "item", entity=name, value=value, marks=marks(numbers)))
    return draft
