"""Whom a paper speaks of: what it introduces, its title, authors and date, and the names that mean it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from ingest.links import identifier_of, tie
from ingest.pdf_headings import section_is
from ingest.places import narrowed
from ingest.subjects import Subject
from ingest.ties import TIED
from rag.text.dates import dates
from rag.text.names import has_cjk, name_key
from rag.text.normalise import normalise
from rag.types import Block, BlockKind, Fact, FactKind, Name

LONGEST_THING = 40
_MOST_WORDS = 4
_STRONG, _WEAK = 3, 1
_MARKED = re.compile(r"[a-z][A-Z]|[A-Z]{2}|[A-Za-z]-?\d")
_ARTICLE = re.compile(r"(?:(?:a|an|the|our|new|novel|this|that|such|two|three|several)\s+)+", re.IGNORECASE)
_GENERIC = re.compile(r"(?:a|an|the|on|of|how|why|what|when|is|are|do|does|can|to|towards?)\b", re.IGNORECASE)
_STAMP_ID = re.compile(r"arXiv:\s*(?!submit)(\d{4}\.\d{4,5}|[a-z\-]+(?:\.[A-Z]{2})?/\d{7})", re.IGNORECASE)
_STAMP = re.compile(r"arXiv:\s*\S+/?\S*\s")
_STAMP_DATE = re.compile(r"\b\d{1,2} [A-Z][a-z]{2,8} (?:19|20)\d{2}\b")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_MARKS = re.compile(r"[∗*†‡§¶♠♣♥♢◇♦1-9⋆☆]+(?=\s*(?:,|$|\s[A-Z]))|[∗†‡§¶♠♣♥♢◇♦⋆☆]")
_PERSON = re.compile(r"\b[A-Z][A-Za-zÀ-ž.'’\-]+(?:\s[A-Z][A-Za-zÀ-ž.'’\-]*){1,3}")
_CHINESE_PERSON = re.compile(r"^[\u4e00-\u9fff·]{2,4}(?:\s*[,，、;；\s]\s*[\u4e00-\u9fff·]{2,4})*$")
_ABSTRACT_BLOCKS = 4
_LONGEST_AUTHORS = 2000
_RUN = re.compile(r"[A-Z][A-Za-z0-9]*(?:[-_.][A-Za-z0-9]+)*(?:\s(?=[A-Z0-9])[A-Z0-9][A-Za-z0-9.\-]*)*")
_CHINESE_NAME = re.compile(
    r"(?:一[种个款套]\S{0,8}?[:：—])?\s*(?P<name>[A-Za-z][\w.\-]*|[\u4e00-\u9fff·]{2,8}?)\s*(?=[,，(（—]|一[种个款套]|$)"
)
_FRONT_BLOCKS = 12
"""Blocks of page one within which the authors stand when no heading ends the front matter."""


@dataclass(frozen=True, slots=True)
class Front:
    """What page one of a paper says of the paper.

    `things` are the names of what it introduces, none where it gives none; `identifier` is that of an archive,
    or of the file. The blocks are those whose words say so, None where none does.
    """

    title: str
    things: tuple[str, ...]
    identifier: str
    authors: Block | None = None
    affiliation: Block | None = None
    dated: tuple[Block, str] | None = None

    @property
    def name(self) -> str:
        """What the paper is called: by what it introduces, else by its title."""
        return next(iter(self.things), self.bare_title)

    @property
    def bare_title(self) -> str:
        """The title without an article in front."""
        return re.sub(r"^(?:the|an?)\s+", "", self.title, flags=re.IGNORECASE)


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    loaded = tomllib.loads((files("ingest") / "data" / "papers.toml").read_text(encoding="utf-8"))
    return {name: part for name, part in loaded.items() if name != "facts"}


@cache
def _attributes() -> dict[str, str]:
    loaded = tomllib.loads((files("ingest") / "data" / "papers.toml").read_text(encoding="utf-8"))
    return dict(loaded["facts"])


@cache
def _organisations() -> tuple[str, ...]:
    return tuple(normalise(word) for word in _words()["organisations"]["words"])


def front(path: str, title: str, blocks: Sequence[Block]) -> Front:
    """What the first blocks of the paper at `path` say of it."""
    head = [block for block in _before_abstract(blocks) if normalise(block.text) not in normalise(title)]
    things = _introduced(title, blocks)
    stamped = next((block for block in blocks if _STAMP.match(block.text)), None)
    identifier = identifier_of(path)
    if stamped is not None and identifier.startswith("file:"):
        found = _STAMP_ID.match(stamped.text)
        identifier = f"arXiv:{found[1]}" if found else identifier
    authors = next((block for block in head if _names_people(block.text)), None)
    after = head[head.index(authors) + 1 :] if authors in head and authors is not None else []
    if authors is None:  # a report names who issued it, at most
        after = [block for block in head if any(word in normalise(block.text) for word in _organisations())]
    affiliation = next((block for block in after if "@" not in block.text and len(block.text) < 200), None)
    return Front(title, things, identifier, authors, affiliation, _dated(head, stamped))


def owners(said: Front, blocks: Sequence[Block]) -> tuple[Subject | None, ...]:
    """What each block of the paper is about: the paper, and so what it introduces."""
    return (Subject(((*said.things, said.bare_title),), None, 1, ("",)),) * len(blocks)


def paper_names(source: str, said: Front) -> tuple[Name, ...]:
    """The names that mean the paper's thing: its own, the title, the archive's identifier."""
    group = name_key(said.name)
    surfaces = dict.fromkeys((*said.things, said.bare_title, said.title))
    if not said.identifier.startswith("file:"):
        surfaces |= dict.fromkeys((said.identifier, said.identifier.partition(":")[2]))
    mark = TIED + tie(source)
    return tuple(
        Name(surface, name_key(surface), group, _STRONG, source, 1, mark) for surface in surfaces if name_key(surface)
    )


def weakened(found: Iterable[Name]) -> tuple[Name, ...]:
    """Names that a paper's tables and lists hold: they are other papers' things, and no reason to list them."""
    return tuple(replace(name, strength=min(name.strength, _WEAK), url=None) for name in found)


def front_facts(source: str, said: Front) -> Iterator[Fact]:
    """Authors, affiliation, date and identifier as facts about the paper's thing."""
    names = _attributes()
    if said.authors is not None:
        yield _fact(source, said, names["authors"], _MARKS.sub("", said.authors.text), said.authors, said.authors.text)
    if said.affiliation is not None:
        block = said.affiliation
        yield _fact(source, said, names["affiliation"], _MARKS.sub("", block.text).strip(), block, block.text)
    if said.dated is not None:
        block, value = said.dated
        yield _fact(source, said, names["published"], value, block, block.text)


