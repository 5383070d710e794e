"""The candidates of a question as arrays: what the features of a thousand of them are worked out from at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from rag.answer.picks import Pick
from rag.answer.sheets import Sheet, ThingKey
from rag.types import Fact

if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    Columns = dict[str, NDArray[Any]]
    """Features by name, each with a number or flag for every candidate."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One way to read a list question: the things that all `picks` pick out of a sheet."""

    sheet: Sheet
    picks: tuple[Pick, ...]
    keys: tuple[ThingKey, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Items of candidates one after the other; `starts` tells where those of each begin. No candidate is without."""

    items: NDArray[np.intp]
    starts: NDArray[np.intp]

    @classmethod
    def of(cls, groups: Sequence[Sequence[int]]) -> Groups:
        import numpy as np

        lengths = np.array([len(group) for group in groups], np.intp)
        items = np.fromiter(chain.from_iterable(groups), np.intp, int(lengths.sum()))
        return cls(items, np.cumsum(lengths) - lengths)

    @property
    def lengths(self) -> NDArray[np.intp]:
        import numpy as np

        return np.diff(self.starts, append=len(self.items))

    def least(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        import numpy as np

        found: NDArray[np.float64] = np.minimum.reduceat(values[self.items], self.starts)
        return found

    def total(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        import numpy as np

        found: NDArray[np.float64] = np.add.reduceat(values[self.items], self.starts)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """Candidates by the numbers of their sheets, picks, facts and things."""

    candidates: Sequence[Candidate]
    sheets: Sequence[Sheet]
    picks: Sequence[Pick]
    sheet: NDArray[np.intp]
    first: NDArray[np.intp]
    second: NDArray[np.intp]
    """The number of the second pick; behind the last where there is but one."""
    counts: NDArray[np.float64]
    """Things."""
    facts: Mapping[Fact, int]
    held: Groups
    """The facts of each candidate, each once."""
    keys: Mapping[str, int]
    things: Groups

    @classmethod
    def of(cls, candidates: Sequence[Candidate]) -> Ways:
        import numpy as np

        sheets = _numbered(candidate.sheet for candidate in candidates)
        picks = _numbered(pick for candidate in candidates for pick in candidate.picks)
        keys: dict[str, int] = {}
        facts = _Facts()
        return cls(
            candidates,
            list(sheets),
            list(picks),
            np.array([sheets[candidate.sheet] for candidate in candidates], np.intp),
            np.array([picks[candidate.picks[0]] for candidate in candidates], np.intp),
            np.array([picks[c.picks[1]] if len(c.picks) > 1 else len(picks) for c in candidates], np.intp),
            np.array([len(candidate.keys) for candidate in candidates], np.float64),
            facts.by_fact,
            Groups.of([facts.of(candidate) for candidate in candidates]),
            keys,
            Groups.of([[keys.setdefault(key, len(keys)) for key, _ in candidate.keys] for candidate in candidates]),
        )

    def any(self, of_picks: Sequence[bool]) -> NDArray[np.float64]:
        """(candidates,): 1 where something holds of one of the picks, given for each pick."""
        import numpy as np

        held = np.array([*of_picks, False])
        found: NDArray[np.float64] = (held[self.first] | held[self.second]).astype(np.float64)
        return found


def _numbered(items: Iterable[T]) -> dict[T, int]:
    return {item: number for number, item in enumerate(dict.fromkeys(items))}


class _Facts:
    """Numbers for facts. A fact is hashed but once: the picks hold the same few hundred again and again."""

    def __init__(self) -> None:
        self.by_fact: dict[Fact, int] = {}
        self._by_id: dict[int, int] = {}

    def of(self, candidate: Candidate) -> list[int]:
        """The numbers of a candidate's facts, which it keeps alive, and with them what they are told by."""
        facts = [fact for pick in candidate.picks for fact in map(pick.hits.__getitem__, candidate.keys)]
        for fact in facts:
            if id(fact) not in self._by_id:
                self._by_id[id(fact)] = self.by_fact.setdefault(fact, len(self.by_fact))
        return list(dict.fromkeys(map(self._by_id.__getitem__, map(id, facts))))
