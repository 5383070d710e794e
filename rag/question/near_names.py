"""Names that a word of a question comes near to: a part of them, a slip away, a translation."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache

from rag.question.name_index import FIRM, MOST_HEADED, Mention, NameIndex
from rag.question.wording import words
from rag.text.lexicon import Lexicon
from rag.text.name_words import NAMED, family
from rag.text.names import has_cjk, name_key
from rag.text.normalise import normalise
from rag.text.stem import stem
from rag.types import Entity

Ordinary = Callable[[str], bool]
SHORTEST_PLURAL = 2
"""Letters of "n1s", "e5s" and longer, which are several of one thing."""
SHORTEST_CALLED = 3
SURE_CALLED = 0.3
"""Characters and weight of a translation from which it may be a thing's name."""
SHARE_BEGUN = 0.6
"""Share of a name that its beginning must be to stand for it."""
SHORTEST_PART = 3
"""Letters of a word of a name that may stand for the name."""
SHORTEST_TYPO = 4
"""Letters below which a word that nearly equals a name is taken for another word."""
SHORTEST_SHORTENED = 4
"""Letters from which the beginning of a name's first word may stand for it."""
SHORTEST_SLIP = 6
"""Letters below which a word that nearly equals a word of a name is taken for another word."""
_NUMBER_BEHIND = re.compile(r"[\s\-_]?(v?\d+(?:\.\d+)*[bmk]?)(?![\w.])")
_SERIES = re.compile(r"(?P<run>[一-鿿]{2,}?)(?P<number>\d{1,2}|[一二三四五六七八九十]{1,3})(?P<behind>[号代型])")
LONGEST_SERIES = 5
"""Characters of a Chinese name before its number."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def owners_of(word: str, index: NameIndex) -> tuple[Entity, ...] | None:
    one = index.find(name_key(word[:-1])) if word.endswith("s") and len(word) > SHORTEST_PLURAL else None
    if one is not None and one.strength >= 2:
        return (one,)
    starting = begun(word, index) or (begun(word[:-1], index) if word.endswith("s") else None)
    return _partly(word, index) or starting or _misspelt(word, index)


def called(word: str, index: NameIndex) -> tuple[Entity, ...] | None:
    """Things whose Chinese name is, or begins with, the translation of `word`."""
    if len(word) < SHORTEST_TYPO or not word.isalpha():
        return None
    for translation in Lexicon.load().translate(stem(word)):
        key = translation.term
        if len(key) < SHORTEST_CALLED or translation.weight < SURE_CALLED or not has_cjk(key):
            continue
        entity = index.names.get(key)
        owners = (entity,) if entity is not None else index.stems.get(key) or index.prefixes.get(key, ())
        if 0 < len(owners) <= 2 and owners[0].strength >= 3:
            return tuple(owners)
    return None


def _partly(word: str, index: NameIndex) -> tuple[Entity, ...] | None:
    """Things whose name holds `word` as a whole word: "foo" for "foo-7B", "t6000" for "Foo Bar T6000".

    Those that it begins come before all others.
    """
    key = name_key(word)
    found = index.parts.get(word) or index.parts.get(key)
    if not found:
        return None
    if len(key) < SHORTEST_PART and key.isalpha():
        return None
    leading = tuple(e for e in found if any(k.startswith(key) for k in e.keys))
    if 0 < len(leading) <= MOST_HEADED:
        return leading
    closing = [k for e in found for k in e.keys if k.endswith(key)]
    whole = tuple(e for e in found if any(k in closing for k in e.keys))
    if len(closing) == 1 and all(any(k.startswith(closing[0]) for k in e.keys) for e in found):
        return whole  # "Foo T6000" beside "Foo T6000 Pro"
    return found if len(found) <= MOST_HEADED else None


def begun(word: str, index: NameIndex) -> tuple[Entity, ...] | None:
    """Things whose name `word` begins and is most of: "foobar" for "FoobarDB"."""
    key = name_key(word)
    if len(key) < 4:
        return None
    longest = int(len(key) / SHARE_BEGUN)
    longer = (name for name in index.keys.beginning(key, longest) if len(name) > len(key) and not has_cjk(name))
    owners = (index.names[name] for name in sorted(longer, key=lambda name: (len(name), name)))
    found = {owner.name: owner for owner in owners if owner.strength >= NAMED}
    return tuple(found.values()) if 0 < len(found) <= 2 else None


def shortened(word: str, index: NameIndex) -> tuple[Entity, ...] | None:
    """The one or two things whose name's first word is longer than `word` and begins so: "velo" for "Velotaxi".

    Longer names that begin with that one, and other sizes and versions of it, are no other names.
    """
    if len(word) < SHORTEST_SHORTENED or not (word.isascii() and word.isalpha()):
        return None
    going_on = re.compile(rf"(?i:{word})(?<=[a-z])[a-z]")
    firm = [(key, index.names[key]) for key in index.keys.beginning(word) if index.names[key].strength >= FIRM]
    keys = [key for key, entity in firm if any(map(going_on.match, entity.aliases)) and not has_cjk(key)]
    roots = [key for at, key in enumerate(keys) if not any(key.startswith(other) for other in keys[:at])]
    found = {index.names[key].name: index.names[key] for key in roots}
    few = 1 <= len({family(key) for key in roots}) <= 2 and len(found) <= MOST_HEADED
    return tuple(found.values()) if few else None


def numbered(word: str, behind: str, index: NameIndex) -> tuple[tuple[Entity, ...], int] | None:
    """(things, characters of `behind`) of a misspelt `word` with the size or version that follows it: "fobo" for
    "Foob" in "fobo 7b"; None where no name is like that."""
    size = _NUMBER_BEHIND.match(behind)
    if size is None or len(word) <= SHORTEST_TYPO or not word.isalpha():
        return None
    owners = _misspelt(word + size[1], index, len(word))
    return (owners, size.end()) if owners is not None and len(owners) == 1 else None


def _misspelt(word: str, index: NameIndex, letters: int | None = None) -> tuple[Entity, ...] | None:
    """The one or two things whose names come nearest to a word; of its `letters`, all for None, few allow one slip."""
    key = name_key(word)
    if len(key) < SHORTEST_TYPO or key.isdigit():
        return None
    allowed = 1 if (letters or len(key)) < 8 else 2
    best: list[tuple[int, str]] = []
    for name in index.keys.like(key, allowed):
        distance = edit_distance(key, name, allowed)
        if distance <= allowed:
            best.append((distance, name))
    if not best:
        return None
    closest = min(distance for distance, _ in best)
    entities = {index.names[name].name: index.names[name] for distance, name in sorted(best) if distance == closest}
    return tuple(entities.values()) if len(entities) <= 2 else None


def slipped(word: str, index: NameIndex) -> tuple[Entity, ...] | None:
    """Things one word of whose names is one slip away from a word, its first letter aside."""
    if len(word) < SHORTEST_SLIP or not (word.isascii() and word.isalpha()):
        return None
    cuts = [(word[:at], word[at:]) for at in range(1, len(word) + 1)]
    slips = [left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1]
    slips += [left + right[1:] for left, right in cuts if right]
    slips += [left + letter + right[drop:] for left, right in cuts for letter in _LETTERS for drop in (0, 1)]
    found = index.held_parts(dict.fromkeys(slips))
    return _partly(found[0], index) if len(found) == 1 else None


def edit_distance(one: str, other: str, limit: int) -> int:
    """Optimal string alignment distance (insert, delete, replace, swap neighbours), cut off above `limit`."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: Sequence[int] = []
    previous: list[int] = list(range(len(other) + 1))
    for i, left in enumerate(one, 1):
        current = [i]
        for j, right in enumerate(other, 1):
            cost = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (left != right))
            if i > 1 and j > 1 and left == other[j - 2] and one[i - 2] == right:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        if min(current) > limit:
            return limit + 1
        before, previous = previous, current
    return previous[-1]


