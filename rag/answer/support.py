"""Whether a fact is evidence enough: the right thing, what is asked of it, the right numbers and dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rag.answer.context import Context
from rag.question.mentions import Mention
from rag.question.spelling import is_ordinary
from rag.question.understand import Question, Unit
from rag.question.wording import attribute_concepts, concepts
from rag.retrieve.evidence import Scored
from rag.retrieve.view import view
from rag.retrieve.weights import SMALLEST_SIZE
from rag.text.names import has_cjk
from rag.text.normalise import normalise, without_accents
from rag.text.tokenise import tokenise
from rag.text.values import Quantity, quantities, same_quantity
from rag.types import Fact, FactKind

_NUMBER_BEHIND = re.compile(r"[ -]?(\d+)(?![\d.,:%年月日张个条块元万千百亿]| ?[a-z])")
MEASURED = frozenset(("money", "date", "duration"))
"""Kinds of value that show in what they look like."""
_SIZE_BEHIND = re.compile(r"[ -]?\d+(?:\.\d+)?[bm]\b")
"""A size right behind a word, which is a name then: "foo 7b"."""
_VERSION = re.compile(r"[a-z一-鿿] ?v?(\d{1,2}(?:\.\d+)?)$")
"""A number at the end of a name that is no size."""
ENOUGH_COVERAGE = 0.33
"""Share of what is asked that the best fact must hold, else the notes do not answer."""
WITH_CONCEPT = 0.25
"""The same when the fact speaks of the very attribute that is asked for."""
WITH_TYPE = 0.3
"""The same when the fact holds the kind of value that is asked for."""
ACROSS_LANGUAGES = 0.6
"""Factor on what is enough when question and note differ in language: paraphrases meet through few words."""
TEXT = 40
"""Characters from which a cell is a text and no value."""
MAKERS = ("organisation", "owner", "person")
"""Concepts of who is behind a thing."""
STRICT_TYPES = frozenset(("money", "date", "duration", "bytes"))
"""Kinds of value without which nothing is an answer."""
WITHOUT_NAME = 0.38
"""The same when the question names nothing that could hold the evidence together."""
ANY_CELL = frozenset(("name", "yesno", "speed", ""))
"""Kinds of value that any short cell may be."""
LEAST_UNNAMED = 0.25
"""Below this share of a nameless question a fact is beside the point, where the corpus lacks half of its words."""
CLEAR = 0.52
"""From here on a fact that lacks the rarest word of a question without a name is still evidence."""
OF_OWNER = 0.57
"""Below this the fact is only of the named thing's table: a row of it must be asked for."""
OF_RELATIVE = 0.8
"""From here on the fact is about the named thing itself, or another size of it."""
LARGEST_SIZE = 2e12
"""From here on a number is no size of a thing, but one of tokens."""
SIZES_KEPT = 1 << 13
"""Texts whose sizes are remembered."""
ENOUGH_SUBJECT = 0.48
"""How surely it must be about the thing named."""


def names_unknown(context: Context) -> bool:
    """Whether the question names something that the corpus lacks: a word with a capital or a digit, or another version.

    A name that the corpus knows outweighs an unknown word elsewhere in the question, but not one right behind it.
    """
    question = context.question
    absent = [unit.label for unit in question.units if is_absent(context, unit)]
    strange = [word for word in (*question.unknown, *absent) if _is_written_as_name(word, question)]
    if not any(mention.exact for mention in question.mentions):
        return bool(strange) or any(_is_another_version(question, mention) for mention in question.mentions)
    return any(_stands_behind(question, word) for word in strange)


@dataclass(frozen=True, slots=True)
class Absence:
    """How much of what a question asks the corpus lacks, and its terms: looked up once, for all of its facts."""

    all_absent: bool
    half_absent: bool
    terms: tuple[tuple[Unit, Unit], ...]
    """The pairs of plain Latin words that stand side by side in the question."""


def absence(context: Context) -> Absence:
    """What the corpus lacks of the question of `context`."""
    question = context.question
    terms = ((one, other) for one, other in pairwise(question.units) if _is_one_term(question, one, other))
    return Absence(_asks_absent(context), _is_half_absent(context), tuple(terms))


