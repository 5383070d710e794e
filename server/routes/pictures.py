"""Parts of sources under /api/sources: pages as pictures and text, lines in their context."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from server import schema
from server.hall import Hall
from server.pictures import Pictures, boxes, lines_around, page_text

HEADERS = {"cache-control": "private, max-age=60"}
"""The address does not name the version of the paper."""
Within = Annotated[str, Path(min_length=1, max_length=1_000, examples=["papers/2101.00001.pdf"])]
Number = Annotated[int, Path(ge=1, le=10**9)]
Marks = Annotated[list[str] | None, Query(description="Boxes to mark, each x0,y0,x1,y1 in points.")]


def picture_routes(hall: Hall, pictures: Pictures) -> APIRouter:
    """Pages and lines; they come before the route of whole sources, whose path takes everything."""
    router = APIRouter(tags=["notes"])

    @router.get(
        "/api/sources/{path:path}/pages/{number}.png",
        response_class=Response,
        summary="A page of a paper as a picture, with boxes marked",
        responses={200: {"content": schema.PICTURE}, **schema.failures(400, 404, 422, 503)},
    )
    def picture(path: Within, number: Number, mark: Marks = None) -> Response:
        png = pictures.page(hall.desk.assistant().snapshot, path, number, boxes(mark or []))
        return Response(png, media_type="image/png", headers=HEADERS)

    @router.get(
        "/api/sources/{path:path}/pages/{number}",
        response_model=None,
        summary="The stored text of a page of a paper",
        responses={200: {"model": schema.ExcerptOut}, **schema.failures(400, 404, 422, 503)},
    )
    def page(path: Within, number: Number) -> dict[str, Any]:
        return page_text(hall.desk.assistant().snapshot, path, number)

    @router.get(
        "/api/sources/{path:path}/lines/{first}-{last}",
        response_model=None,
        summary="Lines of a note in their context, marked",
        responses={200: {"model": schema.LinesOut}, **schema.failures(400, 404, 422, 503)},
    )
    def lines(path: Within, first: Number, last: Number) -> dict[str, Any]:
        return lines_around(hall.desk.assistant().snapshot, path, first, last)

    return router
