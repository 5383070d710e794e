"""Which of the corpus' things a question names: exactly, by a part of the name, or with a typing error."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rag.question.worded import WordedNames, find_worded
from rag.question.wording import words
from rag.text.lexicon import Lexicon
from rag.text.names import has_cjk, name_key
from rag.text.normalise import normalise
from rag.text.stem import stem
from rag.text.tokenise import query_tokens
from rag.types import Entity

_ATOM = re.compile(r"[a-z]+|\d+(?:\.\d+)*|[一-鿿]")
_RUN = re.compile(r"[a-z0-9]+(?:[-_.+'·]+[a-z0-9]+)*")
_POSSESSIVE = re.compile(r"'s$|'$")
_SIZE = re.compile(r"\d+(?:\.\d+)?[bmk]?|v?\d+(?:\.\d+)*")
_SIZED = re.compile(r"[a-z]\d+b?$")
_FAMILY_TAIL = re.compile(r"(?<=[a-z一-鿿])v?\d+(?:\.\d+)?[bmk]?$")
Ordinary = Callable[[str], bool]
MOST_HEADED = 4
"""Things whose names may begin with one word for the word to mean them all."""
SHORTEST_STEM = 3
"""Characters of a Chinese name from which a longer name that it begins is a form of the same thing."""
SHORTEST_PLURAL = 2
"""Letters of "n1s", "e5s" and longer, which are several of one thing."""
SHORTEST_CALLED = 3
SURE_CALLED = 0.3
"""Characters and weight of a translation from which it may be a thing's name."""
LONGEST_KEY = 48
SHARE_BEGUN = 0.6
"""Share of a name that its beginning must be to stand for it."""
SHORTEST_TYPO = 4
"""Letters below which a word that nearly equals a name is taken for another word."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A thing named in a question, with the span in the normalised question.

    `entities` holds one entity, or several when only a shared part of their names was written.
    """

    entities: tuple[Entity, ...]
    start: int
    end: int
    surface: str
    exact: bool
    relatives: frozenset[str] = frozenset()
    """Keys of other sizes and versions of the same thing."""
    forms: tuple[str, ...] = ()
    """What the written words are called in the other language."""

    def stands_in(self, normal: str) -> bool:
        """Whether the name stands in a normalised text on its own, not as a piece of a longer name."""
        return any(_stands_in(written, normal) for written in (self.surface, *self.forms) if written)

    @property
    def tokens(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(query_tokens(self.surface)))

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(key for entity in self.entities for key in entity.keys)


