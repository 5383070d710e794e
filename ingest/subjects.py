"""What each section of a note is about: which headings name a thing, and which are chapters or topics."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.cards import alike, are_mostly_alike, cards
from ingest.headers import header_is
from ingest.line_forms import key_line
from ingest.outline import DEEPEST_REAL
from ingest.tabular import Orientation, read_table
from rag.text.lexicon import Lexicon
from rag.text.names import cell_forms, has_cjk, latin_names, name_key, strip_numbering, surface_forms
from rag.text.stem import stem
from rag.types import Block, BlockKind, Lines, Link, Location

FEWEST_COLUMNS = 3
"""A narrower table may be a mere glossary: its rows do not make things of headings."""
SHORTEST_COINED = 4
"""Letters from which a word that no dictionary has is no abbreviation of a common one."""
SHORTEST_BEGINNING = 3
"""Chinese characters that suffice to take a heading for the beginning of a longer name in a table."""
OPENING = 60
"""Characters of a section's text within which its name may stand."""
FEWEST_MEMBERS = 2
"""A heading with this many things right below it is a chapter about them, not a thing."""
LONGEST_TITLE_LIKE_NAME = 24
"""Characters beyond which a first heading on the top level is the document's title, whatever follows."""
FEWEST_KEYS = 2
"""Keys with values right beneath a note's first heading that make the note a page about it."""
OWN_LINK_REACH = 2
"""How many blocks below a heading a bare link still is the heading's own."""

_INNER_CAPITAL = re.compile(r"[a-z][A-Z]|[A-Z]{2}|\d")


@dataclass(frozen=True, slots=True)
class Subject:
    """What a section is about: one list of equivalent surface forms for each thing it names."""

    things: tuple[tuple[str, ...], ...]
    url: str | None
    line: int
    heading: tuple[str, ...]

    @property
    def name(self) -> str:
        """The first form of the first thing."""
        return self.things[0][0]


def first_line(location: Location) -> int:
    """The first line of a span of a note; for a PDF the page number."""
    return location.first if isinstance(location, Lines) else location.number


def subjects(blocks: Sequence[Block]) -> tuple[Subject | None, ...]:
    """For each block the subject of the innermost section about a thing (a heading opens its own section)."""
    headings = [index for index, block in enumerate(blocks) if block.kind is BlockKind.HEADING]
    named = _named_headings(blocks, headings)
    spoken = _speaking_headings(blocks, headings, named)
    result: list[Subject | None] = []
    stack: list[tuple[int, Subject | None]] = []
    for index, block in enumerate(blocks):
        if block.kind is BlockKind.HEADING:
            while stack and stack[-1][0] >= block.depth:
                stack.pop()
            stack.append((block.depth, named.get(index)))
            if not any(subject for _, subject in stack):
                stack[-1] = (block.depth, spoken.get(index))
        result.append(next((subject for _, subject in reversed(stack) if subject is not None), None))
    return tuple(result)


def _speaking_headings(
    blocks: Sequence[Block], headings: Sequence[int], named: dict[int, Subject]
) -> dict[int, Subject]:
    """Headings that name nothing new but speak of exactly one thing that another heading names."""
    known = {name_key(thing[0]): thing[0] for subject in named.values() for thing in subject.things}
    found: dict[int, Subject] = {}
    for index in headings[1:]:
        block = blocks[index]
        keys = {name_key(run) for run in latin_names(block.plain)} & known.keys()
        if index not in named and len(keys) == 1:
            form = known[keys.pop()]
            found[index] = Subject(((form,),), None, first_line(block.location), block.heading)
    return found


