"""Heartbeats about parts that come and go."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tenant_daemon.audit import AuditTrail, AuditUnavailable
from tenant_daemon.contracts.health import ComponentHealth, Heartbeat
from tenant_daemon.home import TenantHome
from tenant_daemon.hub_client.gateway import GatewayDoor
from tenant_daemon.hub_client.health import HealthMonitor, Versions
from tenant_daemon.hub_client.metrics import MetricsReader
from tenant_daemon.kit.http_server import serve_on
from tests.support.agent_gateway import FakeGateway
from tests.support.sockets import listening_socket


@dataclass
class _Server:
    monitor: HealthMonitor
    door: GatewayDoor
    beats: "asyncio.Queue[Heartbeat]"
    status: int = 200
    problem: str = "starting"
    vault_trouble: str = ""
    model: ComponentHealth | None = None
    is_disk_full: bool = False
    config_version: int = 0
    components: list[ComponentHealth] = field(default_factory=list)

    async def next(self) -> Heartbeat:
        async with asyncio.timeout(30):
            return await self.beats.get()


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[_Server]:
    home = TenantHome(tmp_path)
    home.create()
    listener = listening_socket()
    door: GatewayDoor = GatewayDoor()
    beats: asyncio.Queue[Heartbeat] = asyncio.Queue()

    async def health(_request: Request) -> Response:
        return Response(status_code=server.status)

    async def model() -> ComponentHealth | None:
        return server.model

    monitor = HealthMonitor(
        urls={"proxy": f"http://127.0.0.1:{listener.getsockname()[1]}/healthz"},
        door=door,
        openclaw_problem=lambda: server.problem,
        config_version=lambda: server.config_version,
        outbox_depth=lambda: 7,
        audit=AuditTrail.open(home),
        metrics=MetricsReader(tmp_path),
        versions=Versions(daemon="1", openclaw="2"),
        send=beats.put_nowait,
        vault_trouble=lambda: server.vault_trouble,
        model=model,
        is_disk_full=lambda: server.is_disk_full,
    )
    server = _Server(monitor, door, beats)
    app = Starlette(routes=[Route("/healthz", health)])
    tasks = [asyncio.create_task(serve_on(listener, app)), asyncio.create_task(monitor.run())]
    yield server
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_server_is_ready_when_every_part_is(server: _Server) -> None:
    first = await server.next()
    assert not first.is_ready
    assert first.components[-1] == ComponentHealth(name="openclaw", is_healthy=False, detail="starting")
    server.door.open(FakeGateway())
    server.problem = ""
    server.monitor.look()
    ready = await server.next()
    assert ready.is_ready
    assert [part.is_healthy for part in ready.components] == [True, True]
    assert (ready.outbox_depth, ready.audit_count, ready.openclaw_version) == (7, 0, "2")
    assert ready.disk_total_bytes


async def test_part_that_fails_closes_the_door_at_once(server: _Server) -> None:
    server.door.open(FakeGateway())
    while not (await server.next()).is_ready:
        server.monitor.look()
    server.status = 503
    server.monitor.look()
    sick = await server.next()
    assert not sick.is_ready
    assert sick.components[0] == ComponentHealth(name="proxy", is_healthy=False, detail="answered 503")
    assert not server.door.is_open
    assert server.door.has_gateway


async def test_an_audit_that_cannot_be_read_closes_the_door_and_is_told(
    server: _Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_trail: AuditTrail) -> tuple[int, str]:
        raise AuditUnavailable("disk I/O error")

    server.door.open(FakeGateway())
    while not (await server.next()).is_ready:
        server.monitor.look()
    with monkeypatch.context() as patch:
        patch.setattr(AuditTrail, "head", fail)
        server.monitor.look()
        sick = await server.next()
    assert not server.door.is_open
    assert ComponentHealth(name="audit", is_healthy=False, detail="cannot be read") in sick.components
    server.monitor.look()
    while not (await server.next()).is_ready:
        server.monitor.look()


async def test_new_configuration_is_told_at_once(server: _Server) -> None:
    await server.next()
    server.config_version = 9
    server.monitor.look()
    assert (await server.next()).config_version == 9


async def test_model_that_does_not_answer_is_told_and_leaves_the_door_open(server: _Server) -> None:
    server.problem = ""
    server.door.open(FakeGateway())
    server.monitor.look()
    while not (await server.next()).is_ready:
        pass
    sick = ComponentHealth(name="model", is_healthy=False, detail="The account is empty.")
    server.model = sick
    server.monitor.look()
    while sick not in (beat := await server.next()).components:
        pass
    assert beat.is_ready
    server.model = None
    server.monitor.look()
    while sick in (await server.next()).components:
        pass


async def test_full_disk_closes_the_door_and_is_told(server: _Server) -> None:
    server.problem = ""
    server.door.open(FakeGateway())
    server.monitor.look()
    while not (await server.next()).is_ready:
        pass
    server.is_disk_full = True
    server.monitor.look()
    sick = ComponentHealth(name="disk", is_healthy=False, detail="full")
    while sick not in (beat := await server.next()).components:
        pass
    assert not beat.is_ready
    server.is_disk_full = False
    server.monitor.look()
    while not (await server.next()).is_ready:
        pass


async def test_vault_that_is_changed_while_all_runs_closes_the_door_and_is_told(server: _Server) -> None:
    server.problem = ""
    server.door.open(FakeGateway())
    server.monitor.look()
    while not (await server.next()).is_ready:
        pass
    server.vault_trouble = "changed"
    server.monitor.look()
    locked = ComponentHealth(name="vault", is_healthy=False, detail="changed")
    while locked not in (beat := await server.next()).components:
        pass
    assert not beat.is_ready
    assert not server.door.is_open
