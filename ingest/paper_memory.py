"""What was read of PDFs, kept beside the index: a paper is read once, whatever becomes of its name or of the ingest.

Reading a paper takes seconds. One that is renamed, one whose ingest was stopped before its end, and one that is only
cut into other passages by a newer program, is taken from here instead. One JSON file a paper, compressed, named by
the bytes of the paper and by the code that reads papers.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import zlib
from collections.abc import Collection
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import UnreadableFileError
from rag.types import Block, BlockKind, Lines, Link, Page, Row, Table

if TYPE_CHECKING:
    from ingest.pdf import Paper

CHANGING = "it changes while it is read; ingest again when it is finished"
MEMORY_NAME = "read"
"""The directory within that of the index."""


class PaperMemory:
    """The papers that were read for one index; `password` opens encrypted ones.

    What cannot be written or read is just read again.
    """

    def __init__(self, index: Path, password: str = "") -> None:
        self._directory = index / MEMORY_NAME
        self._password = password

    def read(self, file: Path, digest: str) -> Paper:
        """The paper in `file`, whose bytes have the SHA-256 `digest`. Raises UnreadableFileError."""
        known = self._directory / f"{digest}-{reader()}"
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, zlib.error):
            return _decoded(zlib.decompress(known.read_bytes()))
        paper = read_paper(file, digest, self._password)
        if paper.title != file.stem:  # else the paper says no title, and what its file is called matters
            with contextlib.suppress(OSError):
                self._directory.mkdir(parents=True, exist_ok=True)
                beside = known.with_suffix(f".{os.getpid()}")
                beside.write_bytes(zlib.compress(_encoded(paper), 6))
                beside.replace(known)
        return paper

    def keep(self, digests: Collection[str]) -> None:
        """Forget every paper but those with `digests`."""
        with contextlib.suppress(OSError):
            for path in sorted(self._directory.iterdir()):
                digest, _, read_by = path.name.partition("-")
                if digest not in digests or read_by != reader():
                    path.unlink()


def read_paper(file: Path, digest: str, password: str = "") -> Paper:
    """The paper in `file`, where it is encrypted opened by `password`.

    Raises UnreadableFileError, also where its bytes no longer have the SHA-256 `digest`.
    """
    from ingest.pdf_pool import shared_pool

    paper = shared_pool().read(file, password=password)
    try:
        same = hashlib.sha256(file.read_bytes()).hexdigest() == digest
    except OSError as error:
        raise UnreadableFileError(file.name, (error.strerror or str(error)).lower()) from error
    if not same:
        raise UnreadableFileError(file.name, CHANGING)
    return paper


@cache
def reader() -> str:
    """What identifies the code and the data that read papers."""
    sha = hashlib.sha256(version("pymupdf").encode())
    for path in code():
        sha.update(path.read_bytes())
    return sha.hexdigest()[:16]


def code() -> list[Path]:
    """The files of this program on which it depends what is read of a paper."""
    here = Path(__file__).parent
    ground = here.parent / "rag"
    own = (*here.glob("pdf*.py"), *(here / name for name in ("__init__.py", "places.py", "sentences.py")))
    text = (ground / "text" / name for name in ("__init__.py", "language.py", "normalise.py", "data/t2s.tsv"))
    return [*sorted(own), *sorted(here.glob("data/*.toml")), *text, ground / "types.py", Path(__file__)]


def _encoded(paper: Paper) -> bytes:
    return json.dumps(asdict(paper), ensure_ascii=False).encode("utf-8", "surrogatepass")


def _decoded(data: bytes) -> Paper:
    from ingest.pdf import Paper

    said = json.loads(data.decode("utf-8", "surrogatepass"))
    return Paper(said["title"], tuple(said["pages"]), tuple(_block(row) for row in said["blocks"]))


def _block(row: dict[str, Any]) -> Block:
    place, table = row["location"], row["table"]
    return Block(
        kind=BlockKind(row["kind"]),
        text=row["text"],
        plain=row["plain"],
        location=Page(place["number"], _box(place["box"]) if place["box"] else None),
        heading=tuple(row["heading"]),
        depth=row["depth"],
        parents=tuple(row["parents"]),
        table=_table(table) if table else None,
        links=tuple(Link(**link) for link in row["links"]),
        places=tuple((at, _box(box)) for at, box in row["places"]),
    )


def _table(row: dict[str, Any]) -> Table:
    rows = tuple(Row(tuple(r["cells"]), tuple(r["raw"]), Lines(**r["lines"])) for r in row["rows"])
    return Table(tuple(row["header"]), Lines(**row["header_lines"]), rows)


def _box(numbers: list[float]) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = numbers
    return x0, y0, x1, y1
