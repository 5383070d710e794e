"""Names that a source gives to things, and the union of all sources' names into entities."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import unquote, urlsplit

from ingest.aliases import told_aliases
from ingest.brands import rests
from ingest.headers import header_is
from ingest.line_forms import defined_terms, item_label
from ingest.openings import opened
from ingest.row_names import column_names, row_names
from ingest.subjects import Subject, first_line, subjects
from ingest.tabular import Orientation, Reading, read_table
from ingest.ties import is_tie, tied
from rag.index.evidence import by_evidence
from rag.text.names import edition_of, has_cjk, latin_names, name_key, surface_forms
from rag.types import Block, BlockKind, Entity, Lines, Link, Name, Row, Table

HEADING_STRENGTH, LINK_STRENGTH, WEAK_STRENGTH = 3, 2, 1
_REPOSITORY = re.compile(r"^(?:www\.)?(?:github\.com|gitlab\.com|gitee\.com|huggingface\.co|bitbucket\.org)$")
_LABEL_LINE = re.compile(r"^\s*(?:[-*+]\s+)?\d{1,2}\s*[、.．)]\s*([^\s。，,:：；;]{2,30})\s*$")
_ITEM_LINK = re.compile(
    r"^\s*(?:[-*+]\s+|\d+[.)]\s+)?(?P<label>[^\s:：][^:：]{0,38}?)\s*[:：]?\s*(?P<url>https?://\S+)\s*$"
)
_LIST_CELL = re.compile(r"\s*[、,，/;；]\s*")
LONGEST_OTHER_NAME = 24
"""Characters beyond which what stands in a column of other names is a remark."""
OPENING = 40
"""Characters of a paragraph within which the name that it opens with stands."""
_GENERIC_PATH = frozenset(("tree", "blob", "main", "master", "docs", "datasets", "models"))
_FILE = re.compile(r"\.(?:md|ipynb|py|txt|html?|pdf|rst)$")


def names(source: str, blocks: Sequence[Block], owners: Sequence[Subject | None] = ()) -> tuple[Name, ...]:
    """Every surface form of a thing in `blocks`, in order of appearance, without duplicates.

    `owners` is what each block is about, where the headings do not tell.
    """
    collector = _Collector(source)
    owners = owners or subjects(blocks)
    openings = opened(blocks, owners)
    for at, (block, owner) in enumerate(zip(blocks, owners, strict=True)):
        if block.kind in (BlockKind.REFERENCE, BlockKind.FIGURE):
            continue
        line = first_line(block.location)
        if block.kind is BlockKind.HEADING:
            if owner is not None and owner.heading == block.heading:
                collector.add_subject(owner)
        elif block.table is not None:
            _table_names(collector, block, block.table, owner)
        else:
            _prose_names(collector, block, line)
            for offset, thing in openings.get(at, {}).items():
                collector.add(thing.forms, HEADING_STRENGTH, line + offset)
            if at and blocks[at - 1].kind is BlockKind.HEADING:
                _told_names(collector, block, owner)
    collector.raise_openers(blocks)
    return collector.result()


class _Collector:
    def __init__(self, source: str) -> None:
        self.source = source
        self.names: dict[tuple[str, str], Name] = {}

    def add(self, forms: Sequence[str], strength: int, line: int, url: str | None = None) -> None:
        group = name_key(forms[0])
        for form in forms:
            key = name_key(form)
            if _FILE.search(form.lower()) or len(key) < 2 or key.replace(".", "").isdigit():
                continue
            old = self.names.get((group, key))
            if old is None or old.strength < strength or (old.url is None and url is not None):
                kept = url if url is not None else (old.url if old else None)
                self.names[group, key] = Name(form, key, group, strength, self.source, line, kept)

    def add_named(self, forms: Sequence[str], strength: int, line: int, url: str | None = None) -> None:
        """What a row or column is named, and what it is an edition of."""
        self.add(forms, strength, line, url)
        if whole := edition_of(forms[0]):
            self.add([whole], min(strength, LINK_STRENGTH), line)

    def add_first(self, written: str, line: int, url: str | None = None) -> None:
        """The first thing that a link text or label names."""
        for forms in surface_forms(written)[:1]:
            self.add(forms, LINK_STRENGTH, line, url)

    def add_subject(self, subject: Subject) -> None:
        for forms in subject.things:
            alone = len(subject.things) == 1
            self.add(forms, HEADING_STRENGTH, subject.line, subject.url if alone else None)

    def raise_openers(self, blocks: Sequence[Block]) -> None:
        """Makers and the like are the source's own names where a paragraph opens with them.

        They are told by cells that hold nothing else, or begin the names of several things.
        """
        weak = {name.surface: name.line for name in self.names.values() if name.strength == WEAK_STRENGTH}
        heads = Counter(name.surface.split(" ")[0] for name in self.names.values() if " " in name.surface)
        for block in blocks:
            if block.kind is not BlockKind.PARAGRAPH or not isinstance(block.location, Lines):
                continue
            for run in latin_names(block.plain[:OPENING])[:1]:
                known = run in weak or (run[0].isupper() and heads[run] > 1)
                if known and block.plain.startswith(run):
                    self.add([run], LINK_STRENGTH, weak.get(run, block.location.first))

    def result(self) -> tuple[Name, ...]:
        return tuple(self.names.values())


def _table_names(collector: _Collector, block: Block, table: Table, owner: Subject | None) -> None:
    reading = read_table(table, owner.name if owner else "")
    if reading.orientation is Orientation.ROWS:
        strength = HEADING_STRENGTH if reading.proper else WEAK_STRENGTH
        called = row_names(table, reading.name_column)
        for row in table.rows:
            cell = row.cells[reading.name_column] if reading.name_column < len(row.cells) else ""
            things = called.get(cell.strip(), ())
            others = _other_names(table, reading.name_column, row) if len(things) == 1 else []
            for forms in things:
                link = _row_link(block.links, row.lines.first, cell)
                collector.add_named([*forms, *others], strength, row.lines.first, link)
    elif reading.orientation is Orientation.COLUMNS:
        called = column_names(table)
        for cell in table.header[1:]:
            for forms in called[cell] if not header_is("remark", cell) else ():
                collector.add_named(forms, HEADING_STRENGTH, table.header_lines.first)
    _value_names(collector, table, reading)


def _other_names(table: Table, name_column: int, row: Row) -> list[str]:
    """What columns of other names ("英文") give for a row; nothing that several rows share."""
    found: list[str] = []
    for at, header in enumerate(table.header):
        if at == name_column or at >= len(row.cells) or not header_is("other_name", header):
            continue
        key = name_key(row.cells[at])
        shared = sum(at < len(other.cells) and name_key(other.cells[at]) == key for other in table.rows) > 1
        found += [] if shared else _further_names(row.cells[at])
    return found


def _further_names(written: str) -> list[str]:
    """The brief names in a cell or line of other names: "Foo，又称 Bar" gives Foo and Bar."""
    parts = [forms[0] for part in _LIST_CELL.split(written) for forms in surface_forms(part)[:1]]
    return [part for part in parts if 2 <= len(part) <= LONGEST_OTHER_NAME and not part.isdigit()]


def _row_link(links: Sequence[Link], line: int, cell: str) -> str | None:
    """A row's own link: that of its name, else the only repository that the row of a Latin name points to."""
    here = [link for link in links if link.line == line]
    if here and here[-1].text and name_key(here[-1].text) == name_key(cell):
        return here[-1].target
    repositories = {link.target for link in here if repository(link.target)}
    return repositories.pop() if len(repositories) == 1 and not has_cjk(cell) else None


