"""Serves an ASGI app inside a process that does other things too."""

from collections.abc import Iterator
from contextlib import contextmanager
from socket import socket

import uvicorn
from starlette.types import ASGIApp


class _Server(uvicorn.Server):
    """Leaves the signals to the process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve_on(listener: socket, app: ASGIApp) -> None:
    """Serve on an open socket until cancelled; requests under way get a few seconds to end."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=3,
    )
    await _Server(config).serve(sockets=[listener])
