"""The names that a corpus knows, arranged for finding them, and a name found in a question."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, takewhile
from typing import Protocol

from rag.index.uncollected import uncollected
from rag.question.numerals import value
from rag.question.sounding import Heard, Sounding
from rag.question.worded import Worded, WordedNames
from rag.question.wording import words
from rag.text.language import HAN
from rag.text.name_words import NAMED, beginnings, family, initials, length_and_digits, part_words
from rag.text.names import edition_of, has_cjk, name_key
from rag.text.tokenise import query_tokens
from rag.types import Entity

_NUMERAL = r"\d{1,2}|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九]"
LONGEST_NUMERAL = 4
"""Characters of a number in a Chinese name, and of what may stand behind its measure word."""
_COUNTED = re.compile(rf"(?<=[一-鿿])(?:{_NUMERAL})(?=[号代型])")
_SIZED = re.compile(r"[a-z]\d+b?$")
MOST_HEADED = 4
"""Things whose names may begin with one word for the word to mean them all."""
_DIGITS = "〇一二三四五六七八九"
FIRM = 3
"""Strength of things that headings or tables are about."""
SHORTEST_STEM = 3
"""Characters of a Chinese name from which a longer name that it begins is a form of the same thing."""
SHORTEST_NUMBERED, LONGEST_NUMBERED = 3, 40
"""Letters of a name, and characters of those that it begins and that go on with a number."""
_NUMBERED = re.compile(r"[\s\-_](?=.*\d)[a-z0-9.]+(?:[\s\-_][a-z0-9.]+)*")


_APART = re.compile(rf"(?<=[{HAN}])(?=[a-z0-9])|(?<=[a-z0-9])(?=[{HAN}])")
"""Where a name of both scripts may have a space."""


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
        for written in self._written:  # noqa: SIM110 - thousands of texts a question: a generator takes twice the time
            if written in normal and _stands_in(written, normal):
                return True
        return False

    @cached_property
    def _written(self) -> tuple[str, ...]:
        written = [name for name in (self.surface, *self.forms) if name]
        return tuple(dict.fromkeys((*written, *(_APART.sub(" ", name) for name in written))))

    @property
    def is_one_firm_thing(self) -> bool:
        """Whether it is one thing that headings or tables of the notes are about, by whichever part of its name."""
        return len(self.entities) == 1 and self.entities[0].strength >= FIRM

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(query_tokens(self.surface)))

    @cached_property
    def keys(self) -> frozenset[str]:
        keys = frozenset(key for entity in self.entities for key in entity.keys)
        # a family is spoken of by the part of the names that was written
        return keys if self.exact or len(self.entities) == 1 else keys | {name_key(self.surface)}


class Keys(Protocol):
    """The keys of a corpus, searched by how they are written."""

    def beginning(self, start: str, longest: int | None = None) -> Iterable[str]:
        """All keys that begin with `start`, of at most `longest` characters, sorted."""
        ...

    def like(self, key: str, allowed: int) -> Iterable[str]:
        """Latin keys of things named as such with the digits of `key`, longer or shorter by at most `allowed`."""
        ...

    def chinese_near(self, name: str) -> Iterable[str]:
        """Chinese keys longer or shorter by at most one character; all that are one slip away, perhaps others."""
        ...


@dataclass(frozen=True, slots=True)
class NameIndex:
    """All names of a corpus, arranged for finding them in a question.

    Either all are held in memory (`build`), or looked up in the index (`rag.question.stored_names`). Of the things
    that share a `prefixes` or `stems` entry, more than MOST_HEADED need not all be given.
    """

    names: Mapping[str, Entity]
    parts: Mapping[str, tuple[Entity, ...]]
    prefixes: Mapping[str, tuple[Entity, ...]]
    stems: Mapping[str, tuple[Entity, ...]]
    """Chinese names without the word for what sort of thing they are."""
    families: Mapping[str, frozenset[str]]
    """Keys by their stem without a trailing size or version: foo, foo6b and foo13b are one family."""
    editions: Mapping[str, tuple[Entity, ...]]
    """Things that are editions of another ("Foo 社区版"), by that other's key."""
    initials: Mapping[str, tuple[Entity, ...]]
    """Things by the first letters of the words of their names."""
    keys: Keys
    worded: Worded
    sounding: Heard
    held: Callable[[Iterable[str]], Iterable[str]] | None = None
    """Those of many words that are parts of names, found together; looked up one by one for None."""
    expect: Callable[[str], None] = lambda normal: None
    """Told the normalised text of a question before its words are looked up."""

    def find(self, key: str) -> Entity | None:
        """The entity of a name key; a size may be written with or without its "b" (foo130, foo130b)."""
        found = self.names.get(key)
        if found is None and _SIZED.search(key):
            found = self.names.get(key[:-1] if key[-1] == "b" else key + "b")
        if found is None and (counted := _COUNTED.search(key)) is not None:
            found = self.names.get(key[: counted.start()] + _other_numeral(counted.group()) + key[counted.end() :])
        return found

    def siblings(self, stem: str, behind: str) -> list[str]:
        """Keys that are `stem`, a number and what stands behind it: "某某一号" and "某某三号" of 某某 and 号."""
        series = re.compile(rf"{re.escape(stem)}(?:{_NUMERAL}){re.escape(behind)}")
        longest = len(stem) + len(behind) + LONGEST_NUMERAL
        return [key for key in self.keys.beginning(stem, longest) if series.match(key)]

    def held_parts(self, words: Iterable[str]) -> list[str]:
        """Those of the words that are parts of names."""
        return [word for word in (words if self.held is None else self.held(words)) if word in self.parts]

    def relatives(self, entities: Sequence[Entity]) -> frozenset[str]:
        """Keys of other sizes and versions of `entities`."""
        own = {key for entity in entities for key in entity.keys}
        numbered = [key for entity in entities if entity.strength > NAMED for key in entity.keys]
        related: set[str] = {other for key in numbered for other in self._numbered(key)}
        for key in own:
            base = family(key)
            if key == base:
                related |= self.families.get(base, frozenset())
            elif family(base) == base and base in self.names:
                related.add(base)
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

    def _numbered(self, key: str) -> set[str]:
        """Names that `key` begins and that go on in words with a number: "foo-base-003" is a Foo."""
        if len(key) < SHORTEST_NUMBERED or not key.isalpha() or not key.isascii():
            return set()
        longer = [self.names[other] for other in self.keys.beginning(key, LONGEST_NUMBERED) if other != key]
        found = {
            entity.name: entity
            for entity in longer
            if any(
                alias.lower().startswith(key) and _NUMBERED.fullmatch(alias.lower()[len(key) :])
                for alias in entity.aliases
            )
        }
        return {other for entity in found.values() for other in entity.keys} if len(found) <= MOST_HEADED else set()

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
        families: dict[str, set[str]] = defaultdict(set)
        editions: dict[str, dict[str, Entity]] = defaultdict(dict)
        initialled: dict[str, dict[str, Entity]] = defaultdict(dict)
        for key, entity in sorted(names.items()):
            families[family(key)].add(key)
            if entity.strength < NAMED:
                continue
            if whole := name_key(edition_of(entity.name)):
                editions[whole][entity.name] = entity
            for alias in entity.aliases:
                if first := initials(alias):
                    initialled[first][entity.name] = entity
                for word in part_words(alias):
                    parts[word][entity.name] = entity
                for beginning, rest in beginnings(alias):
                    kept = stems if rest in words("kind") else prefixes
                    kept[beginning][entity.name] = entity
        return cls(
            names,
            {word: tuple(found.values()) for word, found in sorted(parts.items())},
            {word: tuple(found.values()) for word, found in sorted(prefixes.items())},
            {word: tuple(found.values()) for word, found in sorted(stems.items())},
            {base: frozenset(keys) for base, keys in sorted(families.items()) if len(keys) > 1},
            {whole: tuple(found.values()) for whole, found in sorted(editions.items())},
            {first: tuple(found.values()) for first, found in sorted(initialled.items())},
            HeldKeys(names),
            WordedNames.build(names.values()),
            Sounding(names),
        )