@dataclass(frozen=True, slots=True)
class NameIndex:
    """All names of a corpus, arranged for finding them in a question."""

    names: Mapping[str, Entity]
    parts: Mapping[str, tuple[Entity, ...]]
    prefixes: Mapping[str, tuple[Entity, ...]]
    stems: Mapping[str, tuple[Entity, ...]]
    """Chinese names without the word for what sort of thing they are."""
    lengths: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    families: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Keys by their stem without a trailing size or version: foo, foo6b and foo13b are one family."""
    worded: WordedNames = field(default_factory=WordedNames)

    def find(self, key: str) -> Entity | None:
        """The entity of a name key; a size may be written with or without its "b" (foo130, foo130b)."""
        found = self.names.get(key)
        if found is None and _SIZED.search(key):
            found = self.names.get(key[:-1] if key[-1] == "b" else key + "b")
        return found

    def relatives(self, entities: Sequence[Entity]) -> frozenset[str]:
        """Keys of other sizes and versions of `entities`."""
        own = {key for entity in entities for key in entity.keys}
        related: set[str] = set()
        for key in own:
            base = family(key)
            members = self.families.get(base, frozenset())
            related |= members if key == base else members & {base}
            related |= self._longer_and_shorter(key)
        return frozenset(related - own)

    def _longer_and_shorter(self, key: str) -> set[str]:
        """Chinese names that begin a Chinese name of three characters and more, or that it begins."""
        if len(key) < SHORTEST_STEM or not all(has_cjk(char) for char in key):
            return set()
        longer = self.prefixes.get(key, ()) or self.stems.get(key, ())
        found = {other for entity in longer for other in entity.keys} if len(longer) <= MOST_HEADED else set()
        shorter = (self.names.get(key[:length]) for length in range(SHORTEST_STEM, len(key)))
        return found | {other for entity in shorter if entity is not None for other in entity.keys}

    @classmethod
    def build(cls, names: Mapping[str, Entity]) -> NameIndex:
        parts: dict[str, dict[str, Entity]] = defaultdict(dict)
        prefixes: dict[str, dict[str, Entity]] = defaultdict(dict)
        stems: dict[str, dict[str, Entity]] = defaultdict(dict)
        lengths: dict[int, list[str]] = defaultdict(list)
        families: dict[str, set[str]] = defaultdict(set)
        for key, entity in sorted(names.items()):
            families[family(key)].add(key)
            if entity.strength < 2:
                continue
            if not has_cjk(key):
                lengths[len(key)].append(key)
            for alias in entity.aliases:
                for word in re.findall(r"[a-z]{3,}", normalise(alias)):
                    parts[word][entity.name] = entity
                if has_cjk(alias):
                    chinese = "".join(char for char in name_key(alias) if has_cjk(char))
                    for length in range(2, min(len(chinese), 8)):
                        kept = stems if chinese[length:] in words("kind") else prefixes
                        kept[chinese[:length]][entity.name] = entity
        return cls(
            names,
            {word: tuple(found.values()) for word, found in sorted(parts.items())},
            {word: tuple(found.values()) for word, found in sorted(prefixes.items())},
            {word: tuple(found.values()) for word, found in sorted(stems.items())},
            {length: tuple(keys) for length, keys in sorted(lengths.items())},
            {base: frozenset(keys) for base, keys in sorted(families.items()) if len(keys) > 1},
            WordedNames.build(names.values()),
        )


def _stands_in(written: str, normal: str) -> bool:
    if has_cjk(written):
        return written in normal
    return re.search(rf"(?<![a-z0-9])(?<![a-z0-9]-){re.escape(written)}(?![a-z0-9]|-[a-z])", normal) is not None


def family(key: str) -> str:
    """`key` without a trailing size or version: "foo13b" gives "foo"; a bare number stays."""
    return _FAMILY_TAIL.sub("", key) or key


def find_mentions(
    normal: str, index: NameIndex, ordinary: Ordinary, common: Ordinary
) -> tuple[list[Mention], list[str]]:
    """(mentions in order, Latin words that look like names but that the corpus does not know).

    `ordinary` tells words that are not taken for parts of names or for misspelt names; `common` tells those that
    are wordings of questions, which stand for no name at all.
    """
    mentions = _with_worded(_exact(normal, index, ordinary, common), normal, index, ordinary, common)
    unknown: list[str] = []
    for match in _RUN.finditer(normal):
        if any(m.start < match.end() and match.start() < m.end for m in mentions):
            continue
        word = _POSSESSIVE.sub("", match.group())
        if _SIZE.fullmatch(word) or common(word) or len(word) == 1:
            continue
        headed, forms = index.worded.of_head(word)
        if any(entity in m.entities for entity in headed for m in mentions):
            headed = ()
        owners = _begun(word, index) if ordinary(word) else _owners(word, index)
        if headed and len({e.name for e in (*(owners or ()), *headed)}) <= MOST_HEADED:
            owners = tuple({e.name: e for e in (*(owners or ()), *headed)}.values())
        elif owners is None:
            owners = _called(word, index)
        if owners is not None:
            mentions.append(Mention(owners, match.start(), match.end(), word, exact=False, forms=forms))
        elif not ordinary(word):
            unknown.append(word)
    mentions += _chinese_parts(normal, index, mentions, ordinary)
    found = [replace(m, relatives=index.relatives(m.entities)) for m in mentions]
    return sorted(found, key=lambda m: m.start), unknown


def _owners(word: str, index: NameIndex) -> tuple[Entity, ...] | None:
    one = index.find(name_key(word[:-1])) if word.endswith("s") and len(word) > SHORTEST_PLURAL else None
    if one is not None and one.strength >= 2:
        return (one,)
    begun = _begun(word, index) or (_begun(word[:-1], index) if word.endswith("s") else None)
    return _partly(word, index) or begun or _misspelt(word, index)


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
        if firm and not lengthened and not (match.whole and (follows or re.search("[a-z一-鿿]{3,}", rest))):
            continue
        found = [m for m in found if m not in beneath]
        surface = normal[match.start : match.end]
        found.append(Mention(match.entities, match.start, match.end, surface, exact=len(match.entities) == 1))
    return found


def _called(word: str, index: NameIndex) -> tuple[Entity, ...] | None:
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


def _is_marked(entity: Entity) -> bool:
    """Whether a name is written as names are, with inner capitals, though it is also an everyday word."""
    return any(sum(char.isupper() for char in alias) > 1 for alias in entity.aliases)


def _exact(normal: str, index: NameIndex, ordinary: Ordinary, common: Ordinary) -> list[Mention]:
    atoms = [(m.group(), m.start(), m.end()) for m in _ATOM.finditer(normal)]
    found: list[Mention] = []
    at = 0
    while at < len(atoms):
        best: tuple[int, Entity] | None = None
        key = ""
        for end in range(at, min(len(atoms), at + 24)):
            gap = normal[atoms[end - 1][2] : atoms[end][1]] if end > at else ""
            if len(gap) > 2 or (gap.strip() and not re.fullmatch(r"\s?[-_.·'/+]\s?", gap)):
                break
            joint = "." if gap == "." and key[-1:].isdigit() and atoms[end][0][0].isdigit() else ""
            key += joint + atoms[end][0]
            if len(key) > LONGEST_KEY:
                break
            entity = index.find(key)
            if entity is not None and _stands_alone(normal, atoms[at][1], atoms[end][2], key):
                best = (end, entity)
        if best is None:
            at += 1
            continue
        end, entity = best
        start, stop = atoms[at][1], atoms[end][2]
        surface = normal[start:stop]
        if entity.strength >= 3 or not ordinary(surface) or (not common(surface) and _is_marked(entity)):
            found.append(Mention((entity,), start, stop, surface, exact=True))
        at = end + 1
    return found


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


def _partly(word: str, index: NameIndex) -> tuple[Entity, ...] | None:
    """Things whose name holds `word` as a whole word: "foo" for "foo-7B"."""
    key = name_key(word)
    found = index.parts.get(word) or index.parts.get(key)
    if not found:
        return None
    leading = tuple(e for e in found if any(k.startswith(key) for k in e.keys))
    return leading if 0 < len(leading) <= 4 else None


def _begun(word: str, index: NameIndex) -> tuple[Entity, ...] | None:
    """Things whose name `word` begins and is most of: "foobar" for "FoobarDB"."""
    key = name_key(word)
    if len(key) < 4:
        return None
    longest = int(len(key) / SHARE_BEGUN)
    found = {
        index.names[name].name: index.names[name]
        for length in range(len(key) + 1, longest + 1)
        for name in index.lengths.get(length, ())
        if name.startswith(key)
    }
    return tuple(found.values()) if 0 < len(found) <= 2 else None


def _misspelt(word: str, index: NameIndex) -> tuple[Entity, ...] | None:
    key = name_key(word)
    if len(key) < SHORTEST_TYPO or key.isdigit():
        return None
    allowed = 1 if len(key) < 8 else 2
    best: list[tuple[int, str]] = []
    for length in range(len(key) - allowed, len(key) + allowed + 1):
        for name in index.lengths.get(length, ()):
            if _digits(name) != _digits(key):
                continue
            distance = edit_distance(key, name, allowed)
            if distance <= allowed:
                best.append((distance, name))
    if not best:
        return None
    closest = min(distance for distance, _ in best)
    entities = {index.names[name].name: index.names[name] for distance, name in sorted(best) if distance == closest}
    return tuple(entities.values()) if len(entities) <= 2 else None


def _digits(key: str) -> str:
    return "".join(char for char in key if char.isdigit())


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


def _chinese_parts(normal: str, index: NameIndex, mentions: Sequence[Mention], ordinary: Ordinary) -> list[Mention]:
    """Chinese beginnings of names ("百花" for "百花大系统") that belong to at most two things."""
    found: list[Mention] = []
    at = 0
    while at < len(normal):
        taken = next((m for m in (*mentions, *found) if m.start <= at < m.end), None)
        if taken is not None:
            at = taken.end
            continue
        for length in range(7, 1, -1):
            part = normal[at : at + length]
            owners = index.stems.get(part, ())
            begun = () if owners else index.prefixes.get(part, ())
            if begun and len(begun) <= 2 and not ordinary(part):
                owners = begun
            if len(part) == length and 0 < len(owners) <= 2:
                found.append(Mention(tuple(owners), at, at + length, part, exact=False))
                break
        at += 1
    return found
