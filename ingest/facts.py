"""Facts of a source, from its structure alone: tables, key-value lines, timelines, links, code, sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.fact_tables import table_facts
from ingest.plain import plain_text
from ingest.line_forms import defined_terms, item_label
from ingest.subjects import Subject, subjects
from ingest.sentences import sentences
from rag.text.names import has_cjk, latin_names, name_key, surface_forms
from rag.text.values import dates
from rag.types import Block, BlockKind, Fact, FactKind, Lines, Location, Name, Page

_KEY = re.compile(
    r"^\s*(?:(?:[-*+•]|\d{1,2}[.)、])\s+)?(?:\*\*|__)?(?P<key>[^\s:：。！？!?,，；;|*`#\[\]<>(（{][^:：。！？!?；;|*`<>{}]{0,38}?)"
    r"(?:\*\*|__)?\s*(?:(?P<colon>[:：])\s*(?:\*\*|__)?)\s*(?P<value>.*)$"
)
_BOLD_KEY = re.compile(
    r"^\s*(?:(?:[-*+•]|\d{1,2}[.)、])\s+)?\*\*(?P<key>[^*:：]{1,38})\*\*(?P<colon>(?:（[^）]{0,20}）)?)\s*(?P<value>\S.*)?$"
)
_DATE_START = re.compile(r"^\s*(?:[-*+•]\s+)?(?:\*\*)?\s*(?=(?:19|20)\d{2}\s?[-/.年]|[A-Z][a-z]{2,8}\.? \d{1,2},? \d{4})")
_LINK_ITEM = re.compile(r"^\s*(?:[-*+•]\s+|\d{1,2}[.)、]\s*)?(?P<label>[^\n]{0,60}?)\s*[:：]?\s*<?(?P<url>https?://|www\.)")
_BRACKETED_URL = re.compile(r"\s*[（(]\s*<?https?://[^\s）)]*>?\s*[）)]\s*")
_URL = re.compile(r"(?:https?://|www\.)[!-~]+")
LONGEST_KEY_WIDTH = 30
"""Width (a Chinese character counts 2) beyond which the text before a colon is a clause, not a key."""
LONG_VALUE = 80
"""Characters beyond which a value is also split into sentences, so that one of them can be quoted."""
LONGEST_QUOTE = 240
"""Characters up to which the whole line is quoted rather than the part that holds the value."""


@dataclass(frozen=True, slots=True)
class _Line:
    raw: str
    number: int
    """1-based line in the file; for a PDF the page number."""


def facts(source: str, text: str, blocks: Sequence[Block], names: Sequence[Name]) -> tuple[Fact, ...]:
    """Everything that `blocks` of `source` state, in reading order.

    Each fact's `quote` is an exact substring of `text` at its location. `names` are the source's own names.
    """
    walker = _Walker(source, text.split("\n"), {name.key: name.surface for name in names if name.strength >= 2})
    for block, owner in zip(blocks, subjects(blocks), strict=True):
        walker.visit(block, owner)
    return tuple(replace(fact, ordinal=at) for at, fact in enumerate(walker.found))


class _Walker:
    def __init__(self, source: str, lines: list[str], known: dict[str, str]) -> None:
        self.source = source
        self.lines = lines
        self.known = {key: surface for key, surface in known.items() if has_cjk(key) and len(key) > 1}
        self.names = known
        self.found: list[Fact] = []
        self.pending: tuple[str, tuple[str, ...], int] | None = None
        """A key whose value has not come yet: (key, heading, line)."""
        self.item = ""
        """The thing that the current list item opens with."""
        self.label: tuple[str, tuple[str, ...]] | None = None
        """A thing that a bare label line within the section is about: (name, heading)."""

    def visit(self, block: Block, owner: Subject | None) -> None:
        if block.kind is BlockKind.HEADING:
            self._heading(block, owner)
            return
        if block.table is not None:
            self.found += table_facts(self.source, self.lines, block, owner, self.mentions)
        elif block.kind is BlockKind.CODE:
            self._code(block, owner)
        else:
            self._prose(block, owner)
        self._links(block, owner)

    def mentions(self, text: str) -> tuple[str, ...]:
        """Keys of everything in `text` that could be a name: Latin runs, and the source's Chinese names."""
        text = _URL.sub(" ", text)
        keys = dict.fromkeys(name_key(run) for run in latin_names(text))
        if has_cjk(text):
            folded = name_key(text)
            keys.update(dict.fromkeys(key for key in self.known if key in folded))
        return tuple(key for key in keys if len(key) > 1)

    def _emit(
        self,
        kind: FactKind,
        block: Block,
        location: Location,
        quote: str,
        *,
        entity: str,
        attribute: str = "",
        value: str,
        qualifiers: tuple[tuple[str, str], ...] = (),
        extra: tuple[str, ...] = (),
    ) -> None:
        found = dates(value)
        date = found[0].iso if found and (kind is FactKind.EVENT or len(value) <= 24) else None
        spoken = attribute if kind is FactKind.LINK else f"{attribute} {value}"
        mentions = tuple(dict.fromkeys((*extra, *self.mentions(spoken))))
        self.found.append(
            Fact(
                kind, self.source, location, block.heading, entity, name_key(entity), attribute, value, quote,
                qualifiers, tuple(key for key in mentions if key != name_key(entity)), date,
            )
        )  # fmt: skip

    def _heading(self, block: Block, owner: Subject | None) -> None:
        self.pending = self.label = None
        self.item = ""
        if owner is None or owner.heading != block.heading:
            if block.plain.rstrip().endswith((":", "：")):
                self.pending = (block.plain.strip(" :：*"), block.heading, _first(block.location))
            return
        raw = block.text.strip()
        extra = tuple(name_key(forms[0]) for forms in owner.things[1:])
        if len(block.plain) > len(owner.name) + 4:
            self._emit(
                FactKind.STATEMENT, block, block.location, raw, entity=owner.name, value=block.plain.strip(), extra=extra
            )
        self._links(block, owner)

    def _code(self, block: Block, owner: Subject | None) -> None:
        attribute = self.pending[0] if self.pending else ""
        self.pending = None
        self._emit(
            FactKind.CODE, block, block.location, block.text, entity=owner.name if owner else "",
            attribute=attribute, value=block.plain.strip("\n"), extra=_others(owner),
        )  # fmt: skip

    def _prose(self, block: Block, owner: Subject | None) -> None:
        opening = item_label(block)
        if opening is not None:
            self.item = opening
        elif block.kind is not BlockKind.ITEM or not block.parents:
            self.item = ""
        run: list[_Line] = []
        lines = list(_block_lines(block))
        defined = defined_terms([line.raw for line in lines])
        for at, line in enumerate(lines):
            plain = plain_text(line.raw).strip()
            if at in defined:
                self._sentences(block, owner, run[:-1])
                run = []
                self._definition(block, owner, lines[at - 1 : at + 1], plain_text(defined[at]))
                continue
            label, match = _bare_label(plain), _key_match(line.raw)
            is_label = label is not None and name_key(label) in self.names
            is_event = bool(_DATE_START.match(line.raw)) and len(plain) > 10
            if plain and not (is_label or is_event or match):
                run.append(line)
                continue
            self._sentences(block, owner, run)
            run = []
            if label is not None and is_label:
                self.label = (label, block.heading)
            elif is_event:
                self._event(block, owner, line, plain)
            elif match is not None:
                self._key(block, owner, line, match)
        self._sentences(block, owner, run)

    def _definition(self, block: Block, owner: Subject | None, lines: Sequence[_Line], term: str) -> None:
        """A term and what follows the colon on the next line."""
        value = plain_text(lines[1].raw).strip().lstrip(":：").strip()
        quote = "\n".join(line.raw for line in lines).strip()
        own = owner.name if owner else ""
        self._emit(
            FactKind.KEY, block, _at(block, lines[0].number, lines[1].number), quote, entity=term, value=value,
            qualifiers=_parents(block), extra=(*_others(owner), *((name_key(own),) if own else ())),
        )  # fmt: skip

    def _key(self, block: Block, owner: Subject | None, line: _Line, match: re.Match[str]) -> None:
        """A key with its value on the line, or one whose value comes below."""
        key = plain_text(match["key"]).strip(" *")
        value = plain_text(match["value"] or "").strip().strip("*").strip()
        if not value:
            self.pending = (key, block.heading, line.number)
            return
        self.pending = None
        subject = self._subject(block, owner)
        if not subject:
            inside = [run for run in latin_names(key) if any(c.isupper() or c.isdigit() for c in run)]
            subject = inside[0] if len(inside) >= 1 and name_key(key) not in self.names else ""
        named = name_key(key) in self.names and name_key(key) != name_key(subject)
        self._emit(
            FactKind.KEY, block, _at(block, line.number), line.raw.strip(), entity=key if named else subject,
            attribute="" if named else key, value=value, qualifiers=_parents(block),
            extra=(*_others(owner), *((name_key(subject),) if named and subject else ())),
        )  # fmt: skip
        if len(value) > LONG_VALUE:
            self._sentences(block, owner, [replace(line, raw=match["value"])], attribute=key)

    def _event(self, block: Block, owner: Subject | None, line: _Line, plain: str) -> None:
        linked = [link.text for link in block.links if link.line == line.number and name_key(link.text) in self.names]
        keys = [run for run in latin_names(plain) if name_key(run) in self.names]
        chinese = [surface for key, surface in self.known.items() if key in name_key(plain)]
        subject = next(iter([*linked, *keys[-1:], *chinese]), owner.name if owner else "")
        self._emit(
            FactKind.EVENT, block, _at(block, line.number), line.raw.strip(), entity=subject, value=plain.lstrip("-*+• "),
            extra=_others(owner),
        )  # fmt: skip

    def _sentences(self, block: Block, owner: Subject | None, run: Sequence[_Line], attribute: str = "") -> None:
        if not run:
            return
        subject = self._subject(block, owner)
        pending = self._take_pending(block)
        joined = "\n".join(line.raw for line in run)
        for start, end in sentences(joined):
            raw = joined[start:end].strip()
            plain = plain_text(raw).replace("\n", " ").strip()
            if not any(char.isalnum() for char in plain):
                continue
            begin = start + len(joined[start:end]) - len(joined[start:end].lstrip())
            first = run[0].number + joined.count("\n", 0, begin)
            last = first + raw.count("\n")
            location = _at(block, first, last)
            kind = FactKind.KEY if pending and not attribute else FactKind.STATEMENT
            self._emit(
                kind, block, location, raw, entity=subject, attribute=attribute or pending, value=plain.lstrip("-*+• "),
                qualifiers=_parents(block), extra=_others(owner),
            )  # fmt: skip

    def _take_pending(self, block: Block) -> str:
        """The key that waits for its value, while the text still stands right beneath it."""
        if self.pending is None:
            return ""
        key, heading, line = self.pending
        near = _first(block.location) - line <= 12 and block.heading[: len(heading)] == heading
        if not near:
            self.pending = None
        elif block.kind is BlockKind.PARAGRAPH and _first(block.location) > line + 1:
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
        if block.table is not None:
            return
        own = self._subject(block, owner)
        for link in block.links:
            raw = self.lines[link.line - 1].strip() if 0 < link.line <= len(self.lines) else ""
            if isinstance(block.location, Page) or link.target.startswith("#") or not raw:
                continue
            entity, attribute = own, plain_text(link.text).strip()
            forms = surface_forms(link.text)
            if forms and name_key(forms[0][0]) in self.names:
                entity, attribute = forms[0][0], ""
            elif not link.text:
                label = _LINK_ITEM.match(raw)
                before = plain_text(label["label"]).strip(" -*:：,，") if label else ""
                thing = surface_forms(before)
                if thing and name_key(thing[0][0]) in self.names:
                    entity = thing[0][0]
                else:
                    attribute = before
            quote = raw if len(raw) <= LONGEST_QUOTE or link.target not in raw else link.target
            self._emit(
                FactKind.LINK, block, Lines(link.line, link.line), quote, entity=entity, attribute=attribute,
                value=link.target, qualifiers=_parents(block),
                extra=(*_others(owner), *((name_key(own),) if own and own != entity else ())),
            )  # fmt: skip


