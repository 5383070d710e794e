from __future__ import annotations

import json

import pytest

from bench.figures import Measure
from bench.report import from_json, to_json
from tests.bench.results import RESULTS, corpus, report


def test_json_holds_the_whole_report() -> None:
    made = report(RESULTS)

    assert from_json(to_json(made)) == made


def test_json_spells_out_medians_and_ratios() -> None:
    told = json.loads(to_json(report(RESULTS)))["corpora"][0]["systems"]

    assert told["langchain"]["figures"]["first_ingest_s"] == {
        "median": 4.0,
        "runs": [4.0, 2.0, 8.0],
        "loads": [1.0, 1.0, 1.0],
        "ours_is_better_by": 2.0,
    }
    assert told["raw"]["figures"]["recall_at_10"]["ours_is_better_by"] == 0.9474
    assert "ours_is_better_by" not in told["rag"]["figures"]["first_ingest_s"]
    assert told["txtai"] == {"absent": "not installed: txtai", "failed": None, "figures": {}}


def test_results_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^results of version 0, not 1; run the benchmark again$"):
        from_json('{"version": 0}')


@pytest.mark.parametrize(
    ("measure", "best", "ratio"),
    [
        (Measure.FIRST, ("llamaindex", 3.0), 1.5),
        (Measure.EDIT, ("langchain", 0.05), 0.5),
        (Measure.RECALL, ("langchain", 0.6), 1.5),
    ],
)
def test_the_best_peer_is_the_one_to_beat(measure: Measure, best: tuple[str, float], ratio: float) -> None:
    made = corpus(RESULTS)

    assert made.best_peer(measure) == best
    assert made.advantage(measure, best[0]) == pytest.approx(ratio)


def test_without_a_figure_there_is_no_ratio() -> None:
    made = corpus(RESULTS)

    assert made.best_peer(Measure.DISK) is None
    assert made.advantage(Measure.FIRST, "txtai") is None
    assert made.advantage(Measure.DISK, "langchain") is None
