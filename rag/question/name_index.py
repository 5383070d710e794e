"""The names that a corpus knows, arranged for finding them, and a name found in a question."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from rag.index.uncollected import uncollected
from rag.question.sounding import Sounding
from rag.question.worded import WordedNames
from rag.question.wording import words
from rag.text.names import edition_of, has_cjk, name_key
from rag.text.normalise import normalise
from rag.text.tokenise import query_tokens
from rag.types import Entity

_SIZED = re.compile(r"[a-z]\d+b?$")
_CODE = re.compile(r"(?=[a-z.\-]*\d)(?=[\d.\-]*[a-z])[a-z0-9]+(?:[-.][a-z0-9]+)*")
_COUNTED = re.compile(r"v?\d+(?:\.\d+)?[a-z]{0,3}")
"""A version, or a number with its unit, which many names bear."""
_FAMILY_TAIL = re.compile(r"(?<=[a-z一-鿿])v?\d+(?:\.\d+)?[bmk]?$")
MOST_HEADED = 4
"""Things whose names may begin with one word for the word to mean them all."""
SHORTEST_STEM = 3
"""Characters of a Chinese name from which a longer name that it begins is a form of the same thing."""


@dataclass(frozen=True)
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

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(query_tokens(self.surface)))

    @cached_property
    def keys(self) -> frozenset[str]:
        keys = frozenset(key for entity in self.entities for key in entity.keys)
        # a family is spoken of by the part of the names that was written
        return keys if self.exact or len(self.entities) == 1 else keys | {name_key(self.surface)}


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
    editions: Mapping[str, tuple[Entity, ...]] = field(default_factory=dict)
    """Things that are editions of another ("Foo 社区版"), by that other's key."""
    sounding: Sounding = field(default_factory=lambda: Sounding({}))

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
        """The index of all names, by their keys."""
        with uncollected():
            return cls._build(names)

    @classmethod
    def _build(cls, names: Mapping[str, Entity]) -> NameIndex:
        parts: dict[str, dict[str, Entity]] = defaultdict(dict)
        prefixes: dict[str, dict[str, Entity]] = defaultdict(dict)
        stems: dict[str, dict[str, Entity]] = defaultdict(dict)
        lengths: dict[int, list[str]] = defaultdict(list)
        families: dict[str, set[str]] = defaultdict(set)
        editions: dict[str, dict[str, Entity]] = defaultdict(dict)
        for key, entity in sorted(names.items()):
            families[family(key)].add(key)
            if entity.strength < 2:
                continue
            if not has_cjk(key):
                lengths[len(key)].append(key)
            if whole := name_key(edition_of(entity.name)):
                editions[whole][entity.name] = entity
            for alias in entity.aliases:
                written = normalise(alias)
                for word in (*re.findall(r"[a-z]{3,}", written), *_codes(written), *_joined(written)):
                    parts[word][entity.name] = entity
                if has_cjk(alias):
                    chinese = "".join(char for char in name_key(alias) if has_cjk(char))
                    mixed = len(chinese) < len(name_key(alias))
                    for length in range(2, min(len(chinese) + mixed, 8)):
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
            {whole: tuple(found.values()) for whole, found in sorted(editions.items())},
            Sounding(names),
        )


def _codes(normal: str) -> list[str]:
    """The words of a normalised name that mix letters and digits as model numbers do: "foo bar t6000" gives t6000."""
    if not any(map(str.isdigit, normal)):
        return []
    found = (match.group() for match in _CODE.finditer(normal))
    return [code for code in found if not _COUNTED.fullmatch(code)]


def _joined(normal: str) -> list[str]:
    """The hyphenated words of a normalised name as people write them in one: "foo-a-bar 2" gives fooabar."""
    return [name_key(word) for word in re.findall(r"[a-z]+(?:[-'][a-z]+)+", normal)] if "-" in normal else []


def _stands_in(written: str, normal: str) -> bool:
    if written not in normal or has_cjk(written):
        return written in normal
    return re.search(rf"(?<![a-z0-9])(?<![a-z0-9]-){re.escape(written)}(?![a-z0-9]|-[a-z])", normal) is not None


def family(key: str) -> str:
    """`key` without a trailing size or version: "foo13b" gives "foo"; a bare number stays."""
    return _FAMILY_TAIL.sub("", key) or key
