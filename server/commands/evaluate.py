"""`rag eval`: how good the answers are, measured. The command lives with the evaluation; what feeds it lives here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from eval.command import command as measure
from server.commands import options
from server.refreshing import freshen
from server.terminal import notice, write


class Evaluate(click.Group):
    """`rag eval` itself, which takes names of sets, and commands below it, whose names are no sets."""

    allow_interspersed_args = True
    """Options may follow the sets."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        below = self.commands.get(args[0]) if args else None
        if below is None:
            return super().make_context(info_name, args, parent, **extra)
        return below.make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return click.Command.parse_args(self, ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        return click.Command.invoke(self, ctx)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return click.Command.collect_usage_pieces(self, ctx)


command = Evaluate(name="eval", callback=measure.callback, params=measure.params, help=measure.help)


@command.command(name="add-from-feedback")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@options.places
@options.refresh
def add_from_feedback(file: Path, refresh: bool, **flags: object) -> None:
    """Add a case to the question set FILE for everything that people said of answers and that says what is right.

    Read the cases before you rely on them. What FILE has already is not added again.

    \b
    rag eval add-from-feedback my-questions.jsonl
    rag eval my-questions.jsonl
    """
    from rag.index.snapshot import Snapshot
    from server.asked import cases_from_feedback
    from server.state import State

    settings = options.settings(**flags)
    freshen(settings, refresh=refresh, tell=notice)
    state = State(settings.state_path)
    try:
        with Snapshot.open(settings.index_path) as snapshot:
            found = cases_from_feedback(state, snapshot, file)
    finally:
        state.close()
    for reason in found.skipped:
        notice(reason)
    if found.lines:
        with file.open("a", encoding="utf-8") as out:
            out.writelines(f"{line}\n" for line in found.lines)
    write(f"{len(found.lines)} added to {file}, {found.known} there already, {len(found.skipped)} not usable")
