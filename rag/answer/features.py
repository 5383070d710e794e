"""What can be observed of a question and one fact: the features that the learned relevance weighs.

Every feature is a number of about 0 to 1 (a few go to 2) and says one thing. None knows a word of any field.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from rag.answer.context import Context
from rag.answer.header_features import Header, header_of
from rag.answer.support import (
    ENOUGH_SUBJECT,
    OF_OWNER,
    OF_RELATIVE,
    STRICT_TYPES,
    holds_the_rarest,
    is_absent,
    supports,
)
from rag.question.askings import Meant, meant
from rag.question.understand import Question, Unit, without_names
from rag.retrieve.alignment import Alignment, align
from rag.retrieve.evidence import Scored, unit_match
from rag.retrieve.passages import within
from rag.retrieve.sense import MOST_TEXTS, nearness, question_sense, text_sense
from rag.retrieve.view import View, view
from rag.text.language import HAN
from rag.text.names import has_cjk
from rag.text.tokenise import query_tokens, tokenise
from rag.text.values import quantities, same_quantity
from rag.types import Fact, FactKind, Hit, Location

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RELATIVE = frozenset(("header_nearest", "nearest"))
"""Features that only compare the facts of one question: no more than others to the order, but to the chance."""
AROUND = frozenset(("passage", "met_around", "meant_beside"))
"""Features of what stands around a fact: they help to order facts, but do not say that one answers."""
MOST_SENSED = 100
"""Facts that are compared with the question in meaning."""
LEAST_SENSE = 0.1
"""Nearness below which nothing is near."""
LONGEST_QUOTE = 300
"""Characters of a quote that are looked through for numbers."""
NAMED_BESIDE = 0.5
"""A name that stands beside the fact, against one that stands in it."""
MOST_RARITY = 1.5
_HAN_RUN = re.compile(rf"[{HAN}]{{2,}}")
FIGURES = frozenset(("size", "count", "money", "duration", "bytes"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What the features need of a question, gathered once."""

    question: Question
    lexical: Mapping[Fact, float]
    rarities: tuple[float, ...]
    words: float
    rarest: int
    concepts: tuple[Unit, ...]
    tokens: frozenset[str]
    alternatives: Mapping[str, float]
    """Tokens of the plain words, translations included, with their weights."""
    bigrams: frozenset[str]
    sense: NDArray[np.float32]
    """Meaning of the question without the names in it."""
    senses: Mapping[Fact, tuple[float, float]]
    """How near the header and the text of each of the first facts are to it."""
    nearest: tuple[float, float]
    """How near the nearest header and the nearest text among the facts are to it."""
    alignment: Alignment
    """The question without names, word by word, against the first facts."""
    meant: Sequence[Meant]
    """Attributes that the question may ask for in other words than their names."""
    around: Mapping[str, Sequence[tuple[Location, float]]]
    """Passages that hold the question's words, by source: where each stands, its score as a share of the best."""
    token_rarities: dict[str, float] = field(default_factory=dict)
    """Rarities looked up so far: names share their tokens."""
    name_rarities: dict[str, tuple[float, float]] = field(default_factory=dict)
    """By name of a thing, what its tokens that the question has, and what all of them add up to: facts share them."""
    headers: dict[str, Header] = field(default_factory=dict)
    """By header as written, what was worked out of it so far: facts share them."""


def asked(context: Context, lexical: Mapping[Fact, float], weighed: Sequence[Scored] | None = None) -> Asked:
    """The question of `context` prepared; `lexical` gives each fact's lexical score as a share of the best.

    `weighed` are the facts whose features are wanted, where these are not all of the first.
    """
    question = context.question
    first = context.ranked[:MOST_SENSED]
    rarities = tuple(context.rare(unit) for unit in question.units)
    plain = [at for at, unit in enumerate(question.units) if unit.concept is None and unit.quantity is None]
    firm = [at for at in plain if question.units[at].weight >= 1]
    alternatives: dict[str, float] = {}
    for at in plain:
        for token, weight in question.units[at].alternatives:
            alternatives[token] = max(alternatives.get(token, 0.0), weight)
    text = without_names(question) if context.means.sense else ""
    sense = question_sense(text)
    near = {scored.fact: _senses(sense, scored.fact) for scored in first}
    return Asked(
        question,
        lexical,
        rarities,
        sum(question.units[at].weight * rarities[at] for at in plain),
        max(firm, key=lambda at: (rarities[at], at), default=-1),
        tuple(unit for unit in question.units if unit.concept is not None and unit.weight >= 0.5),
        frozenset((*tokenise(question.normal), *query_tokens(question.normal))),
        alternatives,
        bigrams(question.normal),
        sense,
        near,
        (max((header for header, _ in near.values()), default=0.0), max((s for _, s in near.values()), default=0.0)),
        align(text, (view(scored.fact).tokens for scored in (first if weighed is None else weighed))),
        meant(text),
        _by_source(context.worded),
    )


