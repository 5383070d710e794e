"""The names of one generation, looked up in the records word by word instead of read whole.

The words of a thing (`rag.text.name_words`) are written with its row and go with it, so that they need no stamps of
their own: a generation sees the words of the things that it sees.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rag.index import tables as t
from rag.index.decoding import entity_of
from rag.text.name_words import CHINESE, LONGEST, OTHER_HEAD, PARTED, SPELT
from rag.types import Entity

if TYPE_CHECKING:
    from rag.index.records import Records

LAST = "\U0010ffff"
"""Behind every character that a word can go on with."""
KEPT_WORDS, KEPT_THINGS = 200_000, 20_000
"""Upper limits of what is remembered: about 40 MB."""
PART = 512
"""Things that are read at once where a walk may end early."""
FEW = 2_000
"""Things with a word up to which they are looked up one by one among those with another word."""


class NameTable:
    """The words of all things that one generation sees. Safe to share between threads.

    Every word bears its kind, see `rag.text.name_words`. Things are known by the number of their row.
    """

    def __init__(self, records: Records, generation: int) -> None:
        self._records = records
        self._generation = generation
        self._held: dict[str, bool] = {}
        self._things: dict[int, Entity] = {}

    def expect(self, words: Iterable[str]) -> None:
        """Look up at once which of `words` any thing has: `has` asks no more for them."""
        wanted = {cut(word) for word in words}
        self._look_up(wanted - self._held.keys(), beginnings=False)

    def expect_beginnings(self, texts: Iterable[str]) -> None:
        """The same for `begins`: whether the Chinese part of any name begins with each of `texts`."""
        self._look_up({_beginning(text) for text in texts} - self._held.keys(), beginnings=True)

    def has(self, word: str) -> bool:
        """Whether any thing has `word`."""
        known = self._held.get(cut(word))
        return bool(self._look_up({cut(word)}, beginnings=False)) if known is None else known

    def begins(self, text: str) -> bool:
        """Whether the Chinese part of any name begins with `text`."""
        known = self._held.get(_beginning(text))
        return bool(self._look_up({_beginning(text)}, beginnings=True)) if known is None else known

    def _look_up(self, wanted: set[str], *, beginnings: bool) -> set[str]:
        """Those of the words that any thing has, or with that any word begins; what it finds is remembered."""
        if not wanted:
            return set()
        word = t.name_words.c.word
        with self._records.reading() as connection:
            value = t.given(connection, sorted(one.removesuffix(LAST) for one in wanted))
            meets = t.and_(word >= value, word < value + LAST) if beginnings else word == value
            owner = t.select(t.name_words.c.entity).select_from(_joined()).where(self._live(), meets)
            found = set(connection.execute(t.select(value).where(t.exists(owner))).scalars())
        found = {one + LAST for one in found} if beginnings else found
        if len(self._held) > KEPT_WORDS:
            self._held.clear()
        self._held.update((one, one in found) for one in wanted)
        return found

    def with_words(self, words: Iterable[str]) -> dict[str, list[Entity]]:
        """The things with each of `words`, which few have; words that nothing has are left out."""
        wanted = [word for word in dict.fromkeys(map(cut, words)) if self._held.get(word, True)]
        found: dict[str, list[Entity]] = {}
        if wanted:
            with self._records.reading() as connection:
                query = t.select(t.name_words.c.word, t.entities).select_from(_joined()).where(self._live())
                for row in connection.execute(query.where(t.among(t.name_words.c.word, wanted))):
                    found.setdefault(row.word, []).append(self._thing(row))
        self._held.update((word, word in found) for word in wanted)
        return found

    def walk(self, word: str, until: str = "") -> Iterator[Entity]:
        """The things with `word`, or with any from `word` to below `until`, in order of words and rows.

        A thing with several of them comes several times. What is not asked for is not read.
        """
        column, owner = t.name_words.c.word, t.name_words.c.entity
        within = t.and_(column >= word, column < until) if until else column == cut(word)
        after: tuple[str, int] | None = None
        part = PART // 8
        while True:
            query = t.select(column, t.entities).select_from(_joined()).where(self._live(), within)
            if after is not None:
                query = query.where(t.or_(column > after[0], t.and_(column == after[0], owner > after[1])))
            with self._records.reading() as connection:
                rows = connection.execute(query.order_by(column, owner).limit(part)).all()
            yield from map(self._thing, rows)
            if len(rows) < part:
                return
            after, part = (rows[-1].word, rows[-1].row), min(part * 2, 8 * PART)

    def common(self, word: str, others: Collection[str]) -> list[Entity]:
        """The things that have `word` and one of `others`, by row."""
        if not self.has(word) or not (beside := [other for other in map(cut, others) if self.has(other)]):
            return []
        rows: set[int] = set()
        with self._records.reading() as connection:
            few = _read(connection, _owners((cut(word),)))
            for one in beside:
                rows.update(_both(connection, cut(word), few, one))
        return self.things(sorted(rows))

    def things(self, rows: Sequence[int]) -> list[Entity]:
        """The things in these rows that the generation sees, in that order."""
        known = {row: self._things.get(row) for row in rows}
        missing = [row for row, thing in known.items() if thing is None]
        if missing:
            with self._records.reading() as connection:
                query = t.select(t.entities).where(t.among(t.entities.c.row, missing), self._live())
                known |= {row.row: self._thing(row) for row in connection.execute(query)}
        return [thing for thing in known.values() if thing is not None]

    def keys_between(self, first: str, last: str, longest: int) -> list[str]:
        """The words from `first` to below `last` of at most `longest` characters, in order."""
        column = t.name_words.c.word
        query = t.select(column).distinct().select_from(_joined()).where(self._live(), column >= first, column < last)
        with self._records.reading() as connection:
            return sorted(connection.execute(query.where(t.func.length(column) <= longest)).scalars())

    def heads(self) -> list[tuple[str, str]]:
        """Every first word of a name with its form in the other script."""
        found = (word[1:].partition(PARTED) for word in self.keys_between(OTHER_HEAD, OTHER_HEAD + LAST, LONGEST))
        return [(one, other) for one, _, other in found]

    def spelt(self, letter: str, consonants: str) -> dict[str, bool]:
        """Latin words of names with that first letter and sound, and whether one is a name by itself."""
        start = f"{SPELT}{letter}{consonants}{PARTED}"
        found: dict[str, bool] = {}
        for word in self.keys_between(start, start + LAST, LONGEST):
            told = word[len(start) :]
            found[told[1:]] = found.get(told[1:], False) or told[0] == "1"
        return found

    def count(self, strength: int) -> int:
        """How many things have at least that strength."""
        query = t.select(t.func.count()).select_from(t.entities).where(self._live(), t.entities.c.strength >= strength)
        with self._records.reading() as connection:
            return int(connection.execute(query).scalar_one())

    def _live(self) -> t.Condition:
        return t.live(t.entities, self._generation)

    def _thing(self, row: t.Row[Any]) -> Entity:
        known = self._things.get(row.row)
        if known is None:
            if len(self._things) > KEPT_THINGS:
                self._things.clear()
            known = entity_of(row.name, row.keys, row.aliases, row.strength)
            self._things[row.row] = known
        return known


def cut(word: str) -> str:
    """A word as it is written down."""
    return word[:LONGEST]


def _beginning(text: str) -> str:
    return f"{CHINESE}{text}{LAST}"


def _joined() -> t.Join:
    return t.name_words.join(t.entities, t.entities.c.row == t.name_words.c.entity)


def _owners(words: Sequence[str]) -> t.Select[Any]:
    return t.select(t.name_words.c.entity).where(t.among(t.name_words.c.word, words))


def _read(connection: t.Connection, query: t.Select[Any]) -> list[int] | None:
    """The rows that a query finds; None where they are more than a few."""
    rows = connection.execute(query.limit(FEW + 1)).scalars().all()
    return list(rows) if len(rows) <= FEW else None


def _both(connection: t.Connection, word: str, few: list[int] | None, other: str) -> Iterable[int]:
    """The rows that have both words, looked up from the rarer one; `few` are all with the first, if they are few."""
    owner = t.name_words.c.entity
    if few is not None:
        return connection.execute(_owners((other,)).where(t.among(owner, few))).scalars().all()
    rare = _read(connection, _owners((other,)))
    if rare is not None:
        return connection.execute(_owners((word,)).where(t.among(owner, rare))).scalars().all()
    return connection.execute(_owners((word,)).where(owner.in_(_owners((other,)).scalar_subquery()))).scalars().all()
