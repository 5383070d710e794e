"""Fetching papers from a real server on loopback that misbehaves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ingest.paper_cache import Cached, digest
from ingest.paper_fetch import AGENT, Fetcher, FetchError, Limits
from ingest.paper_hosts import RefusedError, is_public, may_redirect, route
from tests.ingest.paper_site import BODY, Site, paper_site


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with paper_site() as running:
        yield running


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def fetcher(waits: list[float]) -> Fetcher:
    limits = Limits(size=100_000, seconds=300.0, silence=0.5)
    return Fetcher(limits, private=("127.0.0.1",), sleep=waits.append, clock=lambda: sum(waits))


def test_a_paper_is_fetched_and_described(site: Site, fetcher: Fetcher) -> None:
    data, said = fetcher.fetch("url:a", site.url("/a.pdf"))
    assert data == BODY
    assert (said.identifier, said.url, said.sha256, said.size) == ("url:a", site.url("/a.pdf"), digest(BODY), len(BODY))
    assert said.etag == '"a1"'
    headers = next(headers for path, headers in site.asked if path == "/a.pdf")
    assert headers["user-agent"] == AGENT
    assert headers["host"] == f"127.0.0.1:{site.port}"


def test_requests_to_one_host_keep_their_distance(site: Site, fetcher: Fetcher, waits: list[float]) -> None:
    for _ in range(3):
        fetcher.fetch("url:a", site.url("/a.pdf"))
    assert waits == [1.0, 1.0]


def test_a_known_paper_is_asked_for_only_if_it_changed(site: Site, fetcher: Fetcher) -> None:
    _, known = fetcher.fetch("url:e", site.url("/etag.pdf"))
    data, said = fetcher.fetch("url:e", site.url("/etag.pdf"), known)
    assert data is None
    assert (said.sha256, said.etag) == (known.sha256, known.etag)


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again_when_it_says(
    site: Site, fetcher: Fetcher, waits: list[float], status: int
) -> None:
    data, _ = fetcher.fetch("url:b", site.url(f"/status/{status}/x.pdf"))
    assert data == BODY
    assert waits == [7.0]


def test_what_breaks_off_is_taken_up_where_it_broke(site: Site, fetcher: Fetcher) -> None:
    data, said = fetcher.fetch("url:c", site.url("/cut.pdf"))
    assert data == BODY
    assert said.sha256 == digest(BODY)
    ranges = [headers.get("range", "") for path, headers in site.asked if path == "/cut.pdf"]
    assert ranges[0] == ""
    assert ranges[-1].startswith("bytes=")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/gone.pdf", "the server answered 404"),
        ("/status/503/always", "the server answered 503"),
        ("/huge.pdf", "1000000000000 bytes are more than the 100000 allowed"),
        ("/endless.pdf", "more than the 100000 bytes allowed"),
        ("/loop", "more than 5 redirects"),
        ("/page.html", "what came is no PDF (the server calls it text/html)"),
        ("/lying.pdf", "what came is no PDF (the server calls it application/pdf)"),
        ("/slow.pdf", "127.0.0.1 did not answer within 0.5 s"),
        ("/to/http://localhost:1/a.pdf", "127.0.0.1 sends on to localhost, which is not among the allowed hosts"),
        ("/to/ftp://127.0.0.1/a.pdf", "ftp://127.0.0.1/a.pdf is no web address"),
    ],
)
def test_what_cannot_be_fetched_says_why_in_one_line(site: Site, fetcher: Fetcher, path: str, reason: str) -> None:
    site.bodies |= {"/page.html": b"<html>" + b" " * 3000, "/lying.pdf": b"<html>sign in</html>"}
    with pytest.raises(FetchError) as caught:
        fetcher.fetch("url:x", site.url(path))
    assert str(caught.value).startswith(reason)
    assert "\n" not in str(caught.value)


def test_a_redirect_within_the_site_is_followed(site: Site, fetcher: Fetcher) -> None:
    data, said = fetcher.fetch("url:r", site.url("/to//a.pdf"))
    assert data == BODY
    assert said.url.endswith("/a.pdf")


def test_private_addresses_are_refused_once_the_name_is_resolved(site: Site, waits: list[float]) -> None:
    closed = Fetcher(sleep=waits.append)
    before = len(site.asked)
    for url in (site.url("/a.pdf"), f"http://localhost:{site.port}/a.pdf"):
        with pytest.raises(FetchError, match=r"the host (127\.0\.0\.1|localhost) lies at the private address"):
            closed.fetch("url:p", url)
    assert len(site.asked) == before
    with pytest.raises(RefusedError, match="holds a user name"):
        route("https://me:secret@example.org/a.pdf", ())


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("10.0.0.1", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("::ffff:10.0.0.1", False),
        ("224.0.0.1", False),
        ("2606:4700::1111", True),
    ],
)
def test_public_addresses(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("source", "target", "follows"),
    [
        ("arxiv.org", "export.arxiv.org", True),
        ("example.org", "www.example.org", True),
        ("doi.org", "publisher.example", True),
        ("example.org", "arxiv.org", True),
        ("example.org", "mirror.example.net", True),
        ("example.org", "evil.example.com", False),
        ("example.org", "notarxiv.org", False),
    ],
)
def test_redirects(source: str, target: str, follows: bool) -> None:
    assert may_redirect(source, target, ["example.net"]) is follows


def test_the_description_is_frozen() -> None:
    with pytest.raises(AttributeError):
        Cached("a", "b", "c", "d", 1).url = "e"  # type: ignore[misc]