@cache
def _asking_beginnings() -> frozenset[str]:
    """What question words begin with: the "是什" of "是什么"."""
    asking = [word for name in ("definition", "howto") for word in words(name)]
    return frozenset(word[:end] for word in asking for end in range(1, len(word) + 1))


def chinese_parts(normal: str, index: NameIndex, mentions: Sequence[Mention], ordinary: Ordinary) -> list[Mention]:
    """Chinese beginnings of names ("百花" for "百花大系统") that belong to at most two things."""
    found: list[Mention] = []
    asking = _asking_beginnings()
    at = 0
    while at < len(normal):
        taken = next((m for m in (*mentions, *found) if m.start <= at < m.end), None)
        if taken is not None:
            at = taken.end
            continue
        for length in range(7, 1, -1):
            part = normal[at : at + length]
            owners = index.stems.get(part, ())
            begun = () if owners or part in asking else index.prefixes.get(part, ())
            if begun and len(begun) <= 2 and not ordinary(part):
                owners = begun
            if len(part) == length and 0 < len(owners) <= 2 and not _is_other_model(normal[at + length :], owners):
                found.append(Mention(tuple(owners), at, at + length, part, exact=False))
                break
        at += 1
    return found


def unlisted(normal: str, index: NameIndex, mentions: Sequence[Mention]) -> list[Mention]:
    """Numbered Chinese names that no thing bears, though others of the series do: "某某二号" beside "某某一号"."""
    found: list[Mention] = []
    for match in _SERIES.finditer(normal):
        if any(m.start < match.end() and match.start() < m.end for m in mentions):
            continue
        run, behind = match["run"], match["behind"]
        stems = (run[-length:] for length in range(min(LONGEST_SERIES, len(run)), 1, -1))
        stem = next((stem for stem in stems if index.siblings(stem, behind)), "")
        start = match.start("number") - len(stem)
        name = normal[start : match.end()]
        if stem and index.find(name) is None:
            thing = Entity(name, (name,), (name,), FIRM)
            found.append(Mention((thing,), start, match.end(), name, exact=True))
    return found


def is_unlisted(mention: Mention, index: NameIndex) -> bool:
    """Whether no thing bears the name of a mention, see `unlisted`."""
    return all(key not in index.names for entity in mention.entities for key in entity.keys)


def _is_other_model(after: str, owners: Sequence[Entity]) -> bool:
    """Whether a number or code follows that is in no owner's name: "适马 85mm" is neither 35mm nor 50mm."""
    code = re.match(r"\s?([a-z]*\d[\w.]*)(?![一-鿿])", after)
    return code is not None and not any(code[1] in normalise(alias) for e in owners for alias in e.aliases)