class HeldKeys:
    """The keys of names that are held in memory."""

    def __init__(self, names: Mapping[str, Entity]) -> None:
        self._sorted = sorted(names)
        self._like: dict[str, list[str]] = defaultdict(list)
        for key in self._sorted:
            if names[key].strength >= NAMED and not has_cjk(key):
                self._like[length_and_digits(len(key), key)].append(key)

    def beginning(self, start: str, longest: int | None = None) -> list[str]:
        """All keys that begin with `start`, of at most `longest` characters, sorted."""
        first = bisect_left(self._sorted, start)
        found = takewhile(lambda key: key.startswith(start), islice(self._sorted, first, None))
        return [key for key in found if longest is None or len(key) <= longest]

    def like(self, key: str, allowed: int) -> list[str]:
        """Latin keys of things named as such with the digits of `key`, longer or shorter by at most `allowed`."""
        lengths = range(len(key) - allowed, len(key) + allowed + 1)
        return [one for length in lengths for one in self._like.get(length_and_digits(length, key), ())]

    def chinese_near(self, name: str) -> list[str]:
        """Chinese keys longer or shorter by at most one character."""
        return [key for key in self._sorted if abs(len(key) - len(name)) <= 1 and has_cjk(key)]


def _other_numeral(number: str) -> str:
    """A number below a hundred in Chinese characters for one in digits, and the other way round."""
    if not number.isdigit():
        return str(value(number))
    tens, ones = divmod(int(number), 10)
    return ("" if not tens else "十" if tens == 1 else _DIGITS[tens] + "十") + (_DIGITS[ones] if ones else "")


def _stands_in(written: str, normal: str) -> bool:
    """Whether a name that a text holds is not a piece of a longer word there; in Chinese that cannot be told."""
    if has_cjk(written):
        return True
    return re.search(rf"(?<![a-z0-9])(?<![a-z0-9]-){re.escape(written)}(?![a-z0-9]|-[a-z])", normal) is not None
