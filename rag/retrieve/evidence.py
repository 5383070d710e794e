"""Facts ranked by how well each answers a question."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from rag.index import Snapshot, Term
from rag.question.mentions import Mention
from rag.question.understand import Question, Unit
from rag.question.wording import attribute_concepts, concepts
from rag.retrieve import weights as w
from rag.retrieve.shapes import has_shape
from rag.retrieve.sums import is_bare_sum
from rag.retrieve.view import View, view
from rag.text.names import has_cjk, latin_names, name_key
from rag.text.values import Quantity, comparable, counts_in_words, is_money, same_quantity, units_agree, units_in_words
from rag.types import Fact, FactKind, Page

TYPE_UNITS = {
    "duration": ("year", "month", "week", "day", "hour", "minute", "second", "millisecond"),
}
"""Kinds of value, and the units that values of theirs bear."""


MATCHES_KEPT = 50_000
"""How often a fact's field matched a concept, kept in memory: about 0.2 KB each."""
UNTYPED = frozenset(("", "yesno", "speed"))
"""Kinds that ask for no kind of value."""
_NUMBERED = re.compile(r"\s*(\d{1,2})[.、)]")
"""The number of an entry before what it says."""
_BYTES = ("kb", "mb", "gb", "tb", "mib")


class Scored(NamedTuple):
    """A fact and why it ranks where it does.

    `coverage` is the share (0 to 1) of what was asked that the fact holds, weighted by rarity; `subject` how surely
    it is about the thing named; `matched` the indexes of the question's units it holds; `typed` whether it holds
    the kind of value asked for (None when no kind was asked).
    """

    fact: Fact
    score: float
    coverage: float
    subject: float
    matched: frozenset[int]
    typed: bool | None
    literal: bool = False
    """Whether the attribute stands in the question letter for letter."""
    relevance: float = 0.0
    """How well it answers beside the other facts: the higher, the better."""
    shares: tuple[float, ...] | None = None
    """How well it holds each of the question's units (`unit_match`); None where that was not worked out."""
    chance: float = 0.0
    """Probability that it answers the question at all; 0 for facts that are not near the top."""


Rarity = Callable[[Unit], float]


def rarity(snapshot: Snapshot) -> Rarity:
    """Inverse document frequency of a unit, scaled to 0..1; a word that the corpus lacks counts as most rare."""
    total = max(snapshot.fact_count(), 1)
    top = math.log1p(total)
    kept: dict[str, float] = {}

    def of(unit: Unit) -> float:
        if unit.concept is not None:
            return w.CONCEPT_IDF
        if unit.label not in kept:
            seen = max((snapshot.document_frequency(token) for token, _ in unit.alternatives[:4]), default=0)
            absent = w.ABSENT_KNOWN if len(unit.alternatives) > 1 else 1.0
            kept[unit.label] = math.log((total + 1) / (seen + 0.5)) / top if seen else absent
        return max(kept[unit.label], 0.05)

    return of


def query(units: Iterable[Unit]) -> list[tuple[Term, ...]]:
    """Units as clauses for lexical search."""
    return [tuple(Term(token, weight * unit.weight) for token, weight in unit.alternatives) for unit in units]


def worded(question: Question) -> list[tuple[Term, ...]]:
    """All that a question asks for and names, as clauses for lexical search."""
    named = [(Term(token, 0.6),) for mention in question.mentions for token in mention.tokens]
    return [*query(question.units), *named]


def candidates(question: Question, snapshot: Snapshot) -> dict[Fact, float]:
    """Facts that could answer: about a named thing, mentioning it, or holding the asked words.

    Each with its lexical score as a share of the best, 0 where only the name brought it.
    """
    found: dict[Fact, float] = {}
    keys = {key for mention in question.mentions for key in (*mention.keys, *mention.relatives)}
    if keys:
        found.update(dict.fromkeys(snapshot.facts_of(keys), 0.0))
        found.update(dict.fromkeys(snapshot.facts_mentioning(keys), 0.0))
    clauses = worded(question)
    if clauses:
        hits = snapshot.search_facts(clauses, w.FACT_POOL)
        best = max((points for _, points in hits), default=0.0) or 1.0
        found.update((fact, points / best) for fact, points in hits)
    return found


