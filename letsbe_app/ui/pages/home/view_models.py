"""What the first page shows of a server, an order and usage."""

from dataclasses import dataclass

from letsbe_app.fleet.tenants.schemas import TenantView
from letsbe_app.ui.text import texts
from letsbe_app.workforce.agents.schemas import AgentView
from letsbe_app.workforce.usage.schemas import UsageSummary
from tenant_daemon.contracts.tiers import AutonomyLevel

TIGHT_PERCENT = 85
GIGABYTE = 1_000_000_000


@dataclass(frozen=True)
class Measure:
    """One meter."""

    label: str
    value_text: str
    percent: int
    is_tight: bool


@dataclass(frozen=True)
class AgentUsage:
    """What one agent used."""

    agent_id: str
    name: str
    tokens_text: str
    percent: int


@dataclass(frozen=True)
class Usage:
    """What all of them used this month."""

    total_text: str = ""
    agents: tuple[AgentUsage, ...] = ()


def wellbeing(tenant: TenantView) -> str:
    """How the server is, in one sentence."""
    t = texts().home
    if tenant.is_stopped:
        return t.stopped
    if tenant.vault_trouble:
        return t.locked
    if tenant.is_disk_full:
        return t.full
    if not tenant.is_online:
        return t.away
    return t.well if tenant.is_ready else t.starting


def measures(tenant: TenantView) -> list[Measure]:
    """Memory, disk and processor, as far as the server told."""
    t = texts().home
    found = [
        _share(t.memory, tenant.memory_used_bytes, tenant.memory_total_bytes),
        _share(t.disk, tenant.disk_used_bytes, tenant.disk_total_bytes),
    ]
    if tenant.cpu_percent is not None:
        percent = round(tenant.cpu_percent)
        found.append(Measure(t.processor, f"{percent} %", percent, percent >= TIGHT_PERCENT))
    return [measure for measure in found if measure is not None]


def usage_of(summary: UsageSummary, agent_names: dict[str, str]) -> Usage:
    """Tokens per agent, most first, over all its models."""
    per_agent: dict[str, int] = {}
    for line in summary.lines:
        per_agent[line.agent_id] = per_agent.get(line.agent_id, 0) + line.used_tokens
    most = max(per_agent.values(), default=0)
    agents = sorted(per_agent.items(), key=lambda item: -item[1])
    return Usage(
        total_text=texts().home.tokens(millions(summary.used_tokens)),
        agents=tuple(
            AgentUsage(
                agent_id,
                agent_names.get(agent_id, agent_id),
                texts().home.tokens(millions(tokens)),
                round(100 * tokens / most) if most else 0,
            )
            for agent_id, tokens in agents
        ),
    )


def millions(tokens: int) -> str:
    """Tokens in millions with one decimal; what is less but not nothing says so."""
    return "under 0.1" if 0 < tokens < 100_000 else f"{tokens / 1_000_000:.1f}"


def is_set_up(agent: AgentView) -> bool:
    """Whether the owner has decided anything about this agent."""
    return agent.level != AutonomyLevel.TRUSTED_ASSISTANT or bool(agent.unlocked_tools) or agent.is_stopped


def _share(label: str, used: int | None, total: int | None) -> Measure | None:
    if used is None or not total:
        return None
    percent = round(100 * used / total)
    text = texts().home.used_of(gigabytes(used), gigabytes(total))
    return Measure(label, text, percent, percent >= TIGHT_PERCENT)


def gigabytes(size_bytes: int) -> str:
    """A size for people: one decimal below 10 GB, none above."""
    size = size_bytes / GIGABYTE
    return f"{size:.1f} GB" if size < 10 else f"{size:.0f} GB"
