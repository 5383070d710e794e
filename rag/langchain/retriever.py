"""The ranked evidence behind an answer as a LangChain retriever."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field, PrivateAttr

from rag.assistant import EVIDENCE, Assistant
from rag.types import Lines, Retrieved


class RagRetriever(BaseRetriever):
    """Evidence for a question from the index in directory `index`: facts and passages, by words and by meaning.

    A document's metadata hold `source`, `score` and `lines` (first and last, 1-based) of a note or `page` (and `box`)
    of a paper. The newest generation of the index answers. At most 12 documents are found for a question.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    index: Path
    k: int = Field(default=4, ge=1, le=EVIDENCE)

    _lock: Any = PrivateAttr(default_factory=Lock)
    _assistant: Assistant | None = PrivateAttr(default=None)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None
    ) -> list[Document]:
        """The `k` best documents. Raises IndexNotFoundError and its siblings."""
        found = self._opened().ask(query).retrieved
        return [_document(place) for place in found[: self.k if k is None else k]]

    def close(self) -> None:
        """Let go of the index."""
        with self._lock:
            if self._assistant is not None:
                self._assistant.close()
                self._assistant = None

    def _opened(self) -> Assistant:
        with self._lock:
            if self._assistant is None:
                self._assistant = Assistant.open(self.index)
                self._assistant.settings = replace(self._assistant.settings, llm=None)
            else:
                self._assistant.refresh()
            return self._assistant


def _document(place: Retrieved) -> Document:
    metadata: dict[str, Any] = {"source": place.source, "score": place.score}
    if isinstance(place.location, Lines):
        metadata["lines"] = [place.location.first, place.location.last]
    else:
        metadata["page"] = place.location.number
        if place.location.box is not None:
            metadata["box"] = list(place.location.box)
    return Document(page_content=place.text, metadata=metadata)
