"""Drafts of questions about one or two things: lookups, comparisons, links, follow-ups, and what nobody knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from urllib.parse import urlsplit

from eval.cases import NONE
from eval.generate.draft import Draft, forms, spaced
from eval.generate.material import Column, Material, Stated, Thing, is_telling
from eval.generate.wordings import link_labels, spoken_attribute, unknown_names
from eval.metrics import squeeze
from rag.answer.polarity import verdict
from rag.question.wording import attribute_concepts
from rag.text.normalise import normalise
from rag.text.tokenise import tokenise
from rag.types import Fact, FactKind

MOST_PAIRED = 12
"""Things of one table, and attributes of one thing, that are paired: more would only cost time."""
FEWEST = 4
"""Things with an attribute before its absence elsewhere is worth a question."""
SURE = 1.0
"""Of the concept that an attribute words."""


def lookups(material: Material) -> Iterator[Draft]:
    """One value of one thing."""
    for column in material.columns:
        for stated in column.stated:
            if _can_be_said(stated):
                yield Draft(
                    "lookup", "lookup", column.attribute, (stated.thing,), stated.attribute,
                    must=(forms(stated.value),), facts=stated.facts,
                )  # fmt: skip


def comparisons(material: Material) -> Iterator[Draft]:
    """The same attribute of two things that stand together and differ in it."""
    for column in material.columns:
        for one, other in _pairs(column):
            yield Draft(
                "compare", "compare", column.attribute, (one.thing, other.thing), one.attribute,
                must=(forms(one.value), forms(other.value)), entities=(one.thing.aliases, other.thing.aliases),
                facts=(one.facts[0], other.facts[0]), require_all=True,
            )  # fmt: skip


def followups(material: Material) -> Iterator[Draft]:
    """After a lookup: the same of another thing, or another attribute of the same thing."""
    of_thing: dict[str, list[Stated]] = defaultdict(list)
    for column in material.columns:
        for one, other in _pairs(column):
            yield Draft(
                "followup", "followup_thing", column.attribute, (one.thing, other.thing), other.attribute,
                must=(forms(other.value),), facts=other.facts, earlier=one,
            )  # fmt: skip
        for stated in column.stated:
            if _can_be_said(stated):
                of_thing[stated.thing.key].append(stated)
    for found in of_thing.values():
        for one, other in combinations(spaced(found, MOST_PAIRED), 2):
            if squeeze(one.value) != squeeze(other.value):
                yield Draft(
                    "followup", "followup_attribute", other.attribute, (one.thing, one.thing), other.attribute,
                    must=(forms(other.value),), facts=other.facts, earlier=one,
                )  # fmt: skip


def links(material: Material) -> Iterator[Draft]:
    """Where something of a thing is found; any of several links under the same label is right."""
    found: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for fact in material.facts:
        thing = material.things.get(fact.entity_key)
        if fact.kind is FactKind.LINK and thing is not None and normalise(fact.attribute) in link_labels():
            found[thing.key, normalise(fact.attribute)].append(fact)
    for facts in found.values():
        thing, label = material.things[facts[0].entity_key], facts[0].attribute
        addresses = dict.fromkeys(_bare(fact.value) for fact in facts)
        yield Draft("link", "link", label, (thing,), label, must=(tuple(addresses),), facts=tuple(facts))


def silences(material: Material) -> Iterator[Draft]:
    """What the notes do not say: an attribute that a thing lacks and its neighbours have, and things nobody knows."""
    text = "\n".join(source.text for source in material.sources.values()).casefold()
    unknown = [name for name in unknown_names() if name.casefold() not in text]
    for at, column in enumerate(material.columns):
        if len(column.stated) < FEWEST or any(not fact.entity for fact in column.unclear):
            continue  # what is said of nothing in particular may hold for all
        for thing in _neighbours(material, column):
            if _is_silent(material, thing, column.attribute):
                yield Draft(NONE, "lookup", column.attribute, (thing,), column.attribute, abstain=True)
        if unknown:
            name = unknown[at % len(unknown)]
            yield Draft(NONE, "lookup", "", (Thing((name,), name, (name,)),), column.attribute, abstain=True)


def _can_be_said(stated: Stated) -> bool:
    """Whether an answer that holds the value says it, and does not just repeat the question."""
    named = any(squeeze(stated.value) in squeeze(alias) for alias in stated.thing.aliases)
    return is_telling(stated.value) and not named and verdict(stated.value) is None


def _pairs(column: Column) -> Iterator[tuple[Stated, Stated]]:
    """Things with different values in one table or section."""
    together: dict[tuple[str, tuple[str, ...]], list[Stated]] = defaultdict(list)
    for stated in column.stated:
        if _can_be_said(stated):
            together[stated.facts[0].source, stated.facts[0].heading].append(stated)
    for found in together.values():
        for one, other in combinations(spaced(found, MOST_PAIRED), 2):
            first, second = squeeze(one.value), squeeze(other.value)
            if first not in second and second not in first:
                yield one, other


def _neighbours(material: Material, column: Column) -> list[Thing]:
    """Things that stand in the tables of the column and have no fact in it."""
    places = {(fact.source, fact.heading) for stated in column.stated for fact in stated.facts}
    own = {fact.entity_key for fact in (*column.unclear, *(f for s in column.stated for f in s.facts))}
    found = {
        thing.key: thing
        for fact in material.facts
        if fact.kind is FactKind.CELL and (fact.source, fact.heading) in places
        if (thing := material.things.get(fact.entity_key)) is not None
    }
    having = {material.things[key].key for key in own if key in material.things}
    return [found[key] for key in sorted(found) if key not in having]


def _is_silent(material: Material, thing: Thing, attribute: str) -> bool:
    """Whether nothing that is said of a thing, or beside it, could be about the attribute in other words."""
    words = {token for form in ("zh", "en") for token in tokenise(spoken_attribute(attribute, form)) if len(token) > 1}
    concepts = {name for name, share in attribute_concepts(normalise(attribute)).items() if share >= SURE}
    for fact in material.of(thing):
        said = set(tokenise(f"{fact.attribute} {fact.quote}"))
        if words & said or concepts & attribute_concepts(normalise(fact.attribute)).keys():
            return False
    return True


def _bare(address: str) -> str:
    """An address without scheme and closing slash."""
    parts = urlsplit(address)
    rest = address.partition("://")[2] if parts.netloc else address
    return rest.rstrip("/")
