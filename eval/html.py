"""A run as one self-contained HTML page: tables, bars with intervals, and every case that went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from string import Template

from eval.ablation import ablation_table
from eval.judge.run import judge_table
from eval.metrics import Estimate
from eval.report import answers_table, cited, evidence, retrieval_table
from eval.run import Report
from eval.score import LOWER_IS_BETTER, Metric, Outcome
from eval.summary import whole

BAR_WIDTH = 300
"""Pixels of a bar that stands for 1.0."""

PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Evaluation: $scope</title>
<style>
body { font: 15px/1.5 system-ui, "Noto Sans CJK SC", "PingFang SC", sans-serif; margin: 2rem auto;
       max-width: 72rem; padding: 0 1rem; color: #1b1b1b; background: #fff; }
table { border-collapse: collapse; margin: 1rem 0; display: block; overflow-x: auto; }
th, td { padding: .2rem .7rem; text-align: right; border-bottom: 1px solid #ddd; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
details { border-left: 3px solid #b3261e; margin: .6rem 0; padding: .1rem .8rem; background: #faf7f7; }
summary { cursor: pointer; }
dt { font-weight: 600; margin-top: .5rem; }
dd { margin: 0 0 0 1rem; white-space: pre-wrap; overflow-wrap: anywhere; }
svg text { font-size: 13px; fill: currentColor; }
@media (prefers-color-scheme: dark) {
  body { color: #e6e6e6; background: #161616; }
  th, td { border-color: #444; }
  details { background: #221c1c; }
}
</style>
</head>
<body>
<h1>Evaluation: $scope</h1>
<p>$cases cases over <code>$corpus</code>; embedder $embedder; language model $llm.</p>
<h2>Over all cases</h2>
$overall
<h2>Accuracy by slice</h2>
$accuracy
<h2>Answers</h2>
$answers
<h2>Retrieval and lists</h2>
$retrieval
$ablation
$judged
<h2>What is wrong ($failed)</h2>
$failures
<h2>What is right but falls short ($short)</h2>
$imperfect
</body>
</html>
""")


def to_html(report: Report) -> str:
    """The page. It loads nothing from elsewhere."""
    total = whole(report.slices)
    metrics = [
        (f"{metric} (lower is better)" if metric in LOWER_IS_BETTER else str(metric), total.estimates[metric])
        for metric in Metric
        if metric in total.estimates
    ]
    by_slice = [(f"{part.name} ({part.cases})", part.estimates[Metric.ACCURACY]) for part in report.slices]
    return PAGE.substitute(
        scope=escape(report.scope),
        corpus=escape(report.corpus),
        cases=len(report.outcomes),
        embedder=escape(report.embedder),
        llm=escape(report.llm or "none"),
        overall=bars(metrics),
        accuracy=bars(by_slice),
        answers=_table(answers_table(report.slices)),
        retrieval=_table(retrieval_table(report.slices)),
        ablation=_ablation(report),
        judged=_judged(report),
        failed=len(report.failures),
        failures=_cases(report.failures),
        short=len(report.imperfect),
        imperfect=_cases(report.imperfect),
    )


def _ablation(report: Report) -> str:
    if not report.ablations:
        return ""
    return f"<h2>What each means contributes</h2>\n{_table(ablation_table(report.ablations))}"


def _judged(report: Report) -> str:
    """The judge's metrics, and every answer that holds a statement it does not find supported."""
    if report.judged is None:
        return ""
    doubted = [
        f"<li>{escape(judgement.case)}: {escape(statement.text)}</li>"
        for judgement in report.judged.judgements
        for statement in judgement.statements
        if not statement.supported
    ]
    listed = f"<p>Statements that it finds unsupported:</p><ul>{''.join(doubted)}</ul>" if doubted else ""
    head = f"<h2>Judged by {escape(report.judged.judge)}</h2>"
    return f"{head}\n{_table(judge_table(report.judged))}\n{listed}"


def bars(figures: Sequence[tuple[str, Estimate]]) -> str:
    """Horizontal bars, each with the whisker of its 95% interval, as inline SVG."""
    step, left = 22, 260
    height = step * len(figures)
    size = f'width="{left + BAR_WIDTH + 60}" height="{height}"'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">']
    for number, (label, estimate) in enumerate(figures):
        y = number * step
        length = f"{estimate.value * BAR_WIDTH:.1f}"
        low, high = left + estimate.low * BAR_WIDTH, left + estimate.high * BAR_WIDTH
        parts += [
            f'<text x="0" y="{y + 15}">{escape(label)}</text>',
            f'<rect x="{left}" y="{y + 4}" width="{length}" height="14" fill="#5b8def"/>',
            f'<path d="M{low:.1f} {y + 11}H{high:.1f}" stroke="#b3261e" stroke-width="2"/>',
            f'<text x="{left + BAR_WIDTH + 8}" y="{y + 15}">{estimate.value:.3f}</text>',
        ]
    return "".join([*parts, "</svg>"])


def _table(rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(cell)}</th>" for cell in rows[0])
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows[1:])
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cases(outcomes: Sequence[Outcome]) -> str:
    return "\n".join(_case(outcome) for outcome in outcomes) or "<p>Nothing.</p>"


def _case(outcome: Outcome) -> str:
    case, answer = outcome.case, outcome.answer
    asked = [f"{role}: {text}" for role, text in case.history] + [case.question]
    entries = [
        ("Question", asked),
        ("Wrong", list(outcome.problems)),
        ("Falls short", list(outcome.remarks)),
        (f"Answer ({answer.kind}{', abstained' if answer.abstained else ''})", [answer.text]),
        ("Expected", expected(outcome)),
        ("Evidence", evidence(outcome)),
        ("Citations", [cited(citation) for citation in answer.citations]),
    ]
    terms = "".join(
        f"<dt>{escape(term)}</dt>" + "".join(f"<dd>{escape(line)}</dd>" for line in lines)
        for term, lines in entries
        if lines
    )
    title = f"{case.id} · {case.type} · {outcome.pair} · {case.split} · {case.question}"
    return f"<details><summary>{escape(title)}</summary><dl>{terms}</dl></details>"


def expected(outcome: Outcome) -> list[str]:
    """What a right answer to the case holds, one line each."""
    case = outcome.case
    if case.abstain:
        return ["an abstention"]
    lines = [" or ".join(alternatives) for alternatives in case.must]
    if case.entities:
        lines.append("all of: " + ", ".join(aliases[0] for aliases in case.entities))
    lines += [f"not: {text}" for text in case.must_not]
    return lines
