"""Downloads from the model hub: the only place that asks it, and only when told to.

The address is HF_ENDPOINT, as for the hub's own client, so that a mirror serves as well.
"""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from rag.embed.models import caches, repository_of
from rag.errors import EmbedderError

DEFAULT_ENDPOINT = "https://huggingface.co"
REACH_SECONDS = 3.0
"""A hub that does not take a connection within that is not there: its client would try for a minute."""
ANSWER_SECONDS = 20.0
UNUSED = ("*.onnx", "onnx/*", "openvino/*", "*.h5", "*.msgpack", "*.ot", "*.tflite", "*.gguf", "*.png", "*.jpg")
"""What other frameworks load, and pictures."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Offer:
    """What the hub would send for a model: the names of the files and their bytes altogether."""

    repository: str
    files: tuple[str, ...]
    bytes: int


def endpoint() -> str:
    """The hub's address."""
    return (os.environ.get("HF_ENDPOINT") or DEFAULT_ENDPOINT).rstrip("/")


def offer(spec: str) -> Offer:
    """Ask the hub what the model is. Raises EmbedderError where it is unknown or the hub cannot be reached."""
    repository = _online(spec)

    def ask() -> Any:
        from huggingface_hub import HfApi

        return HfApi(endpoint=endpoint()).model_info(repository, files_metadata=True, timeout=ANSWER_SECONDS)

    found = _asked(spec, repository, ask)
    sizes = {file.rfilename: int(file.size or 0) for file in found.siblings or ()}
    # Where both are there, torch's own format is the same weights once more.
    twice = ("*.bin",) if any(name.endswith(".safetensors") for name in sizes) else ()
    kept = {n: s for n, s in sizes.items() if not any(fnmatch(n, pattern) for pattern in (*UNUSED, *twice))}
    if not any(name.endswith((".safetensors", ".bin")) for name in kept):
        raise EmbedderError(f"the model {spec!r} ({repository}) has no weights for torch; choose another")
    return Offer(repository, tuple(sorted(kept)), sum(kept.values()))


def fetch(spec: str, found: Offer, *, bars: bool = False) -> Path:
    """Download what the hub offered, with progress bars where asked for; the folder.

    Raises EmbedderError, also where the disk is too small for it.
    """
    place = caches()[0]
    free = shutil.disk_usage(next(p for p in (place, *place.parents) if p.exists())).free
    if free < found.bytes:
        raise EmbedderError(
            f"the model {spec!r} takes {found.bytes / 1e6:,.0f} MB and {place} has {free / 1e6:,.0f} MB free; "
            "make room, or name another place in HF_HUB_CACHE"
        )

    def ask() -> str:
        from huggingface_hub import snapshot_download
        from huggingface_hub.utils.tqdm import disable_progress_bars, enable_progress_bars

        (enable_progress_bars if bars else disable_progress_bars)()
        # fnmatch would take brackets in a name for a pattern.
        names = [name.replace("[", "[[]") for name in found.files]
        return snapshot_download(found.repository, cache_dir=place, allow_patterns=names, endpoint=endpoint())

    return Path(_asked(spec, found.repository, ask))


def download(spec: str) -> Path:
    """The folder of the model, asked from the hub. Raises EmbedderError."""
    return fetch(spec, offer(spec))


def _online(spec: str) -> str:
    """The model's name on the hub, once that is known to be reachable."""
    repository = repository_of(spec)
    if repository is None:
        raise EmbedderError(f"{spec!r} is no name on the model hub; name it as ORG/MODEL")
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE"):
        raise EmbedderError(f"the model {spec!r} cannot be downloaded while HF_HUB_OFFLINE is set; unset it")
    if not reachable(endpoint()):
        raise EmbedderError(
            f"the model {spec!r} ({repository}) cannot be downloaded: {endpoint()} cannot be reached; check the "
            "network, name a mirror in HF_ENDPOINT, or copy the model's folder here and name that"
        )
    return repository


def reachable(address: str, seconds: float = REACH_SECONDS) -> bool:
    """Whether something takes connections at `address`, or at the proxy on the way there, within `seconds`."""
    parts = urlsplit(address)
    proxy = None if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme)
    parts = urlsplit(proxy if proxy is None or "://" in proxy else f"http://{proxy}") if proxy else parts
    port = parts.port or (443 if parts.scheme == "https" else 80)
    answered = threading.Event()

    def connect() -> None:
        try:
            socket.create_connection((parts.hostname or "", port), timeout=seconds).close()
        except OSError:
            return
        answered.set()

    # A name server that is not there holds a lookup up for longer than any time limit of a connection.
    thread = threading.Thread(target=connect, daemon=True)
    thread.start()
    thread.join(seconds)
    return answered.is_set()


def _asked(spec: str, repository: str, ask: Callable[[], _T]) -> _T:
    try:
        return ask()
    except Exception as error:
        # The client raises the errors of its HTTP library besides its own, over several lines.
        told = " ".join(str(error).split())[:200]
        raise EmbedderError(
            f"the model {spec!r} ({repository}) cannot be downloaded ({type(error).__name__}: {told}); "
            "check the name and the network, or copy the model's folder here and name that"
        ) from error
