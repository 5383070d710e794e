"""An index as a LangChain vector store: over notes to search in, or of its own to put documents into."""

from __future__ import annotations

import hashlib
import json
import threading
import uuid
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import VectorStore

from rag.errors import EmbedderError, IndexNotFoundError, UsageError
from rag.index import Snapshot
from rag.index.document import Document as Kept
from rag.index.document import passage_digest
from rag.index.rendered import rendered
from rag.langchain.embeddings import RagEmbeddings, as_embedder
from rag.types import Chunk, Lines, Source, SourceKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.index.writer import Writer

CONFIGURATION = "langchain-1"
"""What the generations of an index of one's own bear; those of an ingest bear something else."""
LOCK_TIMEOUT = 10.0
_END = "\f"
"""Between a document's text and its metadata as JSON, which are kept together as one source."""


class RagVectorStore(VectorStore):
    """The index in directory `index`. Safe to share between threads; every write is one atomic generation.

    An index that `rag ingest` made can be searched: metadata then hold `source`, `title`, `heading`, and `lines` or
    `page`. Documents go into an index of their own, which the first of them makes.
    """

    def __init__(self, index: Path | str, embedding: Embeddings | None = None) -> None:
        self._index = Path(index)
        self._embeddings = embedding or RagEmbeddings()
        self._name, self._embedder = as_embedder(self._embeddings)
        self._lock = threading.RLock()
        self._snapshot: Snapshot | None = None

    @property
    def embeddings(self) -> Embeddings:
        """What texts are embedded with."""
        return self._embeddings

    def add_texts(
        self,
        texts: Iterable[str],
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: Sequence[str | None] | None = None,
        **kwargs: Any,
    ) -> list[str]:
        """Add texts, or replace those with the same id; the ids. Metadata has to be JSON.

        Raises UsageError for other metadata and for an index of notes, EmbedderError for one of another embedder.
        """
        held = list(texts)
        named = [given or str(uuid.uuid4()) for given in (ids or [None] * len(held))]
        kept = [
            _kept(name, text, metadata)
            for name, text, metadata in zip(named, held, metadatas or [{}] * len(held), strict=True)
        ]
        if kept:
            # Of several with one id the last stays.
            self._write(list({document.source.path: document for document in kept}.values()), ())
        return named

    def delete(self, ids: list[str] | None = None, **kwargs: Any) -> bool:
        """Delete the documents with these ids, all where None is given; unknown ids are no error."""
        with self._lock:
            snapshot = self._current()
            if snapshot is not None:
                known = set(snapshot.source_paths())
                gone = known if ids is None else known.intersection(ids)
                if gone:
                    self._write((), tuple(sorted(gone)))
        return True

    def get_by_ids(self, ids: Sequence[str], /) -> list[Document]:
        """The documents with these ids (of an index of notes: whole sources by path); unknown ids are left out."""
        with self._lock:
            snapshot = self._current()
            if snapshot is None:
                return []
            known = set(snapshot.source_paths())
            found = [snapshot.source(name) for name in ids if name in known]
            own = snapshot.configuration == CONFIGURATION
            return [_returned(source) if own else _note(source) for source in found]

    def similarity_search(self, query: str, k: int = 4, **kwargs: Any) -> list[Document]:
        """The `k` documents nearest to `query`."""
        return [document for document, _ in self.similarity_search_with_score(query, k)]

    def similarity_search_with_score(self, query: str, k: int = 4, **kwargs: Any) -> list[tuple[Document, float]]:
        """The `k` documents nearest to `query`, with the cosine: higher is nearer."""
        return self._search(self._embedder.embed_question(query), k)

    def similarity_search_by_vector(self, embedding: list[float], k: int = 4, **kwargs: Any) -> list[Document]:
        """The `k` documents nearest to a vector of the store's embeddings."""
        import numpy as np

        from rag.embed.similarity import unit

        return [document for document, _ in self._search(unit(np.asarray([embedding], np.float32))[0], k)]

    def max_marginal_relevance_search(
        self, query: str, k: int = 4, fetch_k: int = 20, lambda_mult: float = 0.5, **kwargs: Any
    ) -> list[Document]:
        """Of the `fetch_k` nearest documents `k` that are near the query and unlike each other."""
        from langchain_core.vectorstores.utils import maximal_marginal_relevance

        vector = self._embedder.embed_question(query)
        found = [document for document, _ in self._search(vector, fetch_k)]
        made = self._embedder.embed_passages([document.page_content for document in found])
        chosen = maximal_marginal_relevance(vector, list(made), lambda_mult, k) if found else []
        return [found[at] for at in chosen]

    @classmethod
    def from_texts(
        cls,
        texts: list[str],
        embedding: Embeddings,
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: list[str] | None = None,
        **kwargs: Any,
    ) -> Self:
        """A store in the directory `index` (a keyword argument) that holds these texts."""
        if "index" not in kwargs:
            raise UsageError("from_texts needs a directory for the index: name it as index=…")
        store = cls(kwargs["index"], embedding)
        store.add_texts(texts, metadatas, ids=ids)
        return store

    def close(self) -> None:
        """Let go of the index."""
        with self._lock:
            if self._snapshot is not None:
                self._snapshot.close()
                self._snapshot = None

    def _select_relevance_score_fn(self) -> Callable[[float], float]:
        return lambda cosine: (1.0 + cosine) / 2.0

    def _search(self, vector: NDArray[np.float32], k: int) -> list[tuple[Document, float]]:
        with self._lock:
            snapshot = self._current()
            if snapshot is None:
                return []
            self._require_embedder(snapshot.embedder_name, snapshot.embedder)
            own = snapshot.configuration == CONFIGURATION
            found = [(hit, snapshot.source(hit.chunk.source)) for hit in snapshot.search_vectors(vector, k)]
            return [(_returned(source) if own else _passage(hit.chunk, source), hit.score) for hit, source in found]

    def _current(self) -> Snapshot | None:
        """The newest generation; None while there is none. The caller holds the lock."""
        if self._snapshot is not None and not self._snapshot.is_current():
            self.close()
        if self._snapshot is None:
            try:
                self._snapshot = Snapshot.open(self._index)
            except IndexNotFoundError:
                return None
        return self._snapshot

    def _write(self, added: Sequence[Kept], removed: tuple[str, ...]) -> None:
        from rag.index.writer import Change, open_writer

        with open_writer(self._index, self._embedder, timeout=LOCK_TIMEOUT) as writer:
            self._require_own(writer)
            writer.stage([rendered(document) for document in added])
            writer.commit(Change(removed, {}, CONFIGURATION, self._name), lambda names: ())

    def _require_own(self, writer: Writer) -> None:
        current = writer.current
        if current is None:
            return
        if current.configuration != CONFIGURATION:
            raise UsageError(
                f"the index {self._index} was made from notes: it can be searched, but documents would be gone with "
                "the next ingest; name another directory for them"
            )
        self._require_embedder(current.embedder_name, current.embedder)

    def _require_embedder(self, name: str, fingerprint: str) -> None:
        if fingerprint != self._embedder.fingerprint:
            raise EmbedderError(
                f"the index {self._index} was made by the embedder {name!r} ({fingerprint}), this store embeds with "
                f"{self._name!r} ({self._embedder.fingerprint}); give it the same embedder or another directory"
            )


