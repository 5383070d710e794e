"""The words of the sheets of some notes, gathered once: every question is held against all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from rag.answer.conditions import worded_by
from rag.answer.regions import Region, Wording
from rag.answer.sheets import Column, Gathered, Sheet, Sort
from rag.question.mentions import Mention
from rag.question.understand import Unit
from rag.retrieve.alignment import TokenRows, Vocabulary
from rag.retrieve.sense import text_sense

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FEWEST_VALUES = 2
"""Values of a column from which one of them picks something out."""


@dataclass(frozen=True, slots=True, eq=False)
class Wordings:
    """Texts in which the units and names of a question are looked for."""

    texts: tuple[Wording, ...]
    joined: str
    """All texts: what is not in it is in none."""
    by_token: Mapping[str, tuple[int, ...]]
    """The numbers of the texts that hold a token."""
    by_concept: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    """How well each text words a concept; of these there are few."""

    @classmethod
    def of(cls, texts: Iterable[Wording]) -> Wordings:
        texts = tuple(texts)
        by_token: dict[str, list[int]] = defaultdict(list)
        for at, text in enumerate(texts):
            for token in text.tokens:
                by_token[token].append(at)
        joined = "\n".join(text.normal for text in texts)
        return cls(texts, joined, {token: tuple(found) for token, found in by_token.items()})

    def word(self, unit: Unit) -> NDArray[np.float64]:
        """(texts,): how well each words a unit, as `conditions.worded_by` says it."""
        import numpy as np

        if unit.concept is not None:
            if unit.concept.name not in self.by_concept:
                self.by_concept[unit.concept.name] = np.array([worded_by(unit, text) for text in self.texts])
            return self.by_concept[unit.concept.name]
        found = np.zeros(len(self.texts))
        for token, weight, inside in reversed(unit.by_weight):
            if inside and token in self.joined:
                found[[token in text.normal for text in self.texts]] = weight
            if token in self.by_token:
                found[list(self.by_token[token])] = weight
        return found

    def name(self, mention: Mention) -> NDArray[np.float64]:
        """(texts,): 1 where a name stands, else 0."""
        import numpy as np

        if not any(written and written in self.joined for written in (mention.surface, *mention.forms)):
            return np.zeros(len(self.texts))
        return np.array([float(mention.stands_in(text.normal)) for text in self.texts])


@dataclass(frozen=True, slots=True, eq=False)
class SheetWords:
    """Headers, values and regions of sheets by their words; what is the same in several stands once."""

    columns: tuple[tuple[Sheet, Column], ...]
    """The columns that a question may mean by their header."""
    headers: tuple[str, ...]
    marked: NDArray[np.bool_]
    """(headers,): whether a column under the header holds marks."""
    senses: NDArray[np.float32]
    """(headers, d) of unit length: what each means as a whole."""
    vocabulary: Vocabulary
    header_rows: TokenRows
    value_rows: TokenRows
    valued: tuple[tuple[tuple[Column, str], ...], ...]
    """For each of the values the columns that have several and it among them, and how it is keyed there."""
    wordings: Wordings
    """Of the headers, then of the regions."""
    places: Mapping[Sheet, tuple[int, int, int]]
    """Of a sheet's region the numbers of its own wording, that around it and that of its note, among `wordings`."""


_kept: WeakKeyDictionary[Gathered, SheetWords] = WeakKeyDictionary()


def sheet_words(notes: Gathered) -> SheetWords:
    """The words of the sheets of some notes, made once."""
    found = _kept.get(notes)
    if found is None:
        found = _kept[notes] = _read(notes)
    return found


def _read(notes: Gathered) -> SheetWords:
    import numpy as np

    columns = tuple(
        (sheet, column)
        for sheet in notes.sheets
        if sheet.sort not in (Sort.ALL, Sort.HEADINGS)
        for column in sheet.columns.values()
        if column.attribute
    )
    headers: dict[str, frozenset[str]] = {}
    for _, column in columns:
        headers.setdefault(column.attribute, column.tokens)
    marks = {column.attribute for _, column in columns if column.marks}
    values = _values(column for _, column in columns)
    regions = {sheet: sheet.region for sheet in notes.sheets if sheet.region is not None}
    vocabulary = Vocabulary.of([*headers.values(), *values, *(region.own.tokens for region in regions.values())])
    wordings, places = _wordings(headers, regions)
    return SheetWords(
        columns,
        tuple(headers),
        np.array([header in marks for header in headers], np.bool_),
        np.stack([text_sense(tokens) for tokens in headers.values()]) if headers else np.zeros((0, 0), np.float32),
        vocabulary,
        TokenRows.of(list(headers.values()), vocabulary),
        TokenRows.of(list(values), vocabulary),
        tuple(tuple(found) for found in values.values()),
        wordings,
        places,
    )


def _values(columns: Iterable[Column]) -> dict[frozenset[str], list[tuple[Column, str]]]:
    found: dict[frozenset[str], list[tuple[Column, str]]] = defaultdict(list)
    for column in columns:
        for value, tokens in zip(column.values, column.value_tokens(), strict=True):
            several = len(column.values) >= FEWEST_VALUES
            found[tokens] += [(column, value)] if several else []
    return dict(found)


def _wordings(
    headers: Mapping[str, frozenset[str]], regions: Mapping[Sheet, Region]
) -> tuple[Wordings, dict[Sheet, tuple[int, int, int]]]:
    texts = [Wording(header.lower(), tokens) for header, tokens in headers.items()]
    numbers: dict[Wording, int] = {}

    def number(text: Wording) -> int:
        return numbers.setdefault(text, len(texts) + len(numbers))

    places = {
        sheet: (number(region.own), number(region.around), number(region.note)) for sheet, region in regions.items()
    }
    return Wordings.of([*texts, *numbers]), places
