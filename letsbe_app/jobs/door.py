"""The jobs process's own small door: whether it lives, and its metrics. Open only where a port is set."""

import asyncio
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from letsbe_app.settings import Settings
from letsbe_app.telemetry.exposition import CONTENT_TYPE, is_authorized, render

_LOG_LEVEL: Final = "error"


def door(settings: Settings) -> Starlette:
    """The door as an ASGI application."""

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def metrics(request: Request) -> Response:
        token = settings.metrics_token.get_secret_value()
        if not is_authorized(request.headers.get("authorization", ""), token):
            return Response(status_code=404)
        # Figures of the whole hub are told by the hub; twice they would be counted twice.
        return Response(await asyncio.to_thread(render, {}), media_type=CONTENT_TYPE)

    return Starlette(routes=[Route("/healthz", healthz), Route("/metrics", metrics)])


async def serve_door(settings: Settings) -> None:
    """Serve it until cancelled; without a port, wait for that."""
    if not settings.jobs_port:
        await asyncio.Event().wait()
    config = uvicorn.Config(
        door(settings),
        host=settings.hub_host,
        port=settings.jobs_port,
        log_level=_LOG_LEVEL,
        lifespan="off",
    )
    server = uvicorn.Server(config)
    try:
        # Not ``serve``: that would take the signals, which are the process's own.
        await server._serve()
    finally:
        server.should_exit = True
