"""Run, ask or deny: a judged call held against what the customer set."""

import asyncio
import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tenant_daemon.contracts.approvals import Verdict
from tenant_daemon.contracts.config import DEFAULT_APPROVAL_TTL_SECONDS, AgentConfig, TenantConfig
from tenant_daemon.contracts.references import references_in
from tenant_daemon.contracts.tiers import AutonomyLevel, Decision, Tier, tier_label
from tenant_daemon.execution import ActionFailed
from tenant_daemon.execution.references import check_ways_in
from tenant_daemon.home import TenantHome
from tenant_daemon.policy.actions import Action, GenerateSecret, RequestSecret, RotateSecret
from tenant_daemon.policy.autonomy import decide
from tenant_daemon.policy.judgement import Judgement, PolicyContext, Resolve
from tenant_daemon.policy.web.address import ascii_name
from tenant_daemon.safety.approval_store import Approval, ApprovalStore
from tenant_daemon.safety.binding import Binding, bind
from tenant_daemon.safety.calls import Call
from tenant_daemon.safety.config_source import ConfigSource
from tenant_daemon.safety.ports import Classify
from tenant_daemon.safety.schemas import ExecuteRequest
from tenant_daemon.settings import TenantSettings
from tenant_daemon.vault import RESERVED_NAMES, Vault


@dataclass(frozen=True)
class Ruling:
    """What the gate says of a call, and everything the answer was based on."""

    decision: Decision
    tier: Tier
    is_external: bool
    reason: str
    judgement: Judgement
    binding: Binding
    tool_args: Mapping[str, object]
    """The arguments that were judged: the agent's, or a person's after an edit."""
    approver: str = ""
    """Who approved it, when somebody did."""
    approval_id: str = ""
    why_asked: str = ""
    """Why a person has to decide, when one has to."""

    @property
    def label(self) -> str:
        """The tier as people read it."""
        return tier_label(self.tier, external=self.is_external)

    @property
    def action(self) -> Action | None:
        return self.judgement.action