def rank(question: Question, facts: Iterable[Fact], rare: Rarity) -> list[Scored]:
    """`facts` by falling score; ties by source and reading order."""
    weights = tuple(unit.weight * rare(unit) for unit in question.units)
    asked = Asked(
        question,
        weights,
        sum(weights),
        tuple(unit.concept is None for unit in question.units),
        tuple((mention, mention.keys) for mention in question.mentions),
        frozenset(question.normal),
        tuple(sorted(question.types - UNTYPED)),
    )
    scored = [
        score(asked, fact) for fact in facts
        if fact.kind not in (FactKind.CELL, FactKind.KEY) or len(fact.value) <= w.LONGEST_CELL
    ]  # fmt: skip
    return sorted(scored, key=lambda s: (-s.score, s.fact.source, s.fact.ordinal))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what is the same for all facts: weights of its units and their sum, whether each is a plain word
    or number, keys of its mentions, its characters, the kinds of value that it asks for."""

    question: Question
    weights: tuple[float, ...]
    total: float
    plain: tuple[bool, ...]
    mentions: tuple[tuple[Mention, frozenset[str]], ...]
    characters: frozenset[str]
    wanted: tuple[str, ...]
    headers: dict[str, tuple[float, float]] = field(default_factory=dict)
    """What was worked out by normalised header (`gains`): many facts share one."""

    def gains(self, header: str) -> tuple[float, float]:
        """How much a header is spelt like the question, and how much stands there as it is: 0 to 1 each."""
        found = self.headers.get(header)
        if found is None:
            literal = min(len(header) / w.LONG_HEADER, 1.0) if stands_in(header, self.question.normal) else 0.0
            found = self.headers[header] = (_spelt_alike(self.characters, header), literal)
        return found


def score(asked: Asked, fact: Fact) -> Scored:
    """How well `fact` answers."""
    question, seen = asked.question, view(fact)
    covered, matched = 0.0, set()
    exact = 0.0
    shares = tuple([unit_match(unit, seen) for unit in question.units])
    for at, (unit, share) in enumerate(zip(question.units, shares, strict=True)):
        if share > 0:
            covered += asked.weights[at] * share
            if share >= (w.WORD_HELD if asked.plain[at] else w.CONCEPT_HELD):
                matched.add(at)
            exact = max(exact, _exactness(unit, seen))
    coverage = covered / asked.total if asked.total else 0.0
    subject = subject_match(asked, fact, seen) if asked.mentions else 0.0
    typed = _holds_any(asked.wanted, question, fact, seen) if asked.wanted else None
    points = coverage * (1 - w.ENTITY_SHARE) + subject * w.ENTITY_SHARE if question.mentions else coverage
    points += exact * w.EXACT_ATTRIBUTE_BONUS
    if typed is not None:
        points += w.TYPE_BONUS if typed else -w.TYPE_MALUS.get(asked.wanted[0], 0.1)
    if fact.kind in (FactKind.CELL, FactKind.KEY) and matched:
        points += w.STRUCTURE_BONUS
    alike, literal = asked.gains(seen.attribute)
    points += w.SPELLING_BONUS * alike
    points += w.LITERAL_BONUS * literal
    points -= w.LENGTH_MALUS * min(len(fact.value) / 200, 4)
    return Scored(
        fact, round(points, 6), round(coverage, 6), subject, frozenset(matched), typed, literal > 0, shares=shares
    )  # fmt: skip


def unit_match(unit: Unit, seen: View, *, beside: bool = True) -> float:
    """How well a fact holds a unit: 0 to 1, by field and by how sure the wording is.

    `beside` counts words of the rest of the quoted row as well.
    """
    best = 0.0
    if unit.concept is not None:
        best = _worded(unit.concept.name, seen.attribute, seen.qualifier, seen.value, seen.heading, seen.sentence)
        if best < w.IN_SHAPE and has_shape(unit.concept, seen):
            best = w.IN_SHAPE
        return best
    if unit.quantity is not None and unit.limit:
        return 1.0 if any(within_limit(unit, found) for found in seen.own) else 0.0
    if unit.quantity is not None and any(same_quantity(unit.quantity, quantity) for quantity in seen.quantities):
        return 1.0
    if not unit.may_stand_in(seen.tokens, seen.said):
        return 0.0
    beside = beside and not (unit.quantity is not None and unit.quantity.value >= w.SMALLEST_SIZE)
    for token, weight, inside in unit.by_weight:
        if weight <= best:
            break
        if token not in seen.tokens:
            if inside and token in seen.said:
                best = max(best, weight * _within(token, seen))
            continue
        for tokens, factor in (
            (seen.attribute_tokens, w.IN_ATTRIBUTE), (seen.qualifier_tokens, w.IN_QUALIFIER),
            (seen.value_tokens, w.IN_VALUE), (seen.entity_tokens, w.IN_ENTITY),
            (seen.quote_tokens if beside else frozenset(), w.IN_QUOTE), (seen.heading_tokens, w.IN_HEADING),
        ):  # fmt: skip
            if token in tokens:
                best = max(best, weight * factor)
                break
        else:
            if inside:
                best = max(best, weight * _within(token, seen))
    return best


@lru_cache(maxsize=MATCHES_KEPT)
def _worded(name: str, attribute: str, qualifier: str, value: str, heading: str, sentence: bool) -> float:
    """How well a fact's fields word a concept. What people ask for are few concepts, over and over."""
    best = w.IN_ATTRIBUTE * attribute_concepts(attribute).get(name, 0.0)
    best *= w.COLUMN_OF_SENTENCE if sentence else 1.0
    if best >= w.IN_ATTRIBUTE:
        return best
    found = concepts()[name].in_notes
    for text, factor in ((qualifier, w.IN_QUALIFIER), (value, w.IN_VALUE), (heading, w.IN_HEADING)):
        if text and found.search(text):
            return max(best, factor)
    return best


