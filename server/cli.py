"""The command line `rag`: finds and runs the command, turns failures into one line and an exit status.

Exit status: 0 done or answered, 3 abstained, 2 usage, 130 interrupted, 1 any other error.
"""

from __future__ import annotations

import gc
import importlib
import os
import sys
import traceback
from collections.abc import Sequence

import click

from rag import __version__
from rag.errors import RagError, UsageError
from server.terminal import complain, drop_output, repaired, utf8_streams
from server.threads import compute_on_one_core

COMMANDS = {
    "ask": "server.commands.ask",
    "chat": "server.commands.chat",
    "ingest": "server.commands.ingest",
    "serve": "server.commands.serve",
    "mcp": "server.commands.mcp",
    "keys": "server.commands.keys",
    "eval": "server.commands.evaluate",
    "facts": "server.commands.look:facts",
    "entities": "server.commands.look:entities",
    "sources": "server.commands.look:sources",
    "index": "server.commands.index",
    "models": "server.commands.models",
    "doctor": "server.commands.doctor",
}
"""Command name -> module, and the object in it where that is not called `command`."""

DEBUG = "RAG_DEBUG"
GC_AFTER = 50_000
"""Net allocations between collections: imports and one answer make no garbage in cycles, and looking takes a tenth of
the time to the answer."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are looked up."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found = getattr(importlib.import_module(module), name or "command")
        assert isinstance(found, click.Command)
        return found


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="rag")
def rag() -> None:
    """Ask your own survey notes: short answers, every statement cited to the line or page.

    \b
    rag ask "which models allow commercial use"
    rag ask 哪些模型可以商用 --corpus notes/
    """


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit status."""
    gc.set_threshold(GC_AFTER)
    compute_on_one_core()
    utf8_streams()
    sys.exit(run(repaired(sys.argv[1:] if args is None else args)))


def run(args: Sequence[str]) -> int:
    """Run one command line; the exit status. What goes wrong is told on stderr in one line."""
    try:
        status = rag.main(args=list(args), prog_name="rag", standalone_mode=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except BrokenPipeError:
        drop_output()
        return 1
    except (KeyboardInterrupt, click.Abort):
        complain("interrupted")
        return 130
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "rag"
        complain(f"{error.format_message()} (see `{command} --help`)")
        return 2
    except click.ClickException as error:
        complain(error.format_message())
        return error.exit_code
    except click.exceptions.Exit as error:
        return error.exit_code
    except Exception as error:
        return _failed(error)


def _failed(error: Exception) -> int:
    if os.environ.get(DEBUG):
        traceback.print_exc()
    if isinstance(error, RagError):
        complain(str(error))
        return 2 if isinstance(error, UsageError) else 1
    what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    complain(f"unexpected {what} (run again with {DEBUG}=1 for the traceback)")
    return 1


if __name__ == "__main__":
    main()
