"""Markdown notes to flat blocks in reading order, each with its exact lines, heading path and links."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from markdown_it.token import Token

from ingest import grammar, html_tables, tables
from ingest.enumeration import pieces
from ingest.heading_rules import PSEUDO_LEVEL
from ingest.inline import inline
from rag.types import Block, BlockKind, Lines, Link, Row, Table

_LONGEST_FRONT_MATTER = 200
"""Lines in which front matter must end: a rule at the top of an ordinary note is not front matter."""
_FRONT_MATTER_LINE = re.compile(r"\s*(?:#.*|[^\s:：|]{1,60}\s*:(?:\s.*)?|-\s.*|\s{2,}.*|)")
_NO_CONTENT = re.compile(r"[\s>*+\-=_#|:.~`\\—]*")
_TASK = re.compile(r"\[[ xX]\](?:[ \t]+|$)")
_FOOTNOTE = re.compile(r"[ \t]*\[\^[^\[\]\s]{1,99}\]:[ \t]*")
_DROPPED_HTML = re.compile(r"<(script|style)[\s>]", re.IGNORECASE)


def parse(text: str) -> tuple[Block, ...]:
    """Blocks of a note, sorted by line.

    Lines are those of `text.split("\\n")`, 1-based and inclusive; `Block.text` is exactly those lines. In
    paragraphs and items line i of `plain` is line i of `text`. A short line in bold that stands alone is a
    heading of depth 7. Comments, rules, empty items and link definitions make no block. Never raises.
    """
    lines = text.split("\n")
    # One line stays one line: markdown-it-py would take a lone carriage return for a line break.
    readable = [_readable(line).rstrip() for line in lines]
    readable[0] = readable[0].removeprefix("\ufeff")
    matter = _front_matter(readable)
    for at in range(matter):
        readable[at] = ""
    stream, targets = grammar.tokens("\n".join(readable))
    reader = _Reader(lines, targets)
    if matter > 2:
        reader.text("\n".join(lines[1 : matter - 1]), 2, matter - 1)
    for token in stream:
        reader.read(token)
    reader.rescue(readable, matter)
    return _with_paths(sorted(reader.blocks, key=lambda block: block.location))


def _readable(text: str) -> str:
    """`text` as markdown-it-py shall see it: of the same length, without what it would take for something else."""
    return text.replace("\r", " ").replace("\0", "\ufffd")


def _as_written(row: Row, source: str) -> Row:
    """A row with its raw cells as the lines of `source` have them, character by character."""
    seen, raw, start = _readable(source), [], 0
    for cell in row.raw:
        start = max(seen.find(cell, start), 0)
        raw.append(source[start : start + len(cell)])
        start += len(cell)
    return replace(row, raw=tuple(raw))


def _front_matter(lines: Sequence[str]) -> int:
    """How many lines the front matter takes, its fences included; 0 when there is none."""
    if lines[0].rstrip() != "---":
        return 0
    for at, line in enumerate(lines[1:_LONGEST_FRONT_MATTER], 1):
        if line.rstrip() in ("---", "..."):
            return at + 1
        if not _FRONT_MATTER_LINE.fullmatch(line):
            break
    return 0


def _with_paths(blocks: Sequence[Block]) -> tuple[Block, ...]:
    path: list[tuple[int, str]] = []
    above: tuple[str, ...] = ()
    result = []
    for block in blocks:
        if block.kind is BlockKind.HEADING:
            while path and path[-1][0] >= block.depth:
                path.pop()
            path.append((block.depth, block.plain.strip()))
            above = tuple(text for _, text in path)
        result.append(_under(block, above))
    return tuple(result)


def _under(block: Block, above: tuple[str, ...]) -> Block:
    """The block below the headings `above`: as `replace` makes it, in a fraction of the time."""
    return Block(
        block.kind,
        block.text,
        block.plain,
        block.location,
        above,
        block.depth,
        block.parents,
        block.table,
        block.links,
        block.places,
    )


@dataclass(slots=True)
class _Item:
    """An open list item; `plain` is set once its own lines are read."""

    plain: str = ""
    read: bool = False


@dataclass(slots=True)
class _Reader:
    """Turns block tokens into blocks and remembers which lines they used."""

    lines: Sequence[str]
    targets: Mapping[str, str]
    blocks: list[Block] = field(default_factory=list)
    items: list[_Item] = field(default_factory=list)
    used: set[int] = field(default_factory=set)

    def read(self, token: Token) -> None:
        if token.type == "list_item_open":
            self.items.append(_Item())
        elif token.type == "list_item_close":
            self.items.pop()
        elif token.map is not None and token.nesting == 0:
            first, last = token.map[0] + 1, token.map[1]
            while last > first and not self.lines[last - 1].strip():
                last -= 1
            self._block(token, first, last)

    def _block(self, token: Token, first: int, last: int) -> None:
        if token.type == "heading":
            self._heading(token, first, last)
        elif token.type == "text":
            self.text(token.content, first, last)
        elif token.type in ("fence", "code_block"):
            self._add(BlockKind.CODE, first, last, token.content.removesuffix("\n"))
        elif token.type == "table":
            rows = token.content.split("\n")
            self._table(tables.read(rows, token.meta["shape"], first, self.targets), first, last)
        elif token.type == "html_table":
            found = html_tables.read(token.content, first, self.targets)
            if found is None:
                self.text(token.content, first, last)
            else:
                self._table(found, first, last)
        elif token.type == "html_block" and not _closed_script(token.content):
            self.text(token.content.rstrip("\n"), first, last)
        self.used.update(range(first, last + 1))

    def _add(
        self,
        kind: BlockKind,
        first: int,
        last: int,
        plain: str,
        links: tuple[Link, ...] = (),
        depth: int = 0,
        parents: tuple[str, ...] | None = None,
        table: Table | None = None,
    ) -> None:
        above = tuple(item.plain for item in self.items if item.plain) if parents is None else parents
        text = "\n".join(self.lines[first - 1 : last])
        location = Lines(first, last)
        self.blocks.append(Block(kind, text, plain, location, (), depth, above, table, links))
        self.used.update(range(first, last + 1))

    def _heading(self, token: Token, first: int, last: int) -> None:
        content = inline(token.content, first, self.targets)
        depth = int(token.tag)
        plain = " ".join(content.plain.split())
        if depth == PSEUDO_LEVEL:
            plain = plain.rstrip(":： ")
        if plain:
            self._add(BlockKind.HEADING, first, last, plain, content.links, depth, ())

    def _table(self, found: tuple[Table, tuple[Link, ...]], first: int, last: int) -> None:
        table, links = found
        source = self.lines[first - 1 : last]
        if any(_readable(line) != line for line in source):
            lines_of = (
                (row, "\n".join(source[row.lines.first - first : row.lines.last - first + 1])) for row in table.rows
            )
            table = replace(table, rows=tuple(_as_written(row, lines) for row, lines in lines_of))
        rows = [table.header, *(row.cells for row in table.rows)]
        plain = "\n".join(" | ".join(cells) for cells in rows)
        self._add(BlockKind.TABLE, first, last, plain, links, len(self.items), self._announced(), table)

    def _announced(self) -> tuple[str, ...] | None:
        """The parents of a table that an item above announces with a colon without holding it."""
        above = self.blocks[-1] if self.blocks and not self.items else None
        if above is None or above.kind is not BlockKind.ITEM or above.plain[-1:] not in (":", "："):
            return None
        return (*above.parents, above.plain)

    def text(self, content: str, first: int, last: int) -> None:
        """A paragraph or the own lines of a list item, with enumerated lines inside as items of their own."""
        is_item = bool(self.items) and not self.items[-1].read
        if is_item:
            task = _TASK.match(content)
            content = content[task.end() :] if task else content
        else:
            footnote = _FOOTNOTE.match(content)
            content = content[footnote.end() :] if footnote else content
        lines = content.split("\n")
        depth = max(len(self.items) - 1, 0) if is_item else len(self.items)
        above = tuple(item.plain for item in (self.items[:-1] if is_item else self.items) if item.plain)
        own = ""
        for start, end, marker in pieces(lines, 1 if is_item else 0):
            stop = first + end - 1 if end < len(lines) else last
            part = "\n".join(lines[start:end])[marker:]
            read = inline(part, first + start, self.targets)
            if not read.plain.strip() and not read.links:
                continue
            if marker:
                parents = (*above, own) if own else above
                nesting = depth + bool(own)
                self._add(BlockKind.ITEM, first + start, stop, read.plain, read.links, nesting, parents)
            elif is_item:
                own = read.plain
                self.items[-1] = _Item(own, True)
                self._add(BlockKind.ITEM, first, stop, own, read.links, depth, above)
            else:
                self._add(BlockKind.PARAGRAPH, first + start, stop, read.plain, read.links, depth, above)

    def rescue(self, lines: Sequence[str], skip: int) -> None:
        """Make paragraphs of lines with content that no rule took (nested too deep): nothing is lost."""
        lost = [
            at
            for at in range(skip + 1, len(lines) + 1)
            if at not in self.used and not _NO_CONTENT.fullmatch(lines[at - 1])
        ]
        start = 0
        for i, at in enumerate(lost):
            if i + 1 == len(lost) or lost[i + 1] != at + 1:
                first = lost[start]
                self.text("\n".join(line.lstrip(" \t>") for line in lines[first - 1 : at]), first, at)
                start = i + 1


def _closed_script(content: str) -> bool:
    """Whether an HTML block is a script or a style sheet that ends: no text of the note."""
    match = _DROPPED_HTML.match(content.lstrip())
    return match is not None and f"</{match[1].lower()}" in content.lower()
