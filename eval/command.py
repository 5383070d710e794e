"""The command `rag eval`, also reached as `python -m eval.run`."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rag.config import Settings, load
from rag.errors import RagError, UsageError

if TYPE_CHECKING:
    from eval.baseline import Baseline, Threshold
    from eval.run import Report

PATH = click.Path(path_type=Path)


@click.command(name="eval")
@click.argument("sets", nargs=-1, metavar="[SET]...")
@click.option("--corpus", type=PATH, metavar="DIR", help="Directory of notes asked about.  [corpus]")
@click.option("--index", type=PATH, metavar="DIR", help="Directory of the index.  [a temporary one]")
@click.option("--embedder", metavar="NAME", help="builtin, a sentence-transformers name or folder, or URL#MODEL.")
@click.option("--llm", metavar="SPEC", help="Language model that words the answers: openai:MODEL, URL#MODEL.")
@click.option("--judge", metavar="SPEC", help="Language model that judges the answers' faithfulness and relevancy.")
@click.option("--split", type=click.Choice(["dev", "heldout", "all"]), default="all", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the whole run as JSON instead of tables.")
@click.option("--out", type=PATH, metavar="FILE", help="Write the whole run as JSON.")
@click.option("--report", type=PATH, metavar="FILE", help="Write a self-contained HTML page.")
@click.option(
    "--show-failures",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Print N cases that went wrong.",
)
@click.option("--fail-under", multiple=True, metavar="METRIC=VALUE", help="Exit 1 below this; repeatable.")
@click.option("--baseline", type=PATH, metavar="FILE", help="Compare with these figures.  [those that ship]")
@click.option("--update-baseline", is_flag=True, help="Make this run's figures the baseline.")
@click.option("--ablate", is_flag=True, help="Ask again without each means of answering: what does it contribute?")
@click.option("--generate", type=PATH, metavar="FILE", help="Write cases made from the facts of the notes instead.")
@click.option(
    "--per-kind",
    type=click.IntRange(min=1),
    default=12,
    show_default=True,
    metavar="N",
    help="Cases of every kind that --generate writes.",
)
@click.option("--seed", type=int, default=0, show_default=True, metavar="N", help="Another one: other cases.")
@click.option("--beir", type=PATH, metavar="DIR", help="Score retrieval alone over a BEIR folder instead.")
def command(
    sets: tuple[str, ...],
    corpus: Path | None,
    index: Path | None,
    embedder: str | None,
    llm: str | None,
    judge: str | None,
    split: str,
    as_json: bool,
    out: Path | None,
    report: Path | None,
    show_failures: int,
    fail_under: tuple[str, ...],
    baseline: Path | None,
    update_baseline: bool,
    ablate: bool,
    generate: Path | None,
    per_kind: int,
    seed: int,
    beir: Path | None,
) -> int:
    """Ask every question of the SETs and score the answers; no SET means those about the shipped corpus.

    A SET is a file of JSON lines or the name of a set that ships. Exit status: 0 good, 1 when a threshold is
    missed, a quote is not exact or a slice fell by more than its noise since the baseline, 2 usage.

    \b
    rag eval --split dev --show-failures 5
    rag eval my-questions.jsonl --corpus notes/ --report report.html --fail-under accuracy=0.9
    rag eval --generate made.jsonl --corpus notes/
    """
    from eval.baseline import BASELINE, Baseline, parse_threshold, updated
    from eval.telling import save, tell

    settings = load({"corpus": corpus, "index": index, "embedder": embedder, "llm": llm})
    # A configured index was made on an earlier day; only one that is named here is used.
    settings = replace(settings, index=index)
    if beir is not None:
        return _beir(beir, settings, as_json=as_json)
    if generate is not None:
        return _generate(generate, settings, per_kind=per_kind, seed=seed)
    thresholds = [parse_threshold(text) for text in fail_under]
    earlier = _baseline(baseline or BASELINE, must_exist=baseline is not None and not update_baseline)
    found = _evaluated(sets, settings, split, ablate=ablate, judge=judge)
    tell(found, as_json=as_json, out=out, page=report, show_failures=show_failures)
    if update_baseline:
        save(baseline or BASELINE, updated(found.scope, found.slices, earlier))
        earlier = Baseline({})
    return _gate(found, thresholds, earlier)


def main() -> None:
    """Run the command by itself and leave with its exit status."""
    try:
        sys.exit(command.main(prog_name="python -m eval.run", standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except RagError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2 if isinstance(error, UsageError) else 1)


def _evaluated(sets: tuple[str, ...], settings: Settings, split: str, *, ablate: bool, judge: str | None) -> Report:
    from eval.cases import find_sets, load_cases
    from eval.judge.asking import Judge
    from eval.judge.run import judged
    from eval.run import ablate as ablated
    from eval.run import evaluate, ingested, scope_of
    from eval.telling import bar_of

    paths = find_sets(sets)
    cases = load_cases(paths, split=split)
    judging = Judge.open(judge, settings.llm_timeout) if judge is not None else None
    bar = bar_of(sys.stderr)
    with ingested(settings, progress=bar) as chosen:
        found = evaluate(cases, chosen, scope=scope_of(paths, split), progress=bar)
        if ablate:
            found = ablated(found, chosen, progress=bar)
        if judging is not None:
            found = replace(found, judged=judged(found.outcomes, judging, chosen, progress=bar))
    return found


def _beir(directory: Path, settings: Settings, *, as_json: bool) -> int:
    from eval.beir import measure, rows, to_json
    from eval.report import aligned
    from eval.telling import bar_of

    scores = measure(directory, settings, progress=bar_of(sys.stderr))
    click.echo(json.dumps(to_json(scores), indent=2) if as_json else aligned(rows(scores)))
    return 0


def _generate(path: Path, settings: Settings, *, per_kind: int, seed: int) -> int:
    from eval.generate.build import generate
    from eval.run import ingested
    from eval.telling import bar_of, save
    from rag.index import Snapshot

    with (
        ingested(settings, progress=bar_of(sys.stderr)) as chosen,
        Snapshot.open(chosen.index_path) as snapshot,
    ):
        made = generate(snapshot, name=path.stem, per_kind=per_kind, seed=seed)
    save(path, "\n".join(made.lines) + "\n")
    counts = [", ".join(f"{count} {name}" for name, count in found) for found in (made.types, made.languages)]
    click.echo(f"{path}: {len(made.lines)} cases ({counts[0]}; {counts[1]})")
    click.echo(shlex.join(["rag", "eval", str(path), "--corpus", str(settings.corpus)]))
    return 0


def _baseline(path: Path, *, must_exist: bool) -> Baseline:
    from eval.baseline import Baseline, read_baseline

    return read_baseline(path) if path.exists() or must_exist else Baseline({})


def _gate(found: Report, thresholds: list[Threshold], earlier: Baseline) -> int:
    """Say on stderr what is worse than it must be; the exit status."""
    from eval.baseline import changed, fallen, missed

    worse = missed(found.slices, thresholds) + fallen(found.scope, found.slices, earlier)
    invalid = sum(outcome.has_invalid_citation for outcome in found.outcomes)
    if invalid:
        worse.append(f"{invalid} answers cite a quote that is not an exact substring of its source")
    for line in worse:
        click.echo(f"worse: {line}", err=True)
    for name in changed(found.scope, found.slices, earlier):
        click.echo(f"note: {name} holds other cases than in the baseline and was not compared", err=True)
    return 1 if worse else 0
