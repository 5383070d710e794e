"""Making derived parts from the records: Tantivy indexes and FAISS files. The caller holds the write lock."""

from __future__ import annotations

import contextlib
import shutil
import uuid
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rag.index import layout, lexical, lexical_bytes, vector_files
from rag.index import tables as t
from rag.index.contents import every_content
from rag.index.document import tokens_of
from rag.index.joined import forget_unplaced, passage_vectors
from rag.index.layout import lexical_path, make_durable, vectors_path
from rag.index.records import Records
from rag.index.segments import Segment, all_segments, packed, segment_files, unpacked
from rag.index.written import NOTE, Written, damage, noted

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_UNPLACED = 0.2
"""Above this part of contents without a placement the derived files are written anew."""
KINDS = ("chunks", "facts")


def mend(store: Records, *, everything: bool = False, thorough: bool = False) -> list[str]:
    """Make damaged derived parts anew (or `everything`); one readable line for each.

    `thorough` compares every checksum before a part counts as whole.
    """
    if store.search is not None:
        from rag.index import remote

        return remote.bring_anew(store) if everything else []
    if store.shared:
        from rag.index import cache

        return cache.mend(store, everything=everything, thorough=thorough)
    notices = []
    with store.reading() as connection:
        name = store.get(connection, "lexical") or ""
        files = [segment for segment, _ in damaged_segments(store, connection, thorough=thorough or everything)]
        if everything:
            files = all_segments(connection)
    broken = lexical_damage(store, name, thorough=thorough)
    if broken or everything:
        with store.writing() as connection:
            write_lexical(store, connection, store.current(connection))
        notices.append(f"the lexical index was made anew from the records ({broken or 'as asked'})")
    if files:
        with store.writing() as connection:
            for segment in files:
                _rewrite_segment(store, connection, segment)
        notices.append(f"{len(files)} vector file(s) were made anew from the records")
    if notices:
        sweep(store)
    return notices


def mend_own(store: Records) -> list[str]:
    """As `mend`, of what a writer keeps itself: nothing where every machine has derived parts of its own."""
    return mend(store) if store.keeps_files else []


def lexical_damage(store: Records, name: str, *, thorough: bool) -> str | None:
    """What is wrong with the lexical indexes of that name; None when nothing is."""
    for kind in KINDS:
        path = lexical_path(store.index, name) / kind
        if reason := lexical_bytes.damage(path, thorough=thorough):
            return reason
        try:
            reader = lexical.LexicalReader(path)
        except layout.DamagedError as error:
            return str(error)
        with store.reading() as connection:
            current = store.generation(connection, store.current(connection))
        if current is not None and reader.stored < (current.chunks if kind == "chunks" else current.facts):
            return f"{path} lacks texts"
    return None


def damaged_segments(store: Records, connection: t.Connection, *, thorough: bool) -> list[tuple[Segment, str]]:
    """The FAISS files that cannot be used, and why."""
    found = []
    for segment in all_segments(connection):
        if store.shared and not (vectors_path(store.index) / segment.file).exists():
            continue  # never made on this machine
        if reason := segment_damage(store, segment, thorough=thorough):
            found.append((segment, reason))
    return found


def segment_damage(store: Records, segment: Segment, *, thorough: bool) -> str | None:
    """What is wrong with the file of a segment; None when nothing is."""
    path = vectors_path(store.index) / segment.file
    written = noted(path) if store.shared else Written(segment.size, segment.checksum)
    return f"{path} is not there" if written is None else damage(path, written, thorough=thorough)


def write_lexical(store: Records, connection: t.Connection, generation: int) -> None:
    """Write the lexical indexes anew under a new name, from every placement up to `generation`.

    Where every machine has its own, the new name alone tells them to.
    """
    if not store.keeps_files:
        _name_lexical(connection, uuid.uuid4().hex)
        return
    name = _free_name(store.index / "lexical")
    directory = lexical_path(store.index, name)
    for kind in KINDS:
        lexical.create(directory / kind)
        lexical.append(directory / kind, every_entry(connection, kind, generation))
    make_durable(directory)
    make_durable(directory.parent)
    for placements, contents in ((t.chunks, t.chunk_contents), (t.facts, t.fact_contents)):
        placed = contents.c.id.in_(t.select(placements.c.content).where(placements.c.added <= generation))
        connection.execute(t.update(contents).values(indexed=0))
        connection.execute(t.update(contents).where(placed).values(indexed=1))
    _name_lexical(connection, name)


