"""The chats of a link with a gateway that the test plays, and a journal to look into."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tenant_daemon.contracts.chat import AttachedFile, RunEventBody, RunFinished, SendMessage
from tenant_daemon.contracts.config import AgentConfig, TenantConfig
from tenant_daemon.hub_client.attachments import FilesNotFetched, told_to_agent
from tenant_daemon.hub_client.chat import ChatRelay
from tenant_daemon.hub_client.gateway import GatewayDoor
from tenant_daemon.hub_client.handovers import Handovers
from tenant_daemon.hub_client.jobs import RecentRuns
from tenant_daemon.hub_client.outbox import LinkStore
from tenant_daemon.hub_client.run_in_progress import ChatParts
from tenant_daemon.hub_client.sessions import ChatSession
from tenant_daemon.redaction import KnownSecret, Redactor
from tenant_daemon.tracing import NO_TRACES, Traces
from tests.support.agent_gateway import FakeGateway

SECRET = "correct-horse-battery-staple-42"
REDACTOR = Redactor([KnownSecret("mail", SECRET)])
SESSION = ChatSession("it-admin", "cnv1")


def make_config(*, is_stopped: bool = False, stopped: tuple[str, ...] = ()) -> TenantConfig:
    names = ("it-admin", "sales", "marketing")
    agents = [AgentConfig(agent_id=name, name=name, is_stopped=name in stopped) for name in names]
    return TenantConfig(version=1, agents=agents, is_stopped=is_stopped)


@dataclass
class Stage:
    """One life of the link's chats."""

    path: Path
    config: TenantConfig | None = field(default_factory=make_config)
    cancelled: list[ChatSession] = field(default_factory=list)
    files_problem: str = ""
    """Why files cannot be had."""
    refusal: str = ""
    """What the proxy says of the agent."""
    traces: Traces = NO_TRACES

    def __post_init__(self) -> None:
        self.store = LinkStore(self.path)
        self.door = GatewayDoor()
        self.door.set_healthy(True)
        self.gateway = FakeGateway()
        self.changed = asyncio.Event()
        self.released: asyncio.Queue[str] = asyncio.Queue()
        self._owner: asyncio.Task[None] | None = None
        self._started = asyncio.Event()

    async def start(self, *, is_open: bool = True) -> None:
        self._owner = asyncio.create_task(self._own())
        await self._started.wait()
        self.chat.restore()
        if is_open:
            await self.chat.on_gateway_opened(self.gateway)

    async def kill(self) -> None:
        """End as a crash does: nothing is finished."""
        if self._owner is None:
            return
        self._owner.cancel()
        await asyncio.gather(self._owner, return_exceptions=True)
        self._owner = None
        self.store.close()

    async def _own(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            self.handovers = Handovers(self.door, lambda: self.config, self._cancel)
            self.chat = ChatRelay(self._parts(), self.handovers, tasks)
            self.gateway.tell = self.chat.on_gateway_event
            self._started.set()
            await asyncio.Event().wait()

    def _parts(self) -> ChatParts:
        return ChatParts(
            why_refused=self._why_refused,
            fetch_files=self._fetch_files,
            store=self.store,
            door=self.door,
            new_stream=REDACTOR.stream,
            redact=REDACTOR.redact,
            wake_link=self.changed.set,
            cancel_tools=self._cancel,
            release_tools=self._release,
            config=lambda: self.config,
            is_practice=True,
            recent_runs=RecentRuns(),
            traces=self.traces,
        )

    async def _fetch_files(self, agent_id: str, files: Sequence[AttachedFile]) -> str:
        if files and self.files_problem:
            raise FilesNotFetched(self.files_problem)
        return told_to_agent(files) if files else ""

    async def _why_refused(self, _agent_id: str) -> str:
        return self.refusal

    async def _cancel(self, session: ChatSession) -> None:
        self.cancelled.append(session)

    async def _release(self, conversation_id: str) -> None:
        self.released.put_nowait(conversation_id)

    def say(
        self,
        number: int,
        text: str = "hi",
        *,
        conversation_id: str = "cnv1",
        agent: str = "it-admin",
        takes_back: Sequence[str] = (),
        files: Sequence[AttachedFile] = (),
    ) -> None:
        """The customer sends a message."""
        message = SendMessage(
            message_id=f"msg{number}",
            conversation_id=conversation_id,
            agent_id=agent,
            text=text,
            takes_back=list(takes_back),
            attachments=list(files),
        )
        incoming = self.store.inbox.accept(f"obx{number}", message)
        assert incoming is not None
        self.chat.on_message(incoming)

    def runs(self) -> list[list[RunEventBody]]:
        """The bodies of every run's events, oldest run first."""
        return [
            [event.body for event in self.store.journal.events(run.run_id, after_seq=0, limit=1000)]
            for run in self.store.journal.unconfirmed()
        ]

    async def finished(self, count: int) -> list[list[RunEventBody]]:
        """Wait until so many runs are finished."""
        async with asyncio.timeout(30):
            while True:
                runs = [run for run in self.runs() if isinstance(run[-1], RunFinished)]
                if len(runs) >= count:
                    return runs
                self.changed.clear()
                await self.changed.wait()
