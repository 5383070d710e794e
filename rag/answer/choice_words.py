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


def explained(asked: Asked, ways: Ways) -> Columns:
    """Which share of the question the picks and the place word, and what is left."""
    import numpy as np

    said = np.zeros((len(ways.picks) + 1, len(asked.weights)))
    for number, pick in enumerate(ways.picks):
        for at, share in pick.explained.items():
            said[number, at] = share
    held = np.maximum(said[ways.first], said[ways.second])
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
    picked = np.maximum(met_by[of_pick[ways.first]], met_by[of_pick[ways.second]])
    placed = met_by[of_place[ways.sheet]]
    headers = np.array([asked.headers.get(pick.attribute, NONE) for pick in ways.picks])[ways.first]
    beside = [[asked.headers.get(name, NONE) for name in sheet.columns] for sheet in ways.sheets]
    most = np.array([[max(near, default=0.0) for near in zip(*shares, strict=True)] or NONE for shares in beside])
    by_words, whole = headers[:, 0], headers[:, 1]
    top_words, top_mark, top_whole, top_mark_whole = asked.best
    marked = np.maximum(ops[Op.YES], ops[Op.NO])
    weights = asked.alignment.weights
    return {
        "met": (picked * weights).sum(1),
        "met_with_place": (np.maximum(picked, placed) * weights).sum(1),
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
