"""Links of notes to papers: which links lead to one, what identifies it, and where its PDF can be fetched."""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

PAPERS = "papers"
"""The directory of a corpus where papers lie under the names that `file_name` gives."""

_NEW_ARXIV = r"\d{4}\.\d{4,5}"
_OLD_ARXIV = r"[a-z][a-z\-]+(?:\.[A-Z]{2})?/\d{7}"
_ARXIV_PATH = re.compile(
    rf"^/(?:abs|pdf|html|format|ps|src|e-print)/(?P<id>{_NEW_ARXIV}|{_OLD_ARXIV})(?:v\d+)?(?:\.pdf)?/?$"
)
_ARXIV_FILE = re.compile(rf"^(?P<id>{_NEW_ARXIV}|[a-z][a-z\-]+(?:\.[A-Z]{{2}})?_\d{{7}})(?:v\d+)?$")
_ARXIV_HOST = re.compile(r"^(?:[a-z]+\.)?(?:arxiv\.org|ar5iv\.(?:labs\.arxiv\.)?org|ar5iv\.org|alphaxiv\.org)$")
_ARXIV_DOI = re.compile(r"^10\.48550/arxiv\.(?P<id>.+)$", re.IGNORECASE)
_ACL_ID = re.compile(r"^/(?:anthology/)?(?P<id>[A-Z]\d{2}-\d{4}|\d{4}\.[a-z0-9\-_]+\.\d+)(?:v\d+)?(?:\.pdf)?/?$")
_DOI = re.compile(r"^10\.\d{4,9}/\S+$")
_URL = re.compile(
    r"(?:https?|file)://[^\s<>\"'`，。；、）】》」』“”]+|\bwww\.[^\s<>\"'`，。；、）】》」』“”]+", re.IGNORECASE
)
_RELATIVE = re.compile(
    r"\]\(\s*<?(?P<one>[^)<>\n:]+?\.pdf)>?(?:\s+\"[^\"]*\")?\s*\)|^\s*\[[^\]]+\]:\s*<?(?P<two>[^\s<>:]+\.pdf)>?",
    re.IGNORECASE | re.MULTILINE,
)
_BARE_ARXIV = re.compile(rf"\barxiv\s*[:：]\s*(?P<id>{_NEW_ARXIV}|{_OLD_ARXIV})(?:v\d+)?", re.IGNORECASE)
_TRAILING = ".,;:!?*_~|"
_UNSAFE = re.compile(r"[^A-Za-z0-9._\-]+")


@dataclass(frozen=True, slots=True)
class PaperLink:
    """A link that leads to a paper.

    `identifier` names the paper wherever it is linked ("arXiv:2302.13971", "doi:10.1000/x", "file:papers/a.pdf").
    `file` is the name under which its PDF lies in a corpus; `url` is where the PDF can be fetched, None for a
    file of the corpus itself.
    """

    identifier: str
    file: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Linked:
    """A paper link and the line of the note on which it stands."""

    link: PaperLink
    line: int


def paper_link(target: str, *, note: str = "", root: Path | None = None) -> PaperLink | None:
    """The paper that `target`, written in the note at path `note`, leads to; None for any other link.

    A relative path and a `file://` address count only where they end inside the corpus (`root`).
    """
    target = target.strip().strip("<>")
    if target.startswith("www."):
        target = "https://" + target
    parts = urlsplit(target)
    scheme = parts.scheme.lower()
    if scheme == "file":
        return _local(unquote(parts.path), root)
    if scheme in ("http", "https"):
        return _remote(target, parts.hostname or "", unquote(parts.path), parts.query)
    if scheme in ("arxiv", "doi"):
        return paper_link(f"https://{'arxiv.org/abs' if scheme == 'arxiv' else 'doi.org'}/{target.partition(':')[2]}")
    if scheme or not parts.path.lower().endswith(".pdf"):
        return None
    path = posixpath.normpath(posixpath.join(posixpath.dirname(note), unquote(parts.path)))
    return None if path.startswith(("..", "/")) else _in_corpus(path)