def _value_names(collector: _Collector, table: Table, reading: Reading) -> None:
    """Cells that hold nothing but proper names ("A、B、C") name things too, weakly."""
    labels = None if reading.orientation is Orientation.CARD else reading.name_column
    for row in table.rows:
        for at, cell in enumerate(row.cells):
            for part in _proper_parts(cell) if at != labels else ():
                collector.add([part], WEAK_STRENGTH, row.lines.first)


def _proper_parts(cell: str) -> list[str]:
    if not cell or len(cell) > 60 or not any(map(str.isupper, cell)) or has_cjk(cell) or "://" in cell:
        return []
    parts = [part.strip() for part in _LIST_CELL.split(cell) if part.strip()]
    return parts if all(latin_names(part) == [part] and len(part) > 2 for part in parts) else []


def _prose_names(collector: _Collector, block: Block, line: int) -> None:
    """Names in link texts, definition lists, opening lines of items, label lines and labelled links."""
    lines = block.plain.split("\n")
    for link in block.links:
        if link.text and _names_itself(link):
            url = link.target if repository(link.target) else None
            collector.add_first(link.text, link.line, url)
    for at, term in defined_terms(lines).items():
        collector.add_first(term, line + at - 1)
    opening = item_label(block)
    if opening is not None:
        collector.add_first(opening, line)
    for offset, text in enumerate(lines):
        for forms in told_aliases(text):
            collector.add(forms, LINK_STRENGTH, line + offset)
        written = _labelled(text)
        if written and latin_names(written) and not has_cjk(written) and len(written.split()) <= 4:
            collector.add_first(written, line + offset)


