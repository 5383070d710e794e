"""`rag models`: which embedders, rerankers and language models there are, what each costs, and whether one works."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from rag.errors import EmbedderError
from server.commands import options
from server.terminal import write, write_json, write_table

if TYPE_CHECKING:
    from rag.embed.sanity import Ordering

MB = 1e6
LLMS = (
    ("openai:MODEL", "OPENAI_API_KEY, and OPENAI_BASE_URL for another address"),
    ("PROVIDER:MODEL", "any provider of LangChain, such as anthropic; its package and its key in the environment"),
    ("URL#MODEL", "any server that speaks the OpenAI protocol; RAG_LLM_KEY or OPENAI_API_KEY where it asks for one"),
)
FILES = (
    ("gguf:FILE", "a model file for llama.cpp; needs llama-cpp-python"),
    ("hf:FOLDER", "a transformers model in a folder; needs transformers and torch"),
)
SERVERS = (
    ("openai:MODEL", "RAG_EMBEDDER_KEY or OPENAI_API_KEY"),
    ("URL#MODEL", "any server that speaks the OpenAI embeddings protocol"),
)
LANGUAGE = {"zh": "Chinese", "en": "English"}


@click.group()
def command() -> None:
    """Embedders, rerankers and language models: what is here, what a choice costs, and whether it works."""


@command.command("list")
@options.as_json
def list_models(as_json: bool) -> None:
    """Show what --embedder, --reranker and --llm take, what is on this computer, and what the rest costs to get."""
    rows = list(choices())
    if as_json:
        write_json(rows, indent=2)
        return
    cells = [(row["role"], row["name"], _whether_here(row), row["for"]) for row in rows]
    write_table(("role", "name", "here", "for"), cells, columns=120)


def choices() -> Iterator[dict[str, Any]]:
    """Every choice: role, name, folder where it is on this computer, bytes there or to download, what it is for."""
    from rag.embed.builtin import DATA
    from rag.embed.catalogue import EMBEDDER, KNOWN
    from rag.embed.models import locate, on_disk, size

    yield _choice(EMBEDDER, "builtin", str(DATA.parent), DATA.stat().st_size, "Chinese and English; needs nothing")
    for name, known in KNOWN.items():
        folder = locate(name)
        held = size(folder) if folder else int(known.megabytes * MB)
        yield _choice(known.role, name, str(folder) if folder else None, held, known.languages)
    named = {known.repository for known in KNOWN.values()}
    for name, folder in on_disk().items():
        if name not in named:
            yield _choice(EMBEDDER, name, str(folder), size(folder), "downloaded earlier")
    for role, servers in ((EMBEDDER, SERVERS), ("llm", LLMS)):
        for name, needs in servers:
            yield _choice(role, name, None, None, needs)
    for name, needs in FILES:
        yield _choice("llm", name, None, 0, needs)


def _choice(role: str, name: str, folder: str | None, size: int | None, purpose: str) -> dict[str, Any]:
    return {"role": role, "name": name, "here": folder, "bytes": size, "for": purpose}


def _whether_here(row: dict[str, Any]) -> str:
    if row["bytes"] is None:
        return "over the network"
    if not row["here"] and not row["bytes"]:
        return "yours"
    megabytes = f"{row['bytes'] / MB:,.0f} MB"
    return f"yes, {megabytes}" if row["here"] else f"no, about {megabytes} to download"


@command.command()
@click.argument("name")
@click.option("--dry-run", is_flag=True, help="Only ask the hub how much it would be.")
def pull(name: str, dry_run: bool) -> None:
    """Download the embedder or reranker NAME from the model hub (HF_ENDPOINT names a mirror).

    \b
    rag models pull m3e-base --dry-run
    rag models pull m3e-base
    """
    from rag.embed.api import is_api
    from rag.embed.models import locate, size

    if name == "builtin" or is_api(name):
        write(f"{name}: nothing to download")
        return
    if folder := locate(name):
        write(f"{name}: here already, {size(folder) / MB:,.1f} MB in {folder}")
        return
    from rag.embed.hub import fetch, offer

    found = offer(name)
    write(f"{name}: {found.repository}, {len(found.files)} files, {found.bytes / MB:,.1f} MB")
    if not dry_run:
        folder = fetch(name, found, bars=sys.stderr.isatty())
        write(f"{name}: downloaded to {folder}; `rag models check --embedder {name}` tries it")


@command.command()
@options.embedder
@options.reranker
@options.llm
@options.as_json
def check(as_json: bool, **flags: object) -> None:
    """Try the embedder with questions in Chinese and English and, where they are set, reranker and language model.

    Nothing is downloaded. Exit status 1 when one of them does not work.

    \b
    rag models check --embedder m3e-base
    rag models check --llm http://127.0.0.1:11434/v1#MODEL
    """
    settings = options.settings(**flags)
    found = [check_embedder(settings.embedder)]
    if settings.reranker:
        found.append(check_reranker(settings.reranker))
    if settings.llm:
        found.append(check_llm(settings.llm, settings.llm_timeout))
    if as_json:
        write_json(found, indent=2)
        return
    for row in found:
        write(f"{row['role']} {row['name']}: {row['result']} ({row['seconds']:.2f} s)")


def check_embedder(name: str) -> dict[str, Any]:
    """Let questions find their passages, in each language and across. Raises EmbedderError where few do."""
    from rag.embed import open_embedder
    from rag.embed.sanity import check as try_out

    started = time.perf_counter()
    found = try_out(open_embedder(name))
    speed = f"{found.dimensions} dimensions, {found.question * 1000:.1f} ms a question"
    row = _verdict("embedder", name, found.orderings, speed)
    return {**row, "seconds": time.perf_counter() - started, "dimensions": found.dimensions}


def check_reranker(name: str) -> dict[str, Any]:
    """Let the reranker put the right passage first, in each language and across. Raises EmbedderError likewise."""
    from rag.embed.cross_encoder import CrossEncoder
    from rag.embed.sanity import check_reranker as try_out

    started = time.perf_counter()
    orderings = try_out(CrossEncoder.open(name))
    seconds = time.perf_counter() - started
    pairs = sum(ordering.of**2 for ordering in orderings)
    row = _verdict("reranker", name, orderings, f"{seconds / pairs * 1000:.0f} ms a passage")
    return {**row, "seconds": seconds}


def _verdict(role: str, name: str, orderings: Sequence[Ordering], speed: str) -> dict[str, Any]:
    """What the orderings say of a model. Raises EmbedderError where it works in no language."""
    told = ", ".join(
        f"{o.question} {o.right} of {o.of}" if o.question == o.passages
        else f"{o.question} to {o.passages} {o.right} of {o.of}"
        for o in orderings
    )  # fmt: skip
    languages = [o.question for o in orderings if o.question == o.passages and o.enough]
    across = all(o.enough for o in orderings if o.question != o.passages)
    if not languages:
        raise EmbedderError(
            f"the {role} {name!r} does not tell everyday subjects apart (questions that find their passage: {told}); "
            "its files may be damaged, or it is no model for finding passages: download it again or choose another"
        )
    made_for = " and ".join(LANGUAGE[language] for language in languages)
    verdict = f"works for {made_for}" + (", and across them" if across else ", not across languages")
    return {
        "role": role,
        "name": name,
        "result": f"{verdict} ({told}); {speed}",
        "languages": languages,
        "across": across,
        "orderings": [asdict(ordering) for ordering in orderings],
    }


def check_llm(spec: str, timeout: float) -> dict[str, Any]:
    """Ask the language model one question with one piece of evidence. Raises LLMError and MissingExtraError."""
    from rag.answer.llm.trial import trial

    started = time.perf_counter()
    sentences = trial(spec, timeout)
    good = sum(sentence.ok for sentence in sentences)
    result = f"answers; {good} of {len(sentences)} sentences pass the check"
    return {"role": "llm", "name": spec, "result": result, "seconds": time.perf_counter() - started}
