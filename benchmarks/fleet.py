"""
The fleet: how many idle servers one worker holds, what each costs, and how they all come back.

Real parts: one worker of the hub's own server with its API, Redis, SQLite. The servers are bare sockets of
this process that speak the frames of a link; after the worker is killed they wait before each try as a daemon
does.
"""

import argparse
import asyncio
import base64
import json
import os
import resource
import statistics
import struct
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import col, func, select

from benchmarks.thread.machine import load_now, machine
from letsbe_app.composition import Services, build_services
from letsbe_app.db.models import Customer, Order, Tenant, TenantStatus
from letsbe_app.fleet.tenants import repository
from letsbe_app.kit.clock import utc_now
from letsbe_app.kit.ids import new_id
from letsbe_app.kit.secrets import token_hash
from tenant_daemon.contracts.commands import ConfigApplied
from tenant_daemon.contracts.envelope import DaemonEnvelope, Hello
from tenant_daemon.contracts.health import ComponentHealth, Heartbeat
from tenant_daemon.hub_client.connection import hub_backoff
from tests.support.hub import create_tables, hub_settings, quick_passwords
from tests.support.hub_process import HubProcess
from tests.support.redis import free_port, running_redis

CONFIG_VERSION = 10_000
WARM_UP = 64
OTHER_FILES = 256
"""That a process may have open beside its sockets."""
OPEN_SECONDS = 15.0
"""As a daemon waits for its handshake."""
WELCOME_SECONDS = 30.0
HEARTBEAT = Heartbeat(
    daemon_version="1",
    openclaw_version="2026.9.6",
    config_version=CONFIG_VERSION,
    is_ready=True,
    components=[ComponentHealth(name=name, is_healthy=True) for name in ("proxy", "wrapper", "openclaw")],
)


