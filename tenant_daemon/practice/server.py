"""The practice model as an OpenAI-compatible server, and the practice website beside it."""

import json

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tenant_daemon.practice.answering import answer
from tenant_daemon.practice.completions import MODEL, Completion
from tenant_daemon.practice.conversation import read_conversation
from tenant_daemon.practice.pacing import Pace
from tenant_daemon.practice.site import SITE_PATH, PracticeSite


class PracticeServer:
    """
    Args:
        port: Where it will listen on 127.0.0.1; what the website's address is made of.
    """

    def __init__(self, port: int, site: PracticeSite, pace: Pace) -> None:
        self._site_url = f"http://127.0.0.1:{port}{SITE_PATH}"
        self._site = site
        self._pace = pace

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/v1/chat/completions", self._complete, methods=["POST"]),
                Route("/v1/models", _models),
                Route("/healthz", _health),
                *self._site.routes(),
            ]
        )

    async def _complete(self, request: Request) -> Response:
        try:
            body = json.loads(await request.body())
        except (ValueError, RecursionError):
            return _bad_request("The body is no JSON.")
        if not isinstance(body, dict) or not isinstance(body.get("messages"), list):
            return _bad_request("The body needs messages.")
        completion = Completion(body, answer(read_conversation(body), self._site_url))
        if body.get("stream"):
            return StreamingResponse(completion.chunks(self._pace), media_type="text/event-stream")
        return JSONResponse(completion.whole())


async def _models(_: Request) -> Response:
    return JSONResponse({"object": "list", "data": [{"id": MODEL, "object": "model", "owned_by": "letsbe"}]})


async def _health(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


def _bad_request(message: str) -> Response:
    return JSONResponse({"error": {"message": message, "type": "invalid_request_error"}}, 400)
