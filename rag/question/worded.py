"""Things named by some of the words of a long name, in any order: "28-75 G2" for "Plover 28-75mm F2.8 G2"."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rag.text.lexicon import Lexicon
from rag.text.name_words import VERSION_WORDS, canonical, equal_heads, forms_of
from rag.text.names import generations, has_cjk
from rag.text.stem import stem
from rag.types import Entity

Ordinary = Callable[[str], bool]
_ATOM = re.compile(r"[a-z]+|\d+(?:\.\d+)*|[一-鿿]+")
_GAP = re.compile(r"[\s\-_.·'/+()]{0,3}|\s?(?:'s|那个|那款|那台|这个|这款|家的|家|的|the)\s?")
"""What may stand between two words of one name."""
MOST_ALIKE = 4
"""Things that may share the words written; of more, none is meant."""
FEWEST_NUMBERS = 4
"""Atoms that name a thing although none of them is a word."""
SHORTEST_WORD = 3
BESIDE = 2
"""Words behind the first one among which the second of the same name is; one of two letters may stand between them."""
SURE_HEAD = 0.3
"""Weight of a translation from which it may be a maker's name in the other language."""


@dataclass(frozen=True, slots=True)
class Written:
    """One form of a thing's name in comparable words."""

    entity: Entity
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """Words of a question, `start` to `end`, that stand in the names of `entities`.

    `whole` tells that they are all the words of a name, `leading` that they are its first ones, `proper` that they
    name it by themselves, being more than everyday words.
    """

    entities: tuple[Entity, ...]
    start: int
    end: int
    atoms: tuple[str, ...]
    whole: bool
    leading: bool
    proper: bool


class Worded(Protocol):
    """Names by their words."""

    @property
    def heads(self) -> Mapping[str, frozenset[str]]:
        """First words of names by the first word in the other script."""
        ...

    def holds(self, word: str) -> bool:
        """Whether any name holds the word."""
        ...

    def holding(self, word: str, beside: Collection[str]) -> Iterable[Written]:
        """The forms of names with `word`: all that also hold a word `beside` it, perhaps others."""
        ...

    def starting(self, word: str) -> Iterable[Written]:
        """The forms of names that begin with `word`."""
        ...


@dataclass(frozen=True, slots=True)
class WordedNames:
    """Forms of names by their words, and first words that mean the same in the two languages."""

    by_word: Mapping[str, tuple[Written, ...]] = field(default_factory=dict)
    heads: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """First words of names by the first word in the other script: "Falke 3" and "猎鹰 3" are one thing."""

    def holds(self, word: str) -> bool:
        """Whether any name holds the word."""
        return word in self.by_word

    def holding(self, word: str, beside: Collection[str]) -> Sequence[Written]:
        """The forms of names with `word`: all that also hold a word `beside` it, perhaps others."""
        return self.by_word.get(word, ())

    def starting(self, word: str) -> Iterable[Written]:
        """The forms of names that begin with `word`."""
        return (written for written in self.by_word.get(word, ()) if written.words[0] == word)

    @classmethod
    def build(cls, entities: Iterable[Entity]) -> WordedNames:
        """Of the things that are named as such."""
        kept = sorted(
            {entity.name: entity for entity in entities if entity.strength >= 2}.values(), key=lambda e: e.name
        )
        written = [forms_of(entity.aliases) for entity in kept]
        heads = {head: frozenset(others) for head, others in sorted(_equal_heads(written).items())}
        found: dict[str, list[Written]] = defaultdict(list)
        for entity, forms in zip(kept, written, strict=True):
            for form in with_heads(forms, heads):
                for word in dict.fromkeys(form):
                    found[word].append(Written(entity, form))
        return cls({word: tuple(named) for word, named in sorted(found.items())}, heads)


def of_head(word: str, names: Worded) -> tuple[tuple[Entity, ...], tuple[str, ...]]:
    """(things whose names begin with a maker's name or its other form, those other forms); ((), ()) of others.

    Only a word that also has a form in the other script is sure to be a name by itself. Of more than MOST_ALIKE
    things one more than that are given.
    """
    if len(word) < (2 if has_cjk(word) else SHORTEST_WORD):
        return (), ()
    others = names.heads.get(word, frozenset()) or _translated(word, names)
    entities: dict[str, Entity] = {}
    for head in (word, *sorted(others)) if others else ():
        for written in names.starting(head):
            if len(written.words) > 1:
                entities[written.entity.name] = written.entity
            if len(entities) > MOST_ALIKE:
                break
    return (tuple(entities.values()), tuple(sorted(others))) if others else ((), ())


def _equal_heads(written: Iterable[Collection[tuple[str, ...]]]) -> dict[str, set[str]]:
    """First words of names by the first word in the other script; `written` are the forms of each name."""
    heads: dict[str, set[str]] = defaultdict(set)
    for forms in written:
        for one, other in equal_heads(forms):
            heads[one].add(other)
    return heads


def with_heads(forms: Iterable[tuple[str, ...]], heads: Mapping[str, frozenset[str]]) -> tuple[tuple[str, ...], ...]:
    """The forms of a name, and those with a first word in the other script."""
    found = dict.fromkeys(forms)
    for form in tuple(found):
        found.update(dict.fromkeys((head, *form[1:]) for head in sorted(heads.get(form[0], ()))))
    return tuple(found)


