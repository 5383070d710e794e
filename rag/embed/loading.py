"""Loading a model of sentence-transformers from its folder: the one place that imports the library."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import EmbedderError, MissingExtraError

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder, SentenceTransformer


def embedder(folder: Path, name: str, device: str) -> SentenceTransformer:
    """The embedding model in `folder`. Raises EmbedderError, MissingExtraError."""
    with _told(folder, name):
        from sentence_transformers import SentenceTransformer

        return SentenceTransformer(str(folder), device=device, local_files_only=True)


def cross_encoder(folder: Path, name: str, device: str) -> CrossEncoder:
    """The cross-encoder in `folder`. Raises EmbedderError, MissingExtraError."""
    with _told(folder, name):
        from sentence_transformers import CrossEncoder

        model: CrossEncoder = CrossEncoder(str(folder), device=device, local_files_only=True)
        return model


@contextmanager
def _told(folder: Path, name: str) -> Iterator[None]:
    """Turns what the library raises into errors of the program, and keeps its progress bar away."""
    try:
        with _without_progress_bar():
            yield
    except ImportError as error:
        raise MissingExtraError(
            f"the model {name!r} needs the package sentence-transformers ({error}); install it with "
            "`pip install sentence-transformers`"
        ) from error
    except Exception as error:
        # The library raises anything from KeyError to SafetensorError, by what is wrong with the files.
        told = " ".join(str(error).split())[:200]
        raise EmbedderError(
            f"the model {name!r} cannot be loaded from {folder} ({type(error).__name__}: {told}); "
            "download it again or use another"
        ) from error


@contextmanager
def _without_progress_bar() -> Iterator[None]:
    """Loading takes a second; its bar would stand between a question and the answer."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]
