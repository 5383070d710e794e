"""The report as tables, as a page, and from the command."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.command import command
from bench.figures import Measure
from bench.page import plot, scale, to_html
from bench.report import Result, to_json
from bench.run import ROOT
from bench.tables import BEGIN, END, PERFORMANCE, documented, losses, markdown, rows, summary
from tests.bench.results import RESULTS, corpus, figures, report


def test_a_row_shows_every_system_and_the_ratio_to_the_best_peer() -> None:
    made = {cells[0]: cells[1:] for cells in rows(corpus(RESULTS))}

    assert made[""] == ["rag", "langchain", "llamaindex", "raw", "best peer / ours"]
    assert made["first ingest (s)"] == ["2.00", "4.00", "3.00", "1.00", "1.50×"]
    assert made["one line edited (s)"] == ["0.100", "0.050", "·", "·", "0.50×"]
    assert made["evidence recall@10"] == ["0.900", "0.600", "·", "0.950", "1.50×"]
    assert made["whole answer, median (ms)"] == ["20.00", "·", "·", "·", "·"]
    assert made["index on disk (MiB)"] == ["·", "·", "·", "·", "·"]


def test_where_a_peer_is_better_is_said() -> None:
    assert losses(corpus(RESULTS)) == ["one line edited (s): 0.100 against 0.050 of langchain (2.0 times)"]


def test_a_report_without_peers_claims_nothing() -> None:
    text = markdown(report({"rag": RESULTS["rag"], "txtai": RESULTS["txtai"]}))

    assert "peer is better" not in text
    assert "- txtai: not installed: txtai" in text


def test_a_report_says_when_no_peer_is_better() -> None:
    text = markdown(report({"rag": RESULTS["rag"], "txtai": Result(figures({Measure.FIRST: 9.0}))}))

    assert "No peer is better in any row." in text


def test_the_figures_go_between_the_marks() -> None:
    page = f"# Performance\n\n{BEGIN}old\n{END}\nThe end.\n"

    made = documented(page, report(RESULTS))

    assert made.startswith(f"# Performance\n\n{BEGIN}\nMeasured 2026-01-31: a processor, 2 cores, 8 GiB, ")
    assert "| first ingest (s) | 2.00 | 4.00 | 3.00 | 1.00 | 1.50× |\n" in made
    assert "- llamaindex: llamaindex search: not done after 5 s\n" in made
    assert made.endswith(f"{END}\nThe end.\n")
    assert "old" not in made
    assert documented(made, report(RESULTS)) == made


def test_a_page_without_marks_is_left_alone() -> None:
    with pytest.raises(ValueError, match="put both where the figures belong"):
        documented("# Performance\n", report(RESULTS))


def test_the_shipped_page_has_the_marks() -> None:
    page = (ROOT / PERFORMANCE).read_text("utf-8")

    assert documented(page, report(RESULTS)).count("2026-01-31") == 1


def test_the_html_page_is_whole_and_loads_nothing() -> None:
    page = to_html(report(RESULTS))

    assert page.count("<svg") == page.count("</svg>") == 3
    assert re.findall(r"https?://[^\"]+", page) == ["http://www.w3.org/2000/svg"] * 3
    assert "<script" not in page
    assert "not installed: txtai" in page


def test_a_measure_without_figures_has_no_plot() -> None:
    assert plot(corpus(RESULTS), Measure.DISK) == ""


@pytest.mark.parametrize(
    ("linear", "value", "pixels"),
    [(True, 0.5, 150.0), (False, 1.0, 6.0), (False, 10.0, 153.0), (False, 100.0, 300.0), (False, 0.0, 6.0)],
)
def test_the_length_of_a_bar(linear: bool, value: float, pixels: float) -> None:
    assert scale([1.0, 5.0], [2.0, 100.0], linear=linear)(value) == pytest.approx(pixels)


def test_bars_of_equal_figures_can_be_drawn() -> None:
    assert scale([2.0], [2.0], linear=False)(2.0) == 6.0


def test_one_command_measures_and_writes(tmp_path: Path) -> None:
    arguments = ["--notes", "2", "--no-shipped", "--system", "raw", "--repeats", "1", "--date", "2026-01-31"]

    done = CliRunner().invoke(command, [*arguments, "--out", str(tmp_path)])

    assert done.exit_code == 0, done.output
    told = json.loads((tmp_path / "results.json").read_text("utf-8"))
    assert (told["date"], told["repeats"], told["embedder"]) == ("2026-01-31", 1, "builtin")
    assert [c["name"] for c in told["corpora"]] == ["2 generated"]
    assert list(told["corpora"][0]["systems"]) == ["raw"]
    assert "Benchmarks of 2026-01-31" in (tmp_path / "index.html").read_text("utf-8")
    assert "2 generated (2 notes" in done.output


def test_results_go_into_the_documentation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / PERFORMANCE).write_text(BEGIN + END, "utf-8")
    (tmp_path / "results.json").write_text(to_json(report(RESULTS)), "utf-8")
    monkeypatch.setattr("bench.command.ROOT", tmp_path)

    done = CliRunner().invoke(command, ["document", str(tmp_path / "results.json")])

    assert done.exit_code == 0, done.output
    assert "Measured 2026-01-31" in (tmp_path / PERFORMANCE).read_text("utf-8")


def test_the_terminal_shows_one_table_a_corpus() -> None:
    assert summary(report(RESULTS)).splitlines()[0] == "tiny (3 notes, 0.00 MB, 5 questions; load 1.0)"