def _by_source(hits: Sequence[Hit]) -> dict[str, list[tuple[Location, float]]]:
    best = max((hit.score for hit in hits), default=0.0) or 1.0
    found: dict[str, list[tuple[Location, float]]] = {}
    for hit in hits:
        found.setdefault(hit.chunk.source, []).append((hit.chunk.location, hit.score / best))
    return found


def fact_features(context: Context, wanted: Asked, scored: Scored) -> dict[str, float]:
    """The features of one fact, by name."""
    return features_of(context, wanted, [scored])[0]


def features_of(context: Context, wanted: Asked, facts: Sequence[Scored]) -> list[dict[str, float]]:
    """The features of every one of some facts, by name."""
    seen = [view(scored.fact) for scored in facts]
    met = wanted.alignment.met_by([[*v.attribute_tokens, *v.qualifier_tokens, *v.value_tokens] for v in seen])
    around = wanted.alignment.met_by([v.tokens for v in seen])
    return [_of_fact(context, wanted, *of_one) for of_one in zip(facts, seen, met, around, strict=True)]


def _of_fact(
    context: Context, wanted: Asked, scored: Scored, seen: View, met: float, met_around: float
) -> dict[str, float]:
    fact, header = scored.fact, header_of(wanted, scored.fact, seen)
    supported = supports(wanted.question, scored)
    structured = fact.kind is not FactKind.STATEMENT
    return {
        **_of_words(wanted, scored, seen),
        **_of_attribute(wanted, scored, seen, header),
        **_of_subject(context, wanted, scored, seen, header),
        **_of_value(wanted, scored, seen),
        **_of_kind(wanted.question, fact),
        **_of_sense(wanted, fact),
        "met": met,
        "met_around": met_around,
        "met_by_header": header.met if structured else 0.0,
        "header_asked": header.asked if structured else 0.0,
        **_of_meant(wanted, scored, seen, header),
        "passage": _passage(wanted, fact),
        "supported": float(supported),
        "supported_by_rarest": float(supported and holds_the_rarest(context, scored)),
    }


def question_features(context: Context) -> dict[str, float]:
    """The features that tell whether a question can be answered at all, by name."""
    question = context.question
    absent = sum(is_absent(context, unit) for unit in question.units)
    named = any(mention.exact for mention in question.mentions)
    return {
        "unknown_word": float(bool(question.unknown)),
        "unknown_name": float(bool(question.unknown) and not named),
        "absent_word": float(absent > 0),
        "absent_words": float(absent),
        "names_exactly": float(named),
        "names": float(bool(question.mentions)),
        "units": len(question.units) / 5,
        "english": float(question.language == "en"),
    }


def _of_words(wanted: Asked, scored: Scored, seen: View) -> dict[str, float]:
    question = wanted.question
    anywhere = within = 0.0
    for unit, rarity, share in zip(question.units, wanted.rarities, _shares(question, scored, seen), strict=True):
        if share and unit.concept is None and unit.quantity is None:
            anywhere += unit.weight * rarity * share
            within += unit.weight * rarity * unit_match(unit, seen, beside=False)
    total = wanted.words or 1.0
    across = float(question.language == "en" and has_cjk(scored.fact.value[:80]))
    said = _said_bigrams(scored.fact) if wanted.bigrams else frozenset()
    return {
        "coverage": scored.coverage,
        "words": anywhere / total,
        "words_within": within / total,
        "rarest_held": float(wanted.rarest in scored.matched),
        "rarest_missed": float(wanted.rarest >= 0 and wanted.rarest not in scored.matched),
        "lexical": wanted.lexical.get(scored.fact, 0.0),
        "characters": len(wanted.bigrams & said) / len(wanted.bigrams) if wanted.bigrams else 0.0,
        "across": across,
        "across_coverage": across * scored.coverage,
    }


