"""One model request from admission to the last byte of its answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx
import orjson
import structlog

from tenant_daemon.egress.accounts import Accounts
from tenant_daemon.egress.answer_stream import DONE, AnswerStream
from tenant_daemon.egress.budget import Budget
from tenant_daemon.egress.chat_request import ChatRequest, prepare
from tenant_daemon.egress.errors import Refused, error_body
from tenant_daemon.egress.request_body import RequestBody
from tenant_daemon.egress.sse import EventReader, written
from tenant_daemon.egress.tenant_config import ConfigReader
from tenant_daemon.egress.upstream import Upstream, read_answer
from tenant_daemon.egress.usage import estimated_usage, reported_usage
from tenant_daemon.metering import Usage
from tenant_daemon.metering.meter import OpenRequest, open_request
from tenant_daemon.redaction import LiveRedactor, Redactor

log = structlog.get_logger()


@dataclass(frozen=True)
class Desk:
    """What every exchange needs; made once per process."""

    model: str
    config: ConfigReader
    redactor: LiveRedactor
    upstream: Upstream
    accounts: Accounts
    budget: Budget


class Exchange:
    """
    Call ``begin``, then ``whole`` or ``stream`` as ``request.is_stream`` says, then ``end``, always.

    Whatever happens in between (an abort, an error, a stopped agent), ``end`` stops the upstream, counts the
    tokens and gives the budget back.
    """

    def __init__(self, desk: Desk, agent_id: str) -> None:
        self._desk = desk
        self._agent_id = agent_id
        self._stack = AsyncExitStack()
        self._is_sent = False
        self._usage: Usage | None = None
        self._characters = 0
        self._opened: OpenRequest | None = None
        self.request: ChatRequest

    async def begin(self, body: RequestBody) -> None:
        """Admit, redact, reserve and send. Raises Refused before anything is sent when it may not be."""
        desk = self._desk
        config = desk.config.admit(self._agent_id)
        self._redactor = await _current_redactor(desk.redactor)
        if body.is_big:
            request = await asyncio.to_thread(prepare, body.value, self._redactor, desk.model)
        else:
            request = prepare(body.value, self._redactor, desk.model)
        self.request, reservation = desk.budget.reserve(config, request)
        self._stack.callback(desk.budget.release, reservation)
        self._opened = open_request(self._agent_id, desk.model, self.request.prompt_tokens)
        desk.accounts.open(self._opened)
        self._is_sent = True
        try:
            self._response = await self._stack.enter_async_context(
                desk.upstream.ask(self.request.encoded(), self._redactor)
            )
        except Refused as refused:
            # An error of the provider costs nothing; a time-out may well have been charged.
            self._is_sent = refused.status == 504
            raise

    async def whole(self) -> bytes:
        """The answer of a request that does not stream."""
        try:
            answer = await read_answer(self._response)
        except httpx.HTTPError:
            raise _broken_off() from None
        self._usage = reported_usage(answer.get("usage"))
        self._characters = len(str(answer.get("choices")))
        return orjson.dumps(await asyncio.to_thread(self._redactor.redact_payload, answer))

    async def stream(self) -> AsyncIterator[bytes]:
        """The answer as server-sent events. Never raises Refused: the headers are out already."""
        answer = AnswerStream(self._redactor, keeps_usage=self.request.wants_usage)
        try:
            async for event in self._events(answer):
                yield written(event)
        except Refused as refused:
            yield written(orjson.dumps(error_body(refused)))
        finally:
            self._usage, self._characters = answer.usage, answer.characters
        # Counted before the client hears that it is over: what it saw end is in the books.
        await self.end()
        if answer.is_done:
            yield written(DONE)

    async def _events(self, answer: AnswerStream) -> AsyncIterator[bytes]:
        reader = EventReader()
        try:
            async for data in self._response.aiter_bytes():
                if self._desk.config.is_stopped(self._agent_id):
                    raise Refused(403, "stopped", "The agent was switched off.")
                for event in reader.feed(data):
                    for checked in answer.feed(event):
                        yield checked
                    if answer.is_done:
                        return
        except httpx.TimeoutException:
            raise Refused(504, "upstream_timeout", "The model's provider stopped answering.") from None
        except httpx.HTTPError:
            raise _broken_off() from None
        for checked in answer.finish():
            yield checked
        if answer.usage is None:
            raise _broken_off()

    async def end(self) -> None:
        """Stop the upstream, count, give back. Calling it again does nothing."""
        opened, self._opened = self._opened, None
        if opened is None:
            return
        usage = self._usage
        if usage is None and self._is_sent:
            usage = estimated_usage(opened.prompt_tokens, self._characters)
        settled = self._desk.accounts.settle(opened, usage)
        log.info(
            "proxy.answered",
            agent_id=self._agent_id,
            prompt_tokens=usage.prompt if usage else 0,
            completion_tokens=usage.completion if usage else 0,
            is_estimated=bool(usage and usage.is_estimated),
        )
        # Shielded: an abort of the client must not leave the provider working.
        await asyncio.shield(self._stack.aclose())
        await asyncio.shield(settled)


async def _current_redactor(live: LiveRedactor) -> Redactor:
    try:
        return await asyncio.to_thread(live.current)
    except Exception as exc:  # noqa: BLE001 - whatever it is, nothing may leave
        log.error("proxy.vault_unavailable", reason=type(exc).__name__)
        raise Refused(
            503, "vault_unavailable", "The vault cannot be read, so nothing may leave this server."
        ) from None


def _broken_off() -> Refused:
    return Refused(502, "upstream_broken_off", "The model's provider broke the answer off.")