def within_limit(unit: Unit, found: Quantity) -> bool:
    """Whether a quantity of the same unit lies below or above the unit's number."""
    assert unit.quantity is not None
    if not units_agree(found, unit.quantity):
        return False
    value, limit = comparable(found, unit.quantity)
    return value < limit if unit.limit == "below" else value > limit


def _within(token: str, seen: View) -> float:
    """Where a Chinese word stands although the segmenter cut the text elsewhere."""
    if token not in seen.said:
        return 0.0
    for text, factor in (
        (seen.attribute, w.IN_ATTRIBUTE),
        (seen.qualifier, w.IN_QUALIFIER),
        (seen.value, w.IN_VALUE),
    ):
        if token in text:
            return factor
    return 0.0


@lru_cache(maxsize=8192)
def stands_in(attribute: str, normal: str) -> bool:
    """Whether a header or key of at least two characters stands in a question as words of its own."""
    attribute = attribute.replace(" / ", "") if has_cjk(attribute) else attribute  # nested headers
    if len(attribute) < 2 or attribute not in normal:
        return False
    if has_cjk(attribute):
        return True
    return re.search(rf"(?<![a-z0-9]){re.escape(attribute)}(?![a-z0-9])", normal) is not None


def _spelt_alike(characters: frozenset[str], attribute: str) -> float:
    """Share of the attribute's characters that the question holds too: tells "读延迟" from "写延迟"."""
    letters = _letters(attribute)
    return len(letters & characters) / len(letters) if letters else 0.0


@lru_cache(maxsize=MATCHES_KEPT)
def _letters(attribute: str) -> frozenset[str]:
    return frozenset(char for char in attribute if char.isalnum())


def _exactness(unit: Unit, seen: View) -> float:
    """Share of the attribute's text that the unit accounts for."""
    if not seen.attribute:
        return 0.0
    if unit.concept is not None:
        return _worded_share(unit.concept.name, seen.attribute)
    if not seen.attribute_tokens:
        return 0.0
    weight = max((weight for token, weight in unit.alternatives if token in seen.attribute_tokens), default=0.0)
    return weight / len(seen.attribute_tokens)


@lru_cache(maxsize=MATCHES_KEPT)
def _worded_share(name: str, attribute: str) -> float:
    match = concepts()[name].in_notes.search(attribute)
    return (match.end() - match.start()) / len(attribute) if match else 0.0


def subject_match(asked: Asked, fact: Fact, seen: View) -> float:
    """How surely the fact is about what the question names; with several names, about the best of them."""
    found = [_names(mention, keys, fact, seen) for mention, keys in asked.mentions]
    if not found:
        return 0.0
    return max(found) * w.BEST_NAME_SHARE + sum(found) / len(found) * (1 - w.BEST_NAME_SHARE)


