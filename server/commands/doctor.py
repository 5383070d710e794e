"""`rag doctor`: checks the installation and says what to do."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata, util

import click

from rag.config import Settings
from rag.errors import RagError
from server.commands import options
from server.terminal import write, write_json

PARTS = {
    "faiss": "vectors",
    "tantivy": "lexical search",
    "sqlalchemy": "records",
    "markdown_it": "reading notes",
    "pymupdf": "reading papers",
    "rjieba": "Chinese words",
    "fastapi": "rag serve",
    "langchain_openai": "--llm",
    "sentence_transformers": "other embedders",
}
"""Importable name -> what is lost without it."""
ROOM = 200 * 1024 * 1024
"""Bytes that should be free where the index lies: several generations of a large one."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `advice` says what to do when it is not `ok`."""

    what: str
    ok: bool
    found: str
    advice: str = ""


@click.command()
@options.places
@options.llm
@options.as_json
def command(as_json: bool, **flags: object) -> int:
    """Check Python, packages, notes, index, embedder and settings; exit 1 when something needs doing."""
    settings = options.settings(**flags)
    findings = list(examine(settings))
    if as_json:
        write_json([asdict(finding) for finding in findings], indent=2)
    else:
        for finding in findings:
            write(f"{'ok  ' if finding.ok else 'BAD '} {finding.what}: {finding.found}")
            if not finding.ok:
                write(f"     -> {finding.advice}")
    return 0 if all(finding.ok for finding in findings) else 1


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything in turn."""
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("python", sys.version_info >= (3, 11), version, "install Python 3.11 or newer")
    owners = metadata.packages_distributions()  # looks through every installed file: once is enough
    yield from (_package(name, owners) for name in PARTS)
    yield _notes(settings)
    yield _index(settings)
    yield _embedder(settings)
    yield _language_model(settings)
    yield _room(settings)


def _package(name: str, owners: Mapping[str, Sequence[str]]) -> Finding:
    if util.find_spec(name) is None:
        return Finding(name, False, f"missing, so no {PARTS[name]}", "run `pip install -c constraints.txt -e .`")
    owner = owners.get(name, [name])[0]
    return Finding(name, True, f"{metadata.version(owner)} ({PARTS[name]})")


def _notes(settings: Settings) -> Finding:
    from ingest.sources import scan

    try:
        found = scan(settings.corpus, exclude=settings.index_path)
    except RagError as error:
        return Finding("corpus", False, str(error), "name the directory of your notes with --corpus")
    advice = "put .md notes there, or name another directory with --corpus"
    return Finding("corpus", bool(found), f"{len(found)} files in {settings.corpus}", advice)


def _index(settings: Settings) -> Finding:
    from rag.index import Snapshot

    try:
        with Snapshot.open(settings.index_path) as snapshot:
            held = f"generation {snapshot.generation} with {len(snapshot.source_paths())} sources"
            return Finding("index", True, f"{settings.index_path}: {held}")
    except RagError as error:
        return Finding("index", False, str(error), "run `rag ingest`")


def _embedder(settings: Settings) -> Finding:
    from rag.embed import open_embedder

    try:
        embedder = open_embedder(settings.embedder, download=False)
    except RagError as error:
        return Finding("embedder", False, str(error), "run `rag models list` for the choices")
    return Finding("embedder", True, f"{settings.embedder}, {embedder.dimensions} dimensions")


def _language_model(settings: Settings) -> Finding:
    from rag.answer.llm import KEY_VARIABLE, parse_spec

    if not settings.llm:
        return Finding("llm", True, "none set; answers are extractive")
    try:
        model = parse_spec(settings.llm)
    except RagError as error:
        return Finding("llm", False, str(error), "mend --llm, RAG_LLM or rag.toml")
    if not model.local and not os.environ.get(KEY_VARIABLE):
        return Finding("llm", False, f"{KEY_VARIABLE} is not set", "set it, or use a local server (URL#MODEL)")
    return Finding("llm", True, f"{model.name}; `rag models check` asks it")


def _room(settings: Settings) -> Finding:
    place = next(p for p in [settings.index_path.absolute(), *settings.index_path.absolute().parents] if p.exists())
    free = shutil.disk_usage(place).free
    return Finding("disk", free >= ROOM, f"{free // 2**20} MiB free at {place}", "make room or move the index")
