"""Settings from rag.toml, RAG_* environment variables and command-line flags, in rising order."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from rag.errors import ConfigError

CONFIG_NAME = "rag.toml"
INDEX_NAME = ".rag"
WHOLE = (
    "port", "max_file_bytes", "papers_max_pages", "workers", "remember", "rate_key", "rate_address", "request_bytes",
    "llm_context", "llm_steps",
)  # fmt: skip
ENGINES = ("local", "ray")
UNSUPPORTED = ("drop", "mark")
"""What may become of a language model's sentence that the notes do not support."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be configured.

    `corpus` is the directory of notes; `index` the directory of the index (default: `.rag` inside the corpus).
    `records` is the URL of a PostgreSQL database that holds the index's records instead of that directory, which then
    keeps only what this machine can make anew. `search` is the URL of a Milvus server that searches instead of the
    files there.
    `engine` is who reads and embeds in an ingest: "local", the processes of this machine, or "ray".
    `embedder` is "builtin", a sentence-transformers name or folder, "openai:MODEL" or "URL#MODEL"; `download` allows a
    model hub to be asked.
    `reranker` is a sentence-transformers cross-encoder (name or folder) that ranks passages once more, or None.
    `llm` is "PROVIDER:MODEL", "URL#MODEL", "gguf:FILE", "hf:FOLDER" or None; `llm_timeout` is in seconds, for the whole
    answer. `llm_context` is how many tokens of evidence and conversation the model gets, `llm_steps` how often it may
    look further for a question of several parts. `llm_unsupported` is what becomes of a sentence that the notes do not
    support: "drop" leaves it out, "mark" shows it and says so.
    `lock_timeout` is how many seconds a writer waits for another one.
    `keep_generations` newest generations stay to be gone back to, and the last of each of `keep_days` days.
    `watch_poll` is every how many seconds a watch looks for changes besides hearing of them, 0 leaves it to the watch.
    `papers` lets an ingest fetch the papers that notes link to, `offline` takes them from the cache alone, which is
    `papers_cache` (default: in the user's cache directory). `papers_hosts` are hosts, parted by commas, to which a
    redirect may lead; `papers_private` those that may lie at a private address. `papers_timeout` is in seconds.
    `papers_password` opens encrypted PDFs.

    Of the server: `state` is the database of keys, conversations and feedback (default: beside the index); `workers`
    processes answer (0: one a core, at most 8) and `remember` answers are kept for the same question; `cors` are
    origins and `hosts` further host names, parted by commas; `rate_key` and `rate_address` are requests a minute, 0 for
    no limit; `request_timeout` is in seconds and `request_bytes` the largest body; `log` is "json" or "off", and
    `log_questions` lets questions into it; `traces` is "otlp" or the URL of an OTLP collector.
    """

    corpus: Path = Path("corpus")
    index: Path | None = None
    records: str | None = None
    search: str | None = None
    engine: str = "local"
    embedder: str = "builtin"
    download: bool = False
    reranker: str | None = None
    llm: str | None = None
    llm_timeout: float = 60.0
    llm_context: int = 4000
    llm_steps: int = 3
    llm_unsupported: str = "drop"
    lock_timeout: float = 10.0
    keep_generations: int = 20
    keep_days: int = 14
    watch_poll: float = 0.0
    host: str = "127.0.0.1"
    port: int = 8765
    max_file_bytes: int = 64 * 1024 * 1024
    papers: bool = False
    offline: bool = False
    papers_cache: Path | None = None
    papers_hosts: str = ""
    papers_private: str = ""
    papers_timeout: float = 120.0
    papers_max_pages: int = 1000
    state: Path | None = None
    workers: int = 0
    remember: int = 512
    cors: str = ""
    hosts: str = ""
    rate_key: int = 600
    rate_address: int = 120
    request_timeout: float = 60.0
    request_bytes: int = 1_000_000
    log: str = "json"
    log_questions: bool = False
    traces: str | None = None
    papers_password: str = ""

    @property
    def index_path(self) -> Path:
        """Where the index lies."""
        return self.index if self.index is not None else self.corpus / INDEX_NAME

    @property
    def state_path(self) -> Path:
        """The server's own database: beside the index, so that a new index loses nothing of it."""
        return self.state or self.index_path.with_name(f"{self.index_path.name}.server.db")


def load(
    flags: Mapping[str, object] | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    directory: Path | None = None,
) -> Settings:
    """Settings for `directory` (default: the working directory).

    `flags` whose value is None count as not given; `llm` "none" or "" switches a model off that a lower place names.
    Raises ConfigError for an unknown key or an unusable value.
    """
    env = os.environ if environ is None else environ
    settings = Settings()
    path = (directory or Path.cwd()) / CONFIG_NAME
    if path.is_file():
        settings = _apply(settings, _read(path), str(path))
    from_env = {
        name.removeprefix("RAG_").lower(): value for name, value in sorted(env.items()) if name.startswith("RAG_")
    }
    known = {f.name for f in fields(Settings)}
    settings = _apply(settings, {k: v for k, v in from_env.items() if k in known}, "environment")
    given = {k: v for k, v in (flags or {}).items() if v is not None}
    return _apply(settings, given, "command line")


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read as TOML ({error}); mend or remove it") from error


def _apply(settings: Settings, values: Mapping[str, object], origin: str) -> Settings:
    known = {f.name for f in fields(Settings)}
    for name, value in values.items():
        if name not in known:
            raise ConfigError(f"{origin}: unknown setting {name!r}; known are {', '.join(sorted(known))}")
        converted: dict[str, Any] = {name: _convert(name, value, origin)}
        settings = replace(settings, **converted)
    return settings


def _convert(name: str, value: object, origin: str) -> object:
    text = str(value)
    try:
        if name in ("corpus", "index", "papers_cache", "state"):
            return Path(text).expanduser()
        if name == "watch_poll":
            return _at_least(float(text), 0, name, origin)
        if name in ("llm_timeout", "lock_timeout", "papers_timeout", "request_timeout"):
            return float(text)
        if name in ("keep_generations", "keep_days"):
            return _at_least(int(text), 1 if name == "keep_generations" else 0, name, origin)
        if name in WHOLE:
            return int(text)
    except ValueError as error:
        raise ConfigError(f"{origin}: {name} = {text!r} is not a number") from error
    if name == "engine" and text not in ENGINES:
        raise ConfigError(f"{origin}: engine = {text!r} is neither {' nor '.join(ENGINES)}")
    if name == "llm_unsupported" and text not in UNSUPPORTED:
        raise ConfigError(f"{origin}: llm_unsupported = {text!r} is neither {' nor '.join(UNSUPPORTED)}")
    if name in ("llm", "records", "reranker", "search", "traces"):
        return None if text.lower() in ("none", "") else text
    if name == "log" and text not in ("json", "off"):
        raise ConfigError(f"{origin}: log = {text!r} is neither json nor off")
    if name in ("download", "papers", "offline", "log_questions"):
        if text.lower() in ("1", "true", "yes", "on"):
            return True
        if text.lower() in ("0", "false", "no", "off", ""):
            return False
        raise ConfigError(f"{origin}: {name} = {text!r} is neither true nor false")
    return text


def _at_least(number: float, least: int, name: str, origin: str) -> float:
    if not number >= least:
        raise ConfigError(f"{origin}: {name} = {number:g} is less than {least}; give {least} or more")
    return number