def _shares(question: Question, scored: Scored, seen: View) -> Sequence[float]:
    """How well a fact holds each of the question's units."""
    if scored.shares is not None:
        return scored.shares
    return [unit_match(unit, seen) for unit in question.units]


def _of_attribute(wanted: Asked, scored: Scored, seen: View, header: Header) -> dict[str, float]:
    fact = scored.fact
    shares_of = zip(wanted.question.units, _shares(wanted.question, scored, seen), strict=True)
    held = [share for unit, share in shares_of if unit.concept is not None and unit.weight >= 0.5]
    structured = fact.kind in (FactKind.CELL, FactKind.KEY) and bool(seen.attribute)
    return {
        "concept_stated": header.stated,
        "concept_held": sum(held) / len(held) if held else 0.0,
        "concept_missed": float(bool(held) and max(held) < 0.5),
        "other_concept": float(bool(held) and header.other),
        "header_hit": header.worded,
        "header_share": header.share,
        "header_unasked": float(structured and not wanted.concepts and header.worded < 0.3),
        "header_spelling": header.spelling,
    }


def _of_subject(context: Context, wanted: Asked, scored: Scored, seen: View, header: Header) -> dict[str, float]:
    question, fact = wanted.question, scored.fact
    named = bool(question.mentions)
    names = [
        1.0 if fact.entity_key in mention.keys or mention.stands_in(seen.words)
        else NAMED_BESIDE if any(key in mention.keys for key in fact.mentions) else 0.0
        for mention in question.mentions
    ]  # fmt: skip
    shared, whole = _name_rarities(context, wanted, fact.entity)
    row = (seen.qualifier_tokens, seen.entity_tokens)
    own = named and scored.subject >= OF_RELATIVE and fact.kind in (FactKind.CELL, FactKind.KEY)
    return {
        "own_header_worded": own * header.worded,
        "own_header_stated": own * header.stated,
        "own_other_header": float(own and header.worded < 0.3 and header.stated == 0),
        "own_sentence": float(named and scored.subject >= OF_RELATIVE and fact.kind is FactKind.STATEMENT),
        "own_words": float(named and scored.subject >= OF_RELATIVE) * scored.coverage,
        "subject": scored.subject if named else 0.0,
        "subject_far": float(named and scored.subject < ENOUGH_SUBJECT),
        "subject_owner": float(named and ENOUGH_SUBJECT <= scored.subject < OF_OWNER),
        "names_said": sum(names) / len(names) if names else 0.0,
        "of_unnamed": float(not named and bool(fact.entity)),
        "entity_share": shared / whole if shared else 0.0,
        "entity_rarity": min(shared / 2, MOST_RARITY),
        "row_words": max(
            (
                weight * rare
                for unit, rare in zip(question.units, wanted.rarities, strict=True)
                if unit.concept is None
                for token, weight in unit.alternatives
                if token in row[0] or token in row[1]
            ),
            default=0.0,
        ),
    }


def _of_value(wanted: Asked, scored: Scored, seen: View) -> dict[str, float]:
    question, fact = wanted.question, scored.fact
    figure = bool(question.types & FIGURES) or question.asks("count")
    stated = [unit.quantity for unit in question.units if unit.quantity is not None]
    beside = quantities(" ".join((fact.entity, fact.quote[:LONGEST_QUOTE], *fact.heading[-2:]))) if stated else []
    held = sum(any(same_quantity(quantity, other) for other in beside) for quantity in stated)
    return {
        "typed": float(scored.typed is True),
        "mistyped": float(scored.typed is False),
        "strictly_mistyped": float(scored.typed is False and bool(question.types & STRICT_TYPES)),
        "figure": float(figure and seen.figure),
        "numbers_held": held / len(stated) if stated else 0.0,
        "numbers_missed": 1 - held / len(stated) if stated else 0.0,
        "dates_missed": float(
            not all(any(date.iso.startswith(asked.iso) for date in seen.dates) for asked in question.dates)
        ),
        "length": min(math.log1p(len(fact.value)) / 5, 1.6),
    }


