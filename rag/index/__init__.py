"""The index: records (the truth), lexical and vector search derived from them, and what a reader sees."""

from rag.index.notes_view import NotesView, notes_of
from rag.index.part_view import PartView
from rag.index.prose import ProseSnapshot
from rag.index.query import Clause, Query, Term
from rag.index.snapshot import Snapshot

__all__ = ["Clause", "NotesView", "PartView", "ProseSnapshot", "Query", "Snapshot", "Term", "notes_of"]
