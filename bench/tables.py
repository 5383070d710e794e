"""A report as tables of text: for the terminal, and between the marks of docs/performance.md."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from bench.figures import MEANINGS, Measure
from bench.report import Corpus, Report
from bench.systems import OURS, PEERS, SYSTEMS
from eval.report import aligned

PERFORMANCE = "docs/performance.md"
BEGIN, END = "<!-- figures -->\n", "<!-- /figures -->\n"
NONE = "·"
"""Stands where there is no figure."""
OURS_ALONE = (Measure.ASK_MEDIAN, Measure.ASK_P95, Measure.ACCURACY, Measure.COLD_COMMAND, Measure.EMBED)
NOISE = 0.05
"""A peer that is better by less than this share is as good."""
COMPARED = tuple(measure for measure in Measure if measure not in OURS_ALONE)


def summary(report: Report) -> str:
    """Every corpus as a table for the terminal."""
    return "\n\n".join(f"{headline(corpus)}\n{aligned(rows(corpus))}" for corpus in report.corpora)


def headline(corpus: Corpus) -> str:
    """What the corpus is, in one line."""
    size = f"{corpus.notes:,} notes, {corpus.bytes / 1e6:.2f} MB, {corpus.asked} questions"
    return f"{corpus.name} ({size}; load {load(corpus):.1f})"


def load(corpus: Corpus) -> float:
    """The median load average over all runs on a corpus."""
    loads = [each for result in corpus.results.values() for figure in result.figures.values() for each in figure.loads]
    return median(loads) if loads else 0.0


def rows(corpus: Corpus) -> list[list[str]]:
    """A head row, then a row a measure: every system's median, and how many times better ours is than the best peer."""
    present = [name for name, result in corpus.results.items() if result.figures]
    made = [["", *present, "best peer / ours"]]
    for measure in COMPARED:
        best = corpus.best_peer(measure) if MEANINGS[measure].better else None
        ratio = corpus.advantage(measure, best[0]) if best else None
        cells = [shown(corpus, name, measure) for name in present]
        made.append([label(measure), *cells, NONE if ratio is None else f"{ratio:.2f}×"])
    for measure in OURS_ALONE:
        if corpus.has(OURS, measure):
            made.append([label(measure), *(shown(corpus, name, measure) for name in present), NONE])
    return made


def label(measure: Measure) -> str:
    """What is measured, with its unit."""
    meaning = MEANINGS[measure]
    return f"{meaning.label} ({meaning.unit})" if meaning.unit else meaning.label


def shown(corpus: Corpus, name: str, measure: Measure) -> str:
    """A median with the measure's digits."""
    if not corpus.has(name, measure):
        return NONE
    return f"{corpus.results[name].figures[measure].median:,.{MEANINGS[measure].digits}f}"


def losses(corpus: Corpus) -> list[str]:
    """Every measure by which a peer is better, worst first, in words."""
    found = []
    for measure in COMPARED:
        best = corpus.best_peer(measure) if MEANINGS[measure].better else None
        ratio = corpus.advantage(measure, best[0]) if best else None
        if best and ratio is not None and ratio < 1 - NOISE:
            ours, theirs = shown(corpus, OURS, measure), shown(corpus, best[0], measure)
            found.append((ratio, f"{label(measure)}: {ours} against {theirs} of {best[0]} ({1 / ratio:.1f} times)"))
    return [text for _, text in sorted(found)]


def documented(page: str, report: Report) -> str:
    """The page with the report between its marks. Raises ValueError where the marks are not there."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{PERFORMANCE}: no {BEGIN.strip()} before {END.strip()}; put both where the figures belong")
    return before + begin + markdown(report) + end + after


def markdown(report: Report) -> str:
    """The report as Markdown: the machine, a table a corpus, and where a peer is better."""
    machine = report.machine
    packages = ", ".join(f"{name} {version}" for name, version in machine.packages)
    parts = [
        f"Measured {report.date}: {machine.processor}, {machine.cores} cores, {machine.memory_gib:g} GiB, "
        f"{machine.system}, Python {machine.python}. Medians of {report.repeats}; embedder {report.embedder}.",
        f"With {packages}.",
    ]
    for corpus in report.corpora:
        parts += [f"### {headline(corpus)}", _table(rows(corpus))]
        notes = [f"{name}: {r.absent or r.failed}" for name, r in corpus.results.items() if r.absent or r.failed]
        parts += [f"- {note}" for note in notes]
        lost = losses(corpus)
        if lost:
            parts.append("Where a peer is better:\n\n" + "\n".join(f"- {text}" for text in lost))
        elif any(corpus.results[name].figures for name in PEERS if name in corpus.results):
            parts.append("No peer is better in any row.")
    legend = "\n".join(f"- `{name}`: {SYSTEMS[name].title}" for name in SYSTEMS)
    return "\n" + "\n\n".join([*parts, "The systems:", legend]) + "\n\n"


def _table(made: Sequence[Sequence[str]]) -> str:
    head, *body = made
    lines = [head, ["---", *("---:" for _ in head[1:])], *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
