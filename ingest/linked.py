"""The papers that the notes of a corpus link to: fetched on request, and taken from the cache ever after."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath

from ingest.links import PAPERS, Linked, PaperLink, paper_links, tie
from ingest.paper_cache import Cached, Ledger, PaperCache, default_cache
from ingest.paper_fetch import Fetcher, FetchError, Limits
from ingest.sources import Found, changed_ns
from rag.config import Settings
from rag.types import SourceKind

FRESH = timedelta(days=30)
"""Age from which a server is asked whether a cached paper has changed."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of the links to papers: how many are new, and the others with the reason, worded for people."""

    new: int = 0
    failed: tuple[tuple[str, str], ...] = ()


def from_cache(settings: Settings, found: Sequence[Found]) -> Iterator[Found]:
    """The papers that the index takes from the cache, as if they lay in the corpus; `found` is what does lie there."""
    cache = PaperCache(settings.papers_cache or default_cache())
    own = {tie(entry.path) for entry in found if entry.kind is SourceKind.PAPER}
    for file in sorted(Ledger.read(settings.index_path).papers):
        if tie(file) in own:
            continue
        try:
            seen = cache.path(file).stat()
        except OSError:
            continue
        yield Found(f"{PAPERS}/{file}", str(cache.path(file)), SourceKind.PAPER, seen.st_size, changed_ns(seen))


def is_from_cache(settings: Settings, path: str) -> bool:
    """Whether a source of the index is a linked paper, which no note on this disk need be there for."""
    return path.removeprefix(f"{PAPERS}/") in Ledger.read(settings.index_path).papers


def paper_file(settings: Settings, path: str) -> Path | None:
    """The PDF on disk behind the source at `path`: in the corpus, or in the cache; None where it is gone."""
    cached = PaperCache(settings.papers_cache or default_cache()).path(PurePosixPath(path).name)
    return next((file for file in (settings.corpus / path, cached) if file.is_file()), None)


def fetch_linked(settings: Settings, found: Sequence[Found], progress: Progress | None = None) -> Fetched:
    """Fetch what the notes in `found` link to and neither the corpus nor the cache has.

    With `settings.offline` the cache alone is asked. What fails is listed, kept for the next run, and stops nothing.
    """
    cache = PaperCache(settings.papers_cache or default_cache())
    own = {tie(entry.path) for entry in found if entry.kind is SourceKind.PAPER}
    wanted = {file: where for file, where in _wanted(settings, found).items() if tie(file) not in own}
    ledger = Ledger()
    fetcher = _fetcher(settings)
    new = 0
    for number, (file, (link, place)) in enumerate(sorted(wanted.items())):
        if progress:
            progress(link.identifier, number, len(wanted))
        try:
            new += _one(settings, cache, fetcher, link)
            ledger.papers[file] = link.identifier
        except FetchError as error:
            ledger.failed[link.identifier] = f"{error} (linked in {place})"
            if cache.get(file) is not None:
                ledger.papers[file] = link.identifier  # an older copy serves on
    ledger.write(settings.index_path)
    return Fetched(new, tuple(sorted(ledger.failed.items())))


def _fetcher(settings: Settings) -> Fetcher:
    limits = Limits(settings.max_file_bytes, settings.papers_timeout, min(settings.papers_timeout, Limits().silence))
    return Fetcher(limits, _hosts(settings.papers_private), _hosts(settings.papers_hosts))


def _hosts(listed: str) -> frozenset[str]:
    return frozenset(host.strip().lower() for host in listed.split(",") if host.strip())


def _wanted(settings: Settings, found: Sequence[Found]) -> Mapping[str, tuple[PaperLink, str]]:
    """Papers on the web that notes link to, by file name, with the first place of each."""
    wanted: dict[str, tuple[PaperLink, str]] = {}
    for entry in found:
        if entry.kind is SourceKind.NOTE and entry.size <= settings.max_file_bytes:
            for linked in links_of(entry, settings.corpus):
                if linked.link.url is not None:
                    wanted.setdefault(linked.link.file, (linked.link, f"{entry.path}:{linked.line}"))
    return wanted


def links_of(entry: Found, root: Path) -> Iterator[Linked]:
    """The paper links of a note. Their characters are the same in every encoding that notes have."""
    try:
        text = entry.file.read_bytes().decode("utf-8", "replace")
    except OSError:
        return
    yield from paper_links(text, note=entry.path, root=root)


def _one(settings: Settings, cache: PaperCache, fetcher: Fetcher, link: PaperLink) -> int:
    """Bring one paper into the cache; 1 where its bytes are new. Raises FetchError."""
    known = cache.get(link.file)
    if known is not None and (settings.offline or _is_fresh(known)):
        return 0
    if settings.offline or link.url is None:
        raise FetchError("not in the cache, and --offline was given")
    data, said = fetcher.fetch(link.identifier, link.url, known)
    if data is None:
        cache.note(link.file, said)
        return 0
    pages = _pages(data, link)
    if pages > settings.papers_max_pages:
        raise FetchError(f"{pages} pages are more than the setting papers_max_pages = {settings.papers_max_pages}")
    cache.put(link.file, data, replace(said, identifier=link.identifier))
    return int(known is None or known.sha256 != said.sha256)


def _pages(data: bytes, link: PaperLink) -> int:
    from ingest.pdf_scan import page_count
    from rag.errors import UnreadableFileError

    try:
        return page_count(link.file, data)
    except UnreadableFileError as error:
        raise FetchError(error.reason) from error


def _is_fresh(known: Cached) -> bool:
    try:
        return datetime.now(UTC) - datetime.fromisoformat(known.fetched) < FRESH
    except (ValueError, TypeError):
        return False