class Gate:
    """Judges by ``classify``, decides by ``policy.autonomy``, the configuration and what is remembered."""

    def __init__(
        self,
        home: TenantHome,
        settings: TenantSettings,
        classify: Classify,
        config: ConfigSource,
        approvals: ApprovalStore,
        vault: Vault,
        resolve: Resolve,
    ) -> None:
        self._home = home
        self._settings = settings
        self._classify = classify
        self._config = config
        self._approvals = approvals
        self._vault = vault
        self._resolve = resolve

    async def rule(self, call: Call, tool_args: Mapping[str, object] | None = None) -> Ruling:
        """Judge a call, with other arguments than the agent's where a person has edited them."""
        args = call.request.tool_args if tool_args is None else tool_args
        ruling = await asyncio.to_thread(self._rule, call, args)
        if ruling.decision is Decision.ASK:
            return self._remembered(call, ruling)
        return ruling

    async def rule_approved(self, call: Call, approval: Approval) -> Ruling:
        """
        Judge an approved call again, as it is now.

        It runs when it still is what the person saw. After an edit it runs when it is no stricter than what
        they saw; otherwise it asks again, with what it has become.
        """
        decision = approval.decision
        assert decision is not None
        is_edited = decision.verdict is Verdict.EDIT_AND_APPROVE
        fresh = await self.rule(call, decision.edited_args if is_edited else self._args_of(call, approval))
        if fresh.decision is not Decision.ASK:
            return fresh
        approved = dataclasses.replace(
            fresh, decision=Decision.RUN, approver=decision.decided_by, approval_id=approval.id
        )
        if is_edited:
            is_stricter = fresh.tier > approval.request.tier or (
                fresh.is_external and not approval.request.is_external
            )
            return fresh if is_stricter else approved
        if fresh.binding.call != approval.request.call_digest:
            return _denied(fresh, "What it was about has changed since it was approved, so it was not run.")
        return approved

    async def is_still(self, call: Call, ruling: Ruling) -> bool:
        """Whether the call, judged once more, is what it was: its files may have been changed since."""
        return await asyncio.to_thread(self._is_still, call, ruling)

    def _is_still(self, call: Call, ruling: Ruling) -> bool:
        fresh = self._rule(call, ruling.tool_args)
        judged, again = ruling.judgement, fresh.judgement
        is_stricter = (
            again.tier > judged.tier
            or (again.is_external and not judged.is_external)
            or (again.is_unknown and not judged.is_unknown)
            or fresh.decision is Decision.DENY
        )
        if is_stricter or not ruling.approver:
            return not is_stricter
        now = bind(call.request.agent_id, call.request.tool_name, ruling.action, ruling.tool_args)
        return now.call == ruling.binding.call

    def stop_reason(self, agent_id: str) -> str | None:
        """Why nothing of this agent may run now, None when it may."""
        config = self._config.current()
        if config is None:
            return None
        if config.is_stopped:
            return "Everything on this server is stopped."
        agent = _agent_in(config, agent_id)
        return f"{agent.name} is stopped." if agent is not None and agent.is_stopped else None

    def approval_ttl_seconds(self) -> int:
        config = self._config.current()
        return config.approval_ttl_seconds if config else DEFAULT_APPROVAL_TTL_SECONDS

    def workspace(self, agent_id: str) -> Path:
        """The agent's current directory, every link resolved."""
        return self._home.workspace(agent_id).resolve()

    def _args_of(self, call: Call, approval: Approval) -> Mapping[str, object]:
        """What the approval was asked for: the agent's arguments, or those of the edit before it."""
        if approval.round == 0:
            return call.request.tool_args
        before = self._approvals.of_call(call.key, approval.round - 1)
        assert before is not None
        assert before.decision is not None
        return before.decision.edited_args or {}

    def _rule(self, call: Call, args: Mapping[str, object]) -> Ruling:
        request = call.request
        config = self._config.current()
        agent = _agent_for(config, request.agent_id, request.tool_name)
        # A date in the command stays the one of the day it came in, also when it is approved the next day.
        context = dataclasses.replace(self._context(request.agent_id, config), now=call.started_at)
        judgement = self._classify(request.tool_name, args, context)
        decision = decide(
            judgement,
            agent or _unknown_agent(request.agent_id, request.tool_name),
            tool_name=request.tool_name,
            is_server_stopped=config is not None and config.is_stopped,
        )
        ruling = Ruling(
            decision=decision.decision,
            tier=decision.tier,
            is_external=judgement.is_external,
            reason=decision.reason,
            judgement=judgement,
            binding=_binding(request, judgement, args, decision.decision),
            tool_args=args,
            why_asked=decision.why_asked,
        )
        refusal = self._refusal(call, agent, args, judgement.action)
        return _denied(ruling, refusal) if refusal and ruling.decision is not Decision.DENY else ruling

    def _refusal(
        self, call: Call, agent: AgentConfig | None, args: Mapping[str, object], action: Action | None
    ) -> str:
        if agent is None:
            return f"There is no agent {call.request.agent_id} on this server."
        if not call.request.session_id.startswith(f"agent:{call.request.agent_id}:"):
            return "This session belongs to another agent."
        names = _referred(args)
        if isinstance(action, GenerateSecret | RotateSecret | RequestSecret):
            names |= {action.name}
        if names & RESERVED_NAMES:
            return "This secret belongs to the server itself and cannot be used."
        # A planted one is refused before anybody is asked: what would be approved could not run.
        missing = sorted(name for name in _referred(args) if not self._vault.has_for_agents(name))
        if missing:
            return f"There is no secret named {missing[0]}. Ask the owner for it with secret_request."
        return _no_way_in(action) if names and action is not None else ""

    def _remembered(self, call: Call, ruling: Ruling) -> Ruling:
        if ruling.action is None:
            return ruling
        held = self._approvals.remembered(
            call.request.agent_id, call.request.tool_name, ruling.binding.normalised
        )
        # What has become stricter since is another thing than what was agreed to.
        if held is None or ruling.tier > held["tier"] or (ruling.is_external and not held["is_external"]):
            return ruling
        return dataclasses.replace(
            ruling, decision=Decision.RUN, approver=held["approver"], approval_id=held["approval_id"]
        )

    def _context(self, agent_id: str, config: TenantConfig | None) -> PolicyContext:
        hosts = set(self._settings.policy.allowed_hosts)
        if self._settings.is_practice_model:
            hosts.add(f"127.0.0.1:{self._settings.ports.practice}")
        return PolicyContext(
            workspace=self.workspace(agent_id),
            protected_roots=(self._home.root.resolve(),),
            allowed_hosts=frozenset(map(ascii_name, hosts)),
            agent_ids=frozenset(agent.agent_id for agent in config.agents) if config else frozenset(),
            internal_names=frozenset(map(ascii_name, self._settings.policy.internal_names)),
            resolve=self._resolve,
        )


def _agent_in(config: TenantConfig, agent_id: str) -> AgentConfig | None:
    return next((agent for agent in config.agents if agent.agent_id == agent_id), None)


def _agent_for(config: TenantConfig | None, agent_id: str, tool_name: str) -> AgentConfig | None:
    """The agent; without any configuration a stand-in for which every call asks."""
    return _unknown_agent(agent_id, tool_name) if config is None else _agent_in(config, agent_id)


def _unknown_agent(agent_id: str, tool_name: str) -> AgentConfig:
    return AgentConfig(
        agent_id=agent_id,
        name=agent_id,
        tools=[tool_name],
        level=AutonomyLevel.TRAINING_WHEELS,
        # Without a configuration nothing runs by itself, not even reading.
        tier_floors={tool_name: Tier.YELLOW},
    )


def _binding(
    request: ExecuteRequest, judgement: Judgement, args: Mapping[str, object], decision: Decision
) -> Binding:
    """Only for what asks: it reads every program that would run."""
    if decision is not Decision.ASK:
        return Binding(normalised="", call="")
    return bind(request.agent_id, request.tool_name, judgement.action, args)


def _no_way_in(action: Action) -> str:
    """Why a secret cannot be given to what would run; better said before a person is asked."""
    try:
        check_ways_in(action)
    except ActionFailed as exc:
        return str(exc)
    return ""


def _denied(ruling: Ruling, reason: str) -> Ruling:
    return dataclasses.replace(ruling, decision=Decision.DENY, reason=reason)


def _referred(value: object) -> frozenset[str]:
    """Every secret that is named anywhere in the arguments."""
    match value:
        case str():
            return references_in(value)
        case Mapping():
            parts = [*value.keys(), *value.values()]
        case list() | tuple():
            parts = list(value)
        case _:
            return frozenset()
    return frozenset().union(*(_referred(part) for part in parts))
