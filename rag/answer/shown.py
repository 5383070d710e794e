"""What is shown of an answer that a model words: passed sentences, renumbered as they come, and what is left to add."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.answer.checking.splitting import BULLET, without_marks
from rag.answer.checking.words import related, said_words
from rag.answer.llm.writing import Sentence
from rag.answer.messages import say
from rag.text.dates import dates
from rag.text.normalise import normalise
from rag.text.values import quantities, same_quantity
from rag.types import Answer, Citation, Claim, Item

LEAST_KEPT = 0.7
"""Share of the words of an item's value that a model's wording of it must keep."""

_MARK = re.compile(r"\[(\d+)\]")


class Shown:
    """An answer in the model's own sentences. Citations are numbered anew in the order of their first mark."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._order: dict[int, int] = {}
        self._text = ""
        self.citations: Sequence[Citation] = answer.citations
        self.sentences: list[Claim] = []
        self.notices: list[str] = []
        self._missing: list[str] = []

    def add(self, sentence: Sentence) -> Iterator[str]:
        """Show a sentence that passed; what is to be printed now."""
        text = self._renumbered(sentence.checked.text)
        self.sentences.append(Claim(without_marks(text), tuple(self._order[n] for n in sentence.checked.marks)))
        yield self._put(sentence.gap, text)

    def add_unsupported(self, sentence: Sentence) -> Iterator[str]:
        """Show a sentence that did not pass, without its marks, and say so."""
        said = without_marks(sentence.checked.text)
        yield self._put(sentence.gap, say(self._answer.language, "unsupported", text=said))

    def completed(self, *, several: bool) -> Iterator[str]:
        """The lines of the extractive answer that the model left out.

        All of them where the model said nothing that passed, broke off, or spoke of something else; with `several`
        parts of a question those that none of its sentences cites.
        """
        lines = self._answer.text.split("\n")
        told = set(self._order)
        own = {n for claim in self._answer.claims for n in claim.citations}
        if self.notices or not self.sentences or not own & told:
            missing = lines
        elif several:
            missing = [line for line in lines if (marks := _marks(line)) and not marks & told]
        else:
            missing = []
        for line in missing:
            yield self._put("\n" if self._text else "", self._renumbered(line))
        self._missing = missing

    def answer(self, spec: str) -> Answer:
        """The whole answer; `spec` is the model that worded it."""
        notices = (*self._answer.notices, *self.notices)
        if not self.sentences:
            return replace(self._answer, text=self._text, notices=notices)
        claims = [
            replace(claim, citations=self._moved(claim.citations)) for claim in self._answer.claims
            if all(n in self._order for n in claim.citations) and self._is_missing(claim)
        ]  # fmt: skip
        kept = [replace(c, n=self._order[c.n]) for c in self.citations if c.n in self._order]
        return replace(
            self._answer, text=self._text, claims=(*self.sentences, *claims), items=self._items(), conflicts=(),
            otherwise=None, citations=tuple(sorted(kept, key=lambda c: c.n)), llm=spec, notices=notices,
        )  # fmt: skip

    def _is_missing(self, claim: Claim) -> bool:
        return any(set(claim.citations) == _marks(line) and claim.text in line for line in self._missing)

    def _items(self) -> tuple[Item, ...]:
        return tuple(replace(i, citations=self._moved(i.citations)) for i in self._answer.items
                     if all(n in self._order for n in i.citations))  # fmt: skip

    def _put(self, gap: str, text: str) -> str:
        piece = (gap if self._text else "") + text
        self._text += piece
        return piece

    def _renumbered(self, text: str) -> str:
        return _MARK.sub(lambda match: f"[{self._number(int(match[1]))}]", text)

    def _number(self, old: int) -> int:
        if any(c.n == old for c in self.citations):
            return self._order.setdefault(old, len(self._order) + 1)
        return old

    def _moved(self, numbers: Sequence[int]) -> tuple[int, ...]:
        return tuple(self._order.get(n, n) for n in numbers)


class ItemLines(Shown):
    """A list whose lines a model may word one by one; which items there are, their order and citations stay.

    A line takes the model's words when they cite what the line cites and name its item.
    """

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer)
        self._lines = answer.text.split("\n")
        self._worded: dict[int, str] = {}
        self._next = 0

    @property
    def items_told(self) -> str:
        """The lines as the model gets them."""
        return "\n".join(line for at, line in enumerate(self._lines) if self._item_of(at) is not None)

    def add(self, sentence: Sentence) -> Iterator[str]:
        """Take a sentence for its line, and show as many lines as are settled."""
        at = self._line_of(sentence)
        if at is not None:
            text = BULLET.sub("", sentence.checked.text)
            bullet = BULLET.match(self._lines[at])
            self._worded[at] = (bullet.group() if bullet else "") + text
            self.sentences.append(Claim(without_marks(text), sentence.checked.marks))
            yield from self._settled(at)

    def completed(self, *, several: bool) -> Iterator[str]:
        """The rest of the lines."""
        yield from self._settled(len(self._lines) - 1)

    def answer(self, spec: str) -> Answer:
        """The answer with its own items and citations."""
        notices = (*self._answer.notices, *self.notices)
        return replace(self._answer, text=self._text, notices=notices, llm=spec if self.sentences else self._answer.llm)

    def _settled(self, last: int) -> Iterator[str]:
        for at in range(self._next, last + 1):
            yield self._put("\n" if at else "", self._worded.get(at, self._lines[at]))
        self._next = max(self._next, last + 1)

    def _line_of(self, sentence: Sentence) -> int | None:
        """The first line not yet shown that the sentence words."""
        said = normalise(sentence.checked.text)
        for at in range(self._next, len(self._lines)):
            item = self._item_of(at)
            if item is None or set(sentence.checked.marks) != set(item.citations):
                continue
            if normalise(item.entity) in said and _keeps(sentence.checked.text, item.value):
                return at
        return None

    def _item_of(self, at: int) -> Item | None:
        marks = _marks(self._lines[at])
        line = normalise(self._lines[at])
        return next(
            (item for item in self._answer.items if set(item.citations) == marks and normalise(item.entity) in line),
            None,
        ) if marks else None  # fmt: skip

    def _put(self, gap: str, text: str) -> str:
        piece = gap + text
        self._text += piece
        return piece


def _keeps(said: str, value: str) -> bool:
    """Whether a wording keeps what an item's value says: every number and date, and most of the words."""
    held = quantities(said)
    if not all(any(same_quantity(own, other) for other in held) for own in quantities(value)):
        return False
    if not {date.iso for date in dates(value)} <= {date.iso for date in dates(said)}:
        return False
    words, own = said_words(said), said_words(value)
    return sum(related(word, words) for word in own) >= len(own) * LEAST_KEPT


def _marks(line: str) -> set[int]:
    return {int(n) for n in _MARK.findall(line)}
