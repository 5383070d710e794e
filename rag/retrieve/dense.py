"""Passages by meaning."""

from __future__ import annotations

from rag.config import Settings
from rag.embed import Embedder, open_embedder
from rag.index import Snapshot
from rag.retrieve.weights import PASSAGE_POOL
from rag.types import Hit

_opened: dict[str, Embedder] = {}


def dense(question: str, snapshot: Snapshot, settings: Settings) -> list[Hit]:
    """Passages nearest to the question in the embedder's space; best first.

    Raises EmbedderMismatchError when the index was made by another embedder than the settings name.
    """
    embedder = _opened.get(settings.embedder)
    if embedder is None:
        embedder = _opened[settings.embedder] = open_embedder(settings.embedder)
    snapshot.require_embedder(embedder.fingerprint, settings.embedder)
    return snapshot.search_vectors(embedder.embed_question(question), PASSAGE_POOL)
