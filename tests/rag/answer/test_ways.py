"""Candidates as arrays."""

from __future__ import annotations

import numpy as np

from rag import Assistant
from rag.answer.choice import weigh
from rag.answer.ways import Groups, Ways
from tests.rag.workshop import judged


def test_groups_add_up_and_find_the_least_of_their_items() -> None:
    groups = Groups.of([[0, 2], [1], [2, 1, 0]])
    values = np.array([1.0, 10.0, 100.0])

    assert groups.lengths.tolist() == [2, 1, 3]
    assert groups.total(values).tolist() == [101.0, 10.0, 111.0]
    assert groups.least(values).tolist() == [1.0, 10.0, 1.0]


def test_each_candidate_has_its_sheet_its_picks_its_things_and_each_fact_once(workbench: Assistant) -> None:
    candidates = weigh(judged(workbench, "Which presses of Brandt are guarded?")).candidates

    ways = Ways.of(candidates)

    facts, bounds = list(ways.facts), [*ways.held.starts.tolist(), len(ways.held.items)]
    assert any(len(candidate.picks) == 2 for candidate in candidates)
    for at, candidate in enumerate(candidates):
        picked = [ways.picks[ways.first[at]]]
        picked += [ways.picks[ways.second[at]]] if ways.second[at] < len(ways.picks) else []
        held = [facts[number] for number in ways.held.items[bounds[at] : bounds[at + 1]]]
        assert ways.sheets[ways.sheet[at]] is candidate.sheet
        assert tuple(picked) == candidate.picks
        assert held == list(dict.fromkeys(pick.hits[key] for pick in candidate.picks for key in candidate.keys))
        assert ways.counts[at] == len(candidate.keys)
