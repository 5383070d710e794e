"""Routes for those who run the server: health, metrics, signing in."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from rag import __version__
from server import schema
from server.access import COOKIE, SIGN_IN
from server.hall import Hall
from server.metrics import CONTENT_TYPE

SIGN_IN_PAGE = Path(__file__).parents[1] / "ui" / "signin.html"
COOKIE_SECONDS = 30 * 24 * 3600


def service_routes(hall: Hall) -> APIRouter:
    """Health, readiness, metrics, and the page where a person gives a key."""
    router = APIRouter(tags=["service"])

    @router.get(
        "/healthz",
        response_model=None,
        summary="The process runs",
        responses={200: {"model": schema.HealthOut}, **schema.failures()},
    )
    def healthz() -> dict[str, str]:
        return {"status": "ok", "version": __version__}

    @router.get(
        "/readyz",
        response_model=None,
        summary="The index can be read; which generation answers come from",
        responses={200: {"model": schema.ReadyOut}, **schema.failures(503)},
    )
    def readyz() -> dict[str, Any]:
        snapshot = hall.desk.assistant().snapshot
        return {"status": "ready", "generation": snapshot.generation, "embedder": snapshot.embedder}

    @router.get(
        "/metrics",
        response_class=Response,
        summary="Counts and times for Prometheus",
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **schema.failures()},
    )
    def metrics() -> Response:
        return Response(hall.metrics.text(), media_type=CONTENT_TYPE)

    _signing_in(router, hall)
    return router


def _signing_in(router: APIRouter, hall: Hall) -> None:
    @router.get(SIGN_IN, include_in_schema=False)
    def page() -> Response:
        return Response(SIGN_IN_PAGE.read_bytes(), media_type="text/html; charset=utf-8")

    @router.post(SIGN_IN, include_in_schema=False)
    async def signed_in(request: Request) -> Response:
        # A form, so that it works without any script; the cookie is out of reach of scripts and of other sites.
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        secret = form.get("key", [""])[0].strip()
        if hall.keys.find(secret) is None:
            return RedirectResponse(f"{SIGN_IN}?unknown", status_code=303)
        response = RedirectResponse("/", status_code=303)
        response.set_cookie(
            COOKIE,
            secret,
            max_age=COOKIE_SECONDS,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
        return response
