"""The things of one generation by the keys of their names, each read when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from rag.index.name_table import KEPT_THINGS, NameTable
from rag.text.name_words import KEY
from rag.types import Entity


class Names(Mapping[str, Entity]):
    """Name key -> entity of one generation, each read when it is asked for; of two the stronger."""

    def __init__(self, table: NameTable, every: Callable[[], Mapping[str, Entity]]) -> None:
        self._table = table
        self._every = every
        self._known: dict[str, Entity | None] = {}
        self._expected: set[str] = set()

    def expect(self, keys: Iterable[str]) -> None:
        """Note keys that may be asked for: the first that is asked brings the others with it."""
        if len(self._expected) > KEPT_THINGS:
            self._expected.clear()
        self._expected.update(keys)

    def find(self, key: str) -> Entity | None:
        """The entity with that key."""
        if key in self._known:
            return self._known[key]
        wanted = {key, *self._expected} - self._known.keys()
        self._expected = set()
        found: dict[str, Entity | None] = dict.fromkeys(wanted)
        for entities in self._table.with_words(KEY + one for one in wanted).values():
            for entity in sorted(entities, key=lambda e: (e.strength, e.name, e.keys)):
                found.update((one, entity) for one in entity.keys if one in wanted)
        if len(self._known) > KEPT_THINGS:
            self._known = {}
        self._known.update(found)
        return found[key]

    def __getitem__(self, key: str) -> Entity:
        found = self.find(key)
        if found is None:
            raise KeyError(key)
        return found

    def get(self, key: str, default: Any = None) -> Any:
        """The entity with that key."""
        found = self.find(key)
        return default if found is None else found

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.find(key) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._every())

    def __len__(self) -> int:
        return len(self._every())