def _named_headings(blocks: Sequence[Block], headings: Sequence[int]) -> dict[int, Subject]:
    """Which headings name a thing: those with a link of their own, a proper name, or siblings that do."""
    candidates, bold = _candidates(blocks, headings)
    tabled = _tabled_names(blocks)
    makers = _makers(blocks)
    known = {
        index
        for index, subject in candidates.items()
        if _is_tabled(subject, tabled) and (has_cjk(subject.name) or not _is_divided(blocks, index))
    }
    named = {
        index: subject
        for index, subject in candidates.items()
        if index in known
        or blocks[index].links
        or _is_proper(blocks[index].plain, subject.things)
        or _has_card(blocks, index)
        or (name_key(subject.name) in makers and not _is_divided(blocks, index))
        or _opens_its_text(blocks, index, subject)
        or _is_a_coined_word(blocks, index, subject)
        or _has_keys(blocks, index, subject)
        or (index == headings[0] and _is_page_of_a_thing(blocks, index))
    }
    for index, subject in _beside_things(blocks, headings, candidates, bold, named).items():
        named.setdefault(index, subject)
    return _without_chapters(blocks, named, known)


def _opens_its_text(blocks: Sequence[Block], index: int, subject: Subject) -> bool:
    """Whether the text right beneath a heading begins with the name: it is about the thing."""
    if index + 1 >= len(blocks) or blocks[index + 1].kind is not BlockKind.PARAGRAPH:
        return False
    if len(subject.things) > 1:
        return False
    opening = name_key(blocks[index + 1].plain[:OPENING])
    return any(len(name_key(form)) > 1 and opening.startswith(name_key(form)) for form in subject.things[0])


def _is_a_coined_word(blocks: Sequence[Block], index: int, subject: Subject) -> bool:
    """Whether a heading is one Latin word that no dictionary has, above Chinese text: a name."""
    word = strip_numbering(blocks[index].plain)
    if not word.isascii() or not word.isalpha() or not word[0].isupper() or len(word) < SHORTEST_COINED:
        return False
    below = blocks[index + 1 : index + 1 + OWN_LINK_REACH]
    if len(below) > 1 and below[0].links and not has_cjk(below[0].plain):
        below = below[1:]  # a bare link stands before the text
    speaks = bool(below) and below[0].kind in (BlockKind.PARAGRAPH, BlockKind.ITEM) and has_cjk(below[0].plain)
    return speaks and not Lexicon.load().translate(stem(word.casefold()))


def _has_keys(blocks: Sequence[Block], index: int, subject: Subject) -> bool:
    """Whether different keys with values stand right beneath a heading written as Latin names are."""
    words = subject.name.split() if len(subject.things) == 1 else ()
    if not words or len(words) > 3 or not all(word[0].isupper() or word[0].isdigit() for word in words):
        return False
    keys: set[str] = set()
    for block in blocks[index + 1 :]:
        if block.kind is BlockKind.HEADING:
            return len(keys) >= FEWEST_KEYS and block.depth <= blocks[index].depth
        if block.kind in (BlockKind.PARAGRAPH, BlockKind.ITEM):
            lines = (key_line(line) for line in block.text.split("\n"))
            keys |= {name_key(found.key) for found in lines if found and found.value}
    return len(keys) >= FEWEST_KEYS


def _candidates(blocks: Sequence[Block], headings: Sequence[int]) -> tuple[dict[int, Subject], dict[int, Subject]]:
    """Headings that could name a thing (no title, question, repeated aspect or generic word); bold lines that could."""
    counts = Counter(name_key(blocks[index].plain) for index in headings)
    title = _title(blocks, headings)
    found: dict[int, Subject] = {}
    bold: dict[int, Subject] = {}
    for index in headings:
        block = blocks[index]
        forms = surface_forms(block.plain)
        plain = not block.links and (
            counts[name_key(block.plain)] > 1 or header_is("section", strip_numbering(block.plain))
        )
        if index != title and not plain and forms and not _is_question(block.plain):
            things = tuple(tuple(form) for form in forms)
            subject = Subject(things, _own_link(blocks, index), first_line(block.location), block.heading)
            # bold lines, deeper than any real heading, name parts of a section unless they carry a link
            (bold if block.depth > DEEPEST_REAL and not block.links else found)[index] = subject
    return found, bold


