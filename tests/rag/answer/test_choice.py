"""The candidates of a list question, their features, and the network that weighs them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag import Assistant
from rag.answer import choice
from rag.answer.choice import MOST_THINGS, Network, Readings, network, weigh
from rag.answer.choice_features import NAMES
from rag.answer.matches import Op
from rag.answer.sheets import Sort
from rag.answer.ways import Candidate
from tests.rag.survey import opened
from tests.rag.workshop import judged


def features(assistant: Assistant, question: str, sort: Sort, op: Op, header: str) -> dict[str, float]:
    weighed = weigh(judged(assistant, question))
    (row,) = [
        row for candidate, row in zip(weighed.candidates, weighed.rows, strict=True)
        if candidate.sheet.sort is sort and [(p.op, p.attribute) for p in candidate.picks] == [(op, header)]
    ]  # fmt: skip
    return dict(zip(NAMES, row.tolist(), strict=True))


def described(candidate: Candidate) -> tuple[object, ...]:
    ways = tuple((pick.op, pick.attribute) for pick in candidate.picks)
    return candidate.sheet.sort, candidate.sheet.region, ways, candidate.keys


@pytest.mark.parametrize("question", ["Which presses are guarded?", "容量至少 300 毫升的茶壶有哪些", "formats sold"])
def test_every_candidate_has_a_row_of_finite_features(workbench: Assistant, question: str) -> None:
    weighed = weigh(judged(workbench, question))

    assert weighed.rows.shape == (len(weighed.candidates), len(NAMES))
    assert np.isfinite(weighed.rows).all()
    assert all(0 < len(candidate.keys) <= MOST_THINGS for candidate in weighed.candidates)


def test_names_of_features_stand_once() -> None:
    assert len(set(NAMES)) == len(NAMES)


def test_features_tell_the_way_the_share_and_the_order(workbench: Assistant) -> None:
    question = "Which presses are guarded?"
    ticked = features(workbench, question, Sort.TABLE, Op.YES, "Guarded")
    crossed = features(workbench, question, Sort.TABLE, Op.NO, "Guarded")
    other = features(workbench, question, Sort.TABLE, Op.YES, "Foot pedal")

    assert [ticked[name] for name in ("op_yes", "op_no", "sort_table", "share", "two")] == [1, 0, 1, 0.5, 0]
    assert [crossed[name] for name in ("op_yes", "op_no", "plain_no", "negated_no")] == [0, 1, 1, 0]
    assert ticked["in_value"] > other["in_value"]
    assert ticked["left"] < other["left"]


def test_a_denied_mark_is_told_from_a_plain_one(workbench: Assistant) -> None:
    crossed = features(workbench, "Which presses are not guarded?", Sort.TABLE, Op.NO, "Guarded")

    assert [crossed[name] for name in ("plain_no", "negated_no", "negated_other")] == [0, 1, 0]


def test_a_limit_agrees_with_the_side_that_the_question_states(workbench: Assistant) -> None:
    below = features(workbench, "Which presses weigh less than 95 kg?", Sort.TABLE, Op.BELOW, "Weight (kg)")

    assert [below[name] for name in ("agrees", "disagrees", "free_limit", "firm_left")] == [1, 0, 0, 0]


def test_the_same_question_is_weighed_the_same(workbench: Assistant) -> None:
    one, other = (weigh(judged(workbench, "哪些茶壶带滤网")) for _ in range(2))

    assert [described(candidate) for candidate in one.candidates] == [described(c) for c in other.candidates]
    assert (one.rows == other.rows).all()


def test_the_choice_is_the_candidate_with_most_points(workbench: Assistant) -> None:
    context = judged(workbench, "Which presses are guarded?")
    weighed = weigh(context)
    points = network()(weighed.rows)

    chosen = Readings(context).best

    assert chosen is not None
    assert described(chosen.candidate) == described(weighed.candidates[int(points.argmax())])
    assert chosen.points == float(points.max())
    assert 0 < chosen.likelihood <= 1


def test_notes_that_name_nothing_offer_nothing_to_choose(tmp_path: Path) -> None:
    with opened(tmp_path, bare="# \n\n```text\nnothing\n```\n") as assistant:
        assert Readings(judged(assistant, "Which presses are guarded?")).best is None


def array(*values: object) -> np.typing.NDArray[np.float32]:
    return np.array(values, np.float32)


def test_a_network_adds_its_hidden_units_to_a_linear_model() -> None:
    made = Network(
        mean=array(1, 0), spread=array(2, 1), linear=array(3, 0), inner=array([[0], [1]]).reshape(1, 2, 1),
        offset=array([0.5]), outer=array([10]),
    )  # fmt: skip

    points = made(array([3, 0], [1, 2]))

    assert points.tolist() == pytest.approx([3 + 10 * np.tanh(0.5), 10 * np.tanh(2.5)], rel=1e-6)


def test_a_feature_far_from_all_that_was_seen_counts_as_the_bound() -> None:
    made = Network(
        array(0), array(1), array(1), np.zeros((1, 1, 1), np.float32), np.zeros((1, 1), np.float32),
        np.zeros((1, 1), np.float32),
    )  # fmt: skip

    assert made(array([100], [-100], [2])).tolist() == [6.0, -6.0, 2.0]


def test_the_network_of_the_package_is_for_these_features_and_read_once() -> None:
    assert network().linear.shape == (len(NAMES),)
    assert network() is network()


def test_a_network_for_other_features_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "NAMES", (*NAMES, "one more"))
    network.cache_clear()

    with pytest.raises(ValueError, match=r"run scripts/train_choice\.py"):
        network()
