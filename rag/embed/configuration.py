"""What a sentence-transformers model says of itself: prompts and similarity. Reads its files, loads no library.

Pooling, normalisation and the longest input are the library's to apply; it takes them from the same folder.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import EmbedderError

FILE = "config_sentence_transformers.json"
QUERY_PROMPTS = ("query", "question", "search_query")
PASSAGE_PROMPTS = ("document", "passage", "corpus", "search_document")
"""Names under which models keep their prompts, the commonest first. The library itself looks for "document" alone
once a model has loaded, so that a "passage" prompt would be lost."""
SIMILARITIES = ("cosine", "dot", "euclidean")


@dataclass(frozen=True, slots=True)
class Configuration:
    """What is put before a question and before a passage, and how their vectors are compared."""

    query_prompt: str = ""
    passage_prompt: str = ""
    similarity: str = "cosine"


def read(folder: Path) -> Configuration:
    """The configuration of the model in `folder`; without a file of its own, no prompts and the cosine.

    Raises EmbedderError for a file that cannot be read, and for a similarity that vector search cannot rank by.
    """
    path = folder / FILE
    if not path.is_file():
        return Configuration()
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
        prompts: dict[str, str] = found.get("prompts") or {}
        default = prompts.get(found.get("default_prompt_name") or "", "")
        similarity = found.get("similarity_fn_name") or "cosine"
        query = next((prompts[name] for name in QUERY_PROMPTS if prompts.get(name)), default)
        passage = next((prompts[name] for name in PASSAGE_PROMPTS if prompts.get(name)), default)
    except (OSError, ValueError, AttributeError) as error:
        raise EmbedderError(f"{path} cannot be read ({error}); download the model again") from error
    if similarity not in SIMILARITIES:
        raise EmbedderError(
            f"{path}: vectors of this model are compared by {similarity!r}, by which the index cannot rank; "
            f"use a model that is compared by one of {', '.join(SIMILARITIES)}"
        )
    return Configuration(query, passage, similarity)
