"""The models that have short names: what they are called on the hub, how large they are, what they are for."""

from __future__ import annotations

from dataclasses import dataclass

EMBEDDER = "embedder"
RERANKER = "reranker"


@dataclass(frozen=True, slots=True)
class Known:
    """A model of the hub; `megabytes` is what its weights take, as the model's page gives their number."""

    role: str
    repository: str
    megabytes: int
    languages: str


KNOWN = {
    "m3e-small": Known(EMBEDDER, "moka-ai/m3e-small", 96, "Chinese"),
    "m3e-base": Known(EMBEDDER, "moka-ai/m3e-base", 409, "Chinese and English"),
    "m3e-large": Known(EMBEDDER, "moka-ai/m3e-large", 1300, "Chinese"),
    "text2vec-base-chinese": Known(EMBEDDER, "shibing624/text2vec-base-chinese", 409, "Chinese"),
    "text2vec-base-chinese-sentence": Known(EMBEDDER, "shibing624/text2vec-base-chinese-sentence", 472, "Chinese"),
    "text2vec-base-chinese-paraphrase": Known(EMBEDDER, "shibing624/text2vec-base-chinese-paraphrase", 472, "Chinese"),
    "text2vec-base-multilingual": Known(EMBEDDER, "shibing624/text2vec-base-multilingual", 471, "50 languages"),
    "bge-reranker-base": Known(RERANKER, "BAAI/bge-reranker-base", 1110, "Chinese and English"),
    "bge-reranker-large": Known(RERANKER, "BAAI/bge-reranker-large", 2240, "Chinese and English"),
    "bge-reranker-v2-m3": Known(RERANKER, "BAAI/bge-reranker-v2-m3", 2270, "100 languages"),
    "bce-reranker-base": Known(RERANKER, "maidalun1020/bce-reranker-base_v1", 1110, "Chinese and English"),
}
"""Short name -> model. Sizes are those of float32 weights, to a few per cent."""
