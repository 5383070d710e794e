"""Facts of a table: one a filled cell, read by rows, by columns, or as properties of the section's subject."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from ingest.plain import plain_text
from ingest.subjects import Subject
from ingest.sentences import sentences
from ingest.tabular import Orientation, Reading, header_is, read_table
from rag.text.names import name_key, surface_forms
from rag.text.values import dates
from rag.types import Block, Fact, FactKind, Lines, Row, Table

LONG_CELL = 80
"""Characters beyond which a cell is also split into sentences, so that one of them can be quoted."""
LONGEST_ROW_QUOTE = 240
"""Characters up to which the whole row is quoted, so that the quote holds the name as well as the value."""
LONGEST_QUALIFIER = 24

_BULLETS = re.compile(r"\s*(?:<br\s*/?>|[•·￮▪●])\s*")

Mentions = Callable[[str], tuple[str, ...]]


def table_facts(
    source: str, lines: Sequence[str], block: Block, table: Table, owner: Subject | None, mentions: Mentions
) -> list[Fact]:
    """Facts of the table in `block`; `lines` are the source's lines, `mentions` finds name keys in a text."""
    reader = _TableReader(source, lines, block, table, owner, mentions)
    return [fact for row in table.rows for fact in reader.row(row)]


class _TableReader:
    def __init__(
        self, source: str, lines: Sequence[str], block: Block, table: Table, owner: Subject | None, mentions: Mentions
    ) -> None:
        self.source, self.lines, self.block, self.mentions = source, lines, block, mentions
        self.table = table
        self.owner = owner.name if owner else ""
        self.owners = tuple(name_key(forms[0]) for forms in owner.things) if owner else ()
        self.reading: Reading = read_table(self.table, self.owner)
        self.qualifying = self._qualifying_columns()

    def row(self, row: Row) -> list[Fact]:
        facts: list[Fact] = []
        for at, cell in enumerate(row.cells):
            if not cell.strip() or self._is_label(at):
                continue
            entity, attribute, qualifiers = self._meaning(row, at)
            facts += self._cell_facts(row, at, entity, attribute, qualifiers)
        facts += self._row_links(row)
        return facts

    def _is_label(self, at: int) -> bool:
        if self.reading.orientation is Orientation.CARD:
            return False
        if self.reading.orientation is Orientation.ROWS:
            return at == self.reading.name_column or header_is("index", self._header(at)) or at in self.qualifying
        return at == 0

    def _header(self, at: int) -> str:
        return self.table.header[at] if at < len(self.table.header) else ""

    def _meaning(self, row: Row, at: int) -> tuple[str, str, tuple[tuple[str, str], ...]]:
        """(entity, attribute, qualifiers) of a cell."""
        if self.reading.orientation is Orientation.CARD:
            return self.owner, self._header(at), ()
        if self.reading.orientation is Orientation.ROWS and self.owner and not self.reading.proper:
            label = row.cells[self.reading.name_column].strip()
            others = tuple((self._header(q), row.cells[q]) for q in self.qualifying if q < len(row.cells) and q != at)
            return self.owner, self._header(at), ((self._header(self.reading.name_column), label), *others)
        if self.reading.orientation is Orientation.ROWS:
            qualifiers = tuple((self._header(q), row.cells[q]) for q in self.qualifying if q < len(row.cells) and q != at)
            kind = self._header(self.reading.name_column)
            qualifiers += ((kind, ""),) if kind and not header_is("name", kind) else ()
            return _first_form(row.cells[self.reading.name_column]), self._header(at), qualifiers
        label = row.cells[0]
        if self.reading.orientation is Orientation.COLUMNS:
            return _first_form(self._header(at)), label, ()
        case = self._header(at)
        named = len(self.table.header) > 2 and case
        return self.owner, label, ((self._header(0), case),) if named else ()

    def _qualifying_columns(self) -> tuple[int, ...]:
        """Columns that tell rows of the same name apart: the leading ones after the name, while it repeats."""
        if self.reading.orientation is not Orientation.ROWS:
            return ()
        names = [row.cells[self.reading.name_column] for row in self.table.rows]
        if not names or max(Counter(names).values()) < 2:
            return ()
        chosen: list[int] = []
        for at in range(self.reading.name_column + 1, len(self.table.header)):
            chosen.append(at)
            seen = Counter(tuple(row.cells[at] for at in (self.reading.name_column, *chosen)) for row in self.table.rows)
            if max(seen.values()) == 1:
                return tuple(chosen)
        return ()

    def _cell_facts(
        self, row: Row, at: int, entity: str, attribute: str, qualifiers: tuple[tuple[str, str], ...]
    ) -> list[Fact]:
        value = row.cells[at].strip()
        whole = "\n".join(self.lines[row.lines.first - 1 : row.lines.last]).strip()
        raw = row.raw[at].strip() if at < len(row.raw) else ""
        quote = whole if len(whole) <= LONGEST_ROW_QUOTE or not raw else raw
        facts = [self._fact(FactKind.CELL, row, entity, attribute, value, quote, qualifiers)]
        if len(value) > LONG_CELL and raw:
            for part in _parts(raw):
                plain = plain_text(part).strip()
                if plain:
                    facts.append(self._fact(FactKind.STATEMENT, row, entity, attribute, plain, part, qualifiers))
        return facts

    def _row_links(self, row: Row) -> list[Fact]:
        facts: list[Fact] = []
        for link in self.block.links:
            if not row.lines.first <= link.line <= row.lines.last:
                continue
            at = next((i for i, raw in enumerate(row.raw) if link.target in raw), None)
            entity, attribute, qualifiers = self._meaning(row, at) if at is not None and not self._is_label(at) else (
                _first_form(row.cells[self.reading.name_column]) if row.cells else self.owner, "", ()
            )
            if at is not None and self._is_label(at) and self.reading.orientation is not Orientation.ROWS:
                entity = self.owner
            text = plain_text(link.text).strip()
            attribute = " ".join(dict.fromkeys(part for part in (attribute, text) if part and part != entity))
            raw = row.raw[at].strip() if at is not None else ""
            whole = "\n".join(self.lines[row.lines.first - 1 : row.lines.last]).strip()
            quote = raw if raw and len(raw) <= LONGEST_ROW_QUOTE else (link.target if link.target in whole else whole)
            facts.append(self._fact(FactKind.LINK, row, entity, attribute, link.target, quote, qualifiers))
        return facts

    def _fact(
        self, kind: FactKind, row: Row, entity: str, attribute: str, value: str, quote: str,
        qualifiers: tuple[tuple[str, str], ...],
    ) -> Fact:  # fmt: skip
        found = dates(value) if kind is FactKind.CELL and len(value) <= 24 else []
        others = (*self.owners, *self.mentions(f"{attribute} {value}"), *self._row_names(row))
        key = name_key(entity)
        return Fact(
            kind, self.source, Lines(row.lines.first, row.lines.last), self.block.heading, entity, key, attribute, value,
            quote, qualifiers, tuple(dict.fromkeys(other for other in others if other and other != key)),
            found[0].iso if found else None,
        )  # fmt: skip

    def _row_names(self, row: Row) -> tuple[str, ...]:
        """Further names in the row's name cell ("A、B"): its facts hold for each of them."""
        if self.reading.orientation is not Orientation.ROWS:
            return ()
        return tuple(name_key(forms[0]) for forms in surface_forms(row.cells[self.reading.name_column])[1:])


def _parts(raw: str) -> list[str]:
    """The sentences and bullet points of a cell, as they stand in it."""
    found: list[str] = []
    at = 0
    for match in [*_BULLETS.finditer(raw), None]:
        end = match.start() if match else len(raw)
        piece = raw[at:end]
        found += [piece[start:stop].strip() for start, stop in sentences(piece)]
        at = match.end() if match else end
    return [part for part in found if part]


def _first_form(cell: str) -> str:
    forms = surface_forms(cell)
    return forms[0][0] if forms else cell.strip()
