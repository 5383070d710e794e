"""One file to a document of the index: decode, parse, chunk, names, facts."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ingest.sources import Found
from rag.errors import UnreadableFileError
from rag.index.document import Document
from rag.types import PAGE_BREAK, Block, BlockKind, Fact, Name, Source, SourceKind

if TYPE_CHECKING:
    from ingest.encoding import Decoded
    from ingest.paper_memory import PaperMemory

Stated = tuple[tuple[Fact, ...], tuple[Name, ...]]
"""What a source says, and the names that it gives."""
SEVERAL_TITLES = 3
"""Headings of the first level of which none is the title."""
LONGEST_LINE = 4 * 1024 * 1024
"""Characters: a longer line is data with the name of a note."""


def prepare(found: Found, data: bytes, *, mtime_ns: int, papers: PaperMemory | None = None) -> Document:
    """The document that the bytes of a file make; `mtime_ns` is what the index is to remember as its time.

    `papers` holds what was read of papers before. Raises UnreadableFileError where they are neither text nor a PDF.
    """
    from ingest.chunk import chunk

    is_paper = found.kind is SourceKind.PAPER
    source, blocks = _paper(found, data, papers) if is_paper else _note(found, data)
    stated, names = (_stated_by_paper if is_paper else _stated_by_note)(source, blocks)
    return Document(
        source=source,
        chunks=chunk(source.path, source.text, blocks),
        facts=stated,
        names=names,
        size=len(data),
        mtime_ns=mtime_ns,
    )


def _stated_by_note(source: Source, blocks: Sequence[Block]) -> Stated:
    from ingest.entities import names
    from ingest.facts import facts
    from ingest.subjects import subjects
    from ingest.ties import ties

    owners = subjects(blocks)
    found = names(source.path, blocks, owners)
    stated = facts(source.path, source.text, blocks, found, owners)
    return stated, (*found, *ties(stated))


def _stated_by_paper(source: Source, blocks: Sequence[Block]) -> Stated:
    from ingest.entities import names
    from ingest.facts import facts
    from ingest.papers import front, front_facts, owners, paper_names, weakened

    said = front(source.path, source.title, blocks)
    about = owners(said, blocks)
    found = (*paper_names(source.path, said), *weakened(names(source.path, blocks, about)))
    stated = (*front_facts(source.path, said), *facts(source.path, source.text, blocks, found, about))
    return tuple(replace(fact, ordinal=at) for at, fact in enumerate(stated)), found


def digest(data: bytes) -> str:
    """What identifies the bytes of a file: SHA-256."""
    return hashlib.sha256(data).hexdigest()


@cache
def configuration() -> str:
    """What identifies the code and the data that make a document: another one re-does every file."""
    import ingest
    import rag.text

    sha = hashlib.sha256()
    for package in (ingest, rag.text):
        root = Path(package.__path__[0])
        for path in sorted((*root.glob("*.py"), *root.glob("data/*"))):
            # A checksum tells versions of our own files apart, in a third of the time of SHA-256.
            sha.update(f"{path.name} {zlib.crc32(path.read_bytes())}\n".encode())
    return sha.hexdigest()[:16]


def _note(found: Found, data: bytes) -> tuple[Source, Sequence[Block]]:
    from ingest.encoding import decode
    from ingest.markdown import parse
    from ingest.outline import outline

    decoded = decode(data, name=found.path)
    longest = max(map(len, decoded.text.split("\n")))
    if longest > LONGEST_LINE:
        raise UnreadableFileError(
            found.path, f"a line of {longest} characters is longer than {LONGEST_LINE}; this is no note"
        )
    blocks = outline(parse(decoded.text))
    source = Source(
        path=found.path,
        kind=found.kind,
        title=_title(found.path, blocks),
        digest=digest(data),
        encoding=decoded.encoding,
        text=decoded.text,
        repair=_told(decoded),
    )
    return source, blocks


def _paper(found: Found, data: bytes, papers: PaperMemory | None) -> tuple[Source, Sequence[Block]]:
    from ingest.paper_memory import read_paper

    identified = digest(data)
    paper = read_paper(found.file, identified) if papers is None else papers.read(found.file, identified)
    source = Source(
        path=found.path,
        kind=found.kind,
        title=paper.title or PurePosixPath(found.path).stem,
        digest=identified,
        encoding="pdf",
        text=PAGE_BREAK.join(paper.pages),
    )
    return source, [replace(block, heading=block.heading or (source.title,)) for block in paper.blocks]


def _title(path: str, blocks: Sequence[Block]) -> str:
    """The first heading; the file's name without one, or where many are of the first level: then none is over all."""
    headings = [(block.depth, block.plain.strip()) for block in blocks if block.kind is BlockKind.HEADING]
    if sum(1 for level, heading in headings if level == 1 and heading) >= SEVERAL_TITLES:
        return PurePosixPath(path).stem
    return next((heading for _, heading in headings if heading), PurePosixPath(path).stem)


def _told(decoded: Decoded) -> str | None:
    """How the text was mended, in one line."""
    repair = decoded.repair
    if repair is None:
        return None
    restored = f"{repair.exact} characters restored exactly"
    guessed = f", {repair.mended} with lost bytes restored by context (confidence {repair.confidence:.0%})"
    return f"UTF-8 once read as {repair.codec}: {restored}" + (guessed if repair.mended else "")