def _name_lexical(connection: t.Connection, name: str) -> None:
    connection.execute(t.update(t.meta).where(t.meta.c.key == "lexical").values(value=name))


def every_entry(
    connection: t.Connection, kind: str, generation: int, after: int = 0, among: Collection[int] | None = None
) -> Iterable[lexical.Entry]:
    """The lexical entries of all contents that any kept generation up to `generation`, later than `after`, places.

    Where `among` is given, of these alone.
    """
    for content, digest, placed in every_content(connection, kind, generation, after, among):
        yield lexical.Entry(content, digest, " ".join(tokens_of(placed)))


def compact(store: Records, connection: t.Connection, left: Mapping[str, Collection[int]]) -> None:
    """Forget the contents that nothing places any more, and write the derived files without them.

    While they are few they stay there: searches count them out. `left` are those that have just lost placements, by
    the table of these; others without one were noted before.
    """
    forgotten = 0
    for placements, contents in ((t.chunks, t.chunk_contents), (t.facts, t.fact_contents)):
        unplaced = ~t.exists().where(placements.c.content == contents.c.id)
        lost = t.among(contents.c.id, sorted(left[placements.name]))
        connection.execute(t.update(contents).where(lost, unplaced).values(orphan=1))
        unplaced = t.and_(t.orphaned(contents), unplaced)
        total = connection.execute(t.select(t.func.count()).select_from(contents)).scalar_one()
        orphans = connection.execute(t.select(t.func.count()).select_from(contents).where(unplaced)).scalar_one()
        if orphans > total * MOST_UNPLACED:
            connection.execute(t.delete(contents).where(unplaced))
            forgotten += orphans
    if forgotten:
        forget_unplaced(connection)
        for segment in all_segments(connection):
            _rewrite_segment(store, connection, segment)
        write_lexical(store, connection, store.current(connection))


def write_segment(
    store: Records, connection: t.Connection, embedder: str, ids: NDArray[np.int64]
) -> tuple[str, Written]:
    """Write the cached vectors of `ids` to a new file; its name.

    Where every machine has its own files, the name is all that is made here.
    """
    if store.shared:
        return f"{uuid.uuid4().hex}.faiss", Written(0, 0)
    directory = vectors_path(store.index)
    name = f"{_free_name(directory)}.faiss"
    return name, write_vectors(store, connection, embedder, ids, directory / name)


def write_vectors(
    store: Records, connection: t.Connection, embedder: str, ids: NDArray[np.int64], path: Path
) -> Written:
    """Write the cached vectors of `ids` to the file at `path`."""
    return vector_files.write(path, ids, lambda at: passage_vectors(store, connection, embedder, ids[at]))


def sweep(store: Records) -> None:
    """Delete what no generation refers to: leftovers of crashes, and what was written anew."""
    if store.search is not None:
        from rag.index import remote

        remote.sweep(store)
    if not store.shared:
        sweep_files(store)


def sweep_files(store: Records) -> None:
    """Delete the files in the index directory that no generation refers to."""
    with store.reading() as connection:
        kept = segment_files(connection)
        name = store.get(connection, "lexical")
    with contextlib.suppress(OSError):
        for path in sorted(vectors_path(store.index).iterdir()):
            if path.name.removesuffix(NOTE) not in kept:
                path.unlink()
        for path in sorted((store.index / "lexical").iterdir()):
            if path.name != name:
                shutil.rmtree(path, ignore_errors=True)


def _rewrite_segment(store: Records, connection: t.Connection, segment: Segment) -> None:
    """Write a file anew, without contents that were forgotten."""
    row = t.segments.c.row == segment.row
    known = t.among(t.chunk_contents.c.id, unpacked(segment.ids).tolist())
    ids = np.asarray(sorted(connection.execute(t.select(t.chunk_contents.c.id).where(known)).scalars()), np.int64)
    if not len(ids):
        connection.execute(t.delete(t.segments).where(row))
        return
    name, written = write_segment(store, connection, segment.embedder, ids)
    values = {"file": name, "size": written.size, "checksum": written.checksum, "ids": packed(ids)}
    connection.execute(t.update(t.segments).where(row).values(**values))


def _free_name(directory: Path) -> str:
    """The next number that no file in `directory` bears."""
    numbers = [int(path.stem) for path in directory.iterdir() if path.stem.isdigit()]
    return f"{max(numbers, default=0) + 1:06d}"
