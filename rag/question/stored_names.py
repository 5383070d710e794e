"""The names of a large corpus, looked up in the index: what `NameIndex.build` holds in memory, read when it is asked.

The words under which a thing is kept lead to it (`rag.text.name_words`); what is asked is then told from its names, as
`NameIndex.build` tells it. Both find the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TypeVar

from rag.index import Snapshot
from rag.index.name_table import LAST, NameTable
from rag.question.name_index import MOST_HEADED, NameIndex
from rag.question.sounding import heard_in, may_be_spelt
from rag.question.worded import Written, with_heads
from rag.question.wording import words
from rag.text import name_words as w
from rag.text import sounds
from rag.text.names import edition_of, has_cjk, name_key
from rag.types import Entity

KEPT = 4_096
"""Answers of one kind that are remembered."""
LONGEST_CHINESE = 8
"""Characters of a question's Chinese text that are looked up together."""
MOST_ATOMS = 24
_ATOM = re.compile(r"[a-z]+|\d+(?:\.\d+)*|[一-鿿]")
_RUN = re.compile(r"[a-z0-9]+(?:[-_.+'·]+[a-z0-9]+)*")
_HAN = re.compile("[一-鿿]+")
_T = TypeVar("_T")


def names_of(snapshot: Snapshot) -> NameIndex:
    """The names of a snapshot: few are held in memory, many looked up."""
    if snapshot.name_table is None:
        return NameIndex.build(snapshot.names())
    return stored_names(snapshot.name_table, snapshot.names())


def stored_names(table: NameTable, names: Mapping[str, Entity]) -> NameIndex:
    """The names of a generation; `names` are its things by key."""

    def parts(word: str) -> tuple[Entity, ...]:
        kinds = (w.WORD, w.PART) if w.is_plain_part(word) else (w.PART,)
        lists = table.with_words(kind + word for kind in kinds).values()
        return _by_key(e for every in lists for e in every if any(word in w.part_words(a) for a in e.aliases))

    def prefixes(beginning: str) -> tuple[Entity, ...]:
        if not table.begins(beginning):
            return ()
        start = w.CHINESE + beginning
        return _few(table.walk(start, start + LAST), lambda entity: _begins(entity, beginning, stem=False))

    def stems(beginning: str) -> tuple[Entity, ...]:
        if not table.begins(beginning):
            return ()
        kinds = [w.CHINESE + beginning + kind for kind in sorted(_kinds())]
        table.expect(kinds)
        walked = (entity for kind in kinds if table.has(kind) for entity in table.walk(kind))
        return _few(walked, lambda entity: _begins(entity, beginning, stem=True))

    def families(base: str) -> frozenset[str]:
        lists = table.with_words((w.FAMILY + base, w.KEY + base)).values()
        return frozenset(key for every in lists for e in every for key in e.keys if w.family(key) == base)

    def editions(whole: str) -> tuple[Entity, ...]:
        lists = table.with_words((w.EDITION + whole,)).values()
        return _by_key(e for every in lists for e in every if name_key(edition_of(e.name)) == whole)

    def initials(letters: str) -> tuple[Entity, ...]:
        lists = table.with_words((w.INITIALS + letters,)).values()
        return _by_key(e for every in lists for e in every if any(w.initials(a) == letters for a in e.aliases))

    def held(words: Iterable[str]) -> list[str]:
        asked = list(words)
        table.expect(kind + word for word in asked for kind in (w.PART, w.WORD))
        return [word for word in asked if _held(table, word)]

    return NameIndex(
        names,
        LookedUp(lambda word: parts(word) if _held(table, word) else ()),
        LookedUp(prefixes),
        LookedUp(stems),
        LookedUp(families),
        LookedUp(lambda whole: editions(whole) if table.has(w.EDITION + whole) else ()),
        LookedUp(lambda letters: initials(letters) if table.has(w.INITIALS + letters) else ()),
        StoredKeys(table),
        StoredWords(table),
        StoredSounds(table),
        held,
        lambda normal: _expect(table, normal),
    )


class LookedUp(Mapping[str, _T]):
    """What `find` gives for a word, remembered; a word for which that is empty is not there."""

    def __init__(self, find: Callable[[str], _T]) -> None:
        self._find = find
        self._known: dict[str, _T] = {}

    def __getitem__(self, word: str) -> _T:
        found = self._known.get(word)
        if found is None:
            if len(self._known) >= KEPT:
                self._known.clear()
            found = self._known[word] = self._find(word)
        if not found:
            raise KeyError(word)
        return found

    def __iter__(self) -> Iterator[str]:
        raise TypeError("names of an index are looked up, not listed")

    def __len__(self) -> int:
        raise TypeError("names of an index are looked up, not counted")


class StoredKeys:
    """The keys of names in the index."""

    def __init__(self, table: NameTable) -> None:
        self._table = table

    def beginning(self, start: str, longest: int | None = None) -> list[str]:
        """All keys that begin with `start`, of at most `longest` characters, sorted."""
        first = w.KEY + start
        found = self._table.keys_between(first, first + LAST, w.LONGEST if longest is None else longest + 1)
        return [word[1:] for word in found]

    def like(self, key: str, allowed: int) -> list[str]:
        """Latin keys of things named as such with the digits of `key`, longer or shorter by at most `allowed`."""
        lengths = [
            w.LONG + w.length_and_digits(length, key) for length in range(len(key) - allowed, len(key) + allowed + 1)
        ]
        found = self._table.with_words(lengths)
        return [
            one for asked in lengths for entity in found.get(asked, ()) for one in entity.keys
            if not has_cjk(one) and w.LONG + w.length_and_digits(len(one), one) == asked
        ]  # fmt: skip

    def chinese_near(self, name: str) -> list[str]:
        """Chinese keys longer or shorter by at most one character; all that are one slip away, perhaps others."""
        found = self._table.with_words(w.NEAR + piece for piece in w.slip_probes(name)).values()
        keys = {key for entities in found for entity in entities for key in entity.keys}
        return sorted(key for key in keys if abs(len(key) - len(name)) <= 1 and has_cjk(key))


