"""Things that lines introduce by their form alone: cards of keys, lines of one kind, items of a list of like things."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from ingest.line_forms import is_dashed, key_line, whole_label
from ingest.plain import plain_text
from ingest.subjects import Subject
from rag.text.lexicon import Lexicon
from rag.text.names import has_cjk, latin_names, name_key, strip_numbering, surface_forms
from rag.text.normalise import normalise
from rag.text.stem import stem
from rag.types import Block, BlockKind, Lines

FEWEST_LIKE = 2
"""Cards, lines or items of one form that show it to be a form."""
FEWEST_KEYS = 3
"""Lines with keys that make a paragraph a card."""
LONGEST_OPENED = 40
"""Characters beyond which what a line opens with is no name."""
LONGEST_CHINESE = 12
MOST_MAKER_WORDS = 2
"""Words beyond which the item above is more than a maker's name."""

_NAME_END = re.compile(r"[，,;；。：:（(]|\s[-–—]\s")
_CLAUSE = re.compile(r"[，,;；]")
_COUNTED = re.compile(r"#?\d{1,3}|[A-Za-z]\d{0,3}")
_MARKED = re.compile(r"[a-z][A-Z]|[A-Z]{2}|[A-Za-z].*\d|\d.*[A-Za-z]")
_UNIT = re.compile(r"\d\s*([a-z%°€£$一-鿿]+)")


@dataclass(frozen=True, slots=True)
class Opened:
    """A thing that a line introduces: the forms of its name, what sort of thing it is called ("" if not told)."""

    forms: tuple[str, ...]
    kind: str = ""

    @property
    def name(self) -> str:
        return self.forms[0]


def opened(blocks: Sequence[Block], owners: Sequence[Subject | None]) -> dict[int, dict[int, Opened]]:
    """By the number of a block, what its lines (0 is the first) introduce.

    "Model: Foo 3", followed by more keys, opens a card where others in the section open with the same key; so do
    neighbouring lines "Pump: Foo 3; steel; 4 kg" of one key. Items "Foo 3: steel, 4 kg" of a list are things where
    most have names, and numbers of one unit; items that only name something, with keys below them, where others of
    the list have the same key. Sections about one thing have attributes in this place, not things.
    """
    found: dict[int, dict[int, Opened]] = defaultdict(dict)
    free = [at for at, owner in enumerate(owners) if owner is None and isinstance(blocks[at].location, Lines)]
    for at, thing in _cards(blocks, free):
        found[at][0] = thing
    for at in free:
        if at not in found and blocks[at].kind in (BlockKind.PARAGRAPH, BlockKind.ITEM):
            found[at].update(_kind_lines(blocks[at]))
    for at, thing in _items(blocks, free):
        found[at].setdefault(0, thing)
    for at, thing in _variants(blocks, owners):
        found[at][0] = thing
    for at, thing in _heads(blocks, free):
        found[at].setdefault(0, thing)
    return {at: lines for at, lines in found.items() if lines}


def _cards(blocks: Sequence[Block], free: Sequence[int]) -> Iterator[tuple[int, Opened]]:
    """Paragraphs of keys of which several in a section begin with the same key and different names.

    A name may also stand on a line of its own above the keys; a number that the key counts ("Bay: 3") is one with it.
    """
    openings: dict[tuple[tuple[str, ...], str], list[tuple[int, Opened]]] = defaultdict(list)
    for at in free:
        written = blocks[at].text.split("\n")
        if blocks[at].kind is not BlockKind.PARAGRAPH or len(written) < FEWEST_KEYS:
            continue
        first, *others = (key_line(line) for line in written)
        if None in others:
            continue
        if first is None:
            label = _label(plain_text(written[0]))
            below = others[0]
            if label is not None and below is not None:
                openings[blocks[at].heading, f"{name_key(below.key)} below"].append((at, label))
            continue
        value = plain_text(first.value).strip()
        counted = Opened((f"{plain_text(first.key)} {value}",)) if _COUNTED.fullmatch(value) else None
        thing = _named(value) or counted
        if thing is not None:
            openings[blocks[at].heading, name_key(first.key)].append((at, thing))
    for group in openings.values():
        if len({name_key(thing.name) for _, thing in group}) == len(group) >= FEWEST_LIKE:
            yield from group


def _label(written: str) -> Opened | None:
    """What a line above keys names: a brief name that goes on with nothing but a bracket."""
    text = strip_numbering(written).strip(" *_")
    if not text or len(text) > LONGEST_OPENED or _CLAUSE.search(text) or text[-1] in "。.!?！？:：":
        return None
    things = surface_forms(text)
    return Opened(tuple(things[0])) if len(things) == 1 else None


def _kind_lines(block: Block) -> dict[int, Opened]:
    """Neighbouring lines of one key whose values open with different names and go on."""
    lines = [key_line(line) for line in block.text.split("\n")]
    found: dict[int, Opened] = {}
    for key, run in groupby(enumerate(lines), lambda entry: name_key(entry[1].key) if entry[1] else ""):
        told = [(at, line, plain_text(line.value)) for at, line in run if line is not None]
        things = {at: _named(value, line.key) for at, line, value in told if _CLAUSE.search(value)}
        named = {at: thing for at, thing in things.items() if thing is not None}
        marked = sum(_MARKED.search(thing.name) is not None for thing in named.values())
        distinct = len({name_key(thing.name) for thing in named.values()}) == len(told)
        if key and distinct and len(told) >= FEWEST_LIKE and marked * 2 >= len(told):
            found |= named
    return found


