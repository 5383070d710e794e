"""Where notes disagree: facts about the same thing and attribute whose values differ."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answer.context import Context
from rag.answer.dissent import ABOUT_IT, dissenting
from rag.answer.events import appears, asks_appearance
from rag.answer.near_values import nearly_the_same
from rag.answer.relevance import JUDGED
from rag.answer.worded_numbers import stated_otherwise
from rag.question.understand import Question
from rag.question.wording import attribute_concepts, words
from rag.retrieve.evidence import Scored, stands_in
from rag.retrieve.view import view
from rag.text.countries import without_country
from rag.text.dates import dates
from rag.text.lexicon import SURE_TRANSLATION, Lexicon
from rag.text.names import name_key
from rag.text.normalise import normalise
from rag.text.tokenise import query_tokens
from rag.text.values import Quantity, cell_quantities, comparable, is_money, same_quantity
from rag.types import Fact, FactKind, Lines, Page

RIVAL, RIVAL_ASKED = 2.0, 4.0
"""Relevance behind the best within which another statement is held against it; wider when conflict is asked for."""
ALIKE = 0.25
"""Relative difference within which a second number beside the same one is another reading of it, not another size."""
CONSIDERED = 20
"""Facts from the top that are held against each other when conflict is asked for."""
ABOUT = 0.6
"""How surely such a fact must be about the thing named: other notes speak of it in passing."""
BRIEF = 40
"""Characters up to which a value is one thing that another note can contradict."""
LEAST_CHANCE = 0.075
"""Chance to answer below which a statement contradicts nothing, unless disagreement is asked about."""
_ADDRESS = re.compile(r"(?:https?://|git@|git clone )\S+\s*$")
MEASURED = frozenset(("money", "size", "duration", "count"))


def disagreement(context: Context, found: Sequence[Scored]) -> list[Scored]:
    """Facts about the same thing and attribute from different places whose values differ."""
    best = found[0]
    return (
        _rivals(context, found)
        or _with_dissent(context, best)
        or _with_worded(context, best)
        or _with(best, nearly_the_same(context, best))
    )


def _with(best: Scored, against: Sequence[Scored]) -> list[Scored]:
    return [best, *against] if against else []


def _with_dissent(context: Context, best: Scored) -> list[Scored]:
    """`best` with the statements that the notes themselves set against it; none without such."""
    if best.subject < ABOUT_IT or not isinstance(best.fact.location, Lines):
        return []
    return _with(best, dissenting(context, best.fact))


def _with_worded(context: Context, best: Scored) -> list[Scored]:
    """`best` with a sentence that words its header beside another number, where disagreement is asked about."""
    named = best.subject >= ABOUT_IT or stands_in(normalise(best.fact.entity), context.question.normal)
    if not context.question.asks("conflict") or not named:
        return []
    return _with(best, stated_otherwise(context, best.fact))


def _rivals(context: Context, found: Sequence[Scored]) -> list[Scored]:
    question = context.question
    asked = question.asks("conflict")
    if not question.mentions or found[0].subject < 1.0:
        return []
    wider = [scored for scored in context.ranked[: CONSIDERED if asked else JUDGED] if scored not in found]
    wider = [scored for scored in wider if scored.subject >= (ABOUT if asked else 1.0)]
    dated = "date" in question.types
    pool = [scored for scored in (*found, *(wider if asked or dated else ())) if _may_contradict(question, scored.fact)]
    if not asked and question.types & MEASURED:
        pool = [scored for scored in pool if scored.typed and states(question, scored.fact)]
    if not pool or (not asked and pool[0] is not found[0]):
        return []
    best = pool[0]
    rivals: list[Scored] = [best]
    for scored in pool[1:]:
        if scored.relevance < best.relevance - (RIVAL_ASKED if asked else RIVAL) and not dated:
            continue
        if not (asked or dated) and scored.chance < LEAST_CHANCE:
            continue
        if not asked and (
            scored.subject < 1.0 or (scored.fact.source, scored.fact.heading) == (best.fact.source, best.fact.heading)
        ):
            continue
        if not all(_comparable(question, scored.fact, r.fact) for r in rivals):
            continue
        if asked and "name" in question.types and scored.fact.kind is FactKind.STATEMENT and not scored.matched:
            continue
        if all(differs(question, scored.fact, r.fact) or _adds(question, scored.fact, r.fact) for r in rivals):
            rivals.append(scored)
    several = len({r.fact.source for r in rivals}) > 1 or asked
    return rivals if len(rivals) > 1 and several else []


def against_paper(question: Question, ranked: Sequence[Scored], paper: Fact) -> Scored | None:
    """The fact of a note that gives another value than the paper's fact for what is asked; None where none does."""
    if not question.types & (MEASURED | {"date"}):
        return None
    return next(
        (
            scored for scored in ranked[:CONSIDERED]
            if isinstance(scored.fact.location, Lines) and scored.subject >= 1.0 and len(scored.fact.value) <= BRIEF
            and scored.fact.kind in (FactKind.CELL, FactKind.KEY) and states(question, scored.fact)
            and _comparable(question, scored.fact, paper) and differs(question, scored.fact, paper)
        ),
        None,
    )  # fmt: skip