def is_ruled_out(context: Context, scored: Scored, asked: Absence) -> bool:
    """Whether a fact cannot be the answer: a cell of another attribute, of another thing's row, another version."""
    question, fact = context.question, scored.fact
    if is_of_other_size(question, fact) or _happened_to_another(question, fact):
        return True
    structured = fact.kind in (FactKind.CELL, FactKind.KEY)
    attribute = any(unit.concept is not None and unit.weight >= 1 for unit in question.units)
    told = scored.typed and bool(question.types - ANY_CELL) and not _heads_another(question, fact)
    if structured and attribute and scored.coverage == 0 and not scored.literal and not told:
        return True
    if not structured and scored.coverage == 0 and asked.all_absent and not told:
        return True
    if structured and asked.terms and _has_another_first_word(asked.terms, fact):
        return True
    beside = asked.half_absent or _misses_concepts(question, scored)
    if not question.mentions and scored.coverage < LEAST_UNNAMED and beside:
        return True
    if not question.mentions and attribute and _holds_no_word(question, scored):
        return True
    if not any(mention.exact or mention.is_one_firm_thing for mention in question.mentions):
        return False
    if (
        (structured or fact.kind is FactKind.LINK)
        and fact.entity_key
        and scored.subject == 0
        and _is_thing(context, fact.entity_key)
    ):
        longer = any(mention.stands_in(normalise(fact.entity)) for mention in question.mentions)
        return not longer and not _row_is_asked(question, fact)
    return any(
        unit.quantity is not None
        and at not in scored.matched
        and _stands_behind(question, unit.quantity.text)
        and not _in_entity(question, at, fact)
        for at, unit in enumerate(question.units)
    )


def _happened_to_another(question: Question, fact: Fact) -> bool:
    """Whether who is behind a thing is asked, and this is what happened to something else that only mentions it."""
    if fact.kind is not FactKind.EVENT or not fact.entity_key or question.concept(*MAKERS) is None:
        return False
    named = [mention for mention in question.mentions if mention.exact]
    return bool(named) and all(fact.entity_key not in mention.keys | mention.relatives for mention in named)


def _asks_absent(context: Context) -> bool:
    """Whether all that is asked of a thing is a word that the corpus lacks in both languages."""
    asked = [unit for unit in context.question.units if unit.quantity is None and unit.weight >= 1]
    return bool(asked) and all(is_absent(context, unit) or unit.concept is not None for unit in asked)


def _has_another_first_word(terms: Sequence[tuple[Unit, Unit]], fact: Fact) -> bool:
    """Whether a header has the last word of an asked term behind another word: "learning rate" and "Frame rate"."""
    header = tokenise(fact.attribute)
    seen = view(fact)
    for one, other in terms:
        if one.may_stand_in(seen.tokens, seen.said):
            continue
        places = [at for at, token in enumerate(header) if token in other.tokens]
        if places and places[0] > 0 and header[places[0] - 1].isalpha() and fact.attribute.isascii():
            return True
    return False


def _is_one_term(question: Question, one: Unit, other: Unit) -> bool:
    """Whether two plain Latin words stand side by side in the question."""
    if any(u.concept is not None or u.quantity is not None or not u.label.isascii() for u in (one, other)):
        return False
    beside = rf"(?<![a-z0-9]){re.escape(one.label)}[a-z]{{0,4}} {re.escape(other.label)}"
    return re.search(beside, question.normal) is not None


def _heads_another(question: Question, fact: Fact) -> bool:
    """Whether the header of a fact is an attribute that people ask for, and none of those that are asked for.

    A text tells of more than its header says.
    """
    if len(fact.value) > TEXT:
        return False
    headed = {name for name, share in attribute_concepts(view(fact).attribute).items() if share >= 1}
    return bool(headed) and not any(unit.concept is not None and unit.concept.name in headed for unit in question.units)


def _misses_concepts(question: Question, scored: Scored) -> bool:
    """Whether the question asks for an attribute and a fact holds none of those that it asks for."""
    concepts = [at for at, unit in enumerate(question.units) if unit.concept is not None]
    return bool(concepts) and not any(at in scored.matched for at in concepts)


def _is_half_absent(context: Context) -> bool:
    """Whether half of the plain words of the question or more stand nowhere in the corpus, in neither language."""
    plain = [u for u in context.question.units if u.concept is None and u.quantity is None and u.weight >= 1]
    return bool(plain) and sum(is_absent(context, unit) for unit in plain) * 2 >= len(plain)


def _holds_no_word(question: Question, scored: Scored) -> bool:
    """Whether a fact holds none of several plain words: an attribute alone is of anything."""
    words = [at for at, u in enumerate(question.units) if u.concept is None and u.quantity is None and u.weight >= 1]
    return bool(words) and not any(at in scored.matched for at in words)


