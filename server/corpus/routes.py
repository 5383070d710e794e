"""Routes under /api/corpus: what the page shows of the corpus, and the one that takes a note in."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Body, Depends, FastAPI, Query, Request
from starlette.exceptions import HTTPException

from rag.config import Settings
from rag.errors import UsageError
from server.corpus.chronicle import chronicle
from server.corpus.freshness import freshness
from server.corpus.matrix import matrix
from server.corpus.notes import note
from server.corpus.profile import profile, things
from server.corpus.upload import NameTakenError, take_in
from server.failures import NotFoundError
from server.opening import Answering

if TYPE_CHECKING:
    from rag.index.snapshot import Snapshot

Line = Annotated[int | None, Query(ge=1)]
Guard = Callable[[Request], None]


def own_machine(request: Request) -> None:
    """Refuse who does not sit at this machine: without keys nobody else may write into the corpus.

    A page of another site, which a browser here shows, is told by its origin, and by its own name for this address;
    what a proxy on this machine passes on comes from anywhere. Where something in front knows its callers, by their
    keys, it has let only those through who may write.
    """
    if getattr(request.scope.get("caller"), "key", ""):
        return
    host = request.client.host if request.client is not None else ""
    forwarded = "x-forwarded-for" in request.headers or "forwarded" in request.headers
    named = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    origin = request.headers.get("origin")
    same = origin is None or urlsplit(origin).netloc == request.headers.get("host")
    if not (_is_loopback(host) and _is_loopback(named) and same) or forwarded:
        raise HTTPException(403, "notes can be added from this machine only; put them into the corpus instead")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def corpus_routes(
    app: FastAPI, assistant: Callable[[], Answering], settings: Settings, *, guard: Guard = own_machine
) -> None:
    """Bind the routes over what `assistant` gives; `guard` refuses with an HTTPException who may not add notes.

    They are made for the page and change with it: the description of the interface for others leaves them out.
    """
    router = APIRouter(include_in_schema=False)
    _reading(router, assistant, settings)
    _writing(router, assistant, settings, guard)
    app.include_router(router)


def _reading(router: APIRouter, assistant: Callable[[], Answering], settings: Settings) -> None:
    @router.get("/api/corpus/sources", summary="Sources and files with their freshness and failures")
    def sources() -> dict[str, Any]:
        return freshness(assistant().snapshot, settings)

    @router.get("/api/corpus/matrix", summary="Things by attributes, every cell with its places")
    def grid(alike: bool = True, q: str | None = None) -> dict[str, Any]:
        return matrix(assistant().snapshot, alike=alike, pattern=q)

    @router.get("/api/corpus/timeline", summary="Everything that has a date, earliest first")
    def timeline() -> dict[str, Any]:
        return chronicle(assistant().snapshot)

    @router.get("/api/corpus/things", summary="Everything that the notes speak of, with how much they say")
    def every_thing() -> dict[str, Any]:
        return things(assistant().snapshot)

    @router.get("/api/corpus/things/{name:path}", summary="All that the notes say of one thing")
    def thing(name: str) -> dict[str, Any]:
        return profile(assistant().snapshot, name)

    @router.get("/api/corpus/notes/{path:path}", summary="A note as blocks with their lines")
    def blocks(path: str, first: Line = None, last: Line = None, generation: Line = None) -> dict[str, Any]:
        newest = assistant().snapshot
        if generation in (None, newest.generation):
            return note(newest, path, first, last)
        with earlier(newest, generation) as snapshot:
            return note(snapshot, path, first, last)


def earlier(newest: Snapshot, generation: int | None) -> Snapshot:
    """An earlier generation of the same index. Raises NotFoundError where it is not kept."""
    from rag.index.snapshot import Snapshot

    try:
        return Snapshot.open(newest.index, generation=generation)
    except UsageError as error:
        raise NotFoundError(str(error)) from error


def _writing(router: APIRouter, assistant: Callable[[], Answering], settings: Settings, guard: Guard) -> None:
    one_at_a_time = threading.Lock()

    # FastAPI goes by parameters' annotations: those of a bare `guard` need not say that it takes the request.
    def guarded(request: Request) -> None:
        guard(request)

    @router.post("/api/corpus/notes", summary="Add a note or paper and ingest it", dependencies=[Depends(guarded)])
    def add(
        name: Annotated[str, Query(min_length=1, max_length=1_000)],
        data: Annotated[bytes, Body(media_type="application/octet-stream")],
        replace: bool = False,
    ) -> dict[str, Any]:
        try:
            with one_at_a_time:
                taken = take_in(settings, name, data, replace=replace)
        except NameTakenError as error:
            raise HTTPException(409, str(error)) from error
        assistant().refresh()
        return taken
