"""An answer under construction: text lines, claims, items, and the citations they stand on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from rag.answer.messages import marks
from rag.index import Snapshot
from rag.types import Citation, Claim, Conflict, ConflictValue, Fact, FactKind, Item, Kind, OtherReading, Status

MOST_ITEMS = 60
"""Things that a list names; it says how many more there are."""


@dataclass(slots=True)
class Draft:
    """Mutable only while one answer is composed. Citations count from 1 and each place is cited once."""

    snapshot: Snapshot
    language: str
    kind: Kind = Kind.LOOKUP
    abstained: bool = False
    lines: list[str] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    silent: int | None = None
    otherwise: OtherReading | None = None
    sure: bool = True
    """Whether what made this accounts for nearly all that is asked; else a likelier answer may take its place."""
    beside: dict[int, str] = field(default_factory=dict)
    """What stands beside each cited quote in its source: names, headers and labels that a claim may use."""

    def cite(self, fact: Fact) -> int:
        """The number under which `fact`'s place and words are cited."""
        for citation in self.citations:
            if (citation.source, citation.location, citation.quote) == (
                fact.source,
                fact.location,
                fact.quote,
            ):
                self._stands_beside(citation.n, fact)
                return citation.n
        source = self.snapshot.source(fact.source)
        url = fact.value if fact.kind is FactKind.LINK else None
        number = len(self.citations) + 1
        self.citations.append(Citation(number, fact.source, source.title, fact.heading, fact.location, fact.quote, url))
        self._stands_beside(number, fact)
        return number

    def _stands_beside(self, number: int, fact: Fact, *names: str) -> None:
        qualifiers = [part for pair in fact.qualifiers for part in pair]
        said = " ".join((fact.entity, fact.attribute, fact.date or "", *qualifiers, *names))
        self.beside[number] = f"{self.beside.get(number, '')} {said}"

    def claim(self, text: str, facts: list[Fact]) -> None:
        """A line of the answer that states what `facts` say; `text` is without marks."""
        numbers = tuple(dict.fromkeys(self.cite(fact) for fact in facts))
        line = f"{text} {marks(numbers)}"
        if line not in self.lines:
            self.claims.append(Claim(text, numbers))
            self.lines.append(line)

    def item(self, entity: str, status: Status, value: str, facts: list[Fact]) -> tuple[int, ...]:
        """A list item; returns its citation numbers."""
        numbers = self.name(entity, facts, value)
        self.items.append(Item(entity, status, value, numbers))
        return numbers

    def name(self, entity: str, facts: list[Fact], value: str = "") -> tuple[int, ...]:
        """The claim that a thing, with a value, is one that is asked for; returns its citation numbers."""
        numbers = tuple(dict.fromkeys(self.cite(fact) for fact in facts))
        for number in numbers:
            self.beside[number] += f" {entity}"
        self.claims.append(Claim(f"{entity}: {value}" if value else entity, numbers))
        return numbers

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def join(self, other: Draft) -> None:
        """Take over the answer to another part of the question; places cited by both keep one number.

        What a part may mean besides is left out: two answers are long enough.
        """
        self._leave_out_other_reading()
        renumbered: dict[int, int] = {}
        for citation in other.citations:
            same = next((c for c in self.citations if _place(c) == _place(citation)), None)
            if same is None:
                same = replace(citation, n=len(self.citations) + 1)
                self.citations.append(same)
            renumbered[citation.n] = same.n
            self.beside[same.n] = self.beside.get(same.n, "") + other.beside.get(citation.n, "")
        for line in (line for line in other.lines if other.otherwise is None or line != other.otherwise.text):
            moved = _MARK.sub(lambda match: f"[{renumbered.get(int(match[1]), int(match[1]))}]", line)
            if moved not in self.lines:
                self.lines.append(moved)

        def moved_to(numbers: tuple[int, ...]) -> tuple[int, ...]:
            return tuple(renumbered[n] for n in numbers)

        self.claims += [Claim(c.text, moved_to(c.citations)) for c in other.claims]
        told = {(item.entity, item.value) for item in self.items}
        self.items += [
            replace(i, citations=moved_to(i.citations)) for i in other.items if (i.entity, i.value) not in told
        ]
        self.conflicts += [
            replace(c, values=tuple(ConflictValue(v.value, moved_to(v.citations)) for v in c.values))
            for c in other.conflicts
        ]

    def _leave_out_other_reading(self) -> None:
        if self.otherwise is not None:
            self.lines.remove(self.otherwise.text)
            self.otherwise = None


_MARK = re.compile(r"\[(\d+)\]")


def _place(citation: Citation) -> tuple[object, ...]:
    return citation.source, citation.location, citation.quote
