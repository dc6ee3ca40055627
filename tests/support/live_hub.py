"""Hub workers in this process; a daemon and a browser tab that speak by script; a customer with a server."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from websockets.asyncio.client import ClientConnection, connect

from letsbe_app.api.principals import SESSION_COOKIE
from letsbe_app.composition import Services, build_services
from letsbe_app.people.accounts.schemas import SignUp
from letsbe_app.people.authz.actor import Actor
from letsbe_app.server.websockets import HubWebSocket
from tenant_daemon.contracts.chat import (
    RunEvent,
    RunEventBody,
    RunFinished,
    RunOutcome,
    RunStarted,
    TextDelta,
)
from tenant_daemon.contracts.enrolment import EnrolmentRequest
from tenant_daemon.contracts.envelope import DaemonEnvelope, Hello, HubEnvelope, parse_hub_frame
from tests.support.api import api_over
from tests.support.hub import (
    PASSWORD,
    PUBLIC_URL,
    create_tables,
    hub_settings,
    paid_order,
    quick_passwords,
)
from tests.support.prompt_server import PromptServer

WAIT_SECONDS = 30.0


async def eventually(check: Callable[[], bool | Awaitable[bool]], seconds: float = WAIT_SECONDS) -> None:
    """Wait for something that announces itself to nobody."""
    async with asyncio.timeout(seconds):
        while not (answer if isinstance(answer := check(), bool) else await answer):  # noqa: ASYNC110
            await asyncio.sleep(0.005)


@dataclass
class Worker:
    """One hub worker: services of its own and an HTTP server."""

    services: Services
    port: int
    server: PromptServer
    is_stopped: bool = False

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    async def stop(self) -> None:
        """End it without waiting for its connections, and without telling anybody."""
        self.is_stopped = True
        await self.server.end()
        await self.services.close()


@dataclass
class LiveHub:
    """Workers over one database and one Redis."""

    data_dir: Path
    redis_url: str
    database_url: str = ""
    workers: list[Worker] = field(default_factory=list)

    async def start_worker(self) -> Worker:
        settings = hub_settings(self.data_dir, self.redis_url, DATABASE_URL=self.database_url)
        services = build_services(settings, passwords=quick_passwords())
        config = uvicorn.Config(
            api_over(services),
            port=0,
            log_level="critical",
            lifespan="off",
            ws=HubWebSocket,
            ws_ping_interval=None,
            ws_max_size=4_194_304,
        )
        server = PromptServer(config)
        worker = Worker(services, await server.begin(), server)
        self.workers.append(worker)
        return worker


@asynccontextmanager
async def live_hub(
    data_dir: Path, redis_url: str, workers: int = 1, *, database_url: str = ""
) -> AsyncIterator[LiveHub]:
    """A hub with so many workers; on SQLite unless there is an address of a database."""
    create_tables(hub_settings(data_dir, redis_url, DATABASE_URL=database_url))
    hub = LiveHub(data_dir, redis_url, database_url)
    for _ in range(workers):
        await hub.start_worker()
    try:
        yield hub
    finally:
        await asyncio.gather(*(worker.stop() for worker in hub.workers if not worker.is_stopped))


@dataclass(frozen=True)
class Customer:
    """A signed-in owner with one enrolled server."""

    actor: Actor
    session_token: str
    tenant_id: str
    api_key: str


async def new_customer(services: Services, email: str = "ada@bakery.example") -> Customer:
    """Sign up, pay for practice, enrol the server and give it its agents."""
    signed_in = await services.accounts.sign_up(SignUp("Ada's Bakery", email, PASSWORD))
    _, tenant_id = await paid_order(services, signed_in.actor)
    await services.agents.create_defaults(tenant_id)
    api_key = await enrol(services, tenant_id)
    return Customer(signed_in.actor, signed_in.session_token, tenant_id, api_key)


async def enrol(services: Services, tenant_id: str) -> str:
    """A server's API key."""
    token = await services.tenants.issue_token(tenant_id)
    request = EnrolmentRequest(
        token=token,
        daemon_version="1",
        openclaw_version="2026.9.6",
        protocol_version=1,
        sealing_public_key="k",
    )
    return (await services.tenants.enrol(request)).api_key


