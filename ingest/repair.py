"""Undo mojibake: text whose UTF-8 bytes were once read as windows-1252 or windows-1254 and saved again.

Where every byte is still there the original comes back exactly. Where bytes were lost on the way
(the ones that the code page leaves undefined, and the soft hyphen) a language model chooses among
the characters that would have left the same traces. Lines, and everything that was not damaged, stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.repair_bytes import SIGNATURE, Unit
from ingest.repair_detect import Damage, Stretch, detect
from ingest.repair_model import BOUNDARY, Model, classes, load, token
from ingest.repair_search import search


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
    positions, choices = _positions(model, lines, damage)
    found = search(model, positions)
    chosen = {(line, unit.start): (unit.candidates + unit.spaced)[0] for line, unit in lossy}
    certainty = {key: 1 / 16 for key in chosen}  # for characters that the model does not know: about a blind choice
    for choice in choices:
        key = choice.line, choice.unit.start
        chosen[key] = model.characters[int(found.tokens[choice.position])]
        certainty[key] = float(found.certainty[choice.position])
    return chosen, list(certainty.values())


def _positions(model: Model, lines: list[str], damage: Damage) -> tuple[list[NDArray[np.int64]], list[_Choice]]:
    """The damaged lines as the model sees them: candidate tokens a position, and the positions to decide."""
    boundary = np.zeros(1, np.int64)
    singles = np.arange(len(model.characters), dtype=np.int64)[:, None]
    positions = [boundary]
    choices = []
    for stretch in damage.stretches:
        at = 0
        line = lines[stretch.line]
        for unit in stretch.units:
            _append(model, positions, line[at : unit.start], singles)
            at = unit.end
            known = [model.vocabulary[c] for c in unit.candidates + unit.spaced if c in model.vocabulary]
            if unit.lossless:
                _append(model, positions, unit.candidates[0], singles)
            elif known:
                choices.append(_Choice(stretch.line, unit, len(positions)))
                positions.append(np.array(sorted(set(known)), np.int64))
        _append(model, positions, line[at:], singles)
        positions.append(boundary)
    return positions, choices


def _append(model: Model, positions: list[NDArray[np.int64]], text: str, singles: NDArray[np.int64]) -> None:
    """Intact text; runs of one class token count once, as in training."""
    unknown = model.vocabulary["S"]
    for char in text:
        seen_as = token(char)
        if seen_as is None:
            continue
        number = model.vocabulary.get(seen_as, unknown)
        last = positions[-1]
        if number < len(classes()) and len(last) == 1 and last[0] == number:
            continue
        positions.append(singles[number])
