"""
The route that asks a model, as an ASGI application of its own.

On a busy proxy a request waits above all for its turns of the event loop, and each task or layer in between
is one more before the first word.
"""

from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from tenant_daemon.egress.errors import Refused
from tenant_daemon.egress.exchange import Desk, Exchange
from tenant_daemon.egress.formats import WireFormat
from tenant_daemon.egress.request_body import read_body
from tenant_daemon.egress.until_gone import UntilGone
from tenant_daemon.kit.at_work import working_for

_STREAM_BEGINS: Final[Message] = {
    "type": "http.response.start",
    "status": 200,
    "headers": [
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"content-type", b"text/event-stream; charset=utf-8"),
    ],
}


class Asking:
    """``POST /agents/{agent_id}/v1/...``: a question to a model in one format."""

    def __init__(self, desk: Desk, wire: WireFormat, check: Callable[[Request], None]) -> None:
        """``check`` raises Refused for a request that may not come in."""
        self._desk = desk
        self._wire = wire
        self._check = check

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        self._check(request)
        body = await read_body(request)
        agent_id = request.path_params["agent_id"]
        exchange = Exchange(self._desk, agent_id, self._wire)
        answer = b""
        try:
            async with UntilGone(receive) as client:
                with working_for(agent_id):
                    await exchange.begin(body, request.headers)
                    if exchange.request.is_stream:
                        answer = await _streamed(exchange, send)
                    else:
                        answer = await exchange.whole()
            # Ends the exchange however the client leaves.
            await exchange.end("client_gone" if client.is_gone else "")
        except BaseException as exc:
            if isinstance(exc, Refused):
                self._desk.refusals.note(agent_id, exc.message)
            await exchange.end(exc.code if isinstance(exc, Refused) else type(exc).__name__)
            raise
        if client.is_gone:
            return
        if exchange.request.is_stream:
            await send({"type": "http.response.body", "body": answer})
        else:
            await Response(answer, media_type="application/json")(scope, receive, send)


async def _streamed(exchange: Exchange, send: Send) -> bytes:
    """Send the answer but for its very end, which comes back."""

    async def write(data: bytes) -> None:
        await send({"type": "http.response.body", "body": data, "more_body": True})

    await send(_STREAM_BEGINS)
    return await exchange.stream(write)
