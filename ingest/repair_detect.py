"""Where a text is damaged: which lines, and which stretches of them, hold UTF-8 that was read as a code page.

A text that merely quotes such a thing, or that is written in a language whose letters look like it, has no
line that is mostly made of it, and is left alone.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ingest.repair_bytes import NO_BREAK_SPACE, SIGNATURE, WINDOWS_1252, WINDOWS_1254, CodePage, Unit, units

# In a damaged line at least so many characters came through whole, of which each shows two or three bytes in
# valid order: chance hits in other languages come singly.
_WHOLE: Final = 2
_WHOLE_BESIDE_CLEAN: Final = 8  # where the line also holds intact foreign letters: more than a quotation
_SHARE: Final = 0.3  # of a line's letters that damaged characters make up: a quotation in a sentence stays below
_MORE_THAN_AN_EXAMPLE: Final = 12  # damaged characters in a text that is mostly sound
_ENOUGH_FOR_SPACES: Final = 60  # characters after which at least one would show the byte 0xA0
_SPACE_SIGNS: Final = 2
_ONLY_1254: Final = frozenset("ğĞıİşŞ")
_ONLY_1252: Final = frozenset("ðÐýÝþÞŽž")


class Verdict(StrEnum):
    """What a line, taken by itself, looks like."""

    PLAIN = "plain"  # nothing but ASCII
    CLEAN = "clean"
    DAMAGED = "damaged"
    UNCLEAR = "unclear"  # could be damaged, shows too little


@dataclass(frozen=True, slots=True)
class Stretch:
    """Part of a line to be mended, with what its characters may have been."""

    line: int  # 0-based
    units: tuple[Unit, ...]  # offsets into the line


@dataclass(frozen=True, slots=True)
class Damage:
    """All damaged stretches of a text, in order."""

    page: CodePage
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    units: tuple[Unit, ...]
    verdict: Verdict


def detect(lines: list[str]) -> Damage | None:
    """The damage of a text given as its lines, or None when no line is clearly damaged."""
    suspects = [line for line in lines if SIGNATURE.search(line)]
    if not suspects:
        return None
    page = _code_page(suspects)
    spaces_lost = _spaces_lost(suspects, page)
    parts = [_parts(line, page, spaces_lost) for line in lines]
    verdicts = [_verdict(line, found) for line, found in zip(lines, parts, strict=True)]
    if not _convincing(lines, parts, verdicts):
        return None
    stretches = []
    for number, found in enumerate(parts):
        everything = [unit for part in found for unit in part.units]
        # In a text that is damaged elsewhere two characters tell, however much Latin stands around them.
        evident = len(everything) >= _WHOLE and bool(_ideographs(everything))
        if verdicts[number] is Verdict.UNCLEAR and (evident or _amid_damage(verdicts, number)):
            chosen = everything
        else:
            chosen = [unit for part in found if part.verdict is Verdict.DAMAGED for unit in part.units]
        if chosen:
            stretches.append(Stretch(number, tuple(chosen)))
    return Damage(page, tuple(stretches))


def _convincing(lines: list[str], parts: list[list[_Part]], verdicts: list[Verdict]) -> bool:
    """Whether the damaged lines are more than an example shown on lines of its own in a sound text."""
    damaged = sum(verdict is Verdict.DAMAGED for verdict in verdicts)
    lettered = sum(any(char.isalpha() for char in line) for line in lines)
    characters = sum(
        len(part.units)
        for found, verdict in zip(parts, verdicts, strict=True)
        for part in found
        if verdict is Verdict.DAMAGED
    )
    return damaged > 0 and (damaged * 2 > lettered or characters >= _MORE_THAN_AN_EXAMPLE)


def _code_page(suspects: list[str]) -> CodePage:
    """windows-1254 or windows-1252, by letters that only one has; where nothing tells, the lossier 1254."""
    signs = "".join("".join(SIGNATURE.findall(line)) + line for line in suspects)
    of_1254 = sum(signs.count(char) for char in _ONLY_1254)
    of_1252 = sum(signs.count(char) for char in _ONLY_1252)
    return WINDOWS_1252 if of_1252 > of_1254 else WINDOWS_1254


def _spaces_lost(suspects: list[str], page: CodePage) -> bool:
    """Whether bytes 0xA0 seem to have become plain spaces: none is left, spaces stand where one is due."""
    found = [(line, unit) for line in suspects for unit in units(line, page)]
    if len(found) < _ENOUGH_FOR_SPACES:
        return False
    if any(page.byte_of.get(char) == NO_BREAK_SPACE for line, unit in found for char in line[unit.start : unit.end]):
        return False
    return sum(not unit.lossless and line[unit.end : unit.end + 1] == " " for line, unit in found) >= _SPACE_SIGNS


def _parts(line: str, page: CodePage, spaces_lost: bool) -> list[_Part]:
    """The stretches of a line between characters that the code page lacks, each judged by itself."""
    if line.isascii():
        return []
    found = units(line, page, spaces_lost=spaces_lost)
    borders = [m.start() for m in re.finditer(r"[^\x00-\x7f]", line) if m.group() not in page.byte_of]
    if not borders:
        return [_Part(tuple(found), _judge(line, found, _WHOLE))]
    parts = []
    edges = [-1, *borders, len(line)]
    for before, after in itertools.pairwise(edges):
        inside = [unit for unit in found if before < unit.start < after]
        if inside:
            parts.append(_Part(tuple(inside), _judge(line[before + 1 : after], inside, _WHOLE_BESIDE_CLEAN)))
    return parts


def _judge(text: str, found: list[Unit], whole: int) -> Verdict:
    """Whether a stretch is mostly damage, counted in letters: a damaged character is one."""
    if not found:
        return Verdict.CLEAN
    shown = [unit for unit in found if unit.lossless and unit.end - unit.start >= 3]
    inside = sum(unit.end - unit.start for unit in found)
    # A damaged character counts as one letter; its bytes are letters only by accident.
    others = sum(char.isascii() and char.isalpha() for char in text)
    strays = sum(not char.isascii() for char in text) - inside
    share = len(found) / (len(found) + others + strays)
    if len(shown) >= whole and _ideographs(found) and share >= _SHARE and len(shown) > strays:
        return Verdict.DAMAGED
    return Verdict.UNCLEAR


def _ideographs(found: list[Unit]) -> list[Unit]:
    """The characters of scripts without case that came through whole."""
    return [
        unit
        for unit in found
        if unit.lossless and unit.end - unit.start >= 3 and unicodedata.category(unit.candidates[0]) == "Lo"
    ]


def _verdict(line: str, found: list[_Part]) -> Verdict:
    if any(part.verdict is Verdict.DAMAGED for part in found):
        return Verdict.DAMAGED
    if line.isascii():
        return Verdict.PLAIN
    # Intact letters beside a doubtful stretch make the line clean: it quotes.
    whole_line = len(found) == 1 and found[0].verdict is Verdict.UNCLEAR
    inside = {at for part in found for unit in part.units for at in range(unit.start, unit.end)}
    stray = any(not char.isascii() and at not in inside for at, char in enumerate(line))
    return Verdict.UNCLEAR if whole_line and not stray else Verdict.CLEAN


def _amid_damage(verdicts: list[Verdict], number: int) -> bool:
    """Whether the nearest lines that tell, above and below, are damaged."""
    telling = {Verdict.CLEAN, Verdict.DAMAGED}
    above = next((v for v in reversed(verdicts[:number]) if v in telling), None)
    below = next((v for v in verdicts[number + 1 :] if v in telling), None)
    return {above, below} <= {Verdict.DAMAGED, None}
