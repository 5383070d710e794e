"""The things that evidence speaks of, and where a text names them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from typing import NamedTuple

from rag.answer.checking.types import Evidence
from rag.answer.wordings import wordings
from rag.text.lexicon import Lexicon
from rag.text.names import has_cjk, name_key, strip_numbering
from rag.text.normalise import normalise, unify
from rag.text.stem import stem
from rag.text.tokenise import is_word
from rag.types import Entity, Fact

SHORTEST = 2
"""Characters of a name: a single one is a letter or a particle."""
SURE = 3
"""Strength of a name from which it is a thing: a heading or a name column."""

_SEPARATORS = re.compile(r"[\s\-_.·/]+")
# A capital amid a sentence, and a capital after "The" or at the beginning of a sentence: names in English.
_AMID = re.compile(r"(?<=[a-z] )[A-Z][A-Za-z0-9-]+")
_OPENING = re.compile(r"(?:(?<=^)|(?<=[.;] ))(?:The )?([A-Z][A-Za-z0-9-]{2,})(?= [a-z]+)", re.MULTILINE)


class Span(NamedTuple):
    """Where a thing is named in a text after `unify`."""

    start: int
    end: int
    id: str


class Subjects:
    """Names of the things in question, each with the id of its thing: all names of one thing have one id."""

    def __init__(self, evidence: Iterable[Evidence], names: Mapping[str, Entity]) -> None:
        self._names = names
        self._surfaces: dict[str, str] = {}
        pieces = tuple(evidence)
        for piece in pieces:
            for fact in piece.facts:
                self._add(fact.entity, fact.entity_key)
            above = strip_numbering(piece.where.split(" › ")[-1])
            if " › " in piece.where and not _is_ordinary(above):
                self._add(above, "")
        written = "\n".join(f"{piece.where}\n{piece.text}" for piece in pieces)
        self._marked = frozenset(match.group().lower() for match in _AMID.finditer(written))
        stands = normalise(written)
        for entity in dict.fromkeys(names.values()):
            if entity.strength >= SURE and any(normalise(form) in stands for form in (entity.name, *entity.aliases)):
                self._add_known(entity)
        for match in _AMID.finditer(written):
            if (known := names.get(name_key(match.group()))) is not None:
                self._put(match.group(), known.keys[0])
        for match in _OPENING.finditer("\n".join(piece.text for piece in pieces)):
            if not _is_ordinary(match[1]) and match[1].lower() not in openers():
                self._add(match[1], "")

    def _add(self, surface: str, key: str) -> None:
        entity = self._names.get(key or name_key(surface))
        self._put(surface, entity.keys[0] if entity is not None else key or name_key(surface))
        for form in entity.aliases if entity is not None else ():
            if not _is_ordinary(form):
                self._put(form, entity.keys[0] if entity is not None else key)

    def _add_known(self, entity: Entity) -> None:
        for form in (entity.name, *entity.aliases):
            if not _is_ordinary(form) or form.lower() in self._marked:
                self._put(form, entity.keys[0])

    def _put(self, form: str, id: str) -> None:
        normal = normalise(form)
        if len(normal) >= SHORTEST and _dense(normal):
            self._surfaces.setdefault(normal, id)

    def of_fact(self, fact: Fact) -> frozenset[str]:
        """The thing of a fact, if it has one."""
        if not fact.entity:
            return frozenset()
        entity = self._names.get(fact.entity_key)
        return frozenset((entity.keys[0] if entity is not None else fact.entity_key,))

    def found(self, text: str) -> frozenset[str]:
        """The ids of the things that a text names."""
        return frozenset(span.id for span in self.spans(text))

    def within(self, text: str) -> frozenset[str]:
        """The same, with those named within longer names: of the heading "Foo, in detail" that is Foo too."""
        plain = unify(text)
        inside = (id for surface, id in self._surfaces.items() if re.search(_form(surface), plain, re.IGNORECASE))
        return self.found(text).union(inside)

    def spans(self, text: str) -> list[Span]:
        """Every name of a text after `unify`, in order."""
        return [
            Span(match.start(), match.end(), self._by_dense[_dense(normalise(match.group()))])
            for match in self._pattern.finditer(unify(text))
        ]

    def masked(self, text: str, blank: str = " ") -> str:
        """The text after `unify` with blanks for its names: their digits are no quantities, their words no claims."""
        plain = unify(text)
        for start, end, _ in self.spans(plain):
            plain = plain[:start] + blank * (end - start) + plain[end:]
        return plain

    @cached_property
    def _by_dense(self) -> dict[str, str]:
        return {_dense(surface): id for surface, id in reversed(self._surfaces.items())}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        forms = sorted(self._surfaces, key=lambda surface: (-len(surface), surface))
        return re.compile("|".join(map(_form, forms)) or r"(?!)", re.IGNORECASE)


def _form(surface: str) -> str:
    """A name with any separator wherever it has one, neither beginning nor ending within another Latin word."""
    body = r"[\s\-_.·/]*".join(re.escape(part) for part in _SEPARATORS.split(surface) if part)
    before = r"(?<![a-z0-9])" if surface[0].isascii() else ""
    return before + body + (r"(?![a-z0-9])" if surface[-1].isascii() else "")


def _dense(normal: str) -> str:
    return _SEPARATORS.sub("", normal)


@cache
def openers() -> frozenset[str]:
    """Words with which sentences open, in lower case: with a capital there they are no names."""
    return frozenset(wordings()["words"]["openers"].split())


def _is_ordinary(surface: str) -> bool:
    """Whether a heading or name is a plain word of the language, such as "Timeline" or 部署."""
    normal = normalise(surface)
    if has_cjk(normal):
        return is_word(normal)
    parts = normal.split()
    if surface.split()[1:] != parts[1:]:  # several words with capitals are a name
        return False
    return all(part.isalpha() and bool(Lexicon.load().translate(stem(part))) for part in parts)
