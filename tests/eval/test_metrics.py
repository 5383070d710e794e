"""Every metric on examples small enough to compute by hand."""

from __future__ import annotations

import math

import pytest

from eval.metrics import (
    Estimate,
    Rank,
    estimates,
    list_score,
    mentions,
    names,
    ndcg_at,
    percentile,
    recall_at,
    reciprocal_rank,
    says,
    squeeze,
)


@pytest.mark.parametrize(
    ("ranks", "k", "require_all", "expected"),
    [
        ([1], 1, True, 1.0),
        ([2], 1, True, 0.0),
        ([2], 5, True, 1.0),
        ([None], 10, True, 0.0),
        ([1, 4, None, 12], 5, True, 0.5),
        ([1, 4, None, 12], 10, False, 1.0),
        ([None, 11], 10, False, 0.0),
    ],
)
def test_recall(ranks: list[Rank], k: int, require_all: bool, expected: float) -> None:
    assert recall_at(ranks, k, require_all=require_all) == expected


@pytest.mark.parametrize(
    ("ranks", "expected"),
    [([1, 2], 1.0), ([None, 4], 0.25), ([11], 0.0), ([None], 0.0), ([10], 0.1)],
)
def test_reciprocal_rank(ranks: list[Rank], expected: float) -> None:
    assert reciprocal_rank(ranks, 10) == expected


@pytest.mark.parametrize(
    ("ranks", "require_all", "expected"),
    [
        ([1], True, 1.0),
        ([3], True, 0.5),
        ([1, 2], True, 1.0),
        ([2, 1], True, 1.0),
        ([1, None], True, 1 / (1 + 1 / math.log2(3))),
        ([1, None], False, 1.0),
        ([7, 3], False, 0.5),
        ([1, 1], True, 1.0),
        ([11], True, 0.0),
    ],
)
def test_ndcg(ranks: list[Rank], require_all: bool, expected: float) -> None:
    assert ndcg_at(ranks, 10, require_all=require_all) == pytest.approx(expected)


def test_squeezing_ignores_width_case_and_white_space() -> None:
    assert squeeze("Ｒｔｘ 4090\n（24 G）") == "rtx4090(24g)"


def test_one_alternative_is_enough() -> None:
    assert says(squeeze("需要 3 毫秒"), ["3 ms", "3毫秒"])
    assert not says(squeeze("需要 3 秒"), ["3 ms", "3毫秒"])


@pytest.mark.parametrize(
    ("surface", "alias", "same"),
    [
        ("Alpha-DB", "alpha db", True),
        ("Alpha DB 2", "alpha db", False),
        ("甲数据库", "甲數據庫", True),
    ],
)
def test_equal_names(surface: str, alias: str, same: bool) -> None:
    assert names(surface, [alias]) is same


@pytest.mark.parametrize(
    ("text", "alias", "held"),
    [
        ("Big Alpha", "alpha", True),
        ("Alpha-Beta", "Alpha", False),
        ("pre_Alpha", "Alpha", False),
        ("Alphabet", "Alpha", False),
        ("Alphabet and Alpha", "Alpha", True),
        ("Alpha数据库", "Alpha", True),
        ("Alpha（阿尔法）", "阿尔法", True),
        ("小羊驼", "羊驼", False),
        ("Alpha.", "Alpha", True),
        ("org/Alpha", "Alpha", False),
        ("甲-Alpha", "Alpha", True),
        ("Alpha", "", False),
    ],
)
def test_whole_names(text: str, alias: str, held: bool) -> None:
    assert mentions(text, [alias]) is held


def test_a_list_is_scored_by_what_it_holds_and_what_it_misses() -> None:
    # Given four things to list, one with an alias, and a near miss
    gold = (("Alpha", "阿尔法"), ("Beta",), ("Gamma",), ("Delta",))
    # When two are listed, one of them twice, with the near miss and a stranger
    score = list_score(["阿尔法", "Alpha", "Big Beta", "Beta-Two", "Omega"], gold, (("Beta-Two",),))
    # Then three of five are right, and two of four are found
    assert (score.precision, score.recall) == (0.6, 0.5)
    assert score.f1 == pytest.approx(2 * 0.6 * 0.5 / 1.1)
    assert (score.missing, score.wrong) == (("Gamma", "Delta"), ("Beta-Two", "Omega"))


def test_an_excluded_name_never_counts_for_the_name_it_holds() -> None:
    assert list_score(["Big Beta"], (("Beta",),), (("Big Beta",),)).f1 == 0.0


def test_an_empty_list_has_no_precision() -> None:
    score = list_score([], (("Alpha",),))
    assert (score.precision, score.recall, score.f1) == (None, 0.0, 0.0)


def test_estimates_average_what_is_defined() -> None:
    # Given three metrics over four cases: always 1, defined twice, never defined
    table: list[list[float | None]] = [
        [1.0, 0.0, None],
        [1.0, None, None],
        [1.0, 1.0, None],
        [1.0, None, None],
    ]
    # When they are estimated
    constant, halved, absent = estimates(table)
    # Then means are over defined cases, and intervals span what resampling can give
    assert constant == Estimate(1.0, 1.0, 1.0, 4)
    assert halved == Estimate(0.5, 0.0, 1.0, 2)
    assert absent is None


def test_the_interval_is_that_of_a_binomial_share() -> None:
    # Given 80 right of 100
    found = estimates([[float(i < 80)] for i in range(100)])[0]
    # Then the interval is about two standard errors (0.04) to each side, and the same on every run
    assert found is not None
    assert found.value == 0.8
    assert found.low == pytest.approx(0.72, abs=0.02)
    assert found.high == pytest.approx(0.88, abs=0.02)
    assert found == estimates([[float(i < 80)] for i in range(100)])[0]


def test_percentiles_interpolate() -> None:
    assert percentile([1, 2, 3, 4], 0.5) == 2.5
    assert percentile([10.0], 0.95) == 10.0
