"""
The relay: how much later a token reaches the browser, and how many bytes it costs.

Real parts: the hub's own server with its API, Redis, SQLite. Daemons and browsers are bare websockets of this
process. Each token carries the time at which it was sent; the same number of websockets to a bare echo on the
same server gives the path that nothing can beat on this machine.
"""

import argparse
import asyncio
import json
import logging
import math
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import structlog
import uvloop
from sqlmodel import update
from starlette.websockets import WebSocket, WebSocketDisconnect

from benchmarks.thread.machine import load_now, machine
from benchmarks.thread.wire import WireSocket
from letsbe_app.api.principals import SESSION_COOKIE
from letsbe_app.composition import Services, build_services
from letsbe_app.db.models import ChatMessage, Tenant, TenantStatus
from letsbe_app.kit.clock import utc_now
from letsbe_app.kit.ids import new_id
from letsbe_app.settings import worker_a_core
from tenant_daemon.contracts.chat import RunFinished, RunOutcome
from tenant_daemon.contracts.envelope import DaemonEnvelope, Hello
from tests.support.hub import PUBLIC_URL, create_tables, hub_settings, quick_passwords
from tests.support.hub_process import HubProcess
from tests.support.live_hub import Customer, ScriptedRun, new_customer
from tests.support.redis import free_port, running_redis

TOKENS_PER_SECOND = 10
BEGINNINGS_PER_SECOND = 100
"""Answers do not begin in step: so many at most in a second."""
ANSWERS_PER_TENANT = 5
"""A server has five agents, each of which gives one answer at a time."""
LOCAL_TENANTS = 20
"""Servers that one machine may run; more are made in turns, with those of before out of the way."""
CONFIG_VERSION = 10_000
FRAME_BYTES = 300
"""Of a token on its way from a daemon."""


@dataclass(frozen=True)
class Plan:
    """What is measured."""

    workers: int
    seconds: float
    counts: tuple[int, ...]