def _fact(source: str, said: Front, attribute: str, value: str, block: Block, quote: str) -> Fact:
    found = dates(value) if len(value) < LONGEST_THING else []
    return Fact(
        kind=FactKind.KEY,
        source=source,
        location=narrowed(block, quote),
        heading=(said.title,),
        entity=said.name,
        entity_key=name_key(said.name),
        attribute=attribute,
        value=value,
        quote=quote,
        mentions=(name_key(said.title),) if said.things else (),
        date=found[0].iso if found else None,
    )


def _before_abstract(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks[:_FRONT_BLOCKS]:
        if block.depth > 1 or section_is("abstract", block.text.split(" ")[0]):
            return
        if block.kind is BlockKind.PARAGRAPH:
            yield block


def _dated(head: Sequence[Block], stamped: Block | None) -> tuple[Block, str] | None:
    if stamped is not None:
        found = _STAMP_DATE.search(stamped.text)
        if found:
            return stamped, found.group()
    for block in head:
        year = _YEAR.search(block.text)
        if year and len(block.text) < 120:
            return block, year.group()
    return None


def _names_people(text: str) -> bool:
    """Whether a block of the front matter lists people rather than places or addresses."""
    text = re.split(r"[{(]?\S*@", text)[0].split("{")[0]
    if len(text) > _LONGEST_AUTHORS:
        return False
    if has_cjk(text):
        return bool(_CHINESE_PERSON.match(_MARKS.sub("", text).strip()))
    plain = _MARKS.sub("", text)
    people = _PERSON.findall(plain)
    return bool(people) and sum(map(len, people)) * 2 > len(plain)


def _introduced(title: str, blocks: Sequence[Block]) -> tuple[str, ...]:
    """The names of what the paper introduces: that before the colon of its title, else that of its abstract."""
    head = re.split(r"\s*[:：]\s*|\s+[-–—]+\s+", title, maxsplit=1)[0]
    said = [names for block in _opening(blocks) for names in _presented(block.text)]
    if head == title or not _is_name(head):
        return said[0] if said else ()
    same = next((names for names in said if name_key(head) in map(name_key, names)), ())
    written = [name for name in same if name_key(name) == name_key(head)]
    return (*(written or [head])[:1], *(name for name in same if name_key(name) != name_key(head)))


def _is_name(text: str) -> bool:
    if has_cjk(text):
        return len(text) <= 12
    fits = 0 < len(text.split()) <= _MOST_WORDS and len(text) <= LONGEST_THING
    return fits and not _GENERIC.match(text) and text[0].isupper()


def _presented(text: str) -> Iterator[tuple[str, ...]]:
    """For each statement that something is introduced, the names that it gives that."""
    english, chinese, called = _patterns()
    for match in english.finditer(text):
        rest = match["rest"]
        skipped = _ARTICLE.match(rest)
        start = skipped.end() if skipped else 0
        names: list[str] = []
        for found in _RUN.finditer(rest):
            name = found.group().strip(" .-")
            marked = bool(_MARKED.search(name))
            opens = found.start() == start and (marked or rest[found.end() : found.end() + 1] in tuple(",(:"))
            if (opens or (marked and called.search(rest[: found.start()]))) and _is_name(name):
                names.append(name)
        if names:
            yield tuple(names)
    for match in chinese.finditer(text):
        told = _CHINESE_NAME.match(match["rest"])
        if told:
            yield (told["name"],)


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    words = _words()["introduces"]
    english = re.compile(
        r"\b(?:we|this (?:paper|work|report|study|article))\s+(?:\w+ly\s+|also\s+)?"
        rf"(?:{'|'.join(words['en'])})(?:e?s|ed)?\s+(?P<rest>.{{3,160}})",
        re.IGNORECASE,
    )
    verbs = "|".join(words["zh"])
    chinese = re.compile(rf"(?:本文|我们|本报告|本工作|该文)[^。]{{0,6}}?(?:{verbs})了?\s*(?P<rest>[^。]{{2,60}})")
    named = "|".join(words["named"])
    called = re.compile(rf"(?:(?:[,(（，]\s*|\s)(?:{named})\s+(?:as\s+)?(?:the\s+)?|[(（])$", re.IGNORECASE)
    return english, chinese, called


def _opening(blocks: Sequence[Block]) -> Iterator[Block]:
    """The paragraphs of the abstract, or of the beginning where no heading names it."""
    inside = [
        b
        for b in blocks
        if b.kind is BlockKind.PARAGRAPH and section_is("abstract", b.heading[-1] if b.heading else "")
    ]
    yield from (inside or [b for b in blocks[:_FRONT_BLOCKS] if b.kind is BlockKind.PARAGRAPH])[:4]
