"""The safety wrapper under test: everything real but the classifier and the way to the hub."""

import asyncio
import shlex
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tenant_daemon.audit import AuditTrail
from tenant_daemon.contracts.approvals import (
    ApprovalCarriedOut,
    ApprovalDecided,
    ApprovalForgotten,
    ApprovalRequested,
    ApprovalSettledReport,
    Verdict,
)
from tenant_daemon.contracts.changes import ChangeRecorded, ChangeSettled
from tenant_daemon.contracts.config import AgentConfig, TenantConfig
from tenant_daemon.contracts.notices import AgentHeldBack
from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.execution import CallScope, Limits
from tenant_daemon.home import TenantHome
from tenant_daemon.policy.actions import Command, GenerateSecret, HandOver, ReadFile, RunPipelines, WriteFile
from tenant_daemon.policy.judgement import Judgement, PolicyContext
from tenant_daemon.redaction import LiveRedactor
from tenant_daemon.safety.approval_store import Approval
from tenant_daemon.safety.call_traces import CallTraces
from tenant_daemon.safety.live import Patience
from tenant_daemon.safety.parts import Collaborators, Parts, open_parts
from tenant_daemon.safety.ports import Classify, CurrentRedactor, HubMessage, ToolEvent
from tenant_daemon.safety.schemas import CallContext, ExecuteRequest, ExecuteResponse
from tenant_daemon.settings import Pace, Policy, TenantSettings
from tenant_daemon.vault import Vault

AGENT = "it-admin"
SESSION = "agent:it-admin:c-conv1"
TOOLS = ["shell", "file_read", "file_write", "http", "secret_generate", "handover"]

_TIERS = {
    "rm": Tier.RED,
    "touch": Tier.YELLOW,
    "mkdir": Tier.YELLOW,
    "wipe": Tier.CRITICAL_RED,
    "publish": Tier.YELLOW,
}


def scripted_classify(tool_name: str, tool_args: Mapping[str, object], context: PolicyContext) -> Judgement:
    """A classifier of a few lines: the first word decides; ``?`` is not understood."""
    if tool_name == "file_read":
        return _judged(Tier.GREEN, ReadFile(context.workspace / str(tool_args["path"])))
    if tool_name == "file_write":
        target = context.workspace / str(tool_args["path"])
        return _judged(Tier.YELLOW, WriteFile(target, str(tool_args["content"])))
    if tool_name == "secret_generate":
        return _judged(Tier.YELLOW, GenerateSecret(str(tool_args["name"])))
    if tool_name == "handover":
        return _judged(Tier.GREEN, HandOver(str(tool_args["agent_id"]), str(tool_args["message"])))
    words = tuple(shlex.split(str(tool_args["command"])))
    if words[0] == "?":
        return Judgement(Tier.RED, False, "Not understood.", ("unknown",), None, is_unknown=True)
    if words[0] == "forbidden":
        return Judgement(Tier.CRITICAL_RED, False, "Forbidden here.", ("forbidden",), None, is_forbidden=True)
    action = RunPipelines(((Command(words),),), cwd=context.workspace)
    return _judged(_TIERS.get(words[0], Tier.GREEN), action, is_external=words[0] == "publish")


def _judged(tier: Tier, action: Any, *, is_external: bool = False) -> Judgement:
    return Judgement(tier, is_external, f"It is {tier.name}.", ("scripted",), action, risk="It may hurt.")


class FakeHub:
    """Collects what goes to the hub, the chat and the agents; waits for what is to come."""

    def __init__(self) -> None:
        self.requests: asyncio.Queue[ApprovalRequested] = asyncio.Queue()
        self.reports: list[ApprovalSettledReport] = []
        self.forgotten: list[str] = []
        self.outcomes: list[ApprovalCarriedOut] = []
        self.changes: list[ChangeRecorded] = []
        self.undos: list[ChangeSettled] = []
        self.held_back: list[AgentHeldBack] = []
        self.events: list[ToolEvent] = []
        self.told: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        self.everything: list[str] = []
        self.is_full = False

    def put(self, payload: HubMessage) -> object:
        if self.is_full and isinstance(payload, ApprovalRequested):
            raise RuntimeError("full")
        self.everything.append(payload.model_dump_json())
        if isinstance(payload, ApprovalRequested):
            self.requests.put_nowait(payload)
        elif isinstance(payload, ApprovalSettledReport):
            self.reports.append(payload)
        elif isinstance(payload, ApprovalCarriedOut):
            self.outcomes.append(payload)
        elif isinstance(payload, ApprovalForgotten):
            self.forgotten.append(payload.approval_id)
        elif isinstance(payload, ChangeRecorded):
            self.changes.append(payload)
        elif isinstance(payload, ChangeSettled):
            self.undos.append(payload)
        else:
            self.held_back.append(payload)
        return "id"

    def put_tool_event(self, conversation_id: str, session_id: str, body: ToolEvent) -> None:
        assert (conversation_id, session_id.rpartition(":")[2]) == ("conv1", SESSION.rpartition(":")[2])
        self.everything.append(body.model_dump_json())
        self.events.append(body)

    async def knock(self) -> None:
        return

    async def tell_agent(self, session_id: str, text: str) -> None:
        self.everything.append(text)
        self.told.put_nowait((session_id, text))