async def echo(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """An ASGI application that sends every frame back: the bare path."""
    if scope["type"] != "websocket":
        return
    socket = WebSocket(scope, receive, send)
    await socket.accept()
    try:
        while True:
            await socket.send_text(await socket.receive_text())
    except (WebSocketDisconnect, RuntimeError):
        return


@dataclass
class Stream:
    """One conversation: its daemon, its tab, and what the tab saw."""

    link: WireSocket
    run: ScriptedRun
    seen: int = 0
    latencies: list[float] = field(default_factory=list)
    is_finished: asyncio.Event = field(default_factory=asyncio.Event)

    def on_frame(self, data: bytes) -> None:
        """What comes to the tab."""
        now = time.perf_counter()
        if b'"run"' not in data:
            return
        body = orjson.loads(data)["body"]
        if body["type"] == "finished":
            self.is_finished.set()
        elif body["type"] == "delta":
            sent = [float(token) for token in body["text"].split()]
            self.seen += len(sent)
            self.latencies.extend(now - moment for moment in sent)


class Speaker:
    """Sends so many tokens at their pace, by the clock and not by when the last one was sent."""

    def __init__(self, count: int, send: Callable[[int], None]) -> None:
        self._left = count
        self._number = 0
        self._send = send
        self.is_done = asyncio.Event()

    def start(self, offset: float) -> None:
        loop = asyncio.get_running_loop()
        loop.call_at(loop.time() + offset, self._next, loop.time() + offset)

    def _next(self, due: float) -> None:
        self._number += 1
        self._send(self._number)
        self._left -= 1
        if self._left <= 0:
            self.is_done.set()
            return
        loop = asyncio.get_running_loop()
        loop.call_at(due + 1 / TOKENS_PER_SECOND, self._next, due + 1 / TOKENS_PER_SECOND)


def summary(latencies: Sequence[float]) -> dict[str, float]:
    """Percentiles in milliseconds."""
    cuts = statistics.quantiles(latencies, n=100) if len(latencies) > 1 else [math.nan] * 99
    return {f"p{cut}_ms": round(cuts[cut - 1] * 1_000, 2) for cut in (50, 95, 99)}


async def measure_echo(hub: HubProcess, streams: int, seconds: float) -> dict[str, float]:
    """The bare path: each connection sends a token's frame and reads it back."""
    latencies: list[float] = []
    padding = b" " + b"x" * FRAME_BYTES

    def heard(data: bytes) -> None:
        latencies.append(time.perf_counter() - float(data.split(b" ", 1)[0]))

    sockets = [await WireSocket.open(hub.port, "/", {}, heard) for _ in range(streams)]

    def sender(socket: WireSocket) -> Callable[[int], None]:
        return lambda _number: socket.send(b"%.6f" % time.perf_counter() + padding)

    count = int(seconds * TOKENS_PER_SECOND)
    speakers = [Speaker(count, sender(socket)) for socket in sockets]
    for at, speaker in enumerate(speakers):
        speaker.start(_offset(at))
    for speaker in speakers:
        await speaker.is_done.wait()
    async with asyncio.timeout(30):
        while len(latencies) < count * streams:  # noqa: ASYNC110  # nobody announces the last one
            await asyncio.sleep(0.05)
    for socket in sockets:
        socket.drop()
    return summary(latencies)


async def measure_relay(streams: Sequence[Stream], seconds: float) -> tuple[dict[str, float], int]:
    """Latencies of the tokens from a daemon's send to the tab, and the number of tokens lost."""
    expected = int(seconds * TOKENS_PER_SECOND)
    for at, stream in enumerate(streams):
        Speaker(expected + 2, _voice(stream, expected)).start(_offset(at))
    async with asyncio.timeout(seconds + _offset(len(streams)) + 60):
        for stream in streams:
            await stream.is_finished.wait()
    latencies = [one for stream in streams for one in stream.latencies]
    return summary(latencies), expected * len(streams) - sum(stream.seen for stream in streams)


def _voice(stream: Stream, tokens: int) -> Callable[[int], None]:
    """Sends the run's beginning, so many tokens, and its end; built beforehand but for the time."""
    run = stream.run
    first = _frame(run.started())
    told = _frame(run.delta("@@")).replace(b'"seq":2', b'"seq":@@')
    head, middle, after = told.split(b"@@")
    run.events = [run.events[0]] * (tokens + 1)
    last = _frame(run.add(RunFinished(outcome=RunOutcome.COMPLETED, text="A whole answer. " * 40)))

    def speak(number: int) -> None:
        if number == 1:
            stream.link.send(first)
        elif number <= tokens + 1:
            stream.link.send(b"%s%d%s%.6f %s" % (head, number, middle, time.perf_counter(), after))
        else:
            stream.link.send(last)

    return speak


def _frame(payload: Any) -> bytes:
    return DaemonEnvelope(sent_at=utc_now(), payload=payload).model_dump_json().encode()


def _offset(position: int) -> float:
    return position / BEGINNINGS_PER_SECOND


@asynccontextmanager
async def open_streams(hub: HubProcess, services: Services, count: int) -> AsyncIterator[list[Stream]]:
    """So many conversations on a few servers, each watched by a tab."""
    tenants = math.ceil(count / ANSWERS_PER_TENANT)
    customers: list[Customer] = []
    while len(customers) < tenants:
        if len(customers) % LOCAL_TENANTS == 0:
            await _set_status(services, TenantStatus.REMOVED)
        customers.append(await new_customer(services, f"{new_id('usr')}@bench.example"))
    await _set_status(services, TenantStatus.ACTIVE)
    links = [await _link(hub, customer) for customer in customers]
    streams, tabs = [], []
    for position in range(count):
        customer = customers[position % tenants]
        conversation = await services.conversations.start(customer.actor, customer.tenant_id, "sales")
        stream = Stream(links[position % tenants], ScriptedRun(conversation.id, run_id=new_id("run")))
        tabs.append(await _tab(hub, customer, conversation.id, stream.on_frame))
        streams.append(stream)
    try:
        yield streams
    finally:
        for socket in (*tabs, *links):
            socket.drop()


async def _link(hub: HubProcess, customer: Customer) -> WireSocket:
    welcomed = asyncio.Event()

    def heard(data: bytes) -> None:
        if b"link.welcome" in data:
            welcomed.set()

    headers = {"Authorization": f"Bearer {customer.api_key}"}
    socket = await WireSocket.open(hub.port, "/api/v1/tenant/link", headers, heard)
    socket.send(_frame(Hello(daemon_version="1", config_version=CONFIG_VERSION)))
    async with asyncio.timeout(30):
        await welcomed.wait()
    return socket


async def _tab(
    hub: HubProcess,
    customer: Customer,
    conversation_id: str,
    on_frame: Callable[[bytes], None],
    after: str = "0-0",
) -> WireSocket:
    """A tab that follows the conversation already."""
    follows = asyncio.Event()

    def heard(data: bytes) -> None:
        if b"pong" in data:
            follows.set()

    headers = {"Cookie": f"{SESSION_COOKIE}={customer.session_token}", "Origin": PUBLIC_URL}
    socket = await WireSocket.open(hub.port, "/api/v1/customer/stream", headers, heard)
    socket.send(orjson.dumps({"type": "watch", "conversation_id": conversation_id, "after": after}))
    socket.send(b'{"type":"ping"}')
    async with asyncio.timeout(30):
        await follows.wait()
    socket.on_frame = on_frame
    return socket


async def measure_bytes(hub: HubProcess, services: Services, earlier: int, tokens: int) -> dict[str, float]:
    """Bytes on the browser's wire per token with so many earlier messages."""
    customer = await new_customer(services, f"{new_id('usr')}@bench.example")
    conversation = await services.conversations.start(customer.actor, customer.tenant_id, "sales")
    await _fill(services, conversation.id, earlier)
    page = await services.conversations.messages(customer.actor, conversation.id)
    link = await _link(hub, customer)
    stream = Stream(link, ScriptedRun(conversation.id, run_number=earlier + 1, run_id=new_id("run")))
    size = 0

    def heard(data: bytes) -> None:
        nonlocal size
        size += len(data) if b'"delta"' in data else 0
        stream.on_frame(data)

    tab = await _tab(hub, customer, conversation.id, heard, page.resume_after)
    Speaker(tokens + 2, _voice(stream, tokens)).start(0)
    async with asyncio.timeout(30):
        await stream.is_finished.wait()
    tab.drop()
    link.drop()
    return {"bytes_per_token": round(size / tokens, 1)}


async def _fill(services: Services, conversation_id: str, count: int) -> None:
    begin = utc_now() - timedelta(days=1)
    async with services.database.write() as session:
        session.add_all(
            ChatMessage(
                id=new_id("run"),
                conversation_id=conversation_id,
                position=position,
                role="agent",
                status="completed",
                text="An earlier answer of some length. " * 10,
                run_number=position,
                created_at=begin + timedelta(seconds=position),
                finished_at=begin + timedelta(seconds=position),
            )
            for position in range(1, count + 1)
        )


async def measure(
    services: Services, environment: Mapping[str, str], plan: Plan, count: int
) -> dict[str, Any]:
    """One number of streams, with the bare path on the same server."""
    bare_hub = _started(
        HubProcess(free_port(), {}, target="benchmarks.relay:echo", is_factory=False, workers=plan.workers)
    )
    try:
        bare = await measure_echo(bare_hub, count, plan.seconds)
    finally:
        bare_hub.kill()
    hub = _started(HubProcess(free_port(), environment, workers=plan.workers))
    try:
        empty = hub.usage()
        async with open_streams(hub, services, count) as streams:
            sys.stderr.write(f"{count} streams are open\n")
            before, begin = hub.usage(), time.monotonic()
            relayed, lost = await measure_relay(streams, plan.seconds)
            after, took = hub.usage(), time.monotonic() - begin
    finally:
        hub.kill()
    tokens = count * int(plan.seconds * TOKENS_PER_SECOND)
    return {
        "relay": relayed,
        "bare_echo": bare,
        "lost_tokens": lost,
        "p50_times_bare": round(relayed["p50_ms"] / bare["p50_ms"], 2),
        "hub_cpu_cores": round((after[0] - before[0]) / took, 3),
        "hub_cpu_ms_per_token": round(1_000 * (after[0] - before[0]) / tokens, 3),
        "hub_memory_mb": round(after[1] / 1e6, 1),
        "hub_memory_kib_per_stream": round((before[1] - empty[1]) / 1024 / count, 1),
        "load": load_now(),
    }


async def measure_history(services: Services, environment: Mapping[str, str], plan: Plan) -> dict[str, Any]:
    """Whether a long conversation costs more."""
    hub = _started(HubProcess(free_port(), environment, workers=plan.workers))
    try:
        return {str(earlier): await measure_bytes(hub, services, earlier, 40) for earlier in (10, 1_000)}
    finally:
        hub.kill()


def _started(hub: HubProcess) -> HubProcess:
    hub.start()
    hub.wait()
    return hub


async def run(plan: Plan) -> dict[str, Any]:
    """All measurements, as one JSON value."""
    load_before = load_now()
    report: dict[str, Any] = {"workers": plan.workers, "tokens_per_second": TOKENS_PER_SECOND, "streams": {}}
    with tempfile.TemporaryDirectory(prefix="letsbe-bench-") as folder, running_redis() as redis:
        settings = hub_settings(
            Path(folder) / "data", redis.socket_url, LETSBE_LOCAL_TENANT_LIMIT=LOCAL_TENANTS
        )
        create_tables(settings)
        environment = {
            "LETSBE_DATA_DIR": str(settings.data_dir),
            "REDIS_URL": redis.socket_url,
            "DATABASE_URL": "",
            "LETSBE_LOG_LEVEL": "error",
        }
        services = build_services(settings, passwords=quick_passwords())
        for count in plan.counts:
            report["streams"][str(count)] = await measure(services, environment, plan, count)
        await _set_status(services, TenantStatus.REMOVED)
        report["earlier_messages"] = await measure_history(services, environment, plan)
        await services.close()
    return {**report, "machine": machine(load_before)}


async def _set_status(services: Services, status: TenantStatus) -> None:
    """Of all servers."""
    async with services.database.write() as session:
        await session.exec(update(Tenant).values(status=status))


def main(arguments: Sequence[str]) -> int:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks relay", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="under a minute")
    parser.add_argument("--workers", type=int, default=worker_a_core(), help="of the hub (%(default)s)")
    parser.add_argument("--streams", type=int, action="append", help="only so many; may be repeated")
    options = parser.parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    counts = tuple(options.streams or ((1, 100) if options.quick else (1, 100, 500, 1_000)))
    plan = Plan(options.workers, 5.0 if options.quick else 20.0, counts)
    print(json.dumps({"benchmark": "relay", **uvloop.run(run(plan))}))
    return 0