def states(question: Question, fact: Fact) -> bool:
    """Whether a fact's header, or a sentence in words of its own, is about an attribute that is asked for."""
    asked = [unit.concept for unit in question.units if unit.concept is not None and unit.concept.type]
    if fact.kind in (FactKind.CELL, FactKind.KEY):
        held = attribute_concepts(view(fact).attribute)
        return any(held.get(concept.name, 0.0) >= 1 for concept in asked)
    return any(concept.in_notes.search(view(fact).value) is not None for concept in asked)


def _comparable(question: Question, one: Fact, other: Fact) -> bool:
    """Whether two facts can contradict each other: of a note and a paper only where both are about what is asked.

    A paper's table has rows for sizes and variants, each with a value of its own: only one with a single value of
    the attribute can contradict a note.
    """
    pages = [isinstance(fact.location, Page) for fact in (one, other)]
    if not any(pages):
        return question.asks("conflict") or not any(_is_of_another(question, fact) for fact in (one, other))
    paper = one if pages[0] else other
    if paper.kind is FactKind.CELL and any(value for _, value in paper.qualifiers):
        return False
    return all(states(question, fact) for fact in (one, other))


def _is_of_another(question: Question, fact: Fact) -> bool:
    """Whether a cell stands under a header that surely says another attribute than all that are asked for."""
    if fact.kind is not FactKind.CELL or question.asks("each"):
        return False
    asked = {unit.concept.name for unit in question.units if unit.concept is not None and unit.concept.type}
    said = attribute_concepts(view(fact).attribute)
    surely = {name for name, share in said.items() if share >= 1}
    return bool(asked and surely) and not asked & surely


def _adds(question: Question, one: Fact, other: Fact) -> bool:
    """Whether a sentence gives, beside the other's number, a second one so near that both cannot hold."""
    if not question.types & MEASURED or other.kind is not FactKind.CELL or one.kind is FactKind.CELL:
        return False
    stated, known = cell_quantities(one.attribute, one.value), cell_quantities(other.attribute, other.value)
    if len(known) != 1:
        return False
    pairs = [comparable(q, known[0]) for q in stated if q.unit == known[0].unit and not same_quantity(q, known[0])]
    return any(abs(left - right) <= ALIKE * abs(right) for left, right in pairs)


def _may_contradict(question: Question, fact: Fact) -> bool:
    """Whether a fact states what is asked: an address or a command states nothing, unless it is asked for."""
    if fact.kind in (FactKind.LINK, FactKind.CODE) or _ADDRESS.match(fact.value):
        return question.asks("link", "howto")
    return _holds_kind(question, fact)


