"""Facts of a source, from its structure alone: tables, key-value lines, timelines, links, code, sentences."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ingest.bare_keys import bare_keys, variants, written_key
from ingest.brands import rests
from ingest.event_things import subject_of
from ingest.fact_tables import table_facts
from ingest.line_forms import KeyLine, bare_label, defined_terms, is_event, item_label, key_line, whole_label
from ingest.openings import Opened, opened
from ingest.places import narrowed
from ingest.plain import FOOTNOTE, FOOTNOTE_MARK, plain_text
from ingest.pointing import points_back
from ingest.said import Line, Said, block_lines, days, is_beside, others, parents, placed
from ingest.sentences import sentences
from ingest.spoken import answer, from_answer, is_quotation, question_and_answer
from ingest.subjects import Subject, first_line, subjects
from rag.text.dates import dates
from rag.text.names import has_cjk, latin_names, name_key, surface_forms
from rag.types import Block, BlockKind, Fact, FactKind, Lines, Link, Location, Name, Page

_LINK_ITEM = re.compile(
    r"^\s*(?:[-*+•]\s+|\d{1,2}[.)、]\s*)?(?P<label>[^\n]{0,60}?)\s*[:：]?\s*<?(?P<url>https?://|www\.)"
)
_URL = re.compile(r"(?:https?://|www\.)[!-~]+")
OPENING = 40
"""Characters of a sentence within which the name that it begins with stands."""
_ARTICLE = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)
_BULLETS = "-*+•> "
KNOWN_STRENGTH = 2
"""Strength from which a name counts as one of the source's own when lines are read."""
LONGEST_PAPER_KEY = 120
"""Characters beyond which a paragraph of a paper is running text, whatever stands before its first colon."""
PAPER_CAPTION = re.compile(r"(?:Table|Tab\.|Figure|Fig\.|Algorithm|Listing|表|图|圖)\s*(?:[A-Z]\.?)?\d+", re.IGNORECASE)
LONG_VALUE = 80
"""Characters beyond which a value is also split into sentences, so that one of them can be quoted."""
LONGEST_QUOTE = 240
"""Characters up to which the whole line is quoted rather than the part that holds the value."""
LONGEST_DATED = 24
"""Characters up to which a value that holds a date is that date."""
LONGEST_BESIDE = 100
"""Characters of what refers to a footnote that are kept with it."""
PENDING_REACH = 12
"""Lines below a key without a value within which the value may still come."""


SILENT = frozenset((BlockKind.REFERENCE, BlockKind.FIGURE, BlockKind.FORMULA))
"""Blocks that state nothing about the source's things."""


def facts(
    source: str, text: str, blocks: Sequence[Block], names: Sequence[Name], owners: Sequence[Subject | None] = ()
) -> tuple[Fact, ...]:
    """Everything that `blocks` of `source` state, in reading order.

    Each fact's `quote` is an exact substring of `text` at its location. `names` are the source's own names;
    `owners` what each block is about, where the headings do not tell.
    """
    known = {name.key: name.surface for name in names if name.strength >= KNOWN_STRENGTH}
    walker = _Walker(source, text.split("\n"), known)
    owners = owners or subjects(blocks)
    openings = opened(blocks, owners)
    walker.bare = bare_keys(blocks, owners)
    for at, (block, owner) in enumerate(zip(blocks, owners, strict=True)):
        walker.opened = openings.get(at, {})
        walker.visit(block, owner)
        below = blocks[at + 1] if at + 1 < len(blocks) else None
        if block.kind is BlockKind.HEADING and (below is None or is_beside(below, block)):
            walker.bare_heading(block, owner)
    return tuple(walker.found)