class ScriptedDaemon:
    """The daemon's end of a link."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.received: list[HubEnvelope] = []

    async def send(self, payload: Any, message_id: str = "") -> None:
        envelope = DaemonEnvelope(id=message_id, sent_at=datetime.now(UTC), payload=payload)
        await self.connection.send(envelope.model_dump_json())

    async def next(self, kind: str, check: Callable[[Any], bool] = lambda _payload: True) -> Any:
        """The next message of this kind, as an envelope; others are kept in ``received``."""
        async with asyncio.timeout(WAIT_SECONDS):
            while True:
                envelope = parse_hub_frame(await self.connection.recv())
                self.received.append(envelope)
                if envelope.payload.kind == kind and check(envelope.payload):
                    return envelope

    async def next_of(self, kinds: Collection[str]) -> HubEnvelope:
        """The next message of one of these kinds."""
        async with asyncio.timeout(WAIT_SECONDS):
            while (envelope := parse_hub_frame(await self.connection.recv())).payload.kind not in kinds:
                self.received.append(envelope)
        return envelope

    async def expect_ack(self, run_id: str, seq: int) -> None:
        """Wait until the run is confirmed up to ``seq``."""
        await self.next("run.ack", lambda ack: ack.run_id == run_id and ack.seq >= seq)

    async def close_code(self) -> int:
        """Wait for the hub to close the link."""
        async with asyncio.timeout(WAIT_SECONDS):
            await self.connection.wait_closed()
        return self.connection.close_code or 0


@asynccontextmanager
async def daemon(
    worker: Worker, api_key: str, *, config_version: int = 10_000, hello: bool = True
) -> AsyncIterator[ScriptedDaemon]:
    """A connected daemon that has been welcomed. By default it holds a newer configuration than any."""
    headers = {"Authorization": f"Bearer {api_key}"}
    async with connect(
        f"{worker.ws}/api/v1/tenant/link", additional_headers=headers, compression=None, max_size=4_000_000
    ) as connection:
        scripted = ScriptedDaemon(connection)
        if hello:
            await scripted.send(Hello(daemon_version="1", config_version=config_version))
            await scripted.next("link.welcome")
        yield scripted


class ScriptedTab:
    """A browser tab's end of the stream."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.frames: list[dict[str, Any]] = []

    async def send(self, **frame: Any) -> None:
        await self.connection.send(json.dumps(frame))

    async def watch(self, conversation_id: str, after: str = "0-0") -> None:
        await self.send(type="watch", conversation_id=conversation_id, after=after)

    async def next(self, **fields: Any) -> dict[str, Any]:
        """The next frame with these fields; all frames are kept."""
        return await self.until(lambda frame: all(frame.get(name) == value for name, value in fields.items()))

    async def until(self, check: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        async with asyncio.timeout(WAIT_SECONDS):
            while True:
                frame: dict[str, Any] = json.loads(await self.connection.recv())
                self.frames.append(frame)
                if check(frame):
                    return frame

    async def finished(self, run_id: str) -> dict[str, Any]:
        """Wait for the end of a run."""
        return await self.until(
            lambda frame: (
                frame["type"] == "run" and frame["run_id"] == run_id and frame["body"]["type"] == "finished"
            )
        )

    async def closed(self, within_seconds: float = WAIT_SECONDS) -> None:
        """Wait until the hub has closed the stream."""
        async with asyncio.timeout(within_seconds):
            await self.connection.wait_closed()

    def text(self, run_id: str) -> str:
        """What the deltas of a run spell."""
        return "".join(
            frame["body"]["text"]
            for frame in self.frames
            if frame["type"] == "run" and frame["run_id"] == run_id and frame["body"]["type"] == "delta"
        )

    def types(self) -> list[str]:
        """Types of the frames that are no wakes."""
        return [frame["type"] for frame in self.frames if frame["type"] != "wake"]


@asynccontextmanager
async def tab(
    worker: Worker, session_token: str, *, origin: str = PUBLIC_URL, open_timeout: float = 10
) -> AsyncIterator[ScriptedTab]:
    """A tab with the stream open."""
    headers = {"Cookie": f"{SESSION_COOKIE}={session_token}", "Origin": origin}
    async with connect(
        f"{worker.ws}/api/v1/customer/stream",
        additional_headers=headers,
        compression=None,
        open_timeout=open_timeout,
    ) as connection:
        yield ScriptedTab(connection)


class ScriptedRun:
    """Numbers the events of an answer as a daemon does."""

    def __init__(self, conversation_id: str, run_number: int = 1, run_id: str = "") -> None:
        self.run_id = run_id or f"run_{conversation_id[-12:]}_{run_number}"
        self.conversation_id = conversation_id
        self.run_number = run_number
        self.events: list[RunEvent] = []

    def add(self, body: RunEventBody) -> RunEvent:
        event = RunEvent(
            run_id=self.run_id,
            conversation_id=self.conversation_id,
            run_number=self.run_number,
            seq=len(self.events) + 1,
            created_at=datetime.now(UTC),
            body=body,
        )
        self.events.append(event)
        return event

    def started(self, agent_id: str = "dispatcher", in_reply_to: str | None = None) -> RunEvent:
        return self.add(RunStarted(agent_id=agent_id, in_reply_to=in_reply_to))

    def delta(self, text: str) -> RunEvent:
        return self.add(TextDelta(text=text))

    def finished(self, outcome: RunOutcome = RunOutcome.COMPLETED, note: str = "") -> RunEvent:
        return self.add(RunFinished(outcome=outcome, text=self.text, note=note))

    @property
    def text(self) -> str:
        return "".join(event.body.text for event in self.events if isinstance(event.body, TextDelta))
