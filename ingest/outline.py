"""Headings as they are meant: levels set right by numbering and repetition, and what each section is about."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.tabular import header_is
from rag.text.names import has_cjk, latin_names, name_key, strip_numbering, surface_forms
from rag.types import Block, BlockKind, Link

_NUMBER = re.compile(r"^\s*(\d{1,3})\s*[.、．)）](?!\d)")
_LABEL_STOP = re.compile(r"[:：。，,；;！!？?]|https?://")
_OWN_LINK_REACH = 2
"""How many blocks below a heading a bare link still is the heading's own."""
_KEY_LINE = re.compile(r"^[\s\-*]*([^\s:：。，,.;；|][^:：。，,;；|\n]{0,19}?)\s*[:：]\s*\S", re.MULTILINE)
DEEPEST_REAL = 6
"""Deeper "headings" are bold lines: they name parts of a section, not things, unless they carry a link."""
FEWEST_MEMBERS = 2
"""A heading with this many things right below it is a chapter about them, not a thing."""
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
        return self.things[0][0]


def outline(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The same blocks with heading levels set right and heading paths to match.

    A numbered heading stands on the level of the heading that carries the number before it; a heading whose text
    returns elsewhere on a deeper level (an aspect such as "Overview") stands on that level.
    """
    depths = _meant_depths([block for block in blocks if block.kind is BlockKind.HEADING])
    result: list[Block] = []
    path: list[tuple[int, str]] = []
    at = 0
    for block in blocks:
        if block.kind is BlockKind.HEADING:
            depth = depths[at]
            at += 1
            while path and path[-1][0] >= depth:
                path.pop()
            path.append((depth, block.plain.strip()))
            block = replace(block, depth=depth)
        result.append(replace(block, heading=tuple(text for _, text in path)))
    return tuple(result)


def _meant_depths(headings: Sequence[Block]) -> list[int]:
    deepest: dict[str, int] = {}
    counts: Counter[str] = Counter()
    for heading in headings:
        key = name_key(heading.plain)
        counts[key] += 1
        deepest[key] = max(deepest.get(key, 0), heading.depth)
    depths: list[int] = []
    numbered: dict[int, int] = {}
    for heading in headings:
        key, depth = name_key(heading.plain), heading.depth
        number = _NUMBER.match(heading.plain)
        if number:
            value = int(number.group(1))
            before = numbered.get(value - 1)
            depth = before if before is not None and value > 1 else depth
            if value == 1:
                numbered = {}
            numbered[value] = depth
        elif counts[key] > 1 and not heading.links:
            depth = max(depth, deepest[key])
        depths.append(depth)
    return depths


def subjects(blocks: Sequence[Block]) -> tuple[Subject | None, ...]:
    """For each block the innermost section subject it stands under (a heading: its own, if it names a thing)."""
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
    known = {name_key(form): form for subject in named.values() for thing in subject.things for form in thing[:1]}
    found: dict[int, Subject] = {}
    for index in headings[1:]:
        block = blocks[index]
        keys = {name_key(run) for run in latin_names(block.plain)} & known.keys()
        if index not in named and len(keys) == 1:
            form = known[keys.pop()]
            found[index] = Subject(((form,),), None, getattr(block.location, "first", 0), block.heading)
    return found


def _named_headings(blocks: Sequence[Block], headings: Sequence[int]) -> dict[int, Subject]:
    """Which headings name a thing: those with a link of their own, a proper name, or siblings that do."""
    counts = Counter(name_key(blocks[index].plain) for index in headings)
    parents: dict[tuple[tuple[str, ...], int], list[int]] = defaultdict(list)
    for index in headings:
        parents[(blocks[index].heading[:-1], blocks[index].depth)].append(index)
    title = _title(blocks, headings)
    strong: dict[int, Subject] = {}
    candidates: dict[int, Subject] = {}
    for index in headings:
        block = blocks[index]
        forms = surface_forms(block.plain)
        repeated = counts[name_key(block.plain)] > 1 and not block.links
        pseudo = block.depth > DEEPEST_REAL and not block.links
        generic = header_is("section", strip_numbering(block.plain)) and not block.links
        if index == title or repeated or pseudo or generic or not forms or _is_question(block.plain):
            continue
        url = _own_link(blocks, index)
        subject = Subject(
            tuple(tuple(form) for form in forms), url, getattr(block.location, "first", 0), block.heading
        )
        candidates[index] = subject
        if block.links or _is_proper(block.plain, forms) or _has_card(blocks, index):
            strong[index] = subject
    for siblings in parents.values():
        firm = sum(1 for index in siblings if index in strong or (index in candidates and candidates[index].url))
        if (firm * 2 > len(siblings) and len(siblings) > 1) or _alike(blocks, siblings):
            for index in siblings:
                if index in candidates and _is_brief(candidates[index].name):
                    strong.setdefault(index, candidates[index])
    for index in [index for index in strong if not blocks[index].links]:
        below = sum(1 for other in strong if blocks[other].heading[:-1] == blocks[index].heading and other > index)
        speaks = index + 1 < len(blocks) and blocks[index + 1].kind is not BlockKind.HEADING
        if below >= FEWEST_MEMBERS and not (speaks and _is_proper(blocks[index].plain, strong[index].things)):
            del strong[index]
    return strong


def _has_card(blocks: Sequence[Block], index: int) -> bool:
    """Whether a table of one row, about nothing else by name, opens the section."""
    for block in blocks[index + 1 : index + 3]:
        if block.kind is BlockKind.HEADING:
            return False
        if block.table is not None:
            named = bool(block.table.header) and header_is("name", block.table.header[0])
            return len(block.table.rows) == 1 and len(block.table.header) > 2 and not named
    return False


def _alike(blocks: Sequence[Block], siblings: Sequence[int]) -> bool:
    """Whether most sibling sections answer the same keys or table headers, as cards about like things do."""
    if len(siblings) < 2:
        return False
    seen: Counter[str] = Counter()
    per_section: list[set[str]] = []
    for index in siblings:
        keys: set[str] = set()
        for block in blocks[index + 1 :]:
            if block.kind is BlockKind.HEADING and block.depth <= blocks[index].depth:
                break
            keys |= _keys(block)
        per_section.append(keys)
        seen.update(keys)
    shared = {key for key, count in seen.items() if count > 1}
    return sum(1 for keys in per_section if keys & shared) * 2 > len(siblings)


def _keys(block: Block) -> set[str]:
    if block.table is not None:
        return {name_key(cell) for cell in block.table.header if cell} if len(block.table.rows) == 1 else set()
    if block.kind in (BlockKind.PARAGRAPH, BlockKind.ITEM):
        return {name_key(match.group(1)) for match in _KEY_LINE.finditer(block.plain)}
    return {name_key(block.plain)} if block.kind is BlockKind.HEADING else set()


def _title(blocks: Sequence[Block], headings: Sequence[int]) -> int | None:
    """The document's title: the first heading, when it alone stands on its level, above all the others."""
    if not headings:
        return None
    first = headings[0]
    level = blocks[first].depth
    opens = first == 0 and not blocks[first].links and len(headings) > 2
    if opens and level == 1 and (len(strip_numbering(blocks[first].plain)) > 24 or blocks[headings[1]].depth > 1):
        return first
    alone = all(blocks[index].depth > level for index in headings[1:])
    return first if alone and (len(headings) > 1 or first == 0) and not blocks[first].links else None


def _own_link(blocks: Sequence[Block], index: int) -> str | None:
    """The link in the heading, or the first one right beneath that stands alone or opens the section."""
    heading = blocks[index]
    if heading.links:
        return heading.links[0].target
    for block in blocks[index + 1 : index + 1 + _OWN_LINK_REACH]:
        if block.kind is BlockKind.HEADING:
            return None
        if block.links and "![" not in block.text and _opens(block, block.links[0]):
            return block.links[0].target
    return None


def _opens(block: Block, link: Link) -> bool:
    text = block.plain.strip()
    shown = link.text or link.target
    return text.startswith((shown[:20], link.target[:20])) or text == shown


def _is_proper(plain: str, forms: Sequence[Sequence[str]]) -> bool:
    """Whether the heading reads as a proper name rather than as a topic.

    A brief heading counts when a Latin word of its name has an inner capital or a digit, or when the whole
    name is one Latin word amid Chinese.
    """
    head = forms[0][0]
    if has_cjk(head):
        return False
    words = latin_names(head)
    text = strip_numbering(plain)
    marked = any(_INNER_CAPITAL.search(word) for word in words)
    return bool(words) and len(head) <= 40 and len(words) <= 5 and (marked or (has_cjk(text) and len(words) == 1))


def _is_brief(plain: str) -> bool:
    text = strip_numbering(plain)
    return len(text) <= (16 if has_cjk(text) else 40)


def _is_question(plain: str) -> bool:
    return plain.strip().endswith(("?", "？"))


def item_label(block: Block) -> str | None:
    """The name that opens a list item on a line of its own and that the item's other lines are about."""
    if block.kind is not BlockKind.ITEM:
        return None
    head, _, rest = block.plain.strip().partition("\n")
    head = strip_numbering(head).strip()
    named = 2 <= len(head) <= 30 and len(head.split()) <= 4 and not _LABEL_STOP.search(head)
    return head if rest.strip() and named else None


def defined_terms(lines: Sequence[str]) -> dict[int, str]:
    """Lines of a definition list: index of each definition (": meaning") to the term on the line above."""
    found: dict[int, str] = {}
    for at in range(1, len(lines)):
        term = lines[at - 1].strip()
        if re.match(r"\s{0,3}[:：]\s+\S", lines[at]) and 1 < len(term) <= 40 and not _LABEL_STOP.search(term):
            found[at] = strip_numbering(term).strip("*` ")
    return found
