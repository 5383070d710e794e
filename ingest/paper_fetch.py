"""Fetch one paper, politely: paced by host, with retries, limits, and nothing but what proves to be a PDF."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from ingest.paper_cache import Cached, digest
from ingest.paper_hosts import RefusedError, may_redirect, route

if TYPE_CHECKING:
    import httpx

AGENT = "survey-notes-rag (reads the papers that a user's notes link to)"
ATTEMPTS = 3
BACKOFF = 2.0
"""Seconds before the second attempt; twice as many before each further one."""
LONGEST_WAIT = 60.0
"""Seconds that a server may ask us to wait; one that asks for more is left alone until the next run."""
PACE = {"arxiv.org": 3.0}
"""Seconds between two requests to a site: what arXiv asks of programs (its API's terms of use)."""
USUAL_PACE = 1.0
MOST_REDIRECTS = 5
_AGAIN = frozenset((408, 425, 429, 500, 502, 503, 504))
_HEAD = 1024
"""Bytes within which readers look for `%PDF-`."""


class FetchError(Exception):
    """A paper that could not be fetched; the message says why, in one line."""


class _AgainError(Exception):
    """A failure that may pass; `wait` is what the server asks for, in seconds."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a paper may take: bytes, seconds for it whole, and seconds without a byte."""

    size: int = 64 * 1024 * 1024
    seconds: float = 120.0
    silence: float = 20.0


@dataclass(slots=True)
class _Part:
    """What has come of a paper so far, and the mark that says whether the rest belongs to it."""

    data: bytearray = field(default_factory=bytearray)
    mark: str = ""


@dataclass(slots=True)
class Fetcher:
    """Asks for papers one at a time.

    `private` hosts may lie at private addresses and be asked without encryption (for tests); redirects are
    followed to `allowed` hosts besides those that hand papers out.
    """

    limits: Limits = field(default_factory=Limits)
    private: Collection[str] = ()
    allowed: Collection[str] = ()
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _last: dict[str, float] = field(default_factory=dict)

    def fetch(self, identifier: str, url: str, known: Cached | None = None) -> tuple[bytes | None, Cached]:
        """The bytes of the paper at `url` and what is to be remembered; None for bytes that are still as `known`.

        Raises FetchError.
        """
        part = _Part()
        deadline = self.clock() + self.limits.seconds
        reason = ""
        for attempt in range(ATTEMPTS):
            try:
                return self._follow(identifier, url, known, part, deadline)
            except RefusedError as error:
                raise FetchError(str(error)) from error
            except _AgainError as error:
                reason = str(error)
                wait = max(error.wait, BACKOFF * 2**attempt)
                if attempt == ATTEMPTS - 1 or wait > LONGEST_WAIT or self.clock() + wait > deadline:
                    break
                self.sleep(wait)
        raise FetchError(reason)

    def _follow(
        self, identifier: str, url: str, known: Cached | None, part: _Part, deadline: float
    ) -> tuple[bytes | None, Cached]:
        here = self._preferred(url)
        for _ in range(MOST_REDIRECTS + 1):
            there = self._ask(here, known, part, deadline)
            if isinstance(there, tuple):
                data, said = there
                return data, replace(said, identifier=identifier)
            target = self._preferred(urljoin(here, there))
            source, host = urlsplit(here).hostname or "", urlsplit(target).hostname or ""
            if not may_redirect(source, host, (*self.allowed, *self.private)):
                raise FetchError(f"{source} sends on to {host}, which is not among the allowed hosts (papers_hosts)")
            here = target
        raise FetchError(f"more than {MOST_REDIRECTS} redirects, last to {here}")

    def _preferred(self, url: str) -> str:
        parts = urlsplit(url)
        plain = parts.scheme == "http" and (parts.hostname or "") not in self.private
        return "https" + url[4:] if plain else url

    def _ask(self, url: str, known: Cached | None, part: _Part, deadline: float) -> str | tuple[bytes | None, Cached]:
        """One request: where it redirects to, or what came."""
        import httpx

        try:
            way = route(url, self.private)
        except ConnectionError as error:
            raise _AgainError(str(error)) from error
        self._pace(way.host)
        headers = {"Host": way.header, "User-Agent": AGENT, "Accept": "application/pdf", "Accept-Encoding": "identity"}
        headers |= _conditions(known, part)
        own = way.host in self.private
        try:
            with (
                httpx.Client(timeout=self.limits.silence, follow_redirects=False, trust_env=not own) as client,
                client.stream("GET", way.url, headers=headers, extensions={"sni_hostname": way.host}) as answer,
            ):
                return self._answer(url, answer, known, part, deadline)
        except httpx.TimeoutException as error:
            raise _AgainError(f"{way.host} did not answer within {self.limits.silence:g} s") from error
        except httpx.TransportError as error:
            raise _AgainError(f"the connection to {way.host} failed ({_line(error)})") from error

    def _answer(
        self, url: str, answer: httpx.Response, known: Cached | None, part: _Part, deadline: float
    ) -> str | tuple[bytes | None, Cached]:
        status, headers = answer.status_code, answer.headers
        if status == 304 and known is not None:
            return None, replace(known, fetched=_now())
        if answer.is_redirect and "location" in headers:
            return str(headers["location"])
        if status in _AGAIN:
            raise _AgainError(f"the server answered {status}", _asked_wait(headers.get("retry-after", "")))
        if status not in (200, 206):
            raise FetchError(f"the server answered {status}")
        if status == 200:
            part.data.clear()
        part.mark = headers.get("etag", "") or headers.get("last-modified", "")
        self._receive(answer, part, deadline)
        data = bytes(part.data)
        said = Cached(
            "",
            url,
            _now(),
            digest(data),
            len(data),
            headers.get("etag", ""),
            headers.get("last-modified", ""),
            _licence(headers.get("link", "")),
        )
        return data, said

    def _receive(self, answer: httpx.Response, part: _Part, deadline: float) -> None:
        announced = answer.headers.get("content-length", "")
        if announced.isdigit() and len(part.data) + int(announced) > self.limits.size:
            raise FetchError(f"{announced} bytes are more than the {self.limits.size} allowed")
        for piece in answer.iter_raw():
            part.data += piece
            if len(part.data) > self.limits.size:
                raise FetchError(f"more than the {self.limits.size} bytes allowed")
            if len(part.data) >= _HEAD and b"%PDF-" not in part.data[:_HEAD]:
                break
            if self.clock() > deadline:
                raise FetchError(f"it took more than {self.limits.seconds:g} s")
        if b"%PDF-" not in part.data[:_HEAD]:
            seen = answer.headers.get("content-type", "unknown").partition(";")[0]
            raise FetchError(f"what came is no PDF (the server calls it {seen})")

    def _pace(self, host: str) -> None:
        pace = next(
            (seconds for site, seconds in PACE.items() if host == site or host.endswith(f".{site}")), USUAL_PACE
        )
        due = self._last.get(host, float("-inf")) + pace
        if (wait := due - self.clock()) > 0:
            self.sleep(wait)
        self._last[host] = self.clock()


def _conditions(known: Cached | None, part: _Part) -> dict[str, str]:
    """Headers that ask only for what is new, or for the rest of what broke off."""
    if part.data and part.mark and not part.mark.startswith("W/"):
        return {"Range": f"bytes={len(part.data)}-", "If-Range": part.mark}
    if known is None or part.data:
        return {}
    asked = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in asked.items() if value}


def _asked_wait(said: str) -> float:
    return float(said) if said.isdigit() else 0.0


def _licence(link: str) -> str:
    """The licence that a `Link` header names, "" for none."""
    for part in link.split(","):
        if 'rel="license"' in part.replace("'", '"') or "rel=license" in part:
            return part.partition("<")[2].partition(">")[0]
    return ""


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
