"""Where a sentence-transformers model lies on this computer, and what identifies it; loads no library."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from pathlib import Path

from rag.embed.catalogue import KNOWN
from rag.errors import EmbedderError

VERSION = 1
"""Raise it whenever the same files give another vector."""
_HUB_NAME = re.compile(r"[\w.-]+(?:/[\w.-]+)?")
_CACHED = "models--"
_SHA256 = re.compile(r"[0-9a-f]{64}")
_WEIGHTS = (".safetensors", ".bin")
_SETTINGS = (".json", ".txt", ".model")
"""Configuration, vocabulary and tokenizer files."""


def repository_of(spec: str) -> str | None:
    """The model hub's name (ORG/MODEL) for `spec`, None where it can only be a folder."""
    name = KNOWN[spec].repository if spec in KNOWN else spec
    if not _HUB_NAME.fullmatch(name) or spec.startswith("."):
        return None
    # Plain names belong to this organisation on the hub.
    return name if "/" in name else f"sentence-transformers/{name}"


def locate(spec: str) -> Path | None:
    """The folder of the model: `spec` itself, or where a download put it; None when it is not here."""
    folder = Path(spec).expanduser()
    if folder.is_dir():
        if not _complete(folder):
            raise EmbedderError(
                f"the folder {folder} holds no sentence-transformers model (config.json and a weights file); "
                "name the folder that holds them"
            )
        return folder
    repository = repository_of(spec)
    if repository is None:
        raise EmbedderError(f"there is no model folder {spec}; name a folder, a hub name or 'builtin'")
    for cache in caches():
        if found := _snapshot(cache / f"{_CACHED}{repository.replace('/', '--')}"):
            return found
    return None


def on_disk() -> dict[str, Path]:
    """The sentence-transformers models that earlier downloads left here: hub name -> folder, sorted."""
    found: dict[str, Path] = {}
    for cache in caches():
        for repository in sorted(cache.glob(f"{_CACHED}*--*")):
            folder = _snapshot(repository)
            if folder is not None and (folder / "modules.json").is_file():
                found.setdefault(repository.name.removeprefix(_CACHED).replace("--", "/", 1), folder)
    return dict(sorted(found.items()))


def size(folder: Path) -> int:
    """Bytes of the files of a model."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def fingerprint(folder: Path) -> str:
    """What identifies the vectors of a model: a digest of its weights, tokenizer and configuration.

    The configuration is every module's, so that pooling, prompts, normalisation, similarity and the longest input
    are in it.
    """
    files = sorted(p for p in folder.rglob("*") if p.is_file() and not _hidden(p.relative_to(folder)))
    safe = {p.parent for p in files if p.suffix == ".safetensors"}
    # Each module loads the safe format where its own folder has it.
    weights = [p for p in files if p.suffix == ".safetensors" or (p.suffix == ".bin" and p.parent not in safe)]
    settings = [p for p in files if p.suffix in _SETTINGS and p.stat().st_size < 1 << 26]
    sha = hashlib.sha256(f"{VERSION}\n".encode())
    for path in sorted({*weights, *settings}):
        content = _weights_digest(path) if path in weights else hashlib.sha256(path.read_bytes()).hexdigest()
        sha.update(f"{path.relative_to(folder).as_posix()}\0{content}\n".encode())
    return f"st-{sha.hexdigest()[:16]}"


def _hidden(relative: Path) -> bool:
    """Whether a file is no part of the model as torch loads it."""
    return any(part.startswith(".") or part in ("onnx", "openvino") for part in relative.parts)


def _complete(folder: Path) -> bool:
    has_settings = (folder / "config.json").is_file() or (folder / "modules.json").is_file()
    return has_settings and any(p.suffix in _WEIGHTS for p in folder.rglob("*"))


def caches() -> list[Path]:
    """Where the hub's client and sentence-transformers keep downloads, as their environment variables say."""
    environ = os.environ
    home = Path(environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "huggingface"
    home = Path(environ["HF_HOME"]).expanduser() if environ.get("HF_HOME") else home
    named = ("SENTENCE_TRANSFORMERS_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE")
    return [Path(environ[name]).expanduser() for name in named if environ.get(name)] + [home / "hub"]


def _snapshot(repository: Path) -> Path | None:
    try:
        commit = (repository / "refs" / "main").read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    folder = repository / "snapshots" / commit
    return folder if _complete(folder) else None


def _weights_digest(path: Path) -> str:
    """SHA-256 of a large file; remembered, since reading a gigabyte takes a second."""
    real = path.resolve()
    if _SHA256.fullmatch(real.name):
        return real.name  # the hub's cache names large files by their SHA-256
    seen = real.stat()
    key = f"{real}|{seen.st_size}|{seen.st_mtime_ns}"
    store = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "survey-notes-rag" / "weights.json"
    known = _remembered(store)
    if key not in known:
        with real.open("rb") as stream:
            known[key] = hashlib.file_digest(stream, "sha256").hexdigest()
        with contextlib.suppress(OSError):
            store.parent.mkdir(parents=True, exist_ok=True)
            temporary = store.with_suffix(f".{os.getpid()}")
            temporary.write_text(json.dumps(known), encoding="utf-8")
            temporary.replace(store)
    return known[key]


def _remembered(store: Path) -> dict[str, str]:
    try:
        known = json.loads(store.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(k): str(v) for k, v in known.items()} if isinstance(known, dict) else {}