def _beside_things(
    blocks: Sequence[Block],
    headings: Sequence[int],
    candidates: dict[int, Subject],
    bold: dict[int, Subject],
    named: dict[int, Subject],
) -> dict[int, Subject]:
    """Brief candidates most of whose siblings name things, or whose sections have the same keys as theirs.

    Bold lines name things only by such keys.
    """
    families: dict[tuple[tuple[str, ...], int], list[int]] = defaultdict(list)
    for index in headings:
        families[(blocks[index].heading[:-1], blocks[index].depth)].append(index)
    found: dict[int, Subject] = {}
    written = bold | candidates
    for siblings in families.values():
        firm = [index for index in siblings if index in named or (index in candidates and candidates[index].url)]
        held = cards(blocks, siblings)
        named_by_keys = written
        if (len(firm) * 2 > len(siblings) and len(siblings) > 1) or are_mostly_alike(held):
            found |= {i: candidates[i] for i in siblings if i in candidates and _is_brief(candidates[i].name)}
            named_by_keys = bold
        like = (index for index in alike(held) if index in named_by_keys)
        found |= {i: named_by_keys[i] for i in like if len(named_by_keys[i].things) == 1}
    return found


def _tabled_names(blocks: Sequence[Block]) -> frozenset[str]:
    """Keys of what the tables of several columns name, by row or by column."""
    found: set[str] = set()
    for block in blocks:
        if block.table is None or len(block.table.header) < FEWEST_COLUMNS:
            continue
        reading = read_table(block.table, "")
        if reading.orientation is Orientation.COLUMNS:
            cells = list(block.table.header[1:])
        elif reading.orientation is Orientation.ROWS:
            cells = [row.cells[reading.name_column] for row in block.table.rows]
        else:
            continue
        found.update(name_key(form) for cell in cells for forms in cell_forms(cell) for form in forms)
    return frozenset(found)


def _makers(blocks: Sequence[Block]) -> frozenset[str]:
    """Keys of what the tables' columns of makers name."""
    found: set[str] = set()
    for table in (block.table for block in blocks if block.table is not None):
        columns = [at for at, header in enumerate(table.header) if header_is("maker", header)]
        cells = [row.cells[at] for row in table.rows for at in columns if at < len(row.cells)]
        cells += [
            cell for row in table.rows if row.cells and header_is("maker", row.cells[0]) for cell in row.cells[1:]
        ]
        found.update(name_key(form) for cell in cells for forms in surface_forms(cell) for form in forms)
    return frozenset(found)


def _is_tabled(subject: Subject, tabled: frozenset[str]) -> bool:
    """Whether each thing is named by a table too, a Chinese one perhaps with more words behind it."""
    keys = [name_key(forms[0]) for forms in subject.things]
    return all(
        key in tabled or (has_cjk(key) and len(key) >= SHORTEST_BEGINNING and any(t.startswith(key) for t in tabled))
        for key in keys
    )


def _is_divided(blocks: Sequence[Block], index: int) -> bool:
    """Whether the section of a heading has sections of its own."""
    below = next((block for block in blocks[index + 1 :] if block.kind is BlockKind.HEADING), None)
    return below is not None and below.depth > blocks[index].depth


def _without_chapters(blocks: Sequence[Block], named: dict[int, Subject], known: set[int]) -> dict[int, Subject]:
    """`named` without headings right above several things, unless they speak of a thing themselves.

    `known` are those that a table names too.
    """
    left = dict(named)
    members: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for index in sorted(named):
        members[blocks[index].heading[:-1]].append(index)
    for index, subject in named.items():
        block = blocks[index]
        below = members[block.heading]
        speaks = index + 1 < len(blocks) and blocks[index + 1].kind is not BlockKind.HEADING
        if block.links or len(below) - bisect_right(below, index) < FEWEST_MEMBERS:
            continue
        if not (speaks and (index in known or _is_proper(block.plain, subject.things))):
            del left[index]
            members[block.heading[:-1]].remove(index)
    return left


