"""The domain types: everything that crosses a module border, frozen and small."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True, order=True)
class Lines:
    """A span of a note: 1-based and inclusive, in the file as it lies on disk."""

    first: int
    last: int


@dataclass(frozen=True, slots=True, order=True)
class Page:
    """A place in a PDF: 1-based page and an optional box (x0, y0, x1, y1) in PDF points from the top left."""

    number: int
    box: tuple[float, float, float, float] | None = None


Location = Lines | Page


PAGE_BREAK = "\f"
"""Stands between the pages of a paper in its stored text."""


class SourceKind(StrEnum):
    NOTE = "note"
    PAPER = "paper"


@dataclass(frozen=True, slots=True)
class Source:
    """One file of the corpus as the index holds it.

    `path` is relative to the corpus root, with forward slashes, and serves as the public identifier.
    `text` is the stored text: decoded and, where the file was damaged, repaired; its line numbers are those
    of the file. For a PDF it is the text of all pages joined by `PAGE_BREAK`.
    """

    path: str
    kind: SourceKind
    title: str
    digest: str
    encoding: str
    text: str
    repair: str | None = None
    """How the text was mended and how sure that is, in one readable line; None when nothing was."""
    stale: str | None = None
    """Why the newest version of the file could not be read, when an earlier one still serves."""


class BlockKind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    TABLE = "table"
    CODE = "code"
    FORMULA = "formula"
    FIGURE = "figure"
    """Text within a picture, or a table of contents: labels and legends, which state nothing by themselves."""
    REFERENCE = "reference"
    """An entry of a paper's list of references: it speaks of another paper."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link as written: its text (empty for a bare URL), its target, and the line it stands on."""

    text: str
    target: str
    line: int


@dataclass(frozen=True, slots=True)
class Row:
    """One table row: the plain text of its cells, each cell's raw source slice, and its lines.

    In a PDF the lines count within the text of the table's block.
    """

    cells: tuple[str, ...]
    raw: tuple[str, ...]
    lines: Lines


@dataclass(frozen=True, slots=True)
class Table:
    """A table with one header name a column (nested header rows joined by ' / ') and its body rows.

    A cell that continues the row above (an empty leading cell of a grouped table) is filled in `cells`;
    `raw` keeps what stands in the file.
    """

    header: tuple[str, ...]
    header_lines: Lines
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a source in reading order.

    `text` is the exact slice of the source's stored text at `location`; `plain` is that text without markup.
    `heading` is the path of headings above the block (for a heading: ending with itself).
    `depth` is the heading level (1 to 6) or the list nesting (0 = top); `parents` are the plain texts of the
    list items above an item.
    """

    kind: BlockKind
    text: str
    plain: str
    location: Location
    heading: tuple[str, ...] = ()
    depth: int = 0
    parents: tuple[str, ...] = ()
    table: Table | None = None
    links: tuple[Link, ...] = ()
    places: tuple[tuple[int, tuple[float, float, float, float]], ...] = ()
    """For a PDF: where in `text` each line of the layout begins, and that line's box on the page."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage for retrieval: whole sentences, list items or table rows under one heading path.

    `text` is the exact slice of the source at `location`. `context` is what must be read with it (heading path,
    table header) and is indexed with it. `digest` identifies context and text, wherever they stand.
    """

    source: str
    location: Location
    heading: tuple[str, ...]
    context: str
    text: str
    digest: str


class FactKind(StrEnum):
    CELL = "cell"
    KEY = "key"
    EVENT = "event"
    LINK = "link"
    CODE = "code"
    STATEMENT = "statement"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a source says: (entity, attribute, value) with its place and exact words.

    `entity` is the name as written nearby ("" when the section has no subject) and `entity_key` its normalised
    form. `attribute` is a table header, a key, "" for a bare statement. `value` is plain text. `qualifiers`
    narrow the fact down: (header, value) pairs of the row's other identifying cells, parent list items.
    `mentions` are the keys of other names that occur in the fact. `quote` is an exact substring of the
    stored text at `location`. `date` is ISO 8601, as precise as the text (YYYY, YYYY-MM, YYYY-MM-DD).
    """

    kind: FactKind
    source: str
    location: Location
    heading: tuple[str, ...]
    entity: str
    entity_key: str
    attribute: str
    value: str
    quote: str
    qualifiers: tuple[tuple[str, str], ...] = ()
    mentions: tuple[str, ...] = ()
    date: str | None = None
    ordinal: int = 0
    """Reading order within the source."""

    def __hash__(self) -> int:
        """Of what nearly always tells facts apart: questions look up thousands."""
        return hash((self.source, self.ordinal, self.attribute, self.value))


