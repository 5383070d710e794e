"""`rag models`: which embedders and language models there are, and whether one works."""

from __future__ import annotations

import time
from typing import Any

import click

from rag.errors import LLMError
from server.commands import options
from server.terminal import write, write_json, write_table

EMBEDDERS = (
    ("builtin", "ships with the program; no download"),
    ("m3e-small", "sentence-transformers, Chinese and English"),
    ("m3e-base", "sentence-transformers, Chinese and English"),
    ("m3e-large", "sentence-transformers, Chinese and English"),
    ("text2vec-base-chinese", "sentence-transformers, Chinese"),
    ("FOLDER or hub name", "any other sentence-transformers model"),
)
LLMS = (
    ("openai:MODEL", "OPENAI_API_KEY, and OPENAI_BASE_URL for another address"),
    ("URL#MODEL", "any server that speaks the OpenAI protocol; OPENAI_API_KEY where it asks for one"),
)
SAMPLE = ("商用许可", "licence for commercial use")


@click.group()
def command() -> None:
    """Embedders and language models: what can be chosen, and whether a choice works."""


@command.command("list")
@options.as_json
def list_models(as_json: bool) -> None:
    """Show what --embedder and --llm take, and what each needs."""
    rows = [("embedder", name, needs) for name, needs in EMBEDDERS] + [("llm", name, needs) for name, needs in LLMS]
    if as_json:
        write_json([{"role": role, "name": name, "needs": needs} for role, name, needs in rows], indent=2)
    else:
        write_table(("role", "name", "needs"), rows, columns=120)


@command.command()
@options.embedder
@options.llm
@options.as_json
def check(as_json: bool, **flags: object) -> None:
    """Load the embedder and, where one is set, ask the language model; say what they did.

    \b
    rag models check
    rag models check --llm http://127.0.0.1:11434/v1#MODEL
    """
    settings = options.settings(**flags)
    found = [check_embedder(settings.embedder, download=settings.download)]
    if settings.llm:
        found.append(check_llm(settings.llm, settings.llm_timeout))
    if as_json:
        write_json(found, indent=2)
        return
    for row in found:
        write(f"{row['role']} {row['name']}: {row['result']} ({row['seconds']:.2f} s)")


def check_embedder(name: str, *, download: bool) -> dict[str, Any]:
    """Load the embedder and embed two texts. Raises EmbedderError."""
    from rag.embed import open_embedder

    started = time.perf_counter()
    vectors = open_embedder(name, download=download).embed_passages(SAMPLE)
    result = f"{vectors.shape[1]} dimensions, similarity of two translations {float(vectors[0] @ vectors[1]):.2f}"
    return {"role": "embedder", "name": name, "result": result, "seconds": time.perf_counter() - started}


def check_llm(spec: str, timeout: float) -> dict[str, Any]:
    """Ask the language model one question with one piece of evidence. Raises LLMError."""
    from rag.answer.llm import Evidence, checked_sentences
    from rag.answer.llm import write as ask

    started = time.perf_counter()
    evidence = (Evidence(1, "Weight: 3 kg", "Sample"),)
    text = ask("How heavy is the sample?", (), evidence, language="en", spec=spec, timeout=timeout)
    sentences = checked_sentences(text, evidence)
    if not sentences:
        raise LLMError(f"llm {spec} answered {text[:60]!r}, which holds no sentence; try another model")
    good = sum(sentence.ok for sentence in sentences)
    result = f"answers; {good} of {len(sentences)} sentences pass the check"
    return {"role": "llm", "name": spec, "result": result, "seconds": time.perf_counter() - started}
