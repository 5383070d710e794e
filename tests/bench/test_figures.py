from __future__ import annotations

import pytest

from bench.figures import MEANINGS, Figure, Measure, advantage, percentile


@pytest.mark.parametrize(
    ("runs", "median", "low", "high"),
    [((3.0,), 3.0, 3.0, 3.0), ((9.0, 1.0, 2.0), 2.0, 1.0, 9.0), ((4.0, 1.0, 2.0, 9.0), 3.0, 1.0, 9.0)],
)
def test_a_figure_is_the_median_of_its_runs(
    runs: tuple[float, ...], median: float, low: float, high: float
) -> None:  # fmt: skip
    figure = Figure(runs, tuple(0.0 for _ in runs))

    assert (figure.median, figure.low, figure.high) == (median, low, high)


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([5.0], 0.95, 5.0),
        ([3.0, 1.0, 2.0, 4.0], 0.5, 2.0),
        ([3.0, 1.0, 2.0, 4.0], 0.51, 3.0),
        ([float(n) for n in range(100, 0, -1)], 0.95, 95.0),
        ([1.0, 2.0], 0.0, 1.0),
        ([1.0, 2.0], 1.0, 2.0),
    ],
)
def test_a_percentile_is_the_nearest_rank(values: list[float], share: float, expected: float) -> None:
    assert percentile(values, share) == expected


def test_no_values_have_no_percentile() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.95)


@pytest.mark.parametrize(
    ("ours", "other", "better", "expected"),
    [
        (0.5, 2.0, -1, 4.0),  # a quarter of the time
        (2.0, 0.5, -1, 0.25),
        (0.9, 0.6, 1, 1.5),
        (0.0, 2.0, -1, None),
        (0.9, 0.0, 1, None),
        (5.0, 2.0, 0, None),  # neither is better
    ],
)
def test_an_advantage_is_how_many_times_better_ours_is(
    ours: float, other: float, better: int, expected: float | None
) -> None:
    assert advantage(ours, other, better) == expected


def test_every_measure_says_how_it_is_shown() -> None:
    assert set(MEANINGS) == set(Measure)
