"""Whether a judged call runs, asks or is refused. Pure; the matrix of the product, exactly."""

from dataclasses import dataclass

from tenant_daemon.contracts.config import AgentConfig
from tenant_daemon.contracts.tiers import AutonomyLevel, Decision, Tier
from tenant_daemon.policy.judgement import Judgement

_RUNS_UP_TO = {
    AutonomyLevel.TRAINING_WHEELS: Tier.GREEN,
    AutonomyLevel.TRUSTED_ASSISTANT: Tier.YELLOW,
    AutonomyLevel.FULL_AUTONOMY: Tier.RED,
}
_WHY_ASKED = {
    Tier.YELLOW: "{} asks before every change.",
    Tier.RED: "It is hard to undo, and {} asks before such things.",
    Tier.CRITICAL_RED: "What cannot be undone, or touches what protects the server, always asks.",
}


@dataclass(frozen=True)
class GateDecision:
    """What the gate says, the tier it went by, and why in plain words."""

    decision: Decision
    tier: Tier
    reason: str
    """What the call does, or why it is refused."""
    why_asked: str = ""
    """What it is about the agent's settings and this call that a person has to decide."""


def decide(
    judgement: Judgement, agent: AgentConfig, *, tool_name: str, is_server_stopped: bool
) -> GateDecision:
    """
    Hold a judged call against what the customer allowed this agent.

    In this order: kill switches and what is forbidden deny; what was not understood asks at every level;
    what reaches outside asks until the tool is unlocked for the agent; then level and tier decide.
    """
    tier = _effective_tier(judgement, agent, tool_name)
    refusal = _refusal(judgement, agent, tool_name, is_server_stopped=is_server_stopped)
    if refusal is not None:
        return GateDecision(Decision.DENY, tier, refusal)
    question = _question(judgement, agent, tool_name, tier)
    if question is not None:
        return GateDecision(Decision.ASK, tier, judgement.reason, question)
    return GateDecision(Decision.RUN, tier, judgement.reason)


def _effective_tier(judgement: Judgement, agent: AgentConfig, tool_name: str) -> Tier:
    tier = max(judgement.tier, agent.tier_floors.get(tool_name, Tier.GREEN))
    # Unlocked or not, what leaves the server is never less than YELLOW; the unknown is never less than RED.
    if judgement.is_external:
        tier = max(tier, Tier.YELLOW)
    if judgement.is_unknown or (judgement.action is None and not judgement.is_forbidden):
        tier = max(tier, Tier.RED)
    return Tier(tier)


def _refusal(
    judgement: Judgement, agent: AgentConfig, tool_name: str, *, is_server_stopped: bool
) -> str | None:
    if is_server_stopped:
        return "Everything on this server is stopped."
    if agent.is_stopped:
        return f"{agent.name} is stopped."
    if tool_name not in agent.tools:
        return f"{agent.name} has not been given the tool {tool_name}."
    if judgement.is_forbidden:
        return judgement.reason
    return None


def _question(judgement: Judgement, agent: AgentConfig, tool_name: str, tier: Tier) -> str | None:
    if judgement.is_unknown or judgement.action is None:
        return "What is not known here always asks."
    if judgement.is_external and tool_name not in agent.unlocked_tools:
        return f"It reaches people or systems outside, and that is locked for {agent.name}."
    may_alone = _RUNS_UP_TO[agent.level]
    if tier <= may_alone:
        return None
    if judgement.tier <= may_alone:
        return f"You have set {agent.name} to ask before this."
    return _WHY_ASKED[tier].format(agent.name)
