"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from rag.config import Settings, load
from rag.index import attached
from server.wording import LANGUAGES, own_language

Command = Callable[..., Any]

corpus = click.option(
    "--corpus",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Directory of notes and papers.  [corpus]",
)
index = click.option(
    "--index",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Directory of the index.  [.rag in the corpus]",
)
embedder = click.option(
    "--embedder", metavar="NAME", help="builtin, a sentence-transformers name or folder, or URL#MODEL."
)
reranker = click.option(
    "--reranker", metavar="NAME", help="Rank passages once more with this cross-encoder (a name or folder), or none."
)
llm = click.option(
    "--llm",
    metavar="SPEC",
    help="Word the answer with a language model: openai:MODEL, URL#MODEL, gguf:FILE, hf:FOLDER, any PROVIDER:MODEL of "
    "LangChain, or none.",
)
refresh = click.option(
    "--refresh/--no-refresh",
    default=None,
    help="Re-ingest changed notes first, or never.  [first where that takes less than a second]",
    show_default=False,
)
poll = click.option(
    "--poll",
    "watch_poll",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="With --watch: look for changes so often, also where the system reports none.  [0: as it reports them]",
)
language = click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default=own_language,
    help="Language of the lines.  [that of the locale: zh or en]",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def places(command: Command) -> Command:
    """Add --corpus, --index and --embedder."""
    return corpus(index(embedder(command)))


def settings(**flags: object) -> Settings:
    """Settings from rag.toml, the environment and these flags; the index has its records where they say."""
    found = load(flags)
    attached.attach(found.index_path, found.records, found.search)
    return found
