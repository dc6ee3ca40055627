"""One model request from admission to the last byte of its answer."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import Final

import aiohttp
import structlog

from tenant_daemon.egress.errors import Refused
from tenant_daemon.egress.feed import unavailable
from tenant_daemon.egress.formats import AnswerChecker, ModelRequest, WireFormat
from tenant_daemon.egress.formats.wire_format import unreadable
from tenant_daemon.egress.json_text import write_json
from tenant_daemon.egress.kill_switch import KillSwitch
from tenant_daemon.egress.pace import Pace
from tenant_daemon.egress.provider_health import ProviderHealth, Wait
from tenant_daemon.egress.refusals import Refusals
from tenant_daemon.egress.repeats import Repeats
from tenant_daemon.egress.request_body import parse_body
from tenant_daemon.egress.request_traces import RequestTraces, finish
from tenant_daemon.egress.sse import EventReader
from tenant_daemon.egress.tab import Books, Tab
from tenant_daemon.egress.tenant_config import Admission
from tenant_daemon.egress.turns import Turns
from tenant_daemon.egress.upstream import Provider, read_answer
from tenant_daemon.egress.upstreams import Upstreams
from tenant_daemon.redaction import LiveRedactor, Redactor
from tenant_daemon.settings import Upstream
from tenant_daemon.tracing import NO_SPAN

_BIG_BODY_BYTES: Final = 32 * 1024
"""Work on a larger one belongs on a thread, since it would hold up the other streams."""

_STOPPED: Final = "stopped"
_LOST: Final = frozenset({"upstream_timeout", "upstream_broken_off"})
_CHARGED: Final = _LOST | {_STOPPED}
"""Failures of requests that were sent, and may be charged."""

Write = Callable[[bytes], Awaitable[None]]

log = structlog.get_logger()


@dataclass(frozen=True)
class Desk:
    """What every exchange needs; made once per process."""

    upstreams: Upstreams
    admission: Admission
    switch: KillSwitch
    redactor: LiveRedactor
    provider: Provider
    books: Books
    refusals: Refusals
    repeats: Repeats = field(default_factory=Repeats)
    turns: Turns = field(default_factory=Turns)
    pace: Pace = field(default_factory=Pace)
    traces: RequestTraces = field(default_factory=RequestTraces)
    health: ProviderHealth = field(default_factory=ProviderHealth)


class Exchange:
    """
    Call ``begin``, then ``whole`` or ``stream`` as ``request.is_stream`` says, then ``end``, always.

    Whatever happens in between (an abort, an error, a stopped agent), ``end`` stops the upstream, counts the
    tokens and gives the budget back.
    """

    def __init__(self, desk: Desk, agent_id: str, wire: WireFormat) -> None:
        self._desk = desk
        self._agent_id = agent_id
        self._wire = wire
        self._response: aiohttp.ClientResponse | None = None
        self._tab: Tab | None = None
        self._span = NO_SPAN
        self._error = ""
        self._body = b""
        self._is_done = False
        self._provider_name = ""
        self._patience = ExitStack()
        self._wait = Wait()
        self.request: ModelRequest

    async def begin(self, body: bytes, headers: Mapping[str, str]) -> None:
        """Admit, redact, reserve and send. Raises Refused before anything is sent when it may not be."""
        desk = self._desk
        config = await desk.admission.admit(self._agent_id)
        self._redactor = await _current_redactor(desk.redactor)
        if len(body) > _BIG_BODY_BYTES:
            value = await asyncio.to_thread(parse_body, body)
            desk.repeats.check(self._agent_id, body, value)
            upstream, model, key = self._chosen(value)
            request = await asyncio.to_thread(self._prepared, value, model)
        else:
            async with desk.turns:
                value = parse_body(body)
                desk.repeats.check(self._agent_id, body, value)
                upstream, model, key = self._chosen(value)
                request = self._prepared(value, model)
        self._body = body
        tab = self._tab = Tab(desk.books, config, self._agent_id)
        self.request = tab.reserve(self._wire, request)
        await tab.open(model)
        sent_headers = self._wire.headers(key, headers)
        try:
            async with desk.switch.until_stopped(self._agent_id):
                self._wait = self._patience.enter_context(desk.health.waiting())
                self._response = await desk.provider.ask(
                    upstream, self._wire.path, self.request.encoded(), sent_headers, self._redactor
                )
        except Refused as refused:
            self._note_failure(refused)
            # An error of the provider costs nothing; a time-out may well have been charged.
            tab.is_charged = refused.code in _CHARGED
            if refused.code in _LOST:
                self._note_loss()
            raise

    def _chosen(self, value: dict[str, object]) -> tuple[Upstream, str, str | None]:
        """The provider, its model, and its key."""
        desk = self._desk
        upstream, model = desk.upstreams.choose(self._wire.name, value.get("model"))
        self._span = desk.traces.begin(self._agent_id, upstream, self._wire, model)
        self._provider_name = upstream.name
        try:
            return upstream, model, desk.provider.key(upstream)
        except Refused as refused:
            self._note_failure(refused)
            raise

    def _prepared(self, value: dict[str, object], model: str) -> ModelRequest:
        try:
            return self._wire.prepare(value, self._redactor, model)
        except RecursionError:
            raise Refused(400, "invalid_json", "The request is nested too deeply to be checked.") from None

    def _note_failure(self, refused: Refused) -> None:
        """The provider did not do what it was asked."""
        if refused.code not in {_STOPPED, unavailable().code}:
            self._desk.health.failed(self._provider_name, refused.message)

    def _note_loss(self) -> None:
        """The answer may be charged and did not come, or not whole."""
        self._desk.repeats.note(self._agent_id, self._body, parse_body(self._body))

    async def whole(self) -> bytes:
        """The answer of a request that does not stream."""
        try:
            answer = await self._whole()
            self._desk.health.served(self._provider_name)
            return answer
        except Refused as refused:
            self._note_failure(refused)
            if refused.code != _STOPPED:
                self._note_loss()
            raise

    async def _whole(self) -> bytes:
        try:
            async with self._desk.switch.until_stopped(self._agent_id):
                answer = await read_answer(self._opened())
            if self._tab:
                self._tab.usage = self._wire.usage_of(answer)
                self._tab.characters = len(write_json(answer))
            return write_json(await asyncio.to_thread(self._redactor.redact_payload, answer))
        except RecursionError:
            raise unreadable() from None
        except TimeoutError:
            raise _fell_silent() from None
        except aiohttp.ClientError:
            raise _broken_off() from None

    async def stream(self, write: Write) -> bytes:
        """
        Pass the answer on as server-sent events. Never raises Refused: the headers are out already.

        What comes back tells the client that it is over. It has been counted by then: what the client saw end
        is in the books.
        """
        answer = self._wire.checker(self._redactor, self.request)
        try:
            async with self._desk.switch.until_stopped(self._agent_id):
                with self._desk.pace.answer():
                    await self._pass_on(answer, write)
        except Refused as refused:
            self._desk.refusals.note(self._agent_id, refused.message)
            self._error = refused.code
            self._note_failure(refused)
            if refused.code in _LOST or (answer.characters and refused.code != _STOPPED):
                self._note_loss()
            await write(answer.failure(refused))
        finally:
            if self._tab:
                self._tab.take(answer)
            self._is_done = answer.is_done
        await self.end()
        if answer.is_done:
            self._desk.refusals.forget(self._agent_id)
            self._desk.health.served(self._provider_name)
        return b"".join(answer.closing)

    async def _pass_on(self, answer: AnswerChecker, write: Write) -> None:
        reader = EventReader()
        content = self._opened().content
        pace = self._desk.pace
        try:
            while data := await content.readany():
                if self._tab:
                    self._tab.note_progress(answer)
                with pace.look():
                    events = reader.feed(data)
                    checked, refused = _in_one_piece(answer, events)
                await _pass(checked, refused, write)
                if events:
                    # Single bytes and comments that keep a connection open are no answer.
                    self._wait.heard()
                if answer.is_done:
                    return
                await pace.rest()
        except TimeoutError:
            raise _fell_silent() from None
        except aiohttp.ClientError:
            raise _broken_off() from None
        await _pass(*_last_piece(answer, reader), write)
        if answer.is_done:
            return
        for checked in answer.finish():
            await write(checked)
        if answer.usage is None:
            raise _broken_off()

    def _opened(self) -> aiohttp.ClientResponse:
        if self._response is None:
            raise RuntimeError("the exchange has not begun")
        return self._response

    async def end(self, error: str = "") -> None:
        """Stop the upstream, count, give back. Calling it again does nothing."""
        self._patience.close()
        response, self._response = self._response, None
        if response is not None:
            self._desk.provider.leave(response, is_done=self._is_done)
        tab, self._tab = self._tab, None
        written = tab.close() if tab is not None else None
        finish(self._span, tab.cost if tab is not None else None, error or self._error)
        if written is not None:
            # Where it cannot be written, which is logged there, the request stays open and is counted at the
            # next start: an answer that was charged must not fail for it and be asked for again.
            with suppress(Exception):
                # Shielded: it is written down also when the client has left.
                await asyncio.shield(written)


async def _current_redactor(live: LiveRedactor) -> Redactor:
    try:
        if ready := live.ready():
            return ready
        return await asyncio.to_thread(live.current)
    except Exception as exc:  # noqa: BLE001 - whatever it is, nothing may leave
        log.error("proxy.vault_unavailable", reason=type(exc).__name__)
        raise unavailable() from None


async def _pass(checked: bytes, refused: Refused | None, write: Write) -> None:
    if checked:
        await write(checked)
    if refused:
        raise refused


def _in_one_piece(answer: AnswerChecker, events: Sequence[bytes]) -> tuple[bytes, Refused | None]:
    """What the client gets for events that came together, up to the first refused one; and its refusal."""
    checked: list[bytes] = []
    refused = None
    try:
        for number, event in enumerate(events, start=1):
            checked += answer.feed(event, waits=number < len(events))
            if answer.is_done:
                break
    except Refused as exc:
        refused = exc
    except RecursionError:
        refused = unreadable()
    return b"".join([*checked, *answer.settle()]), refused


def _last_piece(answer: AnswerChecker, reader: EventReader) -> tuple[bytes, Refused | None]:
    """The same for a last event that was not ended; one that was cut was broken off."""
    data, refused = _in_one_piece(answer, reader.finish())
    return data, _broken_off() if refused and refused.code == unreadable().code else refused


def _fell_silent() -> Refused:
    return Refused(504, "upstream_timeout", "The model's provider stopped answering.")


def _broken_off() -> Refused:
    return Refused(502, "upstream_broken_off", "The model's provider broke the answer off.")