def paper_links(text: str, *, note: str = "", root: Path | None = None) -> Iterator[Linked]:
    """Every paper link in the text of a note, in any form: inline, by reference, bare, in angle brackets."""
    found: list[tuple[int, str]] = []
    for match in _URL.finditer(text):
        found.append((match.start(), _trimmed(match.group())))
    for match in _RELATIVE.finditer(text):
        found.append((match.start(), (match["one"] or match["two"]).strip()))
    for match in _BARE_ARXIV.finditer(text):
        found.append((match.start(), f"https://arxiv.org/abs/{match['id']}"))
    for start, target in sorted(found):
        link = paper_link(target, note=note, root=root)
        if link is not None:
            yield Linked(link, text.count("\n", 0, start) + 1)


def identifier_of(path: str) -> str:
    """What identifies the paper in the file at `path` of a corpus: its identifier where the name is one."""
    stem = PurePosixPath(path).stem
    match = _ARXIV_FILE.match(stem)
    return f"arXiv:{match['id'].replace('_', '/')}" if match else f"file:{path}"


def tie(file: str) -> str:
    """What a link's `file` and the path of the paper have in common: the name without directory and version."""
    stem = PurePosixPath(file).stem
    match = _ARXIV_FILE.match(stem)
    return match["id"] if match else stem


def file_name(kind: str, name: str) -> str:
    """The name of the file for a paper: safe on any disk, the same for the same paper."""
    safe = _UNSAFE.sub("_", name).strip("_")
    return f"{kind}{safe}.pdf"


def _trimmed(url: str) -> str:
    """A bare URL without what belongs to the sentence around it."""
    url = url.rstrip(_TRAILING)
    while url.endswith((")", "]")) and url.count({")": "(", "]": "["}[url[-1]]) < url.count(url[-1]):
        url = url[:-1].rstrip(_TRAILING)
    return url.split("](")[0]


def _remote(target: str, host: str, path: str, query: str) -> PaperLink | None:
    host = host.lower()
    if _ARXIV_HOST.match(host):
        found = _ARXIV_PATH.match(path)
        return _arxiv(found["id"]) if found else None
    if host in ("huggingface.co", "hf.co") and path.startswith("/papers/"):
        found = _ARXIV_FILE.match(path.removeprefix("/papers/").rstrip("/"))
        return _arxiv(found["id"]) if found else None
    if host in ("doi.org", "dx.doi.org", "www.doi.org"):
        return _doi(path.lstrip("/"))
    if host.endswith("openreview.net") and path in ("/forum", "/pdf", "/attachment"):
        named = re.search(r"(?:^|&)id=([A-Za-z0-9_\-]+)", query)
        if named is None:
            return None
        at = f"https://openreview.net/pdf?id={named[1]}"
        return PaperLink(f"openreview:{named[1]}", file_name("openreview_", named[1]), at)
    if host in ("aclanthology.org", "www.aclanthology.org", "aclweb.org", "www.aclweb.org"):
        found = _ACL_ID.match(path)
        if found:
            at = f"https://aclanthology.org/{found['id']}.pdf"
            return PaperLink(f"acl:{found['id']}", file_name("", found["id"]), at)
    if path.lower().endswith(".pdf"):
        mark = hashlib.sha256(target.encode()).hexdigest()[:8]
        return PaperLink(f"url:{target}", file_name("", f"{PurePosixPath(path).stem[:60]}_{mark}"), target)
    return None


def _arxiv(identifier: str) -> PaperLink:
    name = identifier.replace("/", "_")
    return PaperLink(f"arXiv:{identifier}", f"{name}.pdf", f"https://arxiv.org/pdf/{identifier}")


def _doi(doi: str) -> PaperLink | None:
    preprint = _ARXIV_DOI.match(doi)
    if preprint:
        return _arxiv(re.sub(r"v\d+$", "", preprint["id"]))
    if not _DOI.match(doi):
        return None
    return PaperLink(f"doi:{doi}", file_name("doi_", doi), f"https://doi.org/{doi}")


def _local(path: str, root: Path | None) -> PaperLink | None:
    if root is None or not path.lower().endswith(".pdf"):
        return None
    try:
        inside = Path(path).resolve().relative_to(root.resolve())
    except ValueError:
        return None
    return _in_corpus(inside.as_posix())


def _in_corpus(path: str) -> PaperLink:
    return PaperLink(identifier_of(path), PurePosixPath(path).name, None)
