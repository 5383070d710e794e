"""A web application on an open socket, until a signal comes; requests under way are then answered first."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from rag.config import Settings
from server.logs import log_json

if TYPE_CHECKING:
    from fastapi import FastAPI
    from uvicorn import Config

GRACE_SECONDS = 30
"""How long requests under way may take once the server has been told to stop."""
KEEP_ALIVE_SECONDS = 30
BACKLOG = 256
MOST_AT_ONCE = 512
"""Connections served at once; more are told to come again, which is better than all of them waiting."""


def run(app: FastAPI, settings: Settings, door: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM."""
    import uvicorn

    if settings.log == "json":
        log_json()
    uvicorn.Server(configured(app)).run(sockets=[door])


def configured(app: FastAPI) -> Config:
    """How the application is served."""
    from uvicorn import Config

    return Config(
        app,
        log_level="warning",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        limit_concurrency=MOST_AT_ONCE,
        backlog=BACKLOG,
        ws="none",
    )
