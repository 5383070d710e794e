"""Which of the corpus' things a question names: exactly, by a part of the name, or with a typing error."""

from __future__ import annotations

import re
from dataclasses import replace

from rag.question.name_index import MOST_HEADED, Mention, NameIndex
from rag.question.near_names import (
    Ordinary,
    begun,
    called,
    chinese_parts,
    edit_distance,
    numbered,
    owners_of,
    shortened,
    slipped,
    unlisted,
)
from rag.question.worded import find_worded, of_head
from rag.text.name_words import NAMED, family
from rag.text.normalise import normalise
from rag.text.stem import stem
from rag.types import Entity

__all__ = ["Mention", "NameIndex", "edit_distance", "family", "find_mentions"]

_ATOM = re.compile(r"[a-z]+|\d+(?:\.\d+)*|[一-鿿]")
_SIGNS = re.compile(r"\+{1,2}(?![a-z0-9+])|#(?!\w)")
"""What a name may end in, and be another one without: "Foo+"."""
_RUN = re.compile(r"[a-z0-9]+(?:[-_.+'·]+[a-z0-9]+)*")
_POSSESSIVE = re.compile(r"'s$|'$")
_SIZE = re.compile(r"\d+(?:\.\d+)?[bmk]?|v?\d+(?:\.\d+)*")
LONGEST_KEY = 48
SHORTEST_STEM = 4
"""Letters of a word without its ending that tell which word it is; "exped" is no form of "exp"."""
MOST_MODELS = 2
"""Things that a maker's name may stand for."""
MAKER_STRENGTH = 2
"""Of names that the notes speak of, though no table or heading is about them."""


def find_mentions(
    normal: str, index: NameIndex, ordinary: Ordinary, common: Ordinary, held: Ordinary = lambda word: False
) -> tuple[list[Mention], list[str]]:
    """(mentions in order, Latin words that look like names but that the corpus does not know).

    `ordinary` tells words that are not taken for parts of names or for misspelt names; `common` tells those that
    are wordings of questions, which stand for no name at all; `held` tells those that the corpus holds, which are no
    shortened or misspelt names.
    """
    mentions = _with_worded(_exact(normal, index, ordinary, common), normal, index, ordinary, common)
    unknown: list[str] = []
    for match in _RUN.finditer(normal):
        if any(m.start < match.end() and match.start() < m.end for m in mentions):
            continue
        word = _POSSESSIVE.sub("", match.group())
        if _SIZE.fullmatch(word) or common(word) or len(word) == 1:
            continue
        headed, forms = of_head(word, index.worded)
        if any(entity in m.entities for entity in headed for m in mentions):
            headed = ()
        everyday = ordinary(word) and not (word in index.parts and len(stem(word)) < SHORTEST_STEM < len(word) - 1)
        owners = begun(word, index) if everyday else owners_of(word, index)
        if headed and len({e.name for e in (*(owners or ()), *headed)}) <= MOST_HEADED:
            owners = tuple({e.name: e for e in (*(owners or ()), *headed)}.values())
        elif owners is None:
            owners = called(word, index)
            if owners is None and not everyday and not held(word):
                owners = shortened(word, index) or slipped(word, index)
        sized = None if everyday or (owners and word in index.parts) else numbered(word, normal[match.end() :], index)
        if sized is not None:
            entities, length = sized
            end = match.end() + length
            mentions.append(Mention(entities, match.start(), end, normal[match.start() : end], exact=False))
        elif owners is not None:
            mentions.append(Mention(owners, match.start(), match.end(), word, exact=False, forms=forms))
        elif not ordinary(word):
            unknown.append(word)
    mentions += unlisted(normal, index, mentions)
    mentions += chinese_parts(normal, index, mentions, ordinary)
    found = [replace(m, relatives=index.relatives(m.entities)) for m in mentions]
    return sorted(found, key=lambda m: m.start), unknown