def _holds_kind(question: Question, fact: Fact) -> bool:
    """Whether a fact gives a value of the kind asked for: a sum for a price, for a date one of the thing's own."""
    if "money" in question.types:
        return bool(_sums(fact))
    if "date" in question.types and question.concept("date") is not None:
        return bool(_dates(fact)) and (not asks_appearance(question) or appears(fact, fact.date or ""))
    shapes = [u.concept.shape for u in question.units if u.concept is not None and u.concept.type == "name"]
    if fact.kind is FactKind.STATEMENT and not question.asks("conflict") and any(shapes):
        return any(shape is not None and shape.search(view(fact).value) for shape in shapes)
    return True


def _sums(fact: Fact) -> list[Quantity]:
    """Amounts of money: in a column of prices bare numbers too."""
    found = cell_quantities(fact.attribute, fact.value)
    if fact.kind in (FactKind.CELL, FactKind.KEY) and attribute_concepts(view(fact).attribute).get("cost", 0.0) >= 1:
        return [quantity for quantity in found if not quantity.unit or is_money(quantity.unit)]
    return [quantity for quantity in found if is_money(quantity.unit)]


def _dates(fact: Fact) -> set[str]:
    return {fact.date} if fact.date else {date.iso for date in dates(fact.value)}


def differs(question: Question, one: Fact, other: Fact) -> bool:
    """Whether two facts give different values of the kind that the question asks for."""
    if "date" in question.types:
        first, second = _dates(one), _dates(other)
        same = any(a.startswith(b) or b.startswith(a) for a in first for b in second)
        return bool(first and second) and not same
    if question.types & MEASURED:
        money = "money" in question.types
        left, right = (_sums(f) if money else cell_quantities(f.attribute, f.value) for f in (one, other))
        if not left or not right:
            return False
        return not any(same_quantity(a, b) for a in left for b in right)
    if "name" in question.types:
        mine, theirs = ({without_country(key) for key in (*f.mentions, name_key(f.value)) if key} for f in (one, other))
        named = bool(mine and theirs) and not _overlap(mine, theirs) and not _translated(one.value, other.value)
        return named and not _same_maker(question, one, other)
    return _gives_other_value(one, other)


def _same_maker(question: Question, one: Fact, other: Fact) -> bool:
    """Whether the names before the asked verb begin alike: "X Labs published it", "made by X"."""
    if question.concept("organisation", "person") is None:
        return False
    verb = "|".join(map(re.escape, sorted(words("making"), key=lambda word: (-len(word), word))))
    said = re.compile(rf"^(?:[\d\-./年月日]+\s)?(?:\S*是)?(?P<name>[^,;:()]{{2,}}?)\s*(?:\([^()]*\)\s*)?(?:{verb})")
    names = []
    for fact in (one, other):
        match = said.match(view(fact).value)
        names.append(name_key(match["name"] if match is not None else fact.value))
    return any(mine.startswith(theirs) for mine, theirs in (names, names[::-1]) if theirs)


def _gives_other_value(one: Fact, other: Fact) -> bool:
    """Whether two cells or keys of the same attribute hold different brief values."""
    same = bool(one.attribute) and name_key(one.attribute) == name_key(other.attribute)
    plain = all(f.kind in (FactKind.CELL, FactKind.KEY) and len(f.value) <= BRIEF for f in (one, other))
    mine, theirs = name_key(one.value), name_key(other.value)
    return same and plain and not (mine in theirs or theirs in mine)


def _translated(one: str, other: str) -> bool:
    """Whether one value is word for word a sure translation of words of the other: "斯坦福", "Stanford University"."""
    if max(len(one), len(other)) > BRIEF:
        return False
    tokens = [set(query_tokens(value)) for value in (one, other)]
    for mine, theirs in (tokens, tokens[::-1]):
        told = {t.term for token in theirs for t in Lexicon.load().translate(token) if t.weight >= SURE_TRANSLATION}
        if mine and mine <= told | theirs:
            return True
    return False


def _overlap(one: set[str], other: set[str]) -> bool:
    return any(a in b or b in a for a in one for b in other if len(a) > 1 and len(b) > 1)