def _told_names(collector: _Collector, block: Block, owner: Subject | None) -> None:
    """Other names of a section's subject in lines like "又名：Foo" right below its heading."""
    if owner is None or len(owner.things) != 1 or owner.heading != block.heading:
        return
    for text in block.plain.split("\n"):
        key, colon, value = text.strip(" -*+").replace("：", ":").partition(":")
        if colon and header_is("other_name", key) and _further_names(value):
            collector.add([*owner.things[0], *_further_names(value)], HEADING_STRENGTH, owner.line)


def _labelled(text: str) -> str:
    """The label of a line that holds only it ("3、Foo"), or it and the link that it names."""
    item = _ITEM_LINK.match(text)
    if item is not None and _is_label_of(item["label"], item["url"]) and not header_is("generic", item["label"]):
        return item["label"]
    label = _LABEL_LINE.match(text)
    return label.group(1) if label else ""


def _names_itself(link: Link) -> bool:
    """Whether the text of a link is a name: it is proper, and the target speaks of it or is an anchor."""
    return _is_label_of(link.text, link.target) and not header_is("generic", link.text)


def _is_label_of(label: str, target: str) -> bool:
    """Whether a brief Latin label is the name of what `target`'s path points to."""
    words = latin_names(label)
    if not words or len(label) > 40 or has_cjk(label) or len(label.split()) > 4:
        return False
    path = name_key(unquote(target.split("://", 1)[-1].partition("/")[2]) if "://" in target else target)
    return name_key(label) in path or (len(words[0]) > 3 and name_key(words[0]) in path)


def repository(url: str) -> tuple[str, ...] | None:
    """Path parts that identify a repository or a directory in it; None for other links."""
    parts = urlsplit(url if "://" in url else "https://" + url)
    if not _REPOSITORY.match(parts.netloc.lower()):
        return None
    path = [part.lower().removesuffix(".git") for part in unquote(parts.path).split("/") if part]
    path = path[: path.index("wiki")] if "wiki" in path else path
    path = [part for part in path if part not in _GENERIC_PATH and not _FILE.search(part)]
    return tuple(path) if len(path) >= 2 else None


def merge(found: Iterable[Name]) -> tuple[Entity, ...]:
    """Entities: names united by key, by their source's grouping, and by a common repository of their own.

    The thing of a paper and the one that links to it are united too, see `ingest.ties`. Two names with the
    same repository are one thing if the words of one are among those of the other, or if
    one is Chinese and the other is not; else a project and its part would become one.
    """
    given = sorted(found, key=by_evidence)
    all_names = [name for name in given if not is_tie(name)]
    union = _Union()
    for name in all_names:
        union.join(name.key, name.key)
        if name.group != name.key and name.strength >= LINK_STRENGTH:
            union.join(name.group, name.key)
    by_place: dict[tuple[str, ...], list[Name]] = defaultdict(list)
    for name in all_names:
        place = repository(name.url) if name.url else None
        if place is not None:
            by_place[place].append(name)
    for one, other in tied(given):
        union.join(one, other)
    taken = {name.key for name in all_names if name.strength >= HEADING_STRENGTH}
    _join_by_place(union, by_place, taken)
    further = [_slugs(union, by_place, taken), _without_brands(union, all_names)]
    return _entities(all_names, union, further)


