"""The command `python -m bench`."""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import date as day
from pathlib import Path

import click

from bench.generated import write_cases, write_notes
from bench.machine import this_machine
from bench.page import to_html
from bench.papers import read_all, text_alone
from bench.papers import table as table_of_papers
from bench.replay import ORDERS, Replay, ordered, revisions, table
from bench.report import Report, from_json, to_json
from bench.run import ROOT, Subject, compare
from bench.systems import SYSTEMS
from bench.tables import PERFORMANCE, documented, summary
from eval.cases import find_sets, load_cases

SMALL = 1_000
LARGE = 10_000
ASKED = 100
"""Questions about generated notes."""
LIMIT = 1800.0

PATH = click.Path(path_type=Path)


@click.group(invoke_without_command=True)
@click.option("--notes", "counts", type=click.IntRange(min=1), multiple=True, help=f"Generated notes.  [{SMALL}]")
@click.option("--large", is_flag=True, help=f"{LARGE} generated notes beside {SMALL}.")
@click.option("--shipped/--no-shipped", default=True, help="Whether to measure over the corpus that ships.")
@click.option("--system", "systems", type=click.Choice(list(SYSTEMS)), multiple=True, help="Only these; repeatable.")
@click.option("--repeats", type=click.IntRange(min=1), default=5, show_default=True, help="Runs behind a median.")
@click.option("--limit", type=float, default=LIMIT, show_default=True, help="Seconds that one operation may take.")
@click.option("--date", help="The day that the results bear, YYYY-MM-DD.  [today]")
@click.option("--out", type=PATH, default=Path("build/bench"), show_default=True, help="Where results go.")
@click.pass_context
def command(
    context: click.Context,
    counts: tuple[int, ...],
    large: bool,
    shipped: bool,
    systems: tuple[str, ...],
    repeats: int,
    limit: float,
    date: str | None,
    out: Path,
) -> None:
    """Measure speed, memory and retrieval beside the peers; write results.json and index.html.

    \b
    python -m bench
    python -m bench --large --date 2026-01-31
    python -m bench document build/bench/results.json
    """
    if context.invoked_subcommand is not None:
        return
    began = day.fromisoformat(date).isoformat() if date else day.today().isoformat()
    chosen = [name for name in SYSTEMS if not systems or name in systems]
    sizes = counts or ((SMALL, LARGE) if large else (SMALL,))
    with tempfile.TemporaryDirectory(prefix="rag-bench-") as temporary:
        work = Path(temporary)
        subjects = ([_shipped(work)] if shipped else []) + [_generated(work, count) for count in sizes]
        corpora = tuple(
            compare(subject, chosen, work / "indexes", repeats=repeats, limit=limit, progress=_tell)
            for subject in subjects
        )
    report = Report(began, repeats, "builtin", this_machine(), corpora)
    out.mkdir(parents=True, exist_ok=True)
    (out / "results.json").write_text(to_json(report), encoding="utf-8")
    (out / "index.html").write_text(to_html(report), encoding="utf-8")
    click.echo(summary(report))
    click.echo(f"written: {out / 'results.json'}, {out / 'index.html'}")


@command.command()
@click.argument("results", type=PATH)
def document(results: Path) -> None:
    """Put the figures of RESULTS into docs/performance.md."""
    page = ROOT / PERFORMANCE
    report = from_json(results.read_text(encoding="utf-8"))
    page.write_text(documented(page.read_text(encoding="utf-8"), report), encoding="utf-8")
    click.echo(f"written: {PERFORMANCE}")


@command.command()
@click.argument("history", type=PATH)
@click.option("--cases", "sets", type=PATH, multiple=True, required=True, help="Whose questions to ask; repeatable.")
@click.option("--order", "orders", type=click.Choice(ORDERS), multiple=True, help="Only these; repeatable.")
def replay(history: Path, sets: tuple[Path, ...], orders: tuple[str, ...]) -> None:
    """Ingest the revisions of a note, the .md files of HISTORY, one after the other; compare with fresh indexes.

    \b
    python -m bench replay revisions/ --cases eval/questions/shared-a.jsonl
    """
    asked = [(case.question, case.history) for case in load_cases(sets)]
    states = revisions(history)
    differing = 0
    with tempfile.TemporaryDirectory(prefix="rag-replay-") as temporary:
        run = Replay(asked, Path(temporary))
        for order in orders or ORDERS:
            steps = list(run.run(ordered(states, order), order))
            differing += sum(len(step.differing) for step in steps)
            click.echo(f"{order}\n\n{table(steps, len(asked))}\n")
    sys.exit(1 if differing else 0)


@command.command()
@click.argument("directory", type=PATH)
@click.option("--cores", type=click.IntRange(min=1), default=2, show_default=True, help="Processes that read.")
@click.option("--repeats", type=click.IntRange(min=1), default=3, show_default=True, help="Runs; the fastest counts.")
def papers(directory: Path, cores: int, repeats: int) -> None:
    """Measure how fast the PDFs in DIRECTORY are read, with layout and without, and the memory that it takes.

    \b
    python -m bench papers ~/papers
    """
    paths = sorted(directory.glob("*.pdf"))
    if not paths:
        raise click.UsageError(f"{directory} holds no PDF; name a directory that does")
    full = read_all(paths, layout=True, cores=cores, repeats=repeats)
    plain = read_all(paths, layout=False, cores=cores, repeats=repeats)
    click.echo(table_of_papers([
        ("with layout", cores, full), ("without the layout model", cores, plain), ("plain text", 1, text_alone(paths)),
    ]))  # fmt: skip


def _shipped(work: Path) -> Subject:
    """A copy of the shipped corpus, since an edit is part of the measurement."""
    corpus = work / "shipped"
    ignored = shutil.ignore_patterns(".rag", "*.pdf")  # the peers read no papers
    shutil.copytree(ROOT / "corpus", corpus, ignore=ignored)
    sets = find_sets(())
    return Subject("shipped", corpus, sets, load_cases(sets, split="dev")[0].question)


def _generated(work: Path, count: int) -> Subject:
    corpus, cases = work / f"generated-{count}", work / f"generated-{count}.jsonl"
    write_notes(corpus, count)
    write_cases(cases, count, min(ASKED, count))
    return Subject(f"{count:,} generated", corpus, (cases,), load_cases([cases])[0].question)


def _tell(what: str) -> None:
    click.echo(what, err=True)
