"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from rag.config import Settings, load

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
    default=True,
    help="Re-ingest changed notes first.  [refresh]",
    show_default=False,
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def places(command: Command) -> Command:
    """Add --corpus, --index and --embedder."""
    return corpus(index(embedder(command)))


def settings(**flags: object) -> Settings:
    """Settings from rag.toml, the environment and these flags."""
    return load(flags)
