"""Who may do what: keys, scopes, rate limits, and requests that a strange web page makes a browser send.

While no key exists the server is open to whoever reaches its address: to read from anywhere, to change only from this
computer itself. From the first key on every request needs one.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from rag.config import Settings
from server.asgi import App, Receive, Send, header, refuse
from server.asgi import Scope as Request
from server.failures import DENIED, LIMITED, UNKNOWN_CALLER
from server.keys import KeyRing, Scope
from server.rates import Rates

COOKIE = "rag_key"
SIGN_IN = "/signin"
OPEN = frozenset({"/healthz", "/readyz", SIGN_IN, "/app.css", "/favicon.ico"})
"""What needs no key: it shows nothing of the notes."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FORWARDED = (b"x-forwarded-for", b"forwarded")
"""What a proxy adds to what it passes on."""
FOR_READERS = ("/api/ask", "/api/feedback", "/api/conversations")
"""Below these a reader may write, and so below everything outside of /api/."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a request. `key` is the id of the key, "" without one; what is stored for a caller bears it."""

    key: str
    scope: Scope
    address: str


class Access:
    """Lets a request through that its caller may make, with the Caller in `scope["caller"]`."""

    def __init__(self, app: App, *, keys: KeyRing, settings: Settings) -> None:
        self._app = app
        self._keys = keys
        self._hosts = frozenset(parted(settings.hosts))
        self._origins = frozenset(parted(settings.cors))
        self._by_key = Rates(settings.rate_key)
        self._by_address = Rates(settings.rate_address)

    async def __call__(self, scope: Request, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        address = scope["client"][0] if scope.get("client") else ""
        # What a proxy on this computer passes on comes from anywhere.
        local = is_loopback(address) and not any(header(scope, name) is not None for name in FORWARDED)
        if scope["path"] in OPEN:
            scope["caller"] = Caller("", Scope.READ, address)
            wait = 0 if local or scope["method"] in SAFE else self._by_address.wait(address)
        elif self._keys:
            caller = self._known(scope, address)
            wait = self._by_key.wait(caller.key) if caller else 0 if local else self._by_address.wait(address)
            if caller is None and not wait:
                await _unknown(scope, send)
                return
            scope["caller"] = caller
        else:
            scope["caller"] = Caller("", Scope.ADMIN if local else Scope.READ, address)
            wait = 0 if local else self._by_address.wait(address)
        if wait:
            message = f"too many requests; try again in {wait} s"
            await refuse(scope, send, 429, LIMITED, message, [("retry-after", str(wait))])
        elif reason := self._denied(scope):
            await refuse(scope, send, 403, DENIED, reason)
        else:
            await self._app(scope, receive, send)

    def _known(self, scope: Request, address: str) -> Caller | None:
        key = self._keys.find(secret_of(scope) or "")
        return Caller(key.id, key.scope, address) if key else None

    def _denied(self, scope: Request) -> str | None:
        """Why this caller may not make this request."""
        method, path, caller = scope["method"], scope["path"], scope["caller"]
        if not self._keys and not known_host(header(scope, b"host") or "", self._hosts):
            # A page elsewhere whose name is made to mean this computer would otherwise read the notes.
            return "the Host header names no address of this server; add the name to hosts in rag.toml, or add a key"
        if method not in SAFE and not self._same_origin(scope):
            return "a page of another origin may not send this; list its origin in cors in rag.toml"
        if caller.scope is not Scope.ADMIN and needs_admin(method, path):
            return "this needs a key with the scope admin; `rag keys add NAME --scope admin` makes one"
        return None

    def _same_origin(self, scope: Request) -> bool:
        origin = header(scope, b"origin")
        if origin is None or origin in self._origins:
            return True
        return origin.partition("://")[2] == (header(scope, b"host") or "")


def secret_of(scope: Request) -> str | None:
    """The key that a request brings: as a bearer token, as x-api-key, or in the page's cookie."""
    kind, _, token = (header(scope, b"authorization") or "").partition(" ")
    if kind.lower() == "bearer" and token.strip():
        return token.strip()
    if given := header(scope, b"x-api-key"):
        return given
    try:
        cookie = SimpleCookie(header(scope, b"cookie") or "").get(COOKIE)
    except CookieError:
        return None
    return cookie.value if cookie else None


def needs_admin(method: str, path: str) -> bool:
    """Whether the request changes what others see: everything under /api/ does that is not named otherwise."""
    if method in SAFE or not path.startswith("/api/"):
        return False
    return not any(path == prefix or path.startswith(f"{prefix}/") for prefix in FOR_READERS)


def known_host(host: str, further: Collection[str]) -> bool:
    """Whether a Host header is an address, localhost, or among `further` names; the port does not matter."""
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name == "localhost" or name in further or _is_address(name)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def parted(names: str) -> list[str]:
    """The names of a setting that holds several, parted by commas."""
    return [name.strip() for name in names.split(",") if name.strip()]


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


async def _unknown(scope: Request, send: Send) -> None:
    """Show a person the way to sign in, and a program the error."""
    if scope["method"] == "GET" and scope["path"] == "/":
        headers = [(b"location", SIGN_IN.encode()), (b"content-length", b"0"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 303, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    given = "this key is not known or was revoked" if secret_of(scope) else "a key is needed"
    message = f"{given}; send one as `Authorization: Bearer KEY` (`rag keys add NAME` makes one)"
    await refuse(scope, send, 401, UNKNOWN_CALLER, message, [("www-authenticate", "Bearer")])
