"""Downloads from the model hub: the only place that asks it, and only when told to."""

from __future__ import annotations

import os
from pathlib import Path

from rag.embed.models import hub_name
from rag.errors import EmbedderError

_UNUSED = ("*.onnx", "onnx/*", "openvino/*", "*.h5", "*.msgpack", "*.ot", "*.tflite")
"""What other frameworks load."""


def download(spec: str) -> Path:
    """Ask the model hub for the model's files; the folder. Raises EmbedderError."""
    name = hub_name(spec) or spec
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE"):
        raise EmbedderError(f"the embedder {spec!r} cannot be downloaded while HF_HUB_OFFLINE is set; unset it")
    from huggingface_hub import HfApi, snapshot_download

    repository = name if "/" in name else f"sentence-transformers/{name}"
    try:
        files = HfApi().list_repo_files(repository)
        # Where both are there, torch's own format is the same weights once more.
        twice = ["*.bin"] if any(file.endswith(".safetensors") for file in files) else []
        return Path(snapshot_download(repository, ignore_patterns=[*_UNUSED, *twice]))
    except Exception as error:
        # The client raises the errors of its HTTP library besides its own.
        raise EmbedderError(
            f"the embedder {spec!r} ({repository}) cannot be downloaded ({type(error).__name__}: {error}); "
            "check the name and the network, or copy the model's folder here and name that"
        ) from error