def is_certain(question: Question, scored: Scored) -> bool:
    """Whether a fact is the cell that the question names by thing and header."""
    structured = scored.fact.kind in (FactKind.CELL, FactKind.KEY)
    if not structured or not scored.literal or scored.subject < OF_RELATIVE:
        return False
    if question.types & MEASURED and scored.typed is False:
        return False  # "how long does the battery last" is no question for the battery
    return numbers_agree(question, scored) and _dates_agree(question, scored.fact)


def is_of_other_size(question: Question, fact: Fact) -> bool:
    """Whether a fact speaks of other sizes of a thing than the one asked about: of "Foo 13B" and not of "Foo 7B"."""
    if question.asks("list", "compare", "conflict") or any(unit.limit for unit in question.units):
        return False
    asked = _sizes(" ; ".join((question.normal, *(mention.surface for mention in question.mentions))))
    if not asked:
        return False
    said = _sizes(" ; ".join((fact.entity, fact.attribute, fact.value, *(value for _, value in fact.qualifiers))))
    return bool(said) and not any(same_quantity(one, other) for one in asked for other in said)


@lru_cache(maxsize=SIZES_KEPT)
def _sizes(text: str) -> tuple[Quantity, ...]:
    """The sizes of things, as their names have them: "20B", "200亿"."""
    return tuple(
        found for found in quantities(text)
        if not found.unit and SMALLEST_SIZE <= found.value < LARGEST_SIZE and found.text[-1:] in "bB亿"
    )  # fmt: skip


def is_of_other_version(question: Question, fact: Fact) -> bool:
    """Whether a cell is of another version than all that the question names: of "Foo" and not of "Foo 2.0"."""
    if fact.kind not in (FactKind.CELL, FactKind.KEY) or any(fact.entity_key in m.keys for m in question.mentions):
        return False
    wanted = [_VERSION.search(m.surface) for m in question.mentions if m.exact and fact.entity_key in m.relatives]
    seen = view(fact)
    said = f"{normalise(fact.entity)} {seen.qualifier} {seen.value} {seen.heading}"
    return bool(wanted) and all(version is not None and version[1] not in said for version in wanted)


def _is_thing(context: Context, key: str) -> bool:
    entity = context.entity(key)
    return entity is not None and entity.strength >= 3


def _is_another_version(question: Question, mention: Mention) -> bool:
    """Whether a number right behind a part of a name is in none of the names that it is part of: "Foo 5"."""
    behind = _NUMBER_BEHIND.match(question.normal, mention.end)
    if behind is None:
        return False
    names = " ".join(alias for entity in mention.entities for alias in (entity.name, *entity.aliases))
    return behind[1] not in re.findall(r"\d+", names)


def _is_written_as_name(word: str, question: Question) -> bool:
    """Whether a word stands in the question as names do: a capital, a digit, or Latin letters amid Chinese."""
    at = without_accents(question.text.lower()).find(word)
    if at < 0 or not word.isascii():
        return False
    written = question.text[at : at + len(word)]
    first = not question.text[:at].strip() and written[1:].islower()
    if any(char.isdigit() for char in written):
        return written[0].isalpha()
    if any(char.isupper() for char in written) and not first:
        return True
    if _SIZE_BEHIND.match(question.normal, question.normal.find(word) + len(word)):
        return True
    return question.language == "zh" and not is_ordinary(word)


def _stands_behind(question: Question, word: str) -> bool:
    """Whether a word follows a name at once: "Foo 13", "Foo Pro"."""
    at = question.normal.find(word)
    while at >= 0:
        if any(m.end <= at and not question.normal[m.end : at].strip(" -_") for m in question.mentions):
            return True
        at = question.normal.find(word, at + 1)
    return False


def holds_the_rarest(context: Context, scored: Scored) -> bool:
    """Whether a fact holds the rarest word of a question that names nothing: an attribute alone is of anything."""
    question = context.question
    plain = [
        (context.rare(unit), at)
        for at, unit in enumerate(question.units)
        if unit.concept is None and unit.quantity is None and unit.weight >= 1
    ]
    if question.mentions or not plain or scored.coverage >= CLEAR:
        return True
    return max(plain)[1] in scored.matched


def is_absent(context: Context, unit: Unit) -> bool:
    """Whether neither a word nor any translation of it occurs in the corpus."""
    if unit.concept is not None or unit.quantity is not None:
        return False
    return not any(context.snapshot.document_frequency(token) for token, _ in unit.alternatives)


