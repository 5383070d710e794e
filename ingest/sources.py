"""Find the notes and papers of a corpus, without reading them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rag.errors import CorpusNotFoundError, UnreadableFileError
from rag.types import SourceKind

KINDS = {".md": SourceKind.NOTE, ".markdown": SourceKind.NOTE, ".pdf": SourceKind.PAPER}
"""What is a source, by suffix."""

OnError = Callable[[str, str], None]
"""Called with the path (relative to the corpus) of what cannot be looked at, and the reason."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file as a scan sees it. `path` is relative to the corpus root, with forward slashes; `place` is where it lies.

    `mtime_ns` is the later of the times at which its bytes and its entry in the file system changed: another file of
    the same size and time that is moved to its place shows by the second.
    """

    path: str
    place: str
    kind: SourceKind
    size: int
    mtime_ns: int

    @property
    def file(self) -> Path:
        """Where the file lies. A path is made only of the few that are read: of all, it takes half of a scan."""
        return Path(self.place)


def scan(root: Path, *, exclude: Path | None = None, on_error: OnError | None = None) -> tuple[Found, ...]:
    """All notes and papers under `root`, sorted by path.

    Hidden files and directories and the directory `exclude` are left out, and symbolic links that lead out of
    `root` or back to a directory above. Raises CorpusNotFoundError where `root` is no directory and
    UnreadableFileError where it cannot be listed.
    """
    if not root.is_dir():
        what = "is not a directory" if root.exists() else "does not exist"
        raise CorpusNotFoundError(f"the corpus {root} {what}; name the directory of your notes with --corpus")
    try:
        os.scandir(root).close()
    except OSError as error:
        raise UnreadableFileError(str(root), f"{_reason(error)}; give yourself the right to read it") from error
    report = on_error or (lambda path, reason: None)
    skipped = None if exclude is None else exclude.resolve()
    found = _directory(root, "", root.resolve(), skipped, (), report)
    return tuple(sorted(found, key=lambda entry: entry.path))


def _directory(
    directory: Path, prefix: str, root: Path, exclude: Path | None, above: tuple[Path, ...], report: OnError
) -> Iterator[Found]:
    real = directory.resolve()
    if real == exclude or real in above or not real.is_relative_to(root):
        return
    try:
        with os.scandir(directory) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        report(prefix.rstrip("/"), _reason(error))
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        path = prefix + entry.name
        kind = KINDS.get(entry.name[entry.name.rfind(".") :].lower())
        try:
            if entry.is_dir():
                yield from _directory(Path(entry.path), path + "/", root, exclude, (*above, real), report)
            elif kind and entry.is_file() and (not entry.is_symlink() or _is_within(entry.path, root)):
                seen = entry.stat()
                yield Found(path, entry.path, kind, seen.st_size, changed_ns(seen))
        except OSError as error:
            report(path, _reason(error))


def _is_within(place: str, root: Path) -> bool:
    return Path(place).resolve().is_relative_to(root)


def changed_ns(seen: os.stat_result) -> int:
    """When a file last changed or came to its place. On Windows the second is when it was made."""
    return max(seen.st_mtime_ns, seen.st_ctime_ns)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
