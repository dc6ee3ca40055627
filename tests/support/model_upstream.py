"""A model provider of our own for tests: answers as it is told, and remembers every byte it got."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from tests.support.prompt_server import PromptServer


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[str]:
    """The base address of ``app``, served on a free port of the loopback address."""
    server = PromptServer(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None))
    port = await server.begin()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await server.end(patience_seconds=0)


def text_chunk(text: str) -> dict[str, object]:
    """A chunk that says something."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}],
    }


def end_chunk(reason: str = "stop") -> dict[str, object]:
    """The last chunk of a choice."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "delta": {}, "finish_reason": reason}],
    }


def usage_chunk(prompt: int, completion: int, cached: int = 0) -> dict[str, object]:
    """The chunk that ``include_usage`` asks for."""
    usage = {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": cached},
    }
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "choices": [],
        "usage": usage,
    }


@dataclass
class ModelUpstream:
    """Set ``chunks`` or ``answer``; read ``bodies`` and ``headers`` afterwards."""

    chunks: list[dict[str, object]] = field(
        default_factory=lambda: [text_chunk("hi"), end_chunk(), usage_chunk(10, 2)]
    )
    events: list[dict[str, object]] = field(default_factory=list)
    """What the other formats stream."""
    whole: dict[str, object] = field(default_factory=dict)
    """Their answer when it does not stream."""
    answer: Callable[[], Response] | None = None
    """Instead of chunks, events and ``whole``."""
    pause: asyncio.Event | None = None
    """Waited for after the chunk or event of this number:"""
    pause_after: int = 0
    ends_properly: bool = True
    """Whether a stream of chunks has its ``[DONE]``."""
    silence: asyncio.Event | None = None
    """Waited for before anything is answered."""
    bodies: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    connections: set[object] = field(default_factory=set)
    """The addresses that were asked from, which differ for each connection."""
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when an answer was stopped or came to its end."""

    def app(self) -> Starlette:
        """The provider as an application."""
        return Starlette(
            routes=[
                Route("/v1/chat/completions", self._chat, methods=["POST"]),
                Route("/v1/responses", self._other, methods=["POST"]),
                Route("/v1/messages", self._other, methods=["POST"]),
            ]
        )

    @property
    def requests(self) -> list[dict[str, object]]:
        """What was asked, parsed."""
        return [json.loads(body) for body in self.bodies]

    async def _chat(self, request: Request) -> Response:
        await self._remember(request)
        if self.silence:
            await self.silence.wait()
        if self.answer:
            return self.answer()
        if json.loads(self.bodies[-1]).get("stream"):
            return StreamingResponse(self._stream(), media_type="text/event-stream")
        return JSONResponse(
            {
                "choices": [{"index": 0, "message": {"role": "assistant", "content": "hi"}}],
                "usage": {"prompt_tokens": 10, "completion_tokens": 2},
            }
        )

    async def _other(self, request: Request) -> Response:
        await self._remember(request)
        if self.silence:
            await self.silence.wait()
        if self.answer:
            return self.answer()
        if json.loads(self.bodies[-1]).get("stream"):
            named = [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in self.events]
            return StreamingResponse(
                self._paced([one.encode() for one in named]), media_type="text/event-stream"
            )
        return JSONResponse(self.whole)

    async def _remember(self, request: Request) -> None:
        self.bodies.append(await request.body())
        self.headers.append(dict(request.headers))
        self.connections.add(request.client)

    def _stream(self) -> AsyncIterator[bytes]:
        chunks = [b"data: " + json.dumps(chunk).encode() + b"\n\n" for chunk in self.chunks]
        return self._paced([*chunks, b"data: [DONE]\n\n"] if self.ends_properly else chunks)

    async def _paced(self, frames: list[bytes]) -> AsyncIterator[bytes]:
        try:
            for index, frame in enumerate(frames):
                yield frame
                if index == self.pause_after and self.pause:
                    await self.pause.wait()
        finally:
            self.stopped.set()