def _senses(sense: NDArray[np.float32], fact: Fact) -> tuple[float, float]:
    """How near in meaning (the header of a fact, all that it says) is to the question."""
    header, said = _fact_senses(fact)
    return nearness(sense, header) if header is not None else 0.0, nearness(sense, said)


@lru_cache(maxsize=MOST_TEXTS)
def _fact_senses(fact: Fact) -> tuple[NDArray[np.float32] | None, NDArray[np.float32]]:
    """The meaning of a fact's header, where it has one, and of all that it says."""
    seen = view(fact)
    structured = fact.kind in (FactKind.CELL, FactKind.KEY) and bool(fact.attribute)
    header = text_sense(seen.attribute_tokens) if structured else None
    return header, text_sense(seen.attribute_tokens | seen.value_tokens)


def _of_sense(wanted: Asked, fact: Fact) -> dict[str, float]:
    header, said = wanted.senses.get(fact) or _senses(wanted.sense, fact)
    best_header, best_said = wanted.nearest
    return {
        "header_sense": header,
        "header_nearest": header / best_header if best_header >= LEAST_SENSE else 0.0,
        "sense": said,
        "nearest": said / best_said if best_said >= LEAST_SENSE else 0.0,
        "sentence_sense": said if fact.kind is FactKind.STATEMENT else 0.0,
    }


def _of_meant(wanted: Asked, scored: Scored, seen: View, header: Header) -> dict[str, float]:
    structured = scored.fact.kind is not FactKind.STATEMENT
    said = max((one.score for one in wanted.meant if one.attribute.is_said(seen.tokens)), default=0.0)
    own = bool(wanted.question.mentions) and scored.subject >= OF_RELATIVE
    return {
        "header_meant": header.meant if structured else 0.0,
        "own_header_meant": header.meant * own if structured else 0.0,
        "sentence_meant": 0.0 if structured else said,
        "meant_beside": said if structured else 0.0,
    }


def _passage(wanted: Asked, fact: Fact) -> float:
    """Score of the best passage around the fact as a share of the best of all."""
    passages = wanted.around.get(fact.source, ())
    return max((score for place, score in passages if within(fact.location, place)), default=0.0)


def _of_kind(question: Question, fact: Fact) -> dict[str, float]:
    pointing = fact.kind in (FactKind.LINK, FactKind.CODE)
    return {
        "cell": float(fact.kind is FactKind.CELL),
        "key": float(fact.kind is FactKind.KEY),
        "statement": float(fact.kind is FactKind.STATEMENT),
        "code": float(fact.kind is FactKind.CODE),
        "link_asked": float(fact.kind is FactKind.LINK and question.asks("link")),
        "command_asked": float(fact.kind is FactKind.CODE and question.asks("howto")),
        "pointer_unasked": float(pointing and not question.asks("link", "howto")),
        "dated_event": float(fact.kind is FactKind.EVENT and "date" in question.types),
    }


def bigrams(text: str) -> frozenset[str]:
    """Pairs of neighbouring Chinese characters."""
    return frozenset(run[at : at + 2] for run in _HAN_RUN.findall(text) for at in range(len(run) - 1))


@lru_cache(maxsize=1 << 15)
def _said_bigrams(fact: Fact) -> frozenset[str]:
    seen = view(fact)
    return bigrams(f"{seen.attribute}；{seen.qualifier}；{seen.value}")


@lru_cache(maxsize=1 << 14)
def entity_tokens(name: str) -> frozenset[str]:
    """Tokens of a thing's name."""
    return frozenset(tokenise(name))


def _name_rarities(context: Context, wanted: Asked, name: str) -> tuple[float, float]:
    """The rarities of the tokens of a name that the question has, and of all of them, added up."""
    if name not in wanted.name_rarities:
        rarity = {token: _rarity(context, wanted, token) for token in entity_tokens(name)}
        shared = sum(value for token, value in rarity.items() if token in wanted.tokens)
        wanted.name_rarities[name] = (shared, sum(rarity.values()))
    return wanted.name_rarities[name]


def _rarity(context: Context, wanted: Asked, token: str) -> float:
    """Inverse document frequency of a token, 0 to 1."""
    if token not in wanted.token_rarities:
        total = max(context.snapshot.fact_count(), 1)
        seen = context.snapshot.document_frequency(token)
        wanted.token_rarities[token] = math.log((total + 1) / (seen + 0.5)) / math.log1p(total)
    return wanted.token_rarities[token]
