"""
The relay: how much later a token reaches the browser, and how many bytes it costs.

Real parts: granian workers with the hub's API, Redis, SQLite. Daemons and browsers are websockets of this
process. Each token carries the time at which it was sent; the same number of websockets to a bare echo gives
the path that nothing can beat on this machine.
"""

import argparse
import asyncio
import json
import logging
import math
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import structlog
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from benchmarks.thread.machine import load_now, machine
from letsbe_app.composition import Services, build_services
from letsbe_app.db.models import ChatMessage
from letsbe_app.kit.clock import utc_now
from letsbe_app.kit.ids import new_id
from tests.support.hub import create_tables, hub_settings, quick_passwords
from tests.support.live_hub import Customer, ScriptedDaemon, ScriptedRun, daemon, new_customer, tab
from tests.support.redis import free_port, running_redis

TOKENS_PER_SECOND = 10
MAX_TENANTS = 20
ROOT = Path(__file__).resolve().parents[1]


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


@dataclass(frozen=True)
class Server:
    """A granian server; has what the scripted peers need of a worker."""

    port: int
    process: psutil.Process

    @property
    def ws(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def usage(self) -> tuple[float, int]:
        """CPU seconds so far and resident bytes, of all its processes."""
        family = [self.process, *self.process.children(recursive=True)]
        cpu = sum(sum(one.cpu_times()[:2]) for one in family)
        return cpu, sum(one.memory_info().rss for one in family)


@contextmanager
def serving(target: str, workers: int, environment: dict[str, str], *, factory: bool) -> Iterator[Server]:
    """Granian with one of our applications."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--port", str(port)]
    command += ["--workers", str(workers), "--log-level", "error", "--backpressure", "4096"]
    command += ["--factory", target] if factory else [target]
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environment}, stdout=sys.stderr, start_new_session=True
    )
    try:
        _wait_for_port(port, process)
        yield Server(port, psutil.Process(process.pid))
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait_for_port(port: int, process: "subprocess.Popen[bytes]") -> None:
    import socket

    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the server did not start")


@dataclass(frozen=True)
class Stream:
    """One conversation: its daemon and its tab."""

    link: ScriptedDaemon
    tab: ClientConnection
    run: ScriptedRun


def summary(latencies: Sequence[float]) -> dict[str, float]:
    """Percentiles in milliseconds."""
    cuts = statistics.quantiles(latencies, n=100) if len(latencies) > 1 else [math.nan] * 99
    return {f"p{cut}_ms": round(cuts[cut - 1] * 1_000, 2) for cut in (50, 95, 99)}


async def measure_echo(server: Server, streams: int, seconds: float) -> dict[str, float]:
    """The bare path: each connection sends and reads its own frame back."""
    latencies: list[float] = []
    async with AsyncExitStack() as stack:
        sockets = [
            await stack.enter_async_context(connect(server.ws, compression=None)) for _ in range(streams)
        ]

        async def talk(socket: ClientConnection, offset: float) -> None:
            await asyncio.sleep(offset)
            for _ in range(int(seconds * TOKENS_PER_SECOND)):
                begin = time.perf_counter()
                await socket.send(json.dumps({"text": f"{begin:.6f}", "padding": "x" * 200}))
                await socket.recv()
                latencies.append(time.perf_counter() - begin)
                await asyncio.sleep(1 / TOKENS_PER_SECOND)

        await asyncio.gather(*(talk(socket, _offset(at, streams)) for at, socket in enumerate(sockets)))
    return summary(latencies)


async def measure_relay(streams: Sequence[Stream], seconds: float) -> tuple[dict[str, float], int]:
    """Latencies of the tokens from a daemon's send to the tab, and the number of tokens lost."""
    latencies: list[float] = []
    expected = int(seconds * TOKENS_PER_SECOND)

    async def speak(stream: Stream, offset: float) -> None:
        await asyncio.sleep(offset)
        await stream.link.send(stream.run.started())
        for _ in range(expected):
            await stream.link.send(stream.run.delta(f"{time.perf_counter():.6f} "))
            await asyncio.sleep(1 / TOKENS_PER_SECOND)
        await stream.link.send(stream.run.finished())

    async def listen(stream: Stream) -> int:
        seen = 0
        while True:
            frame = json.loads(await asyncio.wait_for(stream.tab.recv(), 30))
            now = time.perf_counter()
            if frame["type"] != "run" or frame["run_id"] != stream.run.run_id:
                continue
            body = frame["body"]
            if body["type"] == "finished":
                return seen
            if body["type"] == "delta":
                sent = [float(token) for token in body["text"].split()]
                seen += len(sent)
                latencies.extend(now - moment for moment in sent)

    drains = [
        asyncio.create_task(_drain(link)) for link in {id(one.link): one.link for one in streams}.values()
    ]
    listeners = [asyncio.create_task(listen(stream)) for stream in streams]
    await asyncio.gather(*(speak(stream, _offset(at, len(streams))) for at, stream in enumerate(streams)))
    seen = sum(await asyncio.gather(*listeners))
    for drain in drains:
        drain.cancel()
    return summary(latencies), expected * len(streams) - seen


def _offset(position: int, count: int) -> float:
    # Spread over one token's time: customers do not speak in step.
    return position / count / TOKENS_PER_SECOND


async def _drain(link: ScriptedDaemon) -> None:
    try:
        while True:
            await link.connection.recv()
    except ConnectionClosed:
        return


@asynccontextmanager
async def open_streams(server: Server, services: Services, count: int) -> AsyncIterator[list[Stream]]:
    """So many conversations on a few servers, each watched by a tab."""
    tenants = min(MAX_TENANTS, math.ceil(count / 10))
    customers = [await new_customer(services, f"{new_id('usr')}@bench.example") for _ in range(tenants)]
    async with AsyncExitStack() as stack:
        links = [
            await stack.enter_async_context(daemon(server, customer.api_key))  # type: ignore[arg-type]
            for customer in customers
        ]
        streams = []
        for position in range(count):
            customer, link = customers[position % tenants], links[position % tenants]
            conversation = await services.conversations.start(customer.actor, customer.tenant_id, "sales")
            socket = await stack.enter_async_context(_watching(server, customer, conversation.id))
            streams.append(Stream(link, socket, ScriptedRun(conversation.id, run_id=new_id("run"))))
        yield streams


@asynccontextmanager
async def _watching(
    server: Server, customer: Customer, conversation_id: str, after: str = "0-0"
) -> AsyncIterator[ClientConnection]:
    async with tab(server, customer.session_token, open_timeout=30) as one:  # type: ignore[arg-type]
        await one.watch(conversation_id, after)
        await one.send(type="ping")
        await one.next(type="pong")
        yield one.connection


async def measure_bytes(server: Server, services: Services, earlier: int, tokens: int) -> dict[str, float]:
    """Bytes on the browser's wire per token, and of the page load, with so many earlier messages."""
    customer = await new_customer(services, f"{new_id('usr')}@bench.example")
    conversation = await services.conversations.start(customer.actor, customer.tenant_id, "sales")
    await _fill(services, conversation.id, earlier)
    page = await services.conversations.messages(customer.actor, conversation.id)
    run = ScriptedRun(conversation.id, run_number=earlier + 1, run_id=new_id("run"))
    size = 0
    async with (
        daemon(server, customer.api_key) as link,  # type: ignore[arg-type]
        _watching(server, customer, conversation.id, page.resume_after) as socket,
    ):
        await link.send(run.started())
        for _ in range(tokens):
            await link.send(run.delta("token "))
            await asyncio.sleep(1 / 20)
        while True:
            text = await asyncio.wait_for(socket.recv(), 30)
            frame = json.loads(text)
            if frame["type"] == "run" and frame["body"]["type"] == "delta":
                size += len(text)
                tokens -= frame["body"]["text"].count("token")
                if tokens == 0:
                    break
    sent = len(run.events) - 1
    return {"bytes_per_token": round(size / sent, 1)}


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


async def run(*, quick: bool, workers: int) -> dict[str, Any]:
    """All measurements, as one JSON value."""
    seconds = 5.0 if quick else 20.0
    counts = (1, 100) if quick else (1, 100, 500, 1_000)
    load_before = load_now()
    report: dict[str, Any] = {"workers": workers, "tokens_per_second": TOKENS_PER_SECOND, "streams": {}}
    with tempfile.TemporaryDirectory(prefix="letsbe-bench-") as folder, running_redis() as redis:
        data_dir = Path(folder) / "data"
        settings = hub_settings(data_dir, redis.url, LETSBE_LOCAL_TENANT_LIMIT=20)
        create_tables(settings)
        environment = {
            "LETSBE_DATA_DIR": str(data_dir),
            "REDIS_URL": redis.url,
            "DATABASE_URL": "",
            "LETSBE_LOG_LEVEL": "error",
        }
        for count in counts:
            with serving("benchmarks.relay:echo", workers, {}, factory=False) as server:
                bare = await measure_echo(server, count, seconds)
            # Each size on a database of its own tenants; the limit of servers is per installation.
            services = build_services(settings, passwords=quick_passwords())
            await _forget_tenants(services)
            with serving("letsbe_app.api.app:build_api", workers, environment, factory=True) as server:
                _, memory_empty = server.usage()
                async with open_streams(server, services, count) as streams:
                    cpu_before, memory_before = server.usage()
                    begin = time.monotonic()
                    relayed, lost = await measure_relay(streams, seconds)
                    took = time.monotonic() - begin
                    cpu_after, memory = server.usage()
                if count == counts[-1]:
                    await _forget_tenants(services)
                    report["earlier_messages"] = {
                        str(earlier): await measure_bytes(server, services, earlier, 60)
                        for earlier in (10, 1_000)
                    }
            await services.close()
            report["streams"][str(count)] = {
                "relay": relayed,
                "bare_echo": bare,
                "lost_tokens": lost,
                "p50_times_bare": round(relayed["p50_ms"] / bare["p50_ms"], 2),
                "hub_cpu_cores": round((cpu_after - cpu_before) / took, 3),
                "hub_cpu_ms_per_token": round(
                    1_000 * (cpu_after - cpu_before) / (count * seconds * TOKENS_PER_SECOND), 3
                ),
                "hub_memory_mb": round(memory / 1e6, 1),
                "hub_memory_kib_per_stream": round((memory_before - memory_empty) / 1024 / count, 1),
                "load": load_now(),
            }
    return {**report, "machine": machine(load_before)}


async def _forget_tenants(services: Services) -> None:
    from sqlalchemy import text

    async with services.database.write() as session:
        await session.exec(text("UPDATE tenant SET status = 'removed'"))  # type: ignore[call-overload]


def main(arguments: Sequence[str]) -> int:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks relay", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="under a minute")
    parser.add_argument("--workers", type=int, default=1, help="hub workers (default 1)")
    options = parser.parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    report = asyncio.run(run(quick=options.quick, workers=options.workers))
    print(json.dumps({"benchmark": "relay", **report}))
    return 0
