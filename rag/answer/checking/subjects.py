"""The things that evidence speaks of, and where a text names them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property

from rag.answer.checking.types import Evidence
from rag.text.names import has_cjk, name_key, strip_numbering
from rag.text.normalise import normalise
from rag.text.tokenise import is_word
from rag.types import Entity, Fact

SHORTEST = 2
"""Characters of a name: a single one is a letter or a particle."""
SURE = 3
"""Strength of a name from which it is a thing: a heading or a name column."""

_SEPARATORS = re.compile(r"[\s\-_.·/]+")


class Subjects:
    """Names of the things in question, each with the id of its thing: all names of one thing have one id."""

    def __init__(self, evidence: Iterable[Evidence], names: Mapping[str, Entity]) -> None:
        self._names = names
        surfaces: dict[str, str] = {}
        for piece in evidence:
            for fact in piece.facts:
                if fact.entity:
                    self._add(surfaces, fact.entity, fact.entity_key)
            parts = piece.where.split(" › ")
            if len(parts) > 1:
                self._add(surfaces, strip_numbering(parts[-1]), "")
        self._surfaces = surfaces

    def _add(self, surfaces: dict[str, str], surface: str, key: str) -> None:
        entity = self._names.get(key or name_key(surface))
        id = entity.keys[0] if entity is not None else key or name_key(surface)
        for form in (surface, *(entity.aliases if entity is not None else ())):
            normal = normalise(form)
            if len(normal) >= SHORTEST and not (has_cjk(normal) and len(normal) == SHORTEST and is_word(normal)):
                surfaces.setdefault(normal, id)

    def of_fact(self, fact: Fact) -> frozenset[str]:
        """The thing of a fact, if it has one."""
        if not fact.entity:
            return frozenset()
        entity = self._names.get(fact.entity_key)
        return frozenset((entity.keys[0] if entity is not None else fact.entity_key,))

    def found(self, text: str) -> frozenset[str]:
        """The ids of the things that a text names."""
        return frozenset(id for _, id in self.spans(text))

    def spans(self, text: str) -> list[tuple[int, str]]:
        """(where in the normalised text, id) of every name, in order."""
        normal = normalise(text)
        return [(match.start(), self._surface_id(match.group())) for match in self._pattern.finditer(normal)]

    def _surface_id(self, written: str) -> str:
        return self._by_dense[_SEPARATORS.sub("", written)]

    @cached_property
    def _by_dense(self) -> dict[str, str]:
        return {_SEPARATORS.sub("", surface): id for surface, id in self._surfaces.items()}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        forms = sorted((s for s in self._surfaces if _SEPARATORS.sub("", s)), key=lambda s: (-len(s), s))
        return re.compile("|".join(map(_form, forms)) or r"(?!)")


def _form(surface: str) -> str:
    """A name with any separator wherever it has one, neither beginning nor ending within another Latin word."""
    body = r"[\s\-_.·/]*".join(re.escape(part) for part in _SEPARATORS.split(surface) if part)
    before = r"(?<![a-z0-9])" if surface[0].isascii() else ""
    return before + body + (r"(?![a-z0-9])" if surface[-1].isascii() else "")
