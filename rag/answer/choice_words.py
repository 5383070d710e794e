"""Features of list readings: which of the question's words their headers, values and places say, or come near."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rag.answer.choice_asked import Asked
from rag.answer.conditions import MET
from rag.answer.matches import Op
from rag.answer.ways import Ways
from rag.retrieve.alignment import TokenRows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.answer.ways import Columns

NONE = (0.0, 0.0)
FIRM = 0.3
"""Nearness from which a header means a word of the question."""
SHARP = 4
"""Power by which less than the nearest header is worth less."""


def explained(asked: Asked, ways: Ways) -> Columns:
    """Which share of the question the picks and the place word, and what is left."""
    import numpy as np

    said = np.zeros((len(ways.picks) + 1, len(asked.weights)))
    for number, pick in enumerate(ways.picks):
        for at, share in pick.explained.items():
            said[number, at] = share
    held = ways.most(said)
    worded = np.vstack([asked.worded, np.zeros((1, len(asked.weights)))])
    nowhere = (-1, -1, -1)
    place = np.array([asked.words.places.get(sheet, nowhere) for sheet in ways.sheets])[ways.sheet]
    row = {
        name: np.zeros(len(held))
        for name in ("in_value", "in_own", "in_around", "in_note", "left", "firm_left", "left_units")
    }
    for at, weight in enumerate(asked.weights):
        open_ = held[:, at] == 0
        row["in_value"] += weight * held[:, at]
        for kind, name in enumerate(("in_own", "in_around", "in_note")):
            share = worded[place[:, kind], at]
            here = open_ & (share >= MET)
            row[name] += np.where(here, weight * share, 0.0)
            open_ &= ~here
        row["left"] += np.where(open_, weight, 0.0)
        row["left_units"] += open_
        row["firm_left"] += open_ & asked.firm[at]
    row["all_worded"] = (row["left"] == 0).astype(np.float64)
    total = sum(asked.weights) or 1.0
    for name in ("in_value", "in_own", "in_around", "in_note", "left"):
        row[name] = row[name] / total
    return row


def meaning(asked: Asked, ways: Ways, ops: Mapping[Op, NDArray[np.float64]]) -> Columns:
    import numpy as np

    own = [sheet.region.own.tokens if sheet.region is not None else frozenset[str]() for sheet in ways.sheets]
    of_picks = [*(pick.tokens for pick in ways.picks), frozenset[str]()]
    texts = {tokens: at for at, tokens in enumerate(dict.fromkeys((*of_picks, *own)))}
    met_by = asked.alignment.each_met_by(list(texts))
    of_pick = np.array([texts[tokens] for tokens in of_picks])
    of_place = np.array([texts[tokens] for tokens in own])
    picked = ways.most(met_by[of_pick])
    placed = met_by[of_place[ways.sheet]]
    headers = np.array([asked.headers.get(pick.attribute, NONE) for pick in ways.picks])[ways.first]
    beside = [[asked.headers.get(name, NONE) for name in sheet.columns] for sheet in ways.sheets]
    most = np.array([[max(near, default=0.0) for near in zip(*shares, strict=True)] or NONE for shares in beside])
    by_words, whole = headers[:, 0], headers[:, 1]
    top_words, top_mark, top_whole, top_mark_whole = asked.best
    marked = np.maximum(ops[Op.YES], ops[Op.NO])
    weights = asked.alignment.weights
    together = np.maximum(picked, placed)
    return {
        **_against_others(asked, ways, picked, placed),
        "met": (picked * weights).sum(1),
        "met_with_place": (together * weights).sum(1),
        "asked": _nearness(asked, ways),
        "asked_header": by_words,
        "sense": whole,
        "place_met": (placed * weights).sum(1),
        "header_top": (by_words > 0) & (by_words >= top_words),
        "mark_top": marked * ((by_words > 0) & (by_words >= top_mark)),
        "sense_top": (whole > 0) & (whole >= top_whole),
        "mark_sense_top": marked * ((whole > 0) & (whole >= top_mark_whole)),
        "sheet_top": (by_words > 0) & (by_words >= most[ways.sheet, 0]),
        "sheet_sense_top": (whole > 0) & (whole >= most[ways.sheet, 1]),
    }


def _against_others(asked: Asked, ways: Ways, picked: NDArray[np.float32], placed: NDArray[np.float32]) -> Columns:
    """How many of the words that some header, or one of the same sheet, comes near the picks come as near as it."""
    import numpy as np

    weights, together = asked.alignment.weights, np.maximum(picked, placed)
    if not len(weights):
        return {}
    names = dict.fromkeys(name for sheet in ways.sheets for name in sheet.columns if name)
    headers = {name: at for at, name in enumerate(names)}
    met = asked.alignment.each_met_by([asked.header_tokens.get(name, frozenset()) for name in headers])
    most = met.max(0) if len(met) else np.zeros(len(weights), np.float32)
    own = np.stack([
        met[rows].max(0) if (rows := [headers[name] for name in sheet.columns if name]) else np.zeros_like(most)
        for sheet in ways.sheets
    ])[ways.sheet]  # fmt: skip
    found: Columns = {}
    for name, held, bound in (
        ("best_of_all", picked, most), ("best_of_sheet", picked, own), ("best_with_place", together, most),
    ):  # fmt: skip
        firm = bound >= FIRM
        ratio = np.where(firm, np.minimum(held / np.maximum(bound, FIRM), 1.0), 0.0) ** SHARP
        found[name] = (ratio * weights).sum(1)
        found[f"{name}_share"] = found[name] / np.maximum((firm * weights).sum(-1), 0.05)
    met_whole = (together * weights).sum(1)
    found["met_most"] = met_whole / max(float(met_whole.max()), 0.05)
    own_place = (placed * weights).sum(1)
    found["place_most"] = own_place / max(float(own_place.max()), 0.05)
    return found


def _nearness(asked: Asked, ways: Ways) -> NDArray[np.float64]:
    """How near the words of the picks are to some word of the question (`Alignment.asked`)."""
    import numpy as np

    texts: dict[frozenset[str], int] = {}
    found = []
    for candidate in ways.candidates:
        tokens = candidate.picks[0].tokens
        for pick in candidate.picks[1:]:
            tokens = tokens | pick.tokens
        found.append(texts.setdefault(tokens, len(texts)))
    near = asked.alignment.each_asked(TokenRows.of(list(texts), asked.words.vocabulary))
    return near.astype(np.float64)[found]
