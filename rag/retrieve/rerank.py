"""Passages ranked once more by a cross-encoder, where the settings name one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rag.config import Settings
from rag.index.document import passage
from rag.types import Hit

if TYPE_CHECKING:
    from rag.embed.cross_encoder import CrossEncoder

POOL = 32
"""Passages read together with the question: each costs a pass of the model, and few answers rank lower."""

_opened: dict[str, CrossEncoder] = {}


def rerank(question: str, hits: Sequence[Hit], settings: Settings) -> list[Hit]:
    """The first `POOL` hits in the order of the reranker, best first, then the others as they were.

    Without a reranker in the settings the hits as they are. Raises EmbedderError where it is not on this computer.
    """
    if settings.reranker is None or not hits:
        return list(hits)
    model = _opened.get(settings.reranker)
    if model is None:
        from rag.embed.cross_encoder import CrossEncoder

        model = _opened[settings.reranker] = CrossEncoder.open(settings.reranker)
    first, rest = list(hits[:POOL]), list(hits[POOL:])
    scores = model.scores(question, [passage(hit.chunk) for hit in first])
    # Sorting is stable: of equals the earlier ranking decides.
    order = sorted(range(len(first)), key=lambda at: -float(scores[at]))
    return [Hit(first[at].chunk, float(scores[at])) for at in order] + rest
