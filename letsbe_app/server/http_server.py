"""Uvicorn with the hub's settings, in one process or in several behind one port."""

import argparse
from typing import Final

import uvicorn

from letsbe_app.server.websockets import HubWebSocket

BACKLOG: Final = 16_384
"""Connections that may wait to be accepted: after a restart a whole fleet comes at once."""
STOP_SECONDS: Final = 5
WORKER_SILENCE_SECONDS: Final = 15
"""A worker that does not answer for so long is replaced."""


def serve(target: str, *, host: str, port: int, workers: int, is_factory: bool = True) -> None:
    """
    Serve until a signal comes; a worker that dies is replaced.

    Args:
        target: ``module:name`` of an ASGI application, or of what makes one.
        host: The address to listen at.
        port: Its port.
        workers: Processes that share the port.
        is_factory: Whether the target makes the application.
    """
    uvicorn.run(
        target,
        factory=is_factory,
        host=host,
        port=port,
        workers=workers,
        loop="uvloop",
        http="httptools",
        ws=HubWebSocket,
        # A frame of the protocol is a megabyte at most; what is larger is refused with a code of ours.
        ws_max_size=4_194_304,
        # Compression costs 40 KiB a websocket. Both kinds of peers speak up by themselves.
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        backlog=BACKLOG,
        lifespan="auto",
        timeout_graceful_shutdown=STOP_SECONDS,
        timeout_worker_healthcheck=WORKER_SILENCE_SECONDS,
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        log_level="warning",
    )


def main() -> None:
    """``python -m letsbe_app.server.http_server TARGET``: for tests and measurements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--application", action="store_true", help="the target is one, and makes none")
    options = parser.parse_args()
    serve(
        options.target,
        host="127.0.0.1",
        port=options.port,
        workers=options.workers,
        is_factory=not options.application,
    )


if __name__ == "__main__":
    main()