@dataclass(frozen=True, slots=True)
class Name:
    """A surface form under which a source speaks of a thing, and the thing's other forms beside it.

    `key` is the normalised form. Names of one source with the same `group` name the same thing.
    `strength` says how surely this is a thing at all: 3 heading or name column, 2 link text, 1 bold.
    `url` is the thing's own link, where one stands in its heading or right beneath.
    """

    surface: str
    key: str
    group: str
    strength: int
    source: str
    line: int
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing that the corpus speaks of: its display name and all normalised keys that mean it."""

    name: str
    keys: tuple[str, ...]
    aliases: tuple[str, ...]
    strength: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk with its score: higher is better, comparable within one ranking."""

    chunk: Chunk
    score: float


class Kind(StrEnum):
    """What sort of answer was given."""

    LOOKUP = "lookup"
    LIST = "list"
    COMPARE = "compare"
    TIMELINE = "timeline"
    LINK = "link"
    PASSAGE = "passage"
    NONE = "none"


class Status(StrEnum):
    YES = "yes"
    NO = "no"
    CONDITIONAL = "conditional"
    UNKNOWN = "unknown"


class Since(StrEnum):
    """What has become of a file since the index read it."""

    CHANGED = "changed"
    REMOVED = "removed"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Stale:
    """That a file is no longer what the index quotes.

    `since` is when its newest version was saved (ISO 8601, UTC), where that is known; `reason` says why that version
    cannot be read.
    """

    what: Since
    since: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a statement stands. `n` counts from 1 within an answer; `quote` is an exact substring of the source.

    `digest` is the SHA-256 of the file as it was quoted; `stale` says what has become of it since, None where it is
    the same or nobody looked.
    """

    n: int
    source: str
    title: str
    heading: tuple[str, ...]
    location: Location
    quote: str
    url: str | None = None
    digest: str = ""
    stale: Stale | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    text: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a list, comparison or timeline."""

    entity: str
    status: Status
    value: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ConflictValue:
    value: str
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    entity: str
    attribute: str
    values: tuple[ConflictValue, ...]


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Ranked evidence as it stood before composing."""

    source: str
    location: Location
    score: float
    text: str


@dataclass(frozen=True, slots=True)
class Behind:
    """How many sources on disk the index does not hold as they are.

    `seconds` is what bringing it up to date is expected to take; `reason` says why that was not possible.
    """

    added: int = 0
    changed: int = 0
    removed: int = 0
    seconds: float | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class IndexState:
    """The generation that an answer comes from.

    `stale` says that notes have changed since, `behind` how many; `newest` is the number of the newest generation
    where the answer was asked of an earlier one.
    """

    generation: int
    embedder: str
    stale: bool = False
    behind: Behind | None = None
    newest: int | None = None


@dataclass(frozen=True, slots=True)
class OtherReading:
    """What a list question lists if it means something else: what it then is about, its line of the text, its items."""

    reading: str
    text: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A checked answer. `timings_ms` are milliseconds by stage and the only part that differs between runs."""

    question: str
    language: str
    kind: Kind
    text: str
    abstained: bool
    claims: tuple[Claim, ...] = ()
    items: tuple[Item, ...] = ()
    silent: int | None = None
    citations: tuple[Citation, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    retrieved: tuple[Retrieved, ...] = ()
    index: IndexState = field(default_factory=lambda: IndexState(0, ""))
    llm: str | None = None
    notices: tuple[str, ...] = ()
    timings_ms: tuple[tuple[str, float], ...] = ()
    id: str | None = None
    otherwise: OtherReading | None = None
    """Told below `items` where the question may mean something else; `text` has it, `items` have not."""


Turn = tuple[str, str]
"""One turn of a conversation: (role, text) with role "user" or "assistant"."""