def _translated(word: str, names: Worded) -> frozenset[str]:
    """First words of names that a Latin word translates to: makers' names."""
    if not word.isascii() or len(word) < SHORTEST_WORD:
        return frozenset()
    found = {t.term for t in Lexicon.load().translate(stem(word)) if t.weight >= SURE_HEAD and has_cjk(t.term)}
    return frozenset(
        term for term in found
        if any(len(w.words) > 1 and not has_cjk(w.words[1]) for w in names.starting(term))
    )  # fmt: skip


def find_worded(normal: str, names: Worded, ordinary: Ordinary) -> list[Match]:
    """Runs of words of a normalised question that stand together in names, longest first at each place."""
    atoms = _question_atoms(normal, names)
    found: list[Match] = []
    at = 0
    while at < len(atoms):
        match, used = _longest(normal, atoms, at, names, ordinary)
        if match is not None:
            found.append(match)
        at += used
    return found


_Atom = tuple[str, int, int]


def _question_atoms(normal: str, names: Worded) -> list[_Atom]:
    """(word, start, end) of the question's words; of Chinese text those that stand in names."""
    found: list[_Atom] = generations(normal)
    for match in _ATOM.finditer(_blank(normal, found)):
        if not has_cjk(match.group()):
            if match.group() not in VERSION_WORDS:
                found.append((canonical(match.group()), match.start(), match.end()))
            continue
        at, end = match.start(), match.end()
        while at < end:
            size = next((n for n in range(min(8, end - at), 1, -1) if names.holds(normal[at : at + n])), 0)
            if size:
                found.append((normal[at : at + size], at, at + size))
            at += size or 1
    return sorted(found, key=lambda atom: atom[1])


def _blank(normal: str, taken: Sequence[_Atom]) -> str:
    """`normal` with blanks for the atoms that are taken already."""
    for _, start, end in taken:
        normal = normal[:start] + " " * (end - start) + normal[end:]
    return normal


def _longest(
    normal: str, atoms: Sequence[_Atom], at: int, names: Worded, ordinary: Ordinary
) -> tuple[Match | None, int]:
    """The names that hold most of the words from `at` on, and how many words they take up."""
    first = atoms[at][0]
    starts = (first,) if names.holds(first) else (first, *sorted(_translated(first, names)))
    beside = tuple(word for word, _, _ in atoms[at + 1 : at + 1 + BESIDE])
    best: dict[str, tuple[Written, list[str]]] = {}
    most, last = 1, at
    for written in (w for start in starts for w in names.holding(start, beside)):
        taken, until = _taken(normal, atoms, at, written, starts)
        if len(taken) > 1 and _is_other_version(taken, written.words):
            continue
        if len(taken) > most:
            best, most, last = {}, len(taken), until
        if len(taken) == most and most > 1 and until == last:
            kept = best.get(written.entity.name)
            if kept is None or len(written.words) < len(kept[0].words):
                best[written.entity.name] = (written, taken)
    if not best or len(best) > MOST_ALIKE:
        return None, 1
    whole = {name: entry for name, entry in best.items() if len(entry[1]) == len(entry[0].words)}
    chosen = whole or best
    forms = list(chosen.values())
    return Match(
        tuple(entry[0].entity for entry in forms), atoms[at][1], atoms[last][2], tuple(forms[0][1]), bool(whole),
        all(sorted(entry[0].words[: len(entry[1])]) == sorted(entry[1]) for entry in forms),
        _is_proper(forms[0][1], ordinary),
    ), last - at + 1  # fmt: skip


def _taken(
    normal: str, atoms: Sequence[_Atom], at: int, written: Written, starts: Sequence[str]
) -> tuple[list[str], int]:
    """(words of `written` that follow one another in the question from `at` on, place of the last)."""
    left = Counter(written.words)
    first = next(start for start in starts if left[start])
    left[first] -= 1
    taken, last = [first], at
    for place in range(at + 1, len(atoms)):
        word, start, _ = atoms[place]
        if not _GAP.fullmatch(normal[atoms[place - 1][2] : start]):
            break
        if left[word] > 0:
            left[word] -= 1
            taken.append(word)
            last = place
        elif not (word.isalpha() and len(word) <= 2 and atoms[place - 1][2] == start and place - 1 == last):
            break
    return (taken[:1], at) if _is_cut(atoms, last) else (taken, last)


def _is_other_version(taken: Sequence[str], name: Sequence[str]) -> bool:
    """Whether a digit behind the first word counts versions, where the name has a size: "Foo 3" and "Foo 2.5 3B"."""
    digit = taken[1]
    if len(digit) > 1 or not digit.isdigit() or not name[1][0].isdigit() or name[1] == digit:
        return False
    unit = name[name.index(digit) + 1 :][:1]
    return len(unit) == 1 and len(unit[0]) == 1 and unit[0].isalpha() and unit[0] not in taken


def _is_cut(atoms: Sequence[_Atom], last: int) -> bool:
    """Whether the word behind the last one belongs to it ("m5" of "m50a"); a unit of a number may be left out."""
    if last + 1 >= len(atoms) or atoms[last + 1][1] != atoms[last][2] or has_cjk(atoms[last + 1][0]):
        return False
    return not (atoms[last][0][0].isdigit() and len(atoms[last + 1][0]) <= 2) and not has_cjk(atoms[last][0])


def _is_proper(words: Sequence[str], ordinary: Ordinary) -> bool:
    """Whether words say which thing is meant: one is no everyday word, or there are many numbers and letters."""
    if len(words) >= FEWEST_NUMBERS and sum(word[0].isdigit() for word in words) > 1:
        return True
    proper = [word for word in words if not word[0].isdigit() and not ordinary(word)]
    if any(len(word) >= SHORTEST_WORD or has_cjk(word) for word in proper):
        return True
    return len(words) >= 3 and bool(proper)
