"""A report as one self-contained HTML page: bars by system on a logarithmic scale, and the tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape
from string import Template

from bench.figures import MEANINGS, Measure
from bench.report import Corpus, Report
from bench.systems import OURS
from bench.tables import headline, label, losses, rows, shown

PLOTTED = (
    Measure.FIRST,
    Measure.EDIT,
    Measure.UNCHANGED,
    Measure.COLD,
    Measure.SEARCH_MEDIAN,
    Measure.RECALL,
    Measure.RECALL_SHORT,
    Measure.DISK,
    Measure.INGEST_MEMORY,
    Measure.SEARCH_MEMORY,
)
BAR = 300
"""Pixels of the longest bar."""
SHORTEST = 6
"""Pixels of the shortest bar on a logarithmic scale."""
STEP, LEFT = 22, 110
"""Pixels between bars, and before them."""

PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Benchmarks of $date</title>
<style>
body { font: 15px/1.5 system-ui, "Noto Sans CJK SC", "PingFang SC", sans-serif; margin: 2rem auto;
       max-width: 72rem; padding: 0 1rem; color: #1b1b1b; background: #fff; }
table { border-collapse: collapse; margin: 1rem 0; display: block; overflow-x: auto; }
th, td { padding: .2rem .7rem; text-align: right; border-bottom: 1px solid #ddd; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(32rem, 1fr)); gap: .5rem 2rem; }
figure { margin: 0; }
figcaption { font-weight: 600; }
svg { max-width: 100%; }
svg text { font-size: 13px; fill: currentColor; }
@media (prefers-color-scheme: dark) {
  body { color: #e6e6e6; background: #161616; }
  th, td { border-color: #444; }
}
</style>
</head>
<body>
<h1>Benchmarks of $date</h1>
<p>$machine. Medians of $repeats runs, whiskers from the least to the most; embedder $embedder. Times, memory and
sizes are drawn on a logarithmic scale, recall on a linear one.</p>
$corpora
</body>
</html>
""")


def to_html(report: Report) -> str:
    """The page. It loads nothing from elsewhere."""
    machine = report.machine
    packages = ", ".join(f"{name} {version}" for name, version in machine.packages)
    hardware = f"{machine.processor}, {machine.cores} cores, {machine.memory_gib:g} GiB, {machine.system}"
    return PAGE.substitute(
        date=escape(report.date),
        machine=escape(f"{hardware}, Python {machine.python}; {packages}"),
        repeats=report.repeats,
        embedder=escape(report.embedder),
        corpora="\n".join(map(_section, report.corpora)),
    )


def _section(corpus: Corpus) -> str:
    plots = "\n".join(filter(None, (plot(corpus, measure) for measure in PLOTTED)))
    notes = [f"{name}: {r.absent or r.failed}" for name, r in corpus.results.items() if r.absent or r.failed]
    lost = losses(corpus)
    parts = [f"<h2>{escape(headline(corpus))}</h2>", f'<div class="plots">\n{plots}\n</div>', _table(rows(corpus))]
    if lost:
        parts.append("<p>Where a peer is better:</p>" + _list(lost))
    if notes:
        parts.append("<p>Not measured:</p>" + _list(notes))
    return "\n".join(parts)


def plot(corpus: Corpus, measure: Measure) -> str:
    """Horizontal bars of one measure, one a system, as inline SVG; "" when no system has it."""
    names = [name for name in corpus.results if corpus.has(name, measure)]
    if not names:
        return ""
    figures = [corpus.results[name].figures[measure] for name in names]
    length = scale([figure.low for figure in figures], [f.high for f in figures], linear=MEANINGS[measure].better > 0)
    size = f'width="{LEFT + BAR + 90}" height="{STEP * len(names)}"'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">']
    for number, (name, figure) in enumerate(zip(names, figures, strict=True)):
        y = number * STEP
        colour = "#2f9e6e" if name == OURS else "#5b8def"
        parts += [
            f'<text x="0" y="{y + 15}">{escape(name)}</text>',
            f'<rect x="{LEFT}" y="{y + 4}" width="{length(figure.median):.1f}" height="14" fill="{colour}"/>',
            f'<path d="M{LEFT + length(figure.low):.1f} {y + 11}H{LEFT + length(figure.high):.1f}" '
            'stroke="#b3261e" stroke-width="2"/>',
            f'<text x="{LEFT + BAR + 8}" y="{y + 15}">{shown(corpus, name, measure)}</text>',
        ]
    return f"<figure><figcaption>{escape(label(measure))}</figcaption>{''.join(parts)}</svg></figure>"


def scale(lows: Sequence[float], highs: Sequence[float], *, linear: bool) -> Callable[[float], float]:
    """Pixels of a value: from 0 to 1 on a linear scale, else between the least and the most by logarithm."""
    if linear:
        return lambda value: value * BAR
    least = min((low for low in lows if low > 0), default=1.0)
    span = math.log(max(*highs, least) / least) or 1.0
    return lambda value: SHORTEST + (BAR - SHORTEST) * math.log(max(value, least) / least) / span


def _table(made: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in made[0])
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in made[1:])
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _list(texts: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in texts) + "</ul>"