def _join_by_place(union: _Union, by_place: dict[tuple[str, ...], list[Name]], taken: set[str]) -> None:
    """Unite names that have one repository and no other, and a Chinese name with the thing its slug names."""
    homes: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for place, sharing in by_place.items():
        for name in sharing:
            homes[name.key].add(place)
    for place, sharing in sorted(by_place.items()):
        settled = [name for name in sharing if len(homes[name.key]) == 1]
        for other in settled[1:]:
            if _same_thing(settled[0].surface, other.surface):
                union.join(settled[0].key, other.key)
        slug = name_key(place[-1])
        if settled and slug in taken and has_cjk(settled[0].key) and homes[slug] <= {place}:
            union.join(settled[0].key, slug)


def _slugs(union: _Union, by_place: dict[tuple[str, ...], list[Name]], taken: set[str]) -> dict[str, list[str]]:
    """Repository slugs that are one more name of the only thing with that repository, by its root."""
    found: dict[str, list[str]] = defaultdict(list)
    for place, sharing in sorted(by_place.items()):
        roots = {union.root(name.key) for name in sharing}
        slug = place[-1]
        fits = any(has_cjk(name.surface) or _words(name.surface) <= _words(slug) for name in sharing)
        if len(roots) == 1 and fits and name_key(slug) not in taken and len(slug) > 2:
            found[roots.pop()].append(slug)
    return found


def _without_brands(union: _Union, all_names: Sequence[Name]) -> dict[str, list[str]]:
    """What names are without a maker's, by root: other names of the things that alone have them."""
    surfaces: dict[str, list[str]] = defaultdict(list)
    for name in all_names:
        if name.strength >= HEADING_STRENGTH:
            surfaces[union.root(name.key)].append(name.surface)
    return rests(surfaces)


def _entities(
    all_names: Sequence[Name], union: _Union, further: Sequence[Mapping[str, Sequence[str]]]
) -> tuple[Entity, ...]:
    """The things; `further` names of theirs, by root, count where they are no other's."""
    groups: dict[str, list[Name]] = defaultdict(list)
    for name in all_names:
        groups[union.root(name.key)].append(name)
    claimed = set(union.parent)
    entities: list[Entity] = []
    for root, members in sorted(groups.items()):
        aliases = dict.fromkeys(name.surface for name in members)
        keys = dict.fromkeys(name.key for name in members)
        for other in (name for named in further for name in named.get(root, ())):
            if name_key(other) not in claimed:
                claimed.add(name_key(other))
                keys.setdefault(name_key(other))
                aliases.setdefault(other)
        strength = max(name.strength for name in members)
        entities.append(Entity(_display(members), tuple(keys), tuple(aliases), strength))
    return tuple(sorted(entities, key=lambda entity: (entity.name, entity.keys)))


def _display(members: Sequence[Name]) -> str:
    """The surface with the best evidence; of equals the most frequent, none in brackets, the shortest."""
    if len(members) == 1:
        return members[0].surface
    counts = Counter(name.surface for name in members)
    best = max(members, key=lambda n: (n.strength, counts[n.surface], n.key == n.group, -len(n.surface), n.surface))
    return best.surface


def _same_thing(one: str, other: str) -> bool:
    if has_cjk(one) != has_cjk(other):
        return True
    first, second = _words(one), _words(other)
    return first <= second or second <= first


def _words(surface: str) -> set[str]:
    return {word for word in re.split(r"[^0-9a-z一-鿿]+", surface.lower()) if word}


class _Union:
    def __init__(self) -> None:
        self.parent: dict[str, str] = {}

    def root(self, key: str) -> str:
        self.parent.setdefault(key, key)
        while self.parent[key] != key:
            self.parent[key] = self.parent[self.parent[key]]
            key = self.parent[key]
        return key

    def join(self, one: str, other: str) -> None:
        """Unite two keys; the smaller root becomes the root, so that the order of joining does not matter."""
        first, second = sorted((self.root(one), self.root(other)))
        self.parent[second] = first
