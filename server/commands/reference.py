"""Write docs/cli.md from the program itself, or check that it is up to date (--check)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from rag.errors import UsageError
from server.cli import rag
from server.terminal import complain

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"
HEAD = """# The command line

Written by `make docs` from the program; do not edit.
"""
COLUMNS = 100
TAIL = """## Where an answer comes from

`rag ask --json`, `--batch` and `POST /api/ask` say which state of the notes an answer comes from:

| key | says |
| --- | --- |
| `index.generation` | the generation of the index that answered |
| `index.stale` | whether notes have changed on disk since |
| `index.behind` | only where that is so: how many were `added`, `changed`, `removed`, what it takes to read \
them (`seconds`), why that was not done (`reason`) |
| `index.newest` | only with `--at`, when there is a newer generation: its number |
| `citations[].digest` | SHA-256 of the cited file as it was quoted |
| `citations[].stale` | null, or `what` has become of that file since (`changed`, `removed`; `unreadable`: its earlier \
version is quoted), `since` when (UTC), and for what `reason` |

People get the same as a mark beside the source and one line on standard error.

`rag ask`, `rag chat` and the listings read changed notes again first where that will take less than a second, judged by
how fast earlier ingests of this index went; else they answer from the index as it is and say so. `--refresh` always
reads first, `--no-refresh` never. After `rag index rollback` the notes on disk count as changed: ask with
`--no-refresh`, or with `--at`, to keep to the earlier state.
"""


def page() -> str:
    """The whole page in Markdown: the help text of every command, as the terminal shows it."""
    sections = [HEAD]
    for path, command, context in commands(
        rag, click.Context(rag, info_name="rag", terminal_width=COLUMNS, **rag.context_settings)
    ):
        sections.append(f"{'#' * min(path.count(' ') + 2, 4)} {path}\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join([*sections, TAIL])


def commands(command: click.Command, context: click.Context) -> Iterator[tuple[str, click.Command, click.Context]]:
    """The command and all below it, each with its full name and context."""
    yield context.command_path, command, context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is None:
                raise UsageError(f"the command {name!r} cannot be loaded")
            yield from commands(below, _context(below, name, command, context))


def _context(below: click.Command, name: str, above: click.Group, context: click.Context) -> click.Context:
    """The context of a command. Below one that takes arguments of its own these are no part of the name."""
    if any(isinstance(parameter, click.Argument) for parameter in above.params):
        name, context = f"{context.info_name} {name}", context.parent or context
    return click.Context(below, info_name=name, parent=context, terminal_width=COLUMNS)


def main() -> None:
    """Write the page; with --check say whether the one on disk is the same and exit 1 if not."""
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(page(), encoding="utf-8")
    elif not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != page():
        complain(f"{PAGE.name} is not what the program says; run `make docs`")
        sys.exit(1)


if __name__ == "__main__":
    main()