def _items(blocks: Sequence[Block], free: Sequence[int]) -> Iterator[tuple[int, Opened]]:
    """Neighbouring items of a list that open with names and give numbers of one unit."""
    siblings: dict[tuple[tuple[str, ...], tuple[str, ...]], list[int]] = defaultdict(list)
    for at in free:
        if blocks[at].kind is BlockKind.ITEM:
            siblings[blocks[at].heading, tuple(blocks[at].parents)].append(at)
    for (_, parents), group in siblings.items():
        told = {at: line for at in group if (line := key_line(blocks[at].text.split("\n")[0])) and line.value}
        things = {at: _named(plain_text(line.key)) for at, line in told.items()}
        named = {at: thing for at, thing in things.items() if thing is not None and latin_names(thing.name)}
        proper = sum(_is_proper(thing.name) for thing in named.values())
        units = Counter(unit for at in named for unit in set(_UNIT.findall(normalise(plain_text(told[at].value)))))
        shared = max(units.values(), default=0)
        if proper >= FEWEST_LIKE and proper * 2 >= len(group) and shared * 2 >= len(named) and shared > 1:
            maker = _maker(parents)
            for at, thing in named.items():
                yield at, Opened((*thing.forms, f"{maker} {thing.name}") if maker else thing.forms)


def _variants(blocks: Sequence[Block], owners: Sequence[Subject | None]) -> Iterator[tuple[int, Opened]]:
    """Items "**Foo 3 (4 kg)** – steel" of a section about a family of things: each is one of them."""
    siblings: dict[tuple[str, ...], list[tuple[int, Subject, str]]] = defaultdict(list)
    for at, (block, owner) in enumerate(zip(blocks, owners, strict=True)):
        if owner is None or block.kind is not BlockKind.ITEM or block.parents or not is_dashed(block.text):
            continue
        line = key_line(block.text.split("\n")[0])
        if line is not None and isinstance(block.location, Lines):
            siblings[block.heading].append((at, owner, plain_text(line.key)))
    for group in siblings.values():
        named = [(at, owner, forms[0][0]) for at, owner, key in group if len(forms := surface_forms(key)) == 1]
        proper = [(at, owner, name) for at, owner, name in named if _is_proper(name)]
        if len(proper) < FEWEST_LIKE or len(proper) * 2 <= len(group):
            continue
        for at, owner, name in proper:
            held = any(name_key(form) in name_key(name) for form in owner.things[0])
            yield at, Opened((name,) if held else (f"{owner.name} {name}", name))


def _heads(blocks: Sequence[Block], free: Sequence[int]) -> Iterator[tuple[int, Opened]]:
    """Items of a list that only name something, above keys of which other such items of the list have one too."""
    lists: dict[tuple[str, ...], list[tuple[int, Opened, set[str]]]] = defaultdict(list)
    for at in free:
        block = blocks[at]
        if block.kind is not BlockKind.ITEM or block.parents:
            continue
        label = whole_label(block)
        keys = _keys_below(blocks, at) if label else set()
        if label and keys:
            lists[block.heading].append((at, Opened((label,)), keys))
    for heads in lists.values():
        seen = Counter(key for _, _, keys in heads for key in keys)
        distinct = len({name_key(thing.name) for _, thing, _ in heads}) == len(heads)
        yield from ((at, thing) for at, thing, keys in heads if distinct and any(seen[key] > 1 for key in keys))


def _keys_below(blocks: Sequence[Block], at: int) -> set[str]:
    """The keys of the lines right below a list item; none where a line there has no key."""
    keys: set[str] = set()
    for block in (blocks[below] for below in range(at + 1, len(blocks))):
        if block.kind is not BlockKind.ITEM or len(block.parents) != 1:
            return keys if not block.parents else set()
        line = key_line(block.text.split("\n")[0])
        if line is None:
            return set()
        keys.add(name_key(plain_text(line.key)))
    return keys


def _named(written: str, kind: str = "") -> Opened | None:
    """The thing whose name `written` opens with."""
    head = _NAME_END.split(written.strip(), maxsplit=1)[0].strip()
    limit = LONGEST_CHINESE if has_cjk(head) and not latin_names(head) else LONGEST_OPENED
    if not 2 <= len(head) <= limit or head[0].islower() or not any(char.isalpha() for char in head):
        return None
    things = surface_forms(head)
    if len(things) != 1:
        return None
    forms = [head] if head.startswith(things[0][0]) else things[0]  # "Foo 双人" is a thing of the maker Foo
    return Opened(tuple(forms), kind)


def _is_proper(name: str) -> bool:
    """Whether a name reads as one: inner capitals or digits, or a capitalised word that is no everyday one."""
    words = latin_names(name)
    unknown = any(word[0].isupper() and not Lexicon.load().translate(stem(word.lower())) for word in words)
    return bool(words) and words[0][0].isupper() and (_MARKED.search(name) is not None or unknown or len(words) > 1)


def _maker(parents: Sequence[str]) -> str:
    """The brief Latin name that the item above opens with."""
    if not parents:
        return ""
    above = plain_text(parents[-1].split("\n")[0]).strip(" -*+•")
    forms = surface_forms(_NAME_END.split(above, maxsplit=1)[0])
    name = forms[0][0] if len(forms) == 1 else ""
    brief = name and not has_cjk(name) and len(name.split()) <= MOST_MAKER_WORDS and name[0].isupper()
    return name if brief and not any(char.isdigit() for char in name) else ""
