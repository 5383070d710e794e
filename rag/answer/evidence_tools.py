"""What a model may look up while it plans: passages by words, facts of a thing, lines of a source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rag.answer.evidence import passage
from rag.config import Settings
from rag.errors import RagError
from rag.index import Snapshot
from rag.question.name_index import NameIndex
from rag.question.understand import understand
from rag.retrieve.dense import dense
from rag.retrieve.passages import blend, passages
from rag.text.names import name_key
from rag.text.normalise import normalise
from rag.types import PAGE_BREAK, Citation, Fact, Lines, Page, Retrieved, SourceKind

MOST_PASSAGES = 4
MOST_FACTS = 20
MOST_LINES = 40
NOTHING = "nothing found"


class Finder:
    """Answers a model's calls and keeps what they brought as evidence; a call that makes no sense says so."""

    def __init__(self, snapshot: Snapshot, names: NameIndex, settings: Settings) -> None:
        self._snapshot = snapshot
        self._names = names
        self._settings = settings
        self.found: list[Citation] = []

    def tools(self) -> list[dict[str, Any]]:
        """The tools in the form of the OpenAI protocol, which LangChain translates for every provider."""
        return [
            _tool("search_passages", "Find passages of the notes by words.", {"query": "string"}, ["query"]),
            _tool(
                "list_facts", "List what the notes state of a thing, of one attribute or all.",
                {"entity": "string", "attribute": "string"}, ["entity"],
            ),
            _tool(
                "open_source", "Read lines (of a paper: pages) of a source by its path.",
                {"source": "string", "first": "integer", "last": "integer"}, ["source"],
            ),
        ]  # fmt: skip

    def call(self, name: str, arguments: dict[str, Any]) -> str:
        """The result of one call as text for the model."""
        known: dict[str, Callable[..., list[Citation]]] = {
            "search_passages": self.search_passages, "list_facts": self.list_facts, "open_source": self.open_source,
        }  # fmt: skip
        if name not in known:
            return f"there is no tool {name!r}; there are {', '.join(known)}"
        try:
            found = known[name](**arguments)
        except (TypeError, ValueError, RagError) as error:
            return f"{name} cannot be used so: {error}"
        fresh = [citation for citation in found if citation not in self.found]
        self.found += fresh
        return "\n".join(f"{c.source}: {c.quote}" for c in found) or NOTHING

    def search_passages(self, query: str) -> list[Citation]:
        """Passages by words and by meaning."""
        snapshot = self._snapshot
        asked = understand(str(query), self._names, lambda token: snapshot.document_frequency(token) > 0)
        hits = blend(passages(asked, snapshot), dense(str(query), snapshot, self._settings))[:MOST_PASSAGES]
        found = [Retrieved(h.chunk.source, h.chunk.location, h.score, h.chunk.text) for h in hits]
        return [passage(item, 0, snapshot) for item in found]

    def list_facts(self, entity: str, attribute: str = "") -> list[Citation]:
        """Facts of a thing, those under an attribute first asked for."""
        known = self._names.find(name_key(str(entity)))
        facts = self._snapshot.facts_of(known.keys if known is not None else (name_key(str(entity)),))
        wanted = normalise(str(attribute))
        fitting = [fact for fact in facts if wanted and wanted in normalise(fact.attribute)]
        return list(dict.fromkeys(self._cited(fact) for fact in (fitting or facts)[:MOST_FACTS]))

    def open_source(self, source: str, first: int = 1, last: int | None = None) -> list[Citation]:
        """Lines of a note, or one page of a paper, as they stand. Raises UsageError for an unknown source."""
        found = self._snapshot.source(str(source))
        first = max(1, int(first))
        if found.kind is SourceKind.PAPER:
            pages = found.text.split(PAGE_BREAK)
            text = pages[first - 1].strip() if first <= len(pages) else ""
            return [Citation(0, found.path, found.title, (), Page(first), text)] if text else []
        lines = found.text.split("\n")
        last = min(int(last) if last is not None else first + MOST_LINES - 1, first + MOST_LINES - 1, len(lines))
        text = "\n".join(lines[first - 1 : last])
        return [Citation(0, found.path, found.title, (), Lines(first, last), text)] if text.strip() else []

    def _cited(self, fact: Fact) -> Citation:
        title = self._snapshot.source(fact.source).title
        return Citation(0, fact.source, title, fact.heading, fact.location, fact.quote)


def _tool(name: str, description: str, properties: dict[str, str], required: list[str]) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {
            "name": name,
            "description": description,
            "parameters": {
                "type": "object",
                "properties": {key: {"type": kind} for key, kind in properties.items()},
                "required": required,
            },
        },
    }
