"""The gates: thresholds, and the fall of a slice below its baseline."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.baseline import (
    Baseline,
    Threshold,
    changed,
    fallen,
    missed,
    parse_threshold,
    read_baseline,
    updated,
)
from eval.metrics import Estimate
from eval.score import Metric
from eval.summary import Slice
from rag.errors import UsageError


def part(
    accuracy: float,
    *,
    name: str = "all",
    n: int = 40,
    digest: str = "d",
    wrong: float = 0.0,
    noise: float = 0.1,
) -> Slice:
    figures = {
        Metric.ACCURACY: Estimate(accuracy, accuracy - noise, min(accuracy + noise, 1.0), n),
        Metric.WRONG_ABSTENTIONS: Estimate(wrong, 0.0, wrong + noise, n),
        Metric.MRR: Estimate(accuracy, 0.0, 1.0, n),
    }
    return Slice(name, n, digest, figures, 1.0, 2.0)


def kept(tmp_path: Path, *parts: Slice, scope: str = "s/all") -> Baseline:
    path = tmp_path / "baseline.json"
    path.write_text(updated(scope, parts, read_baseline(path) if path.exists() else Baseline({})))
    return read_baseline(path)


def test_a_fall_within_the_noise_is_no_fall(tmp_path: Path) -> None:
    assert fallen("s/all", [part(0.81)], kept(tmp_path, part(0.9))) == []


def test_a_fall_beyond_the_noise_is_told(tmp_path: Path) -> None:
    told = fallen("s/all", [part(0.75)], kept(tmp_path, part(0.9)))
    assert told == ["all: accuracy went from 0.900 to 0.750, more than its noise of 0.100"]


def test_where_lower_is_better_a_rise_is_a_fall(tmp_path: Path) -> None:
    told = fallen("s/all", [part(0.9, wrong=0.3)], kept(tmp_path, part(0.9, wrong=0.1)))
    assert told == ["all: wrong_abstentions went from 0.100 to 0.300, more than its noise of 0.100"]


def test_a_perfect_baseline_forgives_one_case(tmp_path: Path) -> None:
    known = kept(tmp_path, part(1.0, noise=0.0))
    assert fallen("s/all", [part(1 - 1 / 40)], known) == []
    assert len(fallen("s/all", [part(1 - 2 / 40)], known)) == 1


@pytest.mark.parametrize(
    "now",
    [part(0.1, n=19), part(0.1, digest="other"), part(0.1, name="type:list")],
    ids=["too few cases", "other cases", "unknown slice"],
)
def test_what_cannot_be_compared_is_not(now: Slice, tmp_path: Path) -> None:
    assert fallen("s/all", [now], kept(tmp_path, part(0.9, n=now.cases))) == []


def test_slices_with_other_cases_are_named(tmp_path: Path) -> None:
    known = kept(tmp_path, part(0.9), part(0.9, name="type:list"))
    assert changed("s/all", [part(0.9), part(0.9, name="type:list", digest="x")], known) == ["type:list"]


def test_each_scope_is_kept_for_itself(tmp_path: Path) -> None:
    # Given figures of one scope
    kept(tmp_path, part(0.9), scope="a/dev")
    # When those of another are written, and the first again
    kept(tmp_path, part(0.5), scope="b/dev")
    known = kept(tmp_path, part(0.8), scope="a/dev")
    # Then both are there, the newer ones of each
    assert len(fallen("a/dev", [part(0.6)], known)) == 1
    assert fallen("b/dev", [part(0.45)], known) == []
    assert fallen("c/dev", [part(0.0)], known) == []


def test_writing_the_same_figures_gives_the_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    kept(tmp_path, part(0.9))
    before = path.read_bytes()
    kept(tmp_path, part(0.9))
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", ["", "{}", '{"scopes": {"s": {"all": {}}}}', "[1]"])
def test_a_file_that_is_no_baseline_is_refused(content: str, tmp_path: Path) -> None:
    path = tmp_path / "b.json"
    path.write_text(content)
    with pytest.raises(UsageError, match=r"b\.json: no usable baseline; remove it and write a new one"):
        read_baseline(path)


def test_a_threshold_is_a_metric_and_a_share() -> None:
    assert parse_threshold("recall@10 = 0.97") == Threshold(Metric.RECALL_10, 0.97)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("speed=1", "'speed' is no metric; known are accuracy, accuracy_either_reading, list_precision"),
        ("accuracy", "'accuracy' is not METRIC=VALUE with a number, such as accuracy=0.9"),
        ("accuracy=high", "'accuracy=high' is not METRIC=VALUE"),
        ("accuracy=90", "'accuracy=90': the value lies outside 0 to 1"),
        ("accuracy=nan", "'accuracy=nan': the value lies outside 0 to 1"),
    ],
)
def test_a_bad_threshold_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_threshold(text)
    assert str(caught.value).startswith(message)


def test_missed_thresholds_are_told() -> None:
    # Given a run with accuracy 0.9 and 0.1 wrong abstentions
    parts = [part(0.9, wrong=0.1), part(0.1, name="type:list")]
    wanted = [
        Threshold(Metric.ACCURACY, 0.9),
        Threshold(Metric.ACCURACY, 0.95),
        Threshold(Metric.WRONG_ABSTENTIONS, 0.1),
        Threshold(Metric.WRONG_ABSTENTIONS, 0.05),
        Threshold(Metric.LIST_F1, 0.5),
    ]
    # Then only the whole counts, and in the right direction
    assert missed(parts, wanted) == [
        "accuracy 0.900 is below 0.950",
        "wrong_abstentions 0.100 is above 0.050",
        "list_f1 is not defined over these cases, wanted 0.500",
    ]