class Server:
    """One tenant's socket: an upgrade by hand and masked text frames (RFC 6455), nothing else."""

    def __init__(self, port: int, api_key: str) -> None:
        self._port = port
        self._api_key = api_key
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self.tries = 0

    async def connect(self) -> None:
        """Open the link and wait for the welcome; raises OSError."""
        self.tries += 1
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                await self._upgrade()
            self.send(Hello(daemon_version="1", config_version=CONFIG_VERSION))
            async with asyncio.timeout(WELCOME_SECONDS):
                while b"link.welcome" not in await self.frame():
                    continue
        except (asyncio.IncompleteReadError, TimeoutError) as exc:
            self.drop()
            raise ConnectionError from exc

    async def _upgrade(self) -> None:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        key = base64.b64encode(os.urandom(16)).decode()
        self._writer.write(
            (
                "GET /api/v1/tenant/link HTTP/1.1\r\nHost: hub\r\n"
                "Connection: Upgrade\r\nUpgrade: websocket\r\n"
                f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
                f"Authorization: Bearer {self._api_key}\r\n\r\n"
            ).encode()
        )
        head = await self._reader.readuntil(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n", 1)[0]:
            raise ConnectionError

    def send(self, payload: Any, message_id: str = "") -> None:
        """Send a message; what the hub is too slow for waits in the socket."""
        assert self._writer is not None
        envelope = DaemonEnvelope(id=message_id, sent_at=utc_now(), payload=payload)
        data = envelope.model_dump_json().encode()
        size = len(data)
        length = bytes([0x80 | size]) if size < 126 else bytes([0x80 | 126]) + struct.pack("!H", size)
        # A mask of zeros is one, and leaves the text as it is.
        self._writer.write(b"\x81" + length + b"\0\0\0\0" + data)

    async def frame(self) -> bytes:
        """The next frame's payload."""
        assert self._reader is not None
        first, second = await self._reader.readexactly(2)
        size = second & 0x7F
        if size == 126:
            [size] = struct.unpack("!H", await self._reader.readexactly(2))
        elif size == 127:
            [size] = struct.unpack("!Q", await self._reader.readexactly(8))
        data = await self._reader.readexactly(size)
        if first & 0x0F == 8:
            raise ConnectionError(f"closed by the hub: {data[2:].decode()}")
        return data

    async def until_closed(self) -> None:
        """Read until the hub is gone."""
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                await self.frame()

    def drop(self) -> None:
        if self._writer is not None:
            self._writer.transport.abort()


@dataclass(frozen=True)
class Measured:
    """One worker's processor seconds and bytes at a moment."""

    cpu: float
    memory: int
    at: float

    @classmethod
    def of(cls, hub: HubProcess) -> "Measured":
        return cls(*hub.usage(), time.monotonic())


async def make_fleet(services: Services, count: int) -> dict[str, str]:
    """So many enrolled servers, straight into the database; gives their keys by their ids."""
    now = utc_now()
    keys = {new_id("ten"): f"lbt_{new_id('key')}" for _ in range(count)}
    customer = Customer(id=new_id("cus"), name="Bench", created_at=now)
    async with services.database.write() as session:
        session.add(customer)
        await session.flush()
        for begin in range(0, count, 500):
            part = list(keys.items())[begin : begin + 500]
            orders = {tenant_id: _order(customer.id, tenant_id) for tenant_id, _ in part}
            session.add_all(orders.values())
            await session.flush()
            session.add_all(
                Tenant(
                    id=tenant_id,
                    customer_id=customer.id,
                    order_id=orders[tenant_id].id,
                    name=orders[tenant_id].server_name,
                    provider="local",
                    status=TenantStatus.ACTIVE,
                    api_key_hash=token_hash(key),
                    applied_config_version=CONFIG_VERSION,
                    created_at=now,
                )
                for tenant_id, key in part
            )
            await session.flush()
    return keys


def make_room(sockets: int) -> None:
    """Let this process, and those that it starts, open so many; raises SystemExit where that is forbidden."""
    needed = sockets + OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise SystemExit(
            f"{sockets} sockets need {needed} open files, and {hard} are allowed here. "
            f"Allow more (ulimit -Hn), or ask for fewer: --sockets {hard - OTHER_FILES}"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


def _order(customer_id: str, tenant_id: str) -> Order:
    return Order(
        id=new_id("ord"),
        customer_id=customer_id,
        plan_id="lite",
        server_name=f"s-{tenant_id[-12:]}",
        price_cents=0,
        created_at=utc_now(),
    )


async def open_all(servers: Sequence[Server]) -> None:
    """Everybody at once, each trying until it is in, with a daemon's waits."""

    async def come_in(server: Server) -> None:
        backoff = hub_backoff()
        while True:
            try:
                await server.connect()
            except OSError:
                await asyncio.sleep(backoff.after_failure())
            else:
                return

    await asyncio.gather(*(come_in(server) for server in servers))


async def come_back(hub: HubProcess, servers: Sequence[Server]) -> dict[str, Any]:
    """Kill the worker, start it again, and wait until every server is welcomed anew."""
    tries = sum(server.tries for server in servers)
    hub.kill()
    killed_at = time.monotonic()
    await asyncio.gather(*(server.until_closed() for server in servers))
    hub.start()
    waiting = asyncio.create_task(open_all(servers))
    await asyncio.to_thread(hub.wait)
    serving_at = time.monotonic()
    cpu_before = Measured.of(hub).cpu
    await waiting
    done_at = time.monotonic()
    return {
        "seconds_from_the_kill": round(done_at - killed_at, 1),
        "seconds_from_serving_again": round(done_at - serving_at, 1),
        "hub_cpu_seconds": round(Measured.of(hub).cpu - cpu_before, 1),
        "tries_per_server": round((sum(server.tries for server in servers) - tries) / len(servers), 2),
    }


async def idle(hub: HubProcess, seconds: float) -> float:
    """Cores that the worker needs while nobody says anything."""
    before = Measured.of(hub)
    await asyncio.sleep(seconds)
    after = Measured.of(hub)
    return round((after.cpu - before.cpu) / (after.at - before.at), 3)


async def beat(hub: HubProcess, services: Services, servers: Sequence[Server], rounds: int) -> dict[str, Any]:
    """A heartbeat of every server at once, until the database has all of them."""
    before = Measured.of(hub)
    for _ in range(rounds):
        begin = utc_now()
        for server in servers:
            server.send(HEARTBEAT)
        while await _heard_since(services, begin) < len(servers):  # noqa: ASYNC110  # nobody announces it
            await asyncio.sleep(0.05)
    after = Measured.of(hub)
    count = rounds * len(servers)
    return {
        "heartbeats": count,
        "per_second": round(count / (after.at - before.at)),
        "per_second_of_one_core": round(count / (after.cpu - before.cpu)),
    }


async def _heard_since(services: Services, moment: datetime) -> int:
    async with services.database.read() as session:
        found = await session.exec(select(func.count()).where(col(Tenant.last_heartbeat_at) >= moment))
    return found.one()


async def config_in_force(services: Services, servers: Sequence[tuple[str, Server]]) -> dict[str, Any]:
    """
    From the change at the hub until the hub knows that it is in force, at servers that apply it at once.

    What a real daemon needs for that comes on top: it writes one file and tells its processes.
    """
    seconds: list[float] = []
    for tenant_id, server in servers:
        begin = time.monotonic()
        async with services.database.write() as session:
            await repository.change(session, tenant_id, config_version=CONFIG_VERSION + 1)
        await services.relay.publisher.wake_link(tenant_id)
        while b"config.apply" not in await server.frame():
            continue
        server.send(ConfigApplied(version=CONFIG_VERSION + 1, is_applied=True), new_id("out"))
        while b"link.ack" not in await server.frame():
            continue
        seconds.append(time.monotonic() - begin)
    cuts = statistics.quantiles(seconds, n=20)
    return {
        "changes": len(seconds),
        "p50_ms": round(1_000 * cuts[9], 1),
        "p95_ms": round(1_000 * cuts[18], 1),
    }


async def run(*, quick: bool, count: int) -> dict[str, Any]:
    """All measurements, as one JSON value."""
    load_before = load_now()
    with tempfile.TemporaryDirectory(prefix="letsbe-fleet-") as folder, running_redis() as redis:
        settings = hub_settings(Path(folder) / "data", redis.socket_url)
        create_tables(settings)
        services = build_services(settings, passwords=quick_passwords())
        tenants = await make_fleet(services, count)
        environment = {
            "LETSBE_DATA_DIR": str(settings.data_dir),
            "REDIS_URL": redis.socket_url,
            "DATABASE_URL": "",
            "LETSBE_LOG_LEVEL": "error",
        }
        hub = HubProcess(free_port(), environment)
        hub.start()
        try:
            hub.wait()
            servers = [Server(hub.port, key) for key in tenants.values()]
            # Some first: what a worker loads and opens for its first crowd is no cost of a connection.
            await open_all(servers[:WARM_UP])
            await beat(hub, services, servers[:WARM_UP], 1)
            before = Measured.of(hub)
            await open_all(servers[WARM_UP:])
            after = Measured.of(hub)
            sys.stderr.write(f"{count} servers are in\n")

            def kib_per_socket(now: Measured) -> float:
                return round((now.memory - before.memory) / 1024 / (count - WARM_UP), 1)

            report = {
                "sockets": count,
                "kib_per_socket": kib_per_socket(after),
                "all_opened_seconds": round(after.at - before.at, 1),
                "hub_cpu_ms_per_opening": round(1_000 * (after.cpu - before.cpu) / (count - WARM_UP), 2),
                "idle_cores": await idle(hub, 2.0 if quick else 30.0),
                "heartbeats": await beat(hub, services, servers, 2 if quick else 4),
                "kib_per_socket_after_heartbeats": kib_per_socket(Measured.of(hub)),
                "config_in_force": await config_in_force(
                    services, list(zip(tenants, servers, strict=True))[: 50 if quick else 200]
                ),
                "after_a_restart": await come_back(hub, servers),
            }
        finally:
            hub.kill()
            await services.close()
    return {**report, "machine": machine(load_before)}


def main(arguments: Sequence[str]) -> int:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks fleet", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer servers, under a minute")
    parser.add_argument("--sockets", type=int, help="servers (default 5,000; 500 with --quick)")
    options = parser.parse_args(arguments)
    count = options.sockets or (500 if options.quick else 5_000)
    make_room(count)
    report = asyncio.run(run(quick=options.quick, count=count))
    print(json.dumps({"benchmark": "fleet", **report}))
    return 0
