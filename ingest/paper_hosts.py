"""Which addresses may be asked for papers: public ones only, checked after the name is resolved."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

PAPER_HOSTS = (
    "arxiv.org",
    "openreview.net",
    "aclanthology.org",
    "doi.org",
)
"""Sites that hand papers out; a redirect to one of them or their subdomains is followed from anywhere."""
_RESOLVERS = frozenset(("doi.org", "dx.doi.org", "www.doi.org"))


class RefusedError(Exception):
    """An address that must not be asked; the message says why."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a request goes: the URL with the checked address for a host, and the host's own name."""

    url: str
    host: str
    header: str


def route(url: str, private: Collection[str]) -> Route:
    """The checked way to `url`; hosts in `private` may lie at addresses that are not public.

    The request goes to the address that was checked, so that the name cannot lead elsewhere meanwhile.
    Raises RefusedError.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if parts.scheme not in ("http", "https") or not host:
        raise RefusedError(f"{url} is no web address")
    if parts.username is not None:
        raise RefusedError(f"{url} holds a user name")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ConnectionError(f"the host {host} is not known ({error})") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if host not in private:
        for address in addresses:
            if not is_public(address):
                raise RefusedError(f"the host {host} lies at the private address {address}")
    address = addresses[0]
    shown = f"[{address}]" if ":" in address else address
    standard = {"https": 443, "http": 80}[parts.scheme]
    header = host if port == standard else f"{host}:{port}"
    return Route(urlunsplit((parts.scheme, f"{shown}:{port}", parts.path, parts.query, "")), host, header)


def is_public(address: str) -> bool:
    """Whether an IP address is reachable for everyone: not private, loopback, link-local, reserved or multicast."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return parsed.is_global and not parsed.is_multicast


def may_redirect(source: str, target: str, allowed: Collection[str]) -> bool:
    """Whether a redirect from the host `source` to the host `target` may be followed.

    It stays within one site, leads to a site of papers or an allowed one, or comes from a resolver of DOIs.
    """
    if site(source) == site(target) or source in _RESOLVERS:
        return True
    return any(target == host or target.endswith(f".{host}") for host in (*PAPER_HOSTS, *allowed))


def site(host: str) -> str:
    """The last two labels of a host name: what one owner has, nearly always; an address is its own site."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return ".".join(host.lower().split(".")[-2:])
    return host