def _kept(name: str, text: str, metadata: dict[str, Any]) -> Kept:
    """A document as the index keeps it: a source of its own, with the text as its one passage."""
    try:
        stored = f"{text}{_END}{json.dumps(metadata, ensure_ascii=False)}"
    except (TypeError, ValueError) as error:
        raise UsageError(f"the metadata of {name!r} is not JSON ({error}); give it strings and numbers") from error
    digest = hashlib.sha256(stored.encode("utf-8", "surrogatepass")).hexdigest()
    source = Source(name, SourceKind.NOTE, name, digest, "utf-8", stored)
    chunk = Chunk(name, Lines(1, text.count("\n") + 1), (), "", text, passage_digest("", text))
    return Kept(source, (chunk,), (), (), len(stored), 0)


def _returned(source: Source) -> Document:
    text, _, metadata = source.text.rpartition(_END)
    return Document(id=source.path, page_content=text, metadata=json.loads(metadata))


def _note(source: Source) -> Document:
    return Document(id=source.path, page_content=source.text, metadata={"source": source.path, "title": source.title})


def _passage(chunk: Chunk, source: Source) -> Document:
    """A passage of a note or paper."""
    metadata: dict[str, Any] = {"source": source.path, "title": source.title, "heading": list(chunk.heading)}
    if isinstance(chunk.location, Lines):
        metadata["lines"] = [chunk.location.first, chunk.location.last]
    else:
        metadata["page"] = chunk.location.number
    return Document(page_content=chunk.text, metadata=metadata)