def _has_card(blocks: Sequence[Block], index: int) -> bool:
    """Whether a table of one row, about nothing else by name, opens the section."""
    for block in blocks[index + 1 : index + 3]:
        if block.kind is BlockKind.HEADING:
            return False
        if block.table is not None:
            named = bool(block.table.header) and header_is("name", block.table.header[0])
            return len(block.table.rows) == 1 and len(block.table.header) > 1 and not named
    return False


def _title(blocks: Sequence[Block], headings: Sequence[int]) -> int | None:
    """The document's title: the first heading, when it alone stands on its level, above all the others."""
    if not headings or blocks[headings[0]].links or _is_page_of_a_thing(blocks, headings[0]):
        return None
    first = headings[0]
    level = blocks[first].depth
    if first == 0 and len(headings) > 2 and level == 1:
        long = len(strip_numbering(blocks[first].plain)) > LONGEST_TITLE_LIKE_NAME
        if long or blocks[headings[1]].depth > 1:
            return first
    alone = all(blocks[index].depth > level for index in headings[1:])
    return first if alone and (len(headings) > 1 or first == 0) else None


def _is_page_of_a_thing(blocks: Sequence[Block], first: int) -> bool:
    """Whether a note is the page of the thing that its first heading names: a card or keys stand right beneath."""
    plain = strip_numbering(blocks[first].plain)
    if first != 0 or len(plain) > LONGEST_TITLE_LIKE_NAME or _is_question(plain):
        return False
    if not any(_INNER_CAPITAL.search(word) for word in latin_names(plain)):
        return False
    keys = 0
    for block in blocks[first + 1 :]:
        if block.kind is BlockKind.HEADING:
            break
        if block.kind in (BlockKind.PARAGRAPH, BlockKind.ITEM):
            keys += sum(1 for line in block.text.split("\n") if (found := key_line(line)) and found.value)
    return keys >= FEWEST_KEYS or _has_card(blocks, first)


def _own_link(blocks: Sequence[Block], index: int) -> str | None:
    """The link in the heading, or the first one right beneath that stands alone or opens the section."""
    heading = blocks[index]
    if heading.links:
        return heading.links[0].target
    for block in blocks[index + 1 : index + 1 + OWN_LINK_REACH]:
        if block.kind is BlockKind.HEADING:
            return None
        if block.links and "![" not in block.text and _opens(block, block.links[0]):
            return block.links[0].target
    return None


def _opens(block: Block, link: Link) -> bool:
    text = block.plain.strip()
    shown = link.text or link.target
    return text.startswith((shown[:20], link.target[:20])) or text == shown


def _is_proper(plain: str, things: Sequence[Sequence[str]]) -> bool:
    """Whether the heading reads as a proper name rather than as a topic.

    A brief heading counts when a Latin word of its name has an inner capital or a digit, or when the whole
    name is one Latin word amid Chinese.
    """
    head = things[0][0]
    words = latin_names(head)
    if has_cjk(head) or not words or len(head) > 40 or len(words) > 5:
        return False
    marked = any(_INNER_CAPITAL.search(word) for word in words)
    return marked or (has_cjk(strip_numbering(plain)) and len(words) == 1 and not _says_the_same(words[0], plain))


def _says_the_same(word: str, heading: str) -> bool:
    """Whether a heading has a Latin word and what it means in Chinese: "Meters 电表" is a topic in two languages."""
    meant = {term.term for term in Lexicon.load().translate(stem(word.casefold()))}
    return any(term in heading for term in meant if has_cjk(term))


def _is_brief(plain: str) -> bool:
    text = strip_numbering(plain)
    return len(text) <= (16 if has_cjk(text) else 40)


def _is_question(plain: str) -> bool:
    return plain.strip().endswith(("?", "？"))
