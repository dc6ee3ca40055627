"""A receiver of webhooks and pushes on this machine: keeps what came, answers as told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.support.prompt_server import PromptServer


@dataclass(frozen=True)
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """Where it listens and what came."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answer: Callable[[Received], Response] = lambda _one: Response(status_code=204)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: Request) -> Response:
        one = Received(request.url.path, dict(request.headers), await request.body())
        self.received.append(one)
        self.came.set()
        return self.answer(one)


@asynccontextmanager
async def receiver(ssl_certificate: str = "", ssl_key: str = "") -> AsyncIterator[Receiver]:
    """A receiver that listens until the end of the block; with files of a certificate it speaks TLS."""
    one = Receiver()
    app = Starlette(routes=[Route("/{rest:path}", one.take, methods=["POST", "GET"])])
    config = uvicorn.Config(
        app,
        port=0,
        log_level="error",
        lifespan="off",
        ssl_certfile=ssl_certificate or None,
        ssl_keyfile=ssl_key or None,
    )
    server = PromptServer(config)
    scheme = "https" if ssl_certificate else "http"
    one.url = f"{scheme}://127.0.0.1:{await server.begin()}"
    try:
        yield one
    finally:
        await server.end()
