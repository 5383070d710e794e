"""Undo mojibake: text whose UTF-8 bytes were once read as windows-1252 or windows-1254 and saved again.

Where every byte is still there the original comes back exactly. Where bytes were lost on the way
(the ones that the code page leaves undefined, and the soft hyphen) a language model chooses among
the characters that would have left the same traces. Lines, and everything that was not damaged, stay.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ingest.repair_bytes import SIGNATURE, Unit
from ingest.repair_detect import Damage, Stretch, detect
from ingest.repair_model import Model, classes, load, token
from ingest.repair_search import search

_OPENING: Final = {"」": "「", "”": "“"}  # closing brackets that lose bytes, by the opening ones that do not
_PAIRED: Final = 5.0  # nats for or against a closing bracket; the model sees too few characters to pair them itself
_BLIND: Final = 1 / 16  # certainty of a choice that the model knows nothing about: one of the usual 16


@dataclass(frozen=True, slots=True)
class Repair:
    """What was mended in a text."""

    codec: str  # "windows-1254" or "windows-1252": what the UTF-8 bytes had been wrongly decoded with
    mended: int  # characters that had lost bytes and were restored by context
    exact: int  # characters restored exactly (no byte lost)
    confidence: float  # 0..1, mean posterior probability over the mended characters; 1 when there are none


@dataclass(frozen=True, slots=True)
class _Choice:
    """A character with lost bytes and the position in the search that decides it."""

    line: int
    unit: Unit
    position: int


def repair(text: str) -> tuple[str, Repair] | None:
    """The text with its mojibake undone and what that took, or None when it is not damaged.

    Lines end with "\\n" and keep their number.
    """
    if not SIGNATURE.search(text):
        return None
    lines = text.split("\n")
    damage = detect(lines)
    if damage is None:
        return None
    chosen, certainty = _choose(lines, damage)
    exact = 0
    for stretch in damage.stretches:
        lines[stretch.line] = _rewrite(lines[stretch.line], stretch, chosen)
        exact += sum(unit.lossless for unit in stretch.units)
    confidence = float(np.mean(certainty)) if certainty else 1.0
    return "\n".join(lines), Repair(damage.page.name, len(certainty), exact, confidence)


def _rewrite(line: str, stretch: Stretch, chosen: dict[tuple[int, int], str]) -> str:
    pieces = []
    at = 0
    for unit in stretch.units:
        char = unit.candidates[0] if unit.lossless else chosen[stretch.line, unit.start]
        pieces += [line[at : unit.start], char]
        took_space = not unit.lossless and char in unit.spaced and char not in unit.candidates
        at = unit.end + (took_space and unit.end < len(line))
    return "".join([*pieces, line[at:]])


def _choose(lines: list[str], damage: Damage) -> tuple[dict[tuple[int, int], str], list[float]]:
    """The character for every unit with lost bytes, by (line, offset), and how certain each is."""
    lossy = [(stretch.line, unit) for stretch in damage.stretches for unit in stretch.units if not unit.lossless]
    if not lossy:
        return {}, []
    model = load()
    reading = _Reading(model)
    for stretch in damage.stretches:
        reading.add(lines[stretch.line], stretch)
    found = search(model, reading.positions, reading.favours)
    chosen = {(line, unit.start): (unit.candidates + unit.spaced)[0] for line, unit in lossy}
    certainty = dict.fromkeys(chosen, _BLIND)
    for choice in reading.choices:
        key = choice.line, choice.unit.start
        chosen[key] = model.characters[int(found.tokens[choice.position])]
        certainty[key] = float(found.certainty[choice.position])
    return chosen, list(certainty.values())


class _Reading:
    """The damaged lines as the model sees them: candidate tokens a position, and the positions to decide."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._singles = np.arange(len(model.characters), dtype=np.int64)[:, None]
        self.positions: list[NDArray[np.int64]] = [self._singles[0]]
        self.favours: dict[int, NDArray[np.float64]] = {}
        self.choices: list[_Choice] = []

    def add(self, line: str, stretch: Stretch) -> None:
        """One more line."""
        at = 0
        open_brackets: Counter[str] = Counter()
        vocabulary = self._model.vocabulary
        for unit in stretch.units:
            self._append(line[at : unit.start])
            at = unit.end
            known = sorted({char for char in unit.candidates + unit.spaced if char in vocabulary})
            if unit.lossless:
                open_brackets[unit.candidates[0]] += 1
                self._append(unit.candidates[0])
            elif known:
                self._favour_closing(known, open_brackets)
                self.choices.append(_Choice(stretch.line, unit, len(self.positions)))
                self.positions.append(np.array([vocabulary[char] for char in known], np.int64))
        self._append(line[at:])
        self._append("\n")

    def _favour_closing(self, known: list[str], seen: Counter[str]) -> None:
        """A closing bracket is likely after an opening one that came through, and only then."""
        favour = np.zeros(len(known))
        for number, char in enumerate(known):
            if char in _OPENING:
                favour[number] = _PAIRED if seen[_OPENING[char]] > seen[char] else -_PAIRED
                # The one that is likely here is counted as seen, or every later comma would be favoured away.
                seen[char] += seen[_OPENING[char]] > seen[char]
        if favour.any():
            self.favours[len(self.positions)] = favour

    def _append(self, text: str) -> None:
        """Intact text; runs of one class token count once, as in training."""
        for char in text:
            seen_as = token(char)
            if seen_as is None:
                continue
            number = self._model.vocabulary.get(seen_as, self._model.vocabulary["S"])
            last = self.positions[-1]
            if number >= len(classes()) or len(last) > 1 or last[0] != number:
                self.positions.append(self._singles[number])