def _key_match(raw: str) -> re.Match[str] | None:
    raw = _BRACKETED_URL.sub("", raw)
    match = _KEY.match(raw)
    if match is not None and match["value"].startswith("//"):
        return None
    if match is None:
        match = _BOLD_KEY.match(raw)
        if match is None or not match["key"].strip() or (match["value"] and not match["key"].endswith((":", "："))):
            return None
    key = plain_text(match["key"]).strip()
    width = sum(2 if has_cjk(char) else 1 for char in key)
    too_many = len(key.split()) > 5 or "，" in key or ", " in key
    return None if not key or width > LONGEST_KEY_WIDTH or too_many or key.isdigit() else match


def _bare_label(plain: str) -> str | None:
    match = re.match(r"^(?:[-*+]\s+)?\d{1,2}\s*[、.．)]\s*(\S[^。，,:：；;]{0,30})$", plain)
    return match.group(1).strip() if match else None


def _block_lines(block: Block) -> Iterator[_Line]:
    first = _first(block.location)
    step = 0 if isinstance(block.location, Page) else 1
    for offset, raw in enumerate(block.text.split("\n")):
        yield _Line(raw, first + offset * step)


def _first(location: Location) -> int:
    return location.number if isinstance(location, Page) else location.first


def _at(block: Block, first: int, last: int | None = None) -> Location:
    return block.location if isinstance(block.location, Page) else Lines(first, last or first)


def _parents(block: Block) -> tuple[tuple[str, str], ...]:
    return tuple(("", parent.split("\n")[0][:60]) for parent in block.parents)


def _others(owner: Subject | None) -> tuple[str, ...]:
    return tuple(name_key(forms[0]) for forms in owner.things[1:]) if owner else ()