def supports(question: Question, scored: Scored) -> bool:
    """Whether one fact is evidence enough: the thing named, an asked attribute or most of the words, the numbers."""
    if question.mentions and scored.subject < ENOUGH_SUBJECT:
        return False
    if question.types & STRICT_TYPES and not scored.typed:
        return False
    if scored.literal and scored.subject >= OF_RELATIVE:
        return numbers_agree(question, scored) and _dates_agree(question, scored.fact)
    if scored.fact.kind is FactKind.CODE and not question.asks("howto", "link"):
        return False
    if question.mentions and scored.subject < OF_OWNER and not _row_is_asked(question, scored.fact):
        return False
    asked = [at for at, unit in enumerate(question.units) if unit.concept is not None and unit.weight >= 1]
    if (
        scored.subject < OF_RELATIVE
        and question.mentions
        and any(_only_by_shape(question.units[at], scored.fact) for at in asked)
    ):
        return False
    if not _dates_agree(question, scored.fact) or _speaks_of_other(question, scored.fact):
        return False
    if question.mentions and scored.subject >= OF_RELATIVE and not asked and len(scored.matched) >= 2:
        return numbers_agree(question, scored)
    held = any(at in scored.matched for at in asked)
    least = WITH_CONCEPT if held else (WITH_TYPE if scored.typed and not asked else ENOUGH_COVERAGE)
    across = question.language == "en" and has_cjk(scored.fact.value)
    if across and question.mentions and len(scored.matched) >= (1 if held else 2):
        least *= ACROSS_LANGUAGES
    if question.units and scored.coverage < (least if question.mentions else max(least, WITHOUT_NAME)):
        return False
    words = sum(1 for at in scored.matched if question.units[at].concept is None)
    if asked and not held and words < 2 and scored.coverage < (ENOUGH_COVERAGE * (ACROSS_LANGUAGES if across else 1)):
        return False
    return numbers_agree(question, scored)


def _only_by_shape(unit: Unit, fact: Fact) -> bool:
    """Whether the fact meets a concept only by what its values look like, in a sentence about something else."""
    if unit.concept is None or unit.concept.shape is None:
        return False
    seen = view(fact)
    return unit.concept.in_notes.search(f"{seen.attribute} ； {seen.qualifier} ； {seen.value}") is None


def _row_is_asked(question: Question, fact: Fact) -> bool:
    """Whether a word or number of the question picks the row that a fact of another thing's table stands in."""
    seen = view(fact)
    tokens = seen.entity_tokens | seen.qualifier_tokens
    for unit in question.units:
        plain = unit.concept is None and not unit.tokens.isdisjoint(tokens)
        if plain and any(token in tokens for token, weight in unit.alternatives if weight >= 0.3):
            return True
        if unit.quantity is not None and any(same_quantity(unit.quantity, q) for q in quantities(fact.entity)):
            return True
    return False


def _dates_agree(question: Question, fact: Fact) -> bool:
    """Whether the fact holds every date that the question states."""
    held = view(fact).dates
    return all(any(date.iso.startswith(wanted.iso) for date in held) for wanted in question.dates)


def _speaks_of_other(question: Question, fact: Fact) -> bool:
    """Whether the fact speaks of what an asked concept excludes (inference for training) and not of the concept."""
    seen = view(fact)
    text = f"{seen.attribute} ； {seen.qualifier} ； {seen.value} ； {seen.heading}"
    for unit in question.units:
        if unit.concept is None or unit.concept.in_notes.search(text):
            continue
        if any(concepts()[name].in_notes.search(text) for name in unit.concept.excludes):
            return True
    return False


def numbers_agree(question: Question, scored: Scored) -> bool:
    """Every size, count or date that the question states must stand in the fact or its place."""
    units = [
        at for at, unit in enumerate(question.units) if unit.quantity is not None and _is_constraint(unit.quantity.text)
    ]
    return all(at in scored.matched or _in_entity(question, at, scored.fact) for at in units)


def _is_constraint(text: str) -> bool:
    return any(char.isalpha() for char in text) or len(text) >= 2


def _in_entity(question: Question, at: int, fact: Fact) -> bool:
    wanted = question.units[at].quantity
    assert wanted is not None
    sizes = [q for q in quantities(fact.value) if q.unit == "" and q.value >= SMALLEST_SIZE]
    if wanted.value >= SMALLEST_SIZE and wanted.unit == "" and sizes:
        return False
    beside = quantities(" ".join((fact.entity, fact.quote if len(fact.quote) < 300 else "", *fact.heading[-2:])))
    return any(same_quantity(wanted, other) for other in beside)