def _names(mention: Mention, keys: frozenset[str], fact: Fact, seen: View) -> float:
    if fact.entity_key in keys:
        return w.SUBJECT_IS_NAMED
    if fact.entity_key in mention.relatives:
        return w.SUBJECT_IS_RELATIVE
    if fact.kind in (FactKind.CELL, FactKind.KEY) and name_key(fact.attribute) in keys:
        return w.HEADER_IS_NAMED
    if mention.stands_in(seen.words):
        return w.VALUE_NAMES
    held = [key for key in fact.mentions if key in keys or key in mention.relatives]
    if held:
        said = name_key(f"{fact.attribute} {fact.value}")
        return w.VALUE_NAMES if any(key in said for key in held) else w.OWNER_NAMES
    if not mention.stands_in(seen.heading):
        return w.VALUE_MISSPELLS if not fact.entity_key and _misspells(mention, seen.value_tokens) else 0.0
    return w.TITLE_NAMES if isinstance(fact.location, Page) else w.HEADING_NAMES


def _misspells(mention: Mention, tokens: frozenset[str]) -> bool:
    """Whether a text has the letters of a one-word name in another order: "langauge"."""
    name = mention.surface
    if len(name) < w.LONG_NAME or not name.isalpha() or not name.isascii():
        return False
    alike = [token for token in tokens if len(token) == len(name) and token[0] == name[0] and token != name]
    return any(sorted(token) == sorted(name) for token in alike)


def holds_type(question: Question, fact: Fact, seen: View) -> bool | None:
    """Whether the value is of a kind that the question asks for; None when it asks for none."""
    wanted = sorted(question.types - UNTYPED)
    return _holds_any(wanted, question, fact, seen) if wanted else None


def _holds_any(wanted: Sequence[str], question: Question, fact: Fact, seen: View) -> bool:
    if seen.figure and _measured_attribute(question, seen):
        return True
    return any(_holds(kind, fact, seen) for kind in wanted)


def _measured_attribute(question: Question, seen: View) -> bool:
    """Whether the header is the asked quantity itself; its unit may then stand there ("memory (GB)")."""
    held = attribute_concepts(seen.attribute)
    return any(
        u.concept is not None
        and u.concept.type in ("size", "bytes", "money", "duration")
        and held.get(u.concept.name, 0) >= 1
        for u in question.units
    )


def _holds(kind: str, fact: Fact, seen: View) -> bool:
    if kind == "money":
        return any(is_money(quantity.unit) for quantity in seen.quantities) or is_bare_sum(seen)
    if kind in TYPE_UNITS:
        given = any(quantity.unit in TYPE_UNITS[kind] for quantity in seen.quantities)
        return given or not units_in_words(seen.value).isdisjoint(TYPE_UNITS[kind])
    if kind == "bytes":
        return any(q.unit in _BYTES or q.text[-1:] in "MGT" for q in seen.quantities)
    if kind == "count" and fact.kind in (FactKind.STATEMENT, FactKind.EVENT) and not counts_in_words(seen.value):
        return any(_counts(quantity, seen) for quantity in seen.own)
    if kind in ("size", "count"):
        return holds_number(fact) and not _only_of(seen, "duration")
    if kind == "date":
        return bool(seen.dates)
    if kind == "name":
        return bool(latin_names(fact.value)) or fact.kind in (FactKind.CELL, FactKind.KEY)
    return True


def _counts(quantity: Quantity, seen: View) -> bool:
    """Whether a number of a sentence may count something: no size of a model ("7B"), no number of an entry ("5.")."""
    numbered = _NUMBERED.match(seen.value)
    return quantity.text[-1:] not in "bB" and not (numbered is not None and quantity.text == numbered[1])


def holds_number(fact: Fact) -> bool:
    """Whether a fact's value holds a number; in a sentence one that is no part of a name."""
    seen = view(fact)
    if fact.kind in (FactKind.CELL, FactKind.KEY) and "://" not in seen.value:
        return re.search(r"\d", seen.value) is not None or counts_in_words(seen.value)
    return bool(seen.own) or counts_in_words(seen.value)


def _only_of(seen: View, kind: str) -> bool:
    """Whether all the quantities of the value are of one kind of unit."""
    return bool(seen.own) and all(quantity.unit in TYPE_UNITS[kind] for quantity in seen.own)