class StoredWords:
    """Names in the index by their words."""

    def __init__(self, table: NameTable) -> None:
        self._table = table

    @cached_property
    def heads(self) -> Mapping[str, frozenset[str]]:
        """First words of names by the first word in the other script."""
        found: dict[str, set[str]] = {}
        for one, other in self._table.heads():
            found.setdefault(one, set()).add(other)
        return {one: frozenset(others) for one, others in found.items()}

    def holds(self, word: str) -> bool:
        """Whether any name holds the word."""
        return self._table.has(w.WORD + word) or word in self.heads

    def holding(self, word: str, beside: Collection[str]) -> list[Written]:
        """The forms of names with `word` that belong to a thing with a word `beside` it."""
        others = {other for one in beside for other in self._either(one)}
        things = {e.name: e for one in self._either(word) for e in self._table.common(one, others)}
        written = (Written(entity, form) for _, entity in sorted(things.items()) for form in self._forms(entity))
        return [one for one in written if word in one.words]

    def starting(self, word: str) -> Iterator[Written]:
        """The forms of names that begin with `word`."""
        for one in sorted({word, *self.heads.get(word, ())}):
            start = (w.HEAD if has_cjk(one) else w.WORD) + one
            for entity in self._table.walk(start) if self._table.has(start) else ():
                yield from (Written(entity, form) for form in self._forms(entity) if form[0] == word)

    def _forms(self, entity: Entity) -> tuple[tuple[str, ...], ...]:
        return with_heads(w.forms_of(entity.aliases), self.heads)

    def _either(self, word: str) -> list[str]:
        """The words by which things are kept that are called so, or so in the other script."""
        return [w.WORD + one for one in sorted({word, *self.heads.get(word, ())})]


class StoredSounds:
    """Names in the index by their sound."""

    def __init__(self, table: NameTable) -> None:
        self._table = table

    def read(self, pinyin: str) -> tuple[str, ...]:
        """Chinese names, or the Chinese part of mixed ones, that are read so (toneless, no spaces)."""
        if not self._table.has(w.READ + pinyin):
            return ()
        found = self._table.with_words((w.READ + pinyin,)).values()
        runs = {run for entities in found for entity in entities for key in entity.keys for run in _HAN.findall(key)}
        return tuple(sorted(run for run in runs if len(run) >= w.SHORTEST_READ and pinyin in sounds.readings(run)))

    def heard(self, chinese: str) -> tuple[str, ...]:
        """Words of Latin names that the Chinese characters may spell: names of one word, others no everyday words."""
        return heard_in(chinese, self._spelt)

    def _spelt(self, letter: str, consonants: str) -> Iterator[tuple[str, str]]:
        for word, alone in self._table.spelt(letter, consonants).items():
            if may_be_spelt(word, alone=alone):
                yield from ((word, latin) for latin in sounds.spelt(word) if sounds.consonants(latin) == consonants)


def _by_key(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """Things in the order of their first keys."""
    keyed = sorted(((key, e) for e in entities for key in e.keys), key=lambda pair: pair[0])
    return tuple({entity.name: entity for _, entity in keyed}.values())


def _few(entities: Iterable[Entity], fits: Callable[[Entity], bool]) -> tuple[Entity, ...]:
    """Those that fit in the order of their first keys; of more than a name may stand for, one more than that."""
    found: dict[str, Entity] = {}
    for entity in entities:
        if fits(entity):
            found[entity.name] = entity
        if len(found) > MOST_HEADED:
            break
    return _by_key(found.values())


def _begins(entity: Entity, beginning: str, *, stem: bool) -> bool:
    """Whether the Chinese part of a name begins so, the rest being the word for a sort of thing, or not."""
    return any(
        start == beginning and (rest in words("kind")) is stem
        for alias in entity.aliases for start, rest in w.beginnings(alias)
    )  # fmt: skip


def _kinds() -> frozenset[str]:
    return frozenset(word for word in words("kind") if word and all(map(has_cjk, word)))


def _held(table: NameTable, word: str) -> bool:
    return table.has(w.PART + word) or (w.is_plain_part(word) and table.has(w.WORD + word))


def _expect(table: NameTable, normal: str) -> None:
    """Look up together what finding names in a question asks for, or most of it."""
    atoms = _ATOM.findall(normal)
    expected = {w.KEY + "".join(atoms[at:end]) for at in range(len(atoms)) for end in range(at + 1, at + MOST_ATOMS)}
    runs = [match.group() for match in _RUN.finditer(normal)]
    expected |= {kind + run for run in (*runs, *map(name_key, runs)) for kind in (w.PART, w.KEY, w.WORD)}
    expected |= {w.WORD + word for atom in atoms if not has_cjk(atom) for word in w.words_of(atom)}
    pieces = {
        run[at:end]
        for run in _HAN.findall(normal) for at in range(len(run)) for end in range(at + 2, at + LONGEST_CHINESE + 1)
        if end <= len(run)
    }  # fmt: skip
    table.expect(expected | {kind + piece for piece in pieces for kind in (w.WORD, w.KEY)})
    table.expect_beginnings(piece for piece in pieces if len(piece) < LONGEST_CHINESE)