class WrapperBench:
    """One home; ``started`` may be entered again and again, as after a restart."""

    def __init__(self, root: Path, *, is_fresh: bool = True) -> None:
        self.home = TenantHome(root)
        self.home.create()
        self.workspace = self.home.workspace(AGENT)
        self.workspace.mkdir(exist_ok=not is_fresh)
        self.vault = Vault.open(self.home)
        self.hub = FakeHub()
        self.patience = Patience(wait_seconds=20, return_seconds=0.05)
        self.limits = Limits(wall_seconds=20)
        self.colleague_asked = asyncio.Event()
        self.colleague_answers = asyncio.Event()
        self.classify: Classify = scripted_classify
        self.redactor: CurrentRedactor = LiveRedactor(self.vault).current
        self.policy = Policy()
        self.pace = Pace()
        self.traces = CallTraces()
        self.addresses: dict[str, tuple[str, ...]] = {}
        """Host name -> what a look-up finds; nothing else is found."""

    @asynccontextmanager
    async def started(self) -> AsyncIterator[Parts]:
        collaborators = Collaborators(
            vault=self.vault,
            classify=self.classify,
            redactor=self.redactor,
            hub=self.hub,
            ask_colleague=self._ask_colleague,
            resolve=lambda host: self.addresses.get(host, ()),
            traces=self.traces,
        )
        settings = TenantSettings(
            tenant_name="bench", hub_url="http://127.0.0.1:1", policy=self.policy, pace=self.pace
        )
        async with open_parts(
            self.home, settings, collaborators, patience=self.patience, limits=self.limits
        ) as parts:
            self.parts = parts
            yield parts

    def configure(self, *, is_stopped: bool = False, ttl_seconds: int = 86_400, **agent: Any) -> None:
        """Write ``config.json`` with the one agent."""
        config = TenantConfig(
            version=1,
            is_stopped=is_stopped,
            approval_ttl_seconds=ttl_seconds,
            agents=[AgentConfig(agent_id=AGENT, name="IT", **{"tools": TOOLS, **agent})],
        )
        draft = self.home.config_file.with_suffix(".new")
        draft.write_text(config.model_dump_json())
        draft.replace(self.home.config_file)

    def request(self, tool_name: str, call_id: str = "call-1", **tool_args: object) -> ExecuteRequest:
        return ExecuteRequest(
            session_id=SESSION,
            agent_id=AGENT,
            tool_name=tool_name,
            tool_args=tool_args,
            context=CallContext(tool_call_id=call_id),
        )

    async def execute(self, tool_name: str, call_id: str = "call-1", **tool_args: object) -> ExecuteResponse:
        return await self.parts.live.execute(self.request(tool_name, call_id, **tool_args))

    def begin(
        self, tool_name: str, call_id: str = "call-1", **tool_args: object
    ) -> asyncio.Task[ExecuteResponse]:
        return asyncio.create_task(self.execute(tool_name, call_id, **tool_args))

    async def asked(self) -> ApprovalRequested:
        """The next question that reaches the hub."""
        return await asyncio.wait_for(self.hub.requests.get(), 30)

    async def decide(self, approval_id: str, verdict: Verdict, **more: Any) -> Approval:
        decision = ApprovalDecided(approval_id=approval_id, verdict=verdict, decided_by="user:owner", **more)
        return await self.parts.pending.decide(decision)

    def audit(self) -> AuditTrail:
        return AuditTrail.open(self.home)

    async def _ask_colleague(self, action: HandOver, scope: CallScope) -> str:
        self.colleague_asked.set()
        await self.colleague_answers.wait()
        return f"{action.agent_id} answers {scope.agent_id}"