def _with_worded(
    exact: list[Mention], normal: str, index: NameIndex, ordinary: Ordinary, common: Ordinary
) -> list[Mention]:
    """`exact` and the things named by some words of their names; these win over a name that they make longer."""
    found = list(exact)
    for match in find_worded(normal, index.worded, ordinary):
        beneath = [m for m in found if m.start < match.end and match.start < m.end]
        inside = all(match.start <= m.start and m.end <= match.end for m in beneath)
        firm = [m for m in beneath if m.entities[0].strength >= 2]
        if not inside or not (match.proper or firm) or any(m.end - m.start == match.end - match.start for m in firm):
            continue
        rest = normal[match.start : firm[0].start] + normal[firm[0].end : match.end] if firm else ""
        lengthened = match.leading and any(not common(word) for word in re.findall(r"[a-z]{3,}", rest))
        follows = bool(firm) and match.start == firm[0].start and re.fullmatch(r"\W?[\w.]+", rest) is not None
        numbered_one = follows and match.leading and len(match.entities) == 1 and rest.strip(" -v")[:1].isdigit()
        whole = match.whole and (follows or re.search("[a-z一-鿿]{3,}", rest))
        if firm and not lengthened and not whole and not numbered_one:
            continue
        found = [m for m in found if m not in beneath]
        surface = normal[match.start : match.end]
        family_too = numbered_one and not whole and not lengthened
        entities = (*match.entities, *firm[0].entities) if family_too else match.entities
        found.append(Mention(entities, match.start, match.end, surface, exact=len(entities) == 1))
    return found


def _is_marked(entity: Entity) -> bool:
    """Whether a name is written as names are, with inner capitals, though it is also an everyday word."""
    return any(sum(char.isupper() for char in alias) > 1 for alias in entity.aliases)


def _exact(normal: str, index: NameIndex, ordinary: Ordinary, common: Ordinary) -> list[Mention]:
    atoms = [(m.group(), m.start(), m.end()) for m in _ATOM.finditer(normal)]
    found: list[Mention] = []
    at = 0
    while at < len(atoms):
        best: tuple[int, int, Entity] | None = None
        key = ""
        for end in range(at, min(len(atoms), at + 24)):
            gap = normal[atoms[end - 1][2] : atoms[end][1]] if end > at else ""
            if len(gap) > 2 or (gap.strip() and not re.fullmatch(r"\s?[-_.·'/+]\s?", gap)):
                break
            joint = "." if gap == "." and key[-1:].isdigit() and atoms[end][0][0].isdigit() else ""
            key += joint + atoms[end][0]
            if len(key) > LONGEST_KEY:
                break
            signs = _SIGNS.match(normal, atoms[end][2])
            signed = index.find(key + signs.group()) if signs is not None else None
            entity = signed or index.find(key)
            if entity is not None and _stands_alone(normal, atoms[at][1], atoms[end][2], key):
                best = (end, signs.end() if signs is not None and signed else atoms[end][2], entity)
        if best is None:
            at += 1
            continue
        end, stop, entity = best
        start = atoms[at][1]
        surface = normal[start:stop]
        if entity.strength >= 3 or not ordinary(surface) or (not common(surface) and _is_marked(entity)):
            fuller = shortened(surface, index) if entity.strength < NAMED else None
            editions = index.editions.get(entity.keys[0], ()) or _models(entity, index)
            found.append(
                Mention(fuller or (entity, *editions), start, stop, surface, exact=fuller is None or len(fuller) == 1)
            )
        at = end + 1
    return found


def _models(entity: Entity, index: NameIndex) -> tuple[Entity, ...]:
    """The few things named after a maker, which may be called by another name: "小福" for the "Foo C"."""
    if entity.strength != MAKER_STRENGTH:
        return ()
    found = {
        owner.name: owner
        for head in map(normalise, entity.aliases)
        for owner in index.parts.get(head, ())
        if owner.strength > MAKER_STRENGTH and any(normalise(alias).startswith(f"{head} ") for alias in owner.aliases)
    }
    return tuple(found.values()) if len(found) <= MOST_MODELS else ()


def _stands_alone(normal: str, start: int, end: int, key: str) -> bool:
    """Whether a match is a name of its own and not a piece of a longer one, sizes aside."""
    before, after = normal[:start], normal[end:]
    if key[0].isascii() and before and (before[-1].isalnum() and before[-1].isascii()):
        return False
    if key[0].isascii() and re.search(r"[a-z0-9][-_]$", before):
        return False
    if key[-1].isascii() and after:
        glued = re.match(r"[a-z0-9.]+", after)
        if glued is not None and after[0].isalnum():
            return after[0].isdigit() and bool(_SIZE.fullmatch(glued.group()))
        tail = re.match(r"[-_]([a-z0-9.]+)", after)
        if tail and not _SIZE.fullmatch(tail.group(1)) and not tail.group(1).startswith(("based", "style", "like")):
            return False
    return True
