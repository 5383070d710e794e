"""`rag doctor`: checks the installation and says what to do."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata, util
from pathlib import Path

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
    "httpx": "--papers, embedders behind an address",
    "fastapi": "rag serve",
    "uvicorn": "rag serve",
    "langchain_core": "rag.langchain",
    "langchain_openai": "--llm",
    "sentence_transformers": "other embedders, --reranker",
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
@options.reranker
@options.llm
@options.as_json
def command(as_json: bool, **flags: object) -> int:
    """Check Python, packages, notes, index, models and settings; exit 1 when something needs doing.

    No server is asked: `rag models check` does that.
    """
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
    yield _papers(settings)
    yield _embedder(settings)
    yield _reranker(settings)
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


def _papers(settings: Settings) -> Finding:
    """Whether the papers that the index takes from the cache are still there."""
    from ingest.paper_cache import Ledger, PaperCache, default_cache

    cache = PaperCache(settings.papers_cache or default_cache())
    ledger = Ledger.read(settings.index_path)
    gone = sum(not cache.path(file).is_file() for file in ledger.papers)
    if gone:
        return Finding("papers", False, f"{gone} are gone from {cache.directory}", "run `rag ingest --papers`")
    held = f"{len(ledger.papers)} linked papers in {cache.directory}" if ledger.papers else "none fetched"
    failed = f"; {len(ledger.failed)} could not be fetched" if ledger.failed else ""
    return Finding("papers", True, held + failed)


def _embedder(settings: Settings) -> Finding:
    from rag.embed import open_embedder
    from rag.embed.api import KEY_VARIABLES, is_api, parse_spec

    try:
        if is_api(settings.embedder):
            model = parse_spec(settings.embedder)
            if model.needs_key and not any(map(os.environ.get, KEY_VARIABLES)):
                return Finding("embedder", False, f"{' and '.join(KEY_VARIABLES)} are not set", "set one of them")
            return Finding("embedder", True, f"{model.name} at {model.url}; `rag models check` asks it")
        dimensions = open_embedder(settings.embedder, download=False).dimensions
    except RagError as error:
        return Finding("embedder", False, str(error), "run `rag models list` for the choices")
    return Finding("embedder", True, f"{settings.embedder}, {dimensions} dimensions")


def _reranker(settings: Settings) -> Finding:
    from rag.embed.cross_encoder import CrossEncoder

    if not settings.reranker:
        return Finding("reranker", True, "none set")
    try:
        CrossEncoder.open(settings.reranker)
    except RagError as error:
        return Finding("reranker", False, str(error), "run `rag models list` for the choices")
    return Finding("reranker", True, f"{settings.reranker}; `rag models check` tries it")


def _language_model(settings: Settings) -> Finding:
    from rag.answer.llm.models import OPENAI_KEY
    from rag.answer.llm.spec import parse_spec

    if not settings.llm:
        return Finding("llm", True, "none set; answers are extractive")
    try:
        model = parse_spec(settings.llm)
    except RagError as error:
        return Finding("llm", False, str(error), "mend --llm, RAG_LLM or rag.toml")
    if model.provider == "openai" and not model.keyless and not os.environ.get(OPENAI_KEY):
        return Finding("llm", False, f"{OPENAI_KEY} is not set", "set it, or use a local server (URL#MODEL)")
    if model.in_process and not Path(model.name).expanduser().exists():
        return Finding("llm", False, f"{model.name} does not exist", "mend --llm, RAG_LLM or rag.toml")
    return Finding("llm", True, f"{model.name}; `rag models check` asks it")


def _room(settings: Settings) -> Finding:
    place = next(p for p in [settings.index_path.absolute(), *settings.index_path.absolute().parents] if p.exists())
    free = shutil.disk_usage(place).free
    return Finding("disk", free >= ROOM, f"{free // 2**20} MiB free at {place}", "make room or move the index")
