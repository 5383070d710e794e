"""What a run tells: tables or JSON on the terminal, files, and how far it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import IO

import click

from eval.ablation import ablation_table
from eval.html import to_html
from eval.judge.run import Judged, judge_table
from eval.report import aligned, answers_table, failure_lines, retrieval_table, to_json
from eval.run import Progress, Report
from rag.errors import UsageError


def tell(found: Report, *, as_json: bool, out: Path | None, page: Path | None, show_failures: int) -> None:
    """Print the run as tables or JSON, write the files that were asked for."""
    if out is not None or as_json:
        text = json.dumps(to_json(found), ensure_ascii=False, indent=1)
        if out is not None:
            save(out, text + "\n")
        if as_json:
            click.echo(text)
    if page is not None:
        save(page, to_html(found))
    if as_json:
        return
    click.echo(aligned(answers_table(found.slices)))
    click.echo()
    click.echo(aligned(retrieval_table(found.slices)))
    if found.ablations:
        click.echo()
        click.echo(aligned(ablation_table(found.ablations)))
    if found.judged is not None:
        click.echo()
        click.echo(aligned(judge_table(found.judged)))
        _tell_failures(found.judged)
    total = len(found.outcomes)
    click.echo(f"\n{len(found.failures)} of {total} answers are wrong, {len(found.imperfect)} right but short")
    for outcome in (*found.failures, *found.imperfect)[:show_failures]:
        click.echo("\n" + "\n".join(failure_lines(outcome)))


def _tell_failures(judged: Judged) -> None:
    reasons = [failure for judgement in judged.judgements for failure in judgement.failures]
    if reasons:
        click.echo(f"note: {judged.failed} answers could not be judged whole; first: {reasons[0]}", err=True)


def save(path: Path, text: str) -> None:
    """Write a file. Raises UsageError where that is not possible."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}); give another file") from error


def bar_of(stream: IO[str]) -> Progress | None:
    """A progress bar where somebody looks at the stream."""
    return _progress if stream.isatty() else None


def _progress(what: str, done: int, total: int) -> None:
    click.echo(f"\r\x1b[K{what} {done}/{total}" + ("\r\x1b[K" if done == total else ""), nl=False, err=True)
