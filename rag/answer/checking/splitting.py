"""Text to sentences with their marks, as it comes piece by piece."""

from __future__ import annotations

import re
from collections.abc import Iterator

MARK = re.compile(r"[\[【［]\s*(\d{1,3}(?:\s*[,，、]\s*\d{1,3})*)\s*[\]】］]")
BULLET = re.compile(r"^\s*(?:[-*•+]|\d{1,2}[.)、．])\s+")

_MARKS = rf"(?:\s*{MARK.pattern})*"
# A sentence ends after 。！？ anywhere, after . ! ? before white space or the end, and at every line break.
# Marks that follow the full stop belong to the sentence before it.
_END = re.compile(rf"(?:[。！？]+[”」』）)]*|[.!?]+[\"”)]*(?=\s|$|[\[【［])){_MARKS}|\n+")
# A full stop after these ends no sentence: an abbreviation, an initial, the number of a list item.
_ABBREVIATION = re.compile(r"\b(?:e\.g|i\.e|vs|cf|approx|etc|no|fig|[A-Z])\.$|^\s*\d{1,2}\.$", re.IGNORECASE)
_LOOSE = re.compile(r"\s+([.,;:!?。，；：！？、）)])")


class Splitter:
    """Cuts sentences off a text that arrives in pieces. Nothing but white space is lost."""

    def __init__(self) -> None:
        self._held = ""
        self._gap = ""

    def feed(self, piece: str) -> Iterator[tuple[str, str]]:
        """(what stood before it, sentence) of each sentence that is surely whole now."""
        self._held += piece
        start = 0
        for match in _END.finditer(self._held):
            # What follows could still be marks of this sentence, or the rest of a number.
            more = self._held[match.end() :].lstrip(" ")
            line = match.group().startswith("\n")
            if not line and (not more or (more[0] in "[【［" and not MARK.match(more) and len(more) < 8)):
                break
            if match.group().startswith(".") and _ABBREVIATION.search(self._held[start : match.start() + 1]):
                continue
            yield from self._cut(self._held[start : match.end()])
            start = match.end()
        self._held = self._held[start:]

    def end(self) -> Iterator[tuple[str, str]]:
        """What is left when the text has come to its end."""
        held, self._held = self._held, ""
        start = 0
        for match in _END.finditer(held):
            if match.group().startswith(".") and _ABBREVIATION.search(held[start : match.start() + 1]):
                continue
            yield from self._cut(held[start : match.end()])
            start = match.end()
        yield from self._cut(held[start:])

    def _cut(self, raw: str) -> Iterator[tuple[str, str]]:
        before = raw[: len(raw) - len(raw.lstrip())]
        gap = self._gap + before
        sentence = raw.strip()
        self._gap = (gap + raw[len(raw.rstrip()) :]) if not sentence else raw[len(raw.rstrip()) :]
        if re.search(r"\w", sentence):
            yield "\n" if "\n" in gap else " " if gap else "", sentence


def split(text: str) -> list[str]:
    """The sentences of a whole text; a list item is a sentence."""
    splitter = Splitter()
    return [sentence for _, sentence in (*splitter.feed(text), *splitter.end())]


def marks_of(sentence: str) -> tuple[int, ...]:
    """The numbers of a sentence's marks, once each, in order."""
    return tuple(dict.fromkeys(n for match in MARK.finditer(sentence) for n in numbers(match)))


def numbers(match: re.Match[str]) -> list[int]:
    """The numbers of one mark: [2, 3] has two."""
    return [int(n) for n in re.findall(r"\d+", match.group(1))]


def without_marks(sentence: str) -> str:
    """What a sentence says, without its marks and its bullet."""
    return _LOOSE.sub(r"\1", " ".join(BULLET.sub("", MARK.sub(" ", sentence)).split()))
