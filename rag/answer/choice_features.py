"""The features of the ways to read a list question: a sheet and what picks things out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rag.answer.choice_asked import Asked
from rag.answer.choice_things import cover, evidence, places, size, subjects
from rag.answer.choice_words import explained, meaning
from rag.answer.matches import Op
from rag.answer.sheets import Gathered, Sort
from rag.answer.ways import Candidate, Ways
from rag.question.wording import intent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.answer.ways import Columns

_ALIKE = (Op.BELOW, Op.ABOVE, Op.EQUAL)

NAMES = (
    "in_value", "in_own", "in_around", "in_note", "left", "firm_left", "left_units",
    "met", "met_with_place", "asked", "asked_header", "sense", "place_met",
    *(f"op_{op.name.lower()}" for op in Op), *(f"sort_{sort.name.lower()}" for sort in Sort),
    "two", "log_count", "one", "share", "everything", "many",
    "negated_no", "negated_yes", "plain_no", "negated_other", "negated_not", "lacking_blank", "plain_blank", "only",
    "mark_header", "mark_worded", "filled_worded", "header_top", "mark_top", "sense_top", "mark_sense_top",
    "sheet_top", "sheet_sense_top",
    "whole_own", "whole_left", "rank", "chance", "chance_mean", "found_share",
    "in_scope", "is_scope", "off_scope", "agrees", "disagrees", "free_limit", "limit_header", "limit_share",
    "blank_header", "near_asked", "any_left", "any_count",
    "parts_rank", "parts_worded", "parts_length", "parts_left", "parts_listed", "parts_chance",
    "named", "self_named", "cover", "covers_all", "denies_no", "denies_yes", "denies_blank", "denies_other",
    "parts_named", "strong", "tabled", "one_table", "cells", "all_worded",
    "asks_list", "asks_count", "asks_which", "units",
)  # fmt: skip
"""The features, in the order of a row. Ratios are 0 to 1, flags 0 or 1."""


def features(asked: Asked, notes: Gathered, candidates: Sequence[Candidate]) -> NDArray[np.float32]:
    """(candidates, NAMES): a row for each of the ways to read a question, of which there is at least one."""
    import numpy as np

    ways = Ways.of(candidates)
    ops = _ops(ways)
    found: Columns = {
        **explained(asked, ways), **meaning(asked, ways, ops), **size(ways), **evidence(asked, ways),
        **subjects(asked, notes, ways), **places(asked, ways), **cover(ways),
    }  # fmt: skip
    found |= _kinds(asked, ways, ops, found)
    rows = np.zeros((len(candidates), len(NAMES)), np.float32)
    for at, name in enumerate(NAMES):
        if name in found:
            rows[:, at] = found[name]
    numbers = {name: at for at, name in enumerate(NAMES)}
    for number, candidate in enumerate(candidates):
        if candidate.picks[0].op is Op.PARTS:
            for name, value in _of_parts(asked, candidate).items():
                rows[number, numbers[name]] = value
    return rows


def _ops(ways: Ways) -> Mapping[Op, NDArray[np.float64]]:
    import numpy as np

    numbers = {op: number for number, op in enumerate(Op)}
    of_picks = np.array([*(numbers[pick.op] for pick in ways.picks), len(numbers)])
    first, second = of_picks[ways.first], of_picks[ways.second]
    return {op: ((first == number) | (second == number)).astype(np.float64) for op, number in numbers.items()}


def _kinds(asked: Asked, ways: Ways, ops: Mapping[Op, NDArray[np.float64]], row: Columns) -> Columns:
    """What depends on how the picks choose, and on what the question asks with it."""
    import numpy as np

    question, every = asked.context.question, np.ones(len(ways.counts))
    negated, lacking = every * question.asks("negated"), every * question.asks("negated", "unstated")
    denies = every * (intent("denying").search(question.normal) is not None)
    numbers = {sort: number for number, sort in enumerate(Sort)}
    sorts = np.array([numbers[sheet.sort] for sheet in ways.sheets])[ways.sheet]
    marked, limited = np.maximum(ops[Op.YES], ops[Op.NO]), np.maximum(ops[Op.BELOW], ops[Op.ABOVE])
    alike = np.maximum(limited, ops[Op.EQUAL])

    def without(*others: Op) -> NDArray[np.float64]:
        found: NDArray[np.float64] = 1.0 - np.maximum.reduce([ops[op] for op in others])
        return found

    return {
        **{f"op_{op.name.lower()}": ops[op] for op in Op},
        **{f"sort_{sort.name.lower()}": sorts == at for at, sort in enumerate(Sort)},
        "two": ways.second < len(ways.picks),
        "negated_no": negated * ops[Op.NO],
        "negated_yes": negated * ops[Op.YES],
        "plain_no": (1 - negated) * ops[Op.NO],
        "negated_not": negated * ops[Op.NOT_VALUE],
        "negated_other": negated * without(Op.NO, Op.BLANK, Op.NOT_VALUE),
        "lacking_blank": lacking * ops[Op.BLANK],
        "plain_blank": (1 - lacking) * ops[Op.BLANK],
        "only": question.asks("only") * marked,
        "mark_header": marked * row["asked_header"],
        "mark_worded": marked * row["in_value"],
        "filled_worded": ops[Op.FILLED] * row["in_value"],
        "whole_own": ops[Op.WHOLE] * row["in_own"],
        "whole_left": ops[Op.WHOLE] * row["left"],
        "agrees": ways.any([pick.op in _ALIKE and pick.agrees > 0 for pick in ways.picks]),
        "disagrees": ways.any([pick.agrees < 0 for pick in ways.picks]),
        "free_limit": limited * ways.any([pick.op in _ALIKE and pick.agrees == 0 for pick in ways.picks]),
        "limit_header": alike * row["asked_header"],
        "limit_share": limited * row["share"],
        "blank_header": ops[Op.BLANK] * row["asked_header"],
        "near_asked": ops[Op.NEAR] * row["asked"],
        "any_left": ops[Op.ANY] * row["left"],
        "any_count": ops[Op.ANY] * row["log_count"],
        "denies_no": denies * ops[Op.NO],
        "denies_yes": denies * ops[Op.YES],
        "denies_blank": denies * ops[Op.BLANK],
        "denies_other": denies * without(Op.NO, Op.YES, Op.BLANK),
        "asks_list": every * question.asks("list"),
        "asks_count": every * question.asks("count"),
        "asks_which": every * question.asks("which"),
        "units": every * len(question.units),
        "parts_worded": ops[Op.PARTS] * row["in_value"],
        "parts_left": ops[Op.PARTS] * row["left"],
    }


def _of_parts(asked: Asked, candidate: Candidate) -> dict[str, float]:
    sheet, pick = candidate.sheet, candidate.picks[0]
    lengths = [len(name) for name in sheet.names.values()]
    return {
        "parts_rank": 1.0 / (1 + pick.rank),
        "parts_length": min(sum(lengths) / len(lengths) / 20, 2.0),
        "parts_listed": pick.agrees,
        "parts_named": float(any(key for key, _ in sheet.names if asked.context.entity(key) is not None)),
        "parts_chance": asked.context.ranked[pick.rank].chance,
    }