class _Walker:
    """Reads block after block and remembers what later lines may still belong to."""

    def __init__(self, source: str, lines: list[str], known: dict[str, str]) -> None:
        self.source = source
        self.lines = lines
        self.names = known
        self.chinese = {key: surface for key, surface in known.items() if has_cjk(key) and len(key) > 1}
        """Chinese names, without their makers' too, and the names that they mean."""
        for surface, left in rests({surface: [surface] for surface in known.values()}).items():
            self.chinese.update((name_key(rest), surface) for rest in left if has_cjk(rest))
        self.found: list[Fact] = []
        self.pending: tuple[str, tuple[str, ...], int] | None = None
        """A key whose value has not come yet: (key, heading, line)."""
        self.bare: frozenset[str] = frozenset()
        """Keys that stand without a colon before their values."""
        self.noted: dict[str, int] = {}
        """The last fact that refers to each footnote, by its number."""
        self.question: tuple[str, Line] | None = None
        """A question that waits for its answer, and its line."""
        self.item = ""
        """The thing that the current list item opens with."""
        self.opened: dict[int, Opened] = {}
        """What lines of the current block introduce, by their number in it."""
        self.label: tuple[str, tuple[str, ...], int] | None = None
        """A thing that a bare label line within the section is about: (name, heading, depth of its list)."""

    def visit(self, block: Block, owner: Subject | None) -> None:
        if block.kind in SILENT:
            return
        if block.kind is BlockKind.HEADING:
            self._heading(block, owner)
        elif block.table is not None:
            lines = block.text.split("\n") if isinstance(block.location, Page) else self.lines
            first = len(self.found)
            self.found += table_facts(self.source, lines, block, block.table, owner, self.mentions, first)
            if "[^" in block.text:
                for fact in self.found[first:]:
                    self.noted.update(dict.fromkeys(FOOTNOTE_MARK.findall(fact.value), fact.ordinal))
        elif block.kind is BlockKind.CODE:
            self._code(block, owner)
        elif not self._footnote(block):
            self._prose(block, owner)
            self._links(block, owner)

    def mentions(self, text: str) -> tuple[str, ...]:
        """Keys of everything in `text` that could be a name: Latin runs, and the source's Chinese names."""
        if "://" in text or "www." in text:
            text = _URL.sub(" ", text)
        keys = dict.fromkeys(map(name_key, latin_names(text)))
        if self.chinese and has_cjk(text):
            folded = name_key(text)
            keys.update(dict.fromkeys(key for key in self.chinese if key in folded))
        return tuple([key for key in keys if len(key) > 1])

    def _emit(self, kind: FactKind, block: Block, location: Location, quote: str, said: Said) -> None:
        found = dates(said.value)
        dated = kind is FactKind.EVENT or len(said.value) <= LONGEST_DATED
        spoken = said.attribute if kind is FactKind.LINK else f"{said.attribute} {said.value}"
        key = name_key(said.entity)
        if "[^" in quote:
            self.noted.update(dict.fromkeys(FOOTNOTE_MARK.findall(quote), len(self.found)))
        mentions = dict.fromkeys((*said.extra, *self.mentions(spoken)))
        self.found.append(
            Fact(
                kind=kind,
                source=self.source,
                location=narrowed(block, quote) if isinstance(location, Page) else location,
                heading=block.heading,
                ordinal=len(self.found),
                entity=said.entity,
                entity_key=key,
                attribute=said.attribute,
                value=said.value,
                quote=quote,
                qualifiers=said.qualifiers,
                mentions=tuple(other for other in mentions if other and other != key),
                date=found[0].iso if found and dated else None,
            )
        )

    def _heading(self, block: Block, owner: Subject | None) -> None:
        self.pending = self.label = self.question = None
        self.item = ""
        if owner is None or owner.heading != block.heading:
            if block.plain.rstrip().endswith((":", "：")):
                self.pending = (block.plain.strip(" :：*"), block.heading, first_line(block.location))
            return
        if len(block.plain) > len(owner.name) + 4:
            said = Said(owner.name, block.plain.strip(), extra=others(owner))
            self._emit(FactKind.STATEMENT, block, block.location, block.text.strip(), said)
        self._links(block, owner)

    def bare_heading(self, block: Block, owner: Subject | None) -> None:
        """A heading with nothing below it: that its thing stands there is all that is said."""
        told = bool(self.found) and self.found[-1].location == block.location
        if told or len(block.heading) < 2:
            return
        own = owner is not None and owner.heading == block.heading
        said = Said(owner.name if own and owner else "", block.plain.strip(), extra=others(owner if own else None))
        self._emit(FactKind.STATEMENT, block, block.location, block.text.strip(), said)

    def _code(self, block: Block, owner: Subject | None) -> None:
        attribute = self.pending[0] if self.pending else ""
        self.pending = None
        said = Said(owner.name if owner else "", block.plain.strip("\n"), attribute, (), others(owner))
        self._emit(FactKind.CODE, block, block.location, block.text, said)

    def _prose(self, block: Block, owner: Subject | None) -> None:
        """The facts of a paragraph or list item: line by line, with the lines between as sentences."""
        if self.label is not None and block.kind is BlockKind.ITEM and block.depth < self.label[2]:
            self.label = None
        opening = item_label(block)
        if 0 in self.opened and not self.opened[0].kind and (block.kind is not BlockKind.ITEM or whole_label(block)):
            self.item = self.opened[0].name
        elif opening is not None:
            self.item = opening
        elif block.kind is not BlockKind.ITEM or not block.parents:
            self.item = ""
        run: list[Line] = []
        lines = list(block_lines(block))
        defined = defined_terms([line.raw for line in lines])
        for at, line in enumerate(lines):
            if at in defined:
                self._sentences(block, owner, run[:-1])
                self._definition(block, owner, lines[at - 1 : at + 1], plain_text(defined[at]))
                run = []
            elif self._is_plain(line, block):
                run.append(line)
            else:
                self._sentences(block, owner, run)
                self._marked(block, owner, line, self.opened.get(at))
                run = []
        self._sentences(block, owner, run)

    def _footnote(self, block: Block) -> bool:
        """Whether a block is a footnote that a fact refers to; if so it is said of that fact's thing, beside it."""
        mark = FOOTNOTE.match(block.text)
        if mark is None or mark[1] not in self.noted or isinstance(block.location, Page):
            return False
        fact = self.found[self.noted[mark[1]]]
        value = plain_text(block.text[mark.end() :]).replace("\n", " ").strip()
        beside = FOOTNOTE_MARK.sub("", fact.value).split("\n")[0][:LONGEST_BESIDE].strip()
        said = Said(fact.entity, value, fact.attribute, (("", beside),), fact.mentions)
        self._emit(FactKind.STATEMENT, block, block.location, block.text.strip(), said)
        return True

    def _is_label(self, plain: str) -> bool:
        label = bare_label(plain)
        return label is not None and name_key(label) in self.names

    def _is_plain(self, line: Line, block: Block) -> bool:
        """Whether a line is part of running text: no label, event, key or blank line."""
        plain = plain_text(line.raw).strip()
        if isinstance(block.location, Page) and (len(plain) > LONGEST_PAPER_KEY or PAPER_CAPTION.match(plain)):
            return True
        spoken = question_and_answer(plain) or (self.question and answer(plain))
        marked = self._is_label(plain) or is_event(line.raw, plain) or spoken or key_line(line.raw)
        return bool(plain) and not (marked or written_key(line.raw, self.bare) or days(block, plain))

    def _marked(self, block: Block, owner: Subject | None, line: Line, thing: Opened | None) -> None:
        """A line that says by its form what it is."""
        plain = plain_text(line.raw).strip()
        found = key_line(line.raw)
        if self._is_label(plain):
            self.label = (bare_label(plain) or "", block.heading, block.depth)
        elif is_event(line.raw, plain):
            self._event(block, owner, line, plain)
        elif asked := question_and_answer(plain):
            self.question = (asked[0], line)
            if asked[1]:
                self._answer(block, owner, line, asked[1])
        elif self.question and (said := answer(plain)):
            self._answer(block, owner, line, said)
        elif dated := days(block, plain):
            for day in dated:
                self._event(block, owner, line, day)
        elif found is not None:
            self._key(block, owner, line, found, thing)
        elif bare := written_key(line.raw, self.bare):
            self._key(block, owner, line, bare[0], thing, bare[1])
            self._sentences(block, owner, [line])  # its words beside the key tell what is meant too

    def _definition(self, block: Block, owner: Subject | None, lines: Sequence[Line], term: str) -> None:
        """A term and what follows the colon on the next line."""
        value = plain_text(lines[1].raw).strip().lstrip(":：").strip()
        quote = "\n".join(line.raw for line in lines).strip()
        own = (name_key(owner.name),) if owner else ()
        said = Said(term, value, "", parents(block), (*others(owner), *own))
        self._emit(FactKind.KEY, block, placed(block, lines[0].number, lines[1].number), quote, said)

    def _key(
        self, block: Block, owner: Subject | None, line: Line, found: KeyLine, thing: Opened | None, of: str = ""
    ) -> None:
        """A key with its value on the line, or one whose value comes below; or the kind of a thing and its name."""
        key = plain_text(found.key).strip(" *")
        value = plain_text(found.value).strip().strip("*").strip()
        if not value:
            self.pending = (key, block.heading, line.number)
            return
        self.pending = None
        subject = self._subject(block, owner)
        if not subject and name_key(key) not in self.names:
            subject = next((run for run in latin_names(key) if any(c.isupper() or c.isdigit() for c in run[1:])), "")
        extra = others(owner)
        within = (*parents(block), ("", of)) if of else parents(block)
        if thing is not None and thing.kind:
            said = Said(thing.name, value, key, within, extra)
        elif thing is not None and owner is not None:
            value = plain_text(line.raw).strip().lstrip(_BULLETS) if key != thing.name else value
            said = Said(thing.name, value, "", within, (*extra, name_key(subject)))
        elif name_key(key) in self.names and name_key(key) != name_key(subject):
            said = Said(key, value, "", within, (*extra, name_key(subject)))
        else:
            said = Said(subject, value, key, within, extra)
        self._emit(FactKind.KEY, block, placed(block, line.number), line.raw.strip(), said)
        for variant, its in () if isinstance(block.location, Page) else variants(value):
            one = replace(said, value=its, qualifiers=(*within, ("", variant)))
            self._emit(FactKind.KEY, block, placed(block, line.number), line.raw.strip(), one)
        if len(value) > LONG_VALUE:
            about = said.entity if said.attribute == "" else ""
            self._sentences(block, owner, [replace(line, raw=found.rest)], "" if about else key, about)

    def _answer(self, block: Block, owner: Subject | None, line: Line, value: str) -> None:
        """What answers the question that was asked last: its key."""
        question, asked = self.question or ("", line)
        self.question = None
        near = first_line(block.location) <= asked.number and not isinstance(block.location, Page)
        first = asked.number if near else line.number
        quote = "\n".join(self.lines[first - 1 : line.number]).strip() if near else line.raw.strip()
        said = Said(self._subject(block, owner), value, question, parents(block), others(owner))
        self._emit(FactKind.KEY, block, placed(block, first, line.number), quote, said)
        if len(value) > LONG_VALUE:
            self._sentences(block, owner, [replace(line, raw=from_answer(line.raw))], question)

    def _event(self, block: Block, owner: Subject | None, line: Line, plain: str) -> None:
        """A dated line: about the thing that it links, else the last that it names, else the section's."""
        linked = [link.text for link in block.links if link.line == line.number and link.text in plain]
        subject = subject_of(plain, linked, self.names, self.chinese, owner.name if owner else "")
        said = Said(subject, plain.lstrip(_BULLETS), extra=others(owner))
        self._emit(FactKind.EVENT, block, placed(block, line.number), line.raw.strip(), said)

    def _sentences(
        self, block: Block, owner: Subject | None, run: Sequence[Line], attribute: str = "", about: str = ""
    ) -> None:
        """Each sentence of running text, about the thing `about` where that is known."""
        if not run:
            return
        subject = about or self._subject(block, owner)
        pending = "" if about else self._take_pending(block)
        kind = FactKind.KEY if pending and not attribute else FactKind.STATEMENT
        joined = "\n".join(line.raw for line in run)
        topic = ""
        before: tuple[str, ...] = ()
        for start, end in [(0, len(joined))] if is_quotation(joined) else sentences(joined):
            raw = joined[start:end]
            plain = plain_text(raw).replace("\n", " ").strip()
            if not any(char.isalnum() for char in plain):
                continue
            first = run[0].number + joined.count("\n", 0, start)
            location = placed(block, first, first + raw.count("\n"))
            opening = "" if subject else self._opening(plain.lstrip(_BULLETS))
            topic = opening or topic
            extra = (*others(owner), name_key(topic)) if topic else others(owner)
            if points_back(plain):
                extra += () if subject else before
            else:
                before = self.mentions(plain)
            said = Said(subject or opening, plain.lstrip(_BULLETS), attribute or pending, parents(block), extra)
            self._emit(kind, block, location, raw, said)

    def _opening(self, plain: str) -> str:
        """The known thing that a sentence begins with, after an article at most; "" where it begins otherwise."""
        start = _ARTICLE.sub("", plain[:OPENING])
        for run in latin_names(start)[:1]:
            if name_key(run) in self.names and name_key(start).startswith(name_key(run)):
                return run
        folded = name_key(start)
        found = [key for key in self.chinese if folded.startswith(key)]
        return self.chinese[max(found, key=len)] if found else ""

    def _take_pending(self, block: Block) -> str:
        """The key that waits for its value, while the text still stands right beneath it."""
        if self.pending is None:
            return ""
        key, heading, line = self.pending
        below = first_line(block.location) - line
        near = below <= PENDING_REACH and block.heading[: len(heading)] == heading
        if not near or (block.kind is BlockKind.PARAGRAPH and below > 1):
            self.pending = None
        return key if near else ""

    def _subject(self, block: Block, owner: Subject | None) -> str:
        if self.item:
            return self.item
        if self.label is not None:
            if self.label[1] == block.heading:
                return self.label[0]
            self.label = None
        return owner.name if owner else ""

    def _links(self, block: Block, owner: Subject | None) -> None:
        own = self._subject(block, owner)
        for link in block.links:
            raw = self.lines[link.line - 1].strip() if 0 < link.line <= len(self.lines) else ""
            if isinstance(block.location, Page) or link.target.startswith("#") or not raw:
                continue
            entity, attribute = self._link_meaning(link, raw, own)
            quote = raw if len(raw) <= LONGEST_QUOTE or link.target not in raw else link.target
            extra = (*others(owner), name_key(own)) if own != entity else others(owner)
            said = Said(entity, link.target, attribute, parents(block), extra)
            self._emit(FactKind.LINK, block, Lines(link.line, link.line), quote, said)

    def _link_meaning(self, link: Link, raw: str, own: str) -> tuple[str, str]:
        """(entity, attribute) of a link: its text, or the label before it, is a thing or an attribute."""
        written = plain_text(link.text).strip()
        if not link.text:
            label = _LINK_ITEM.match(raw)
            written = plain_text(label["label"]).strip(" -*:：,，") if label else ""
        forms = surface_forms(written)
        if forms and name_key(forms[0][0]) in self.names:
            return forms[0][0], ""
        return own, written
