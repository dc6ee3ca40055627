"""Token budgets of agents, as owners set them and as the server enforces them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from pydantic import StrictInt
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import AgentBudget
from letsbe_app.errors import InvalidInput
from letsbe_app.kit.ids import new_id
from tenant_daemon.contracts.budget import BudgetPeriod, TokenBudget

PERIODS: Final = (BudgetPeriod.DAY.value, BudgetPeriod.MONTH.value)
MAX_TOKENS: Final = 1_000_000_000


@dataclass(frozen=True, order=True)
class Budget:
    """Tokens of one agent in a day or a month, alone or with those that work for it."""

    period: str
    with_sub_agents: bool
    tokens: StrictInt

    def as_row(self) -> dict[str, Any]:
        """As versions keep it."""
        return asdict(self)


def checked(budgets: Sequence[Budget]) -> list[Budget]:
    """The budgets in their order; raises InvalidInput."""
    kinds = {(budget.period, budget.with_sub_agents) for budget in budgets}
    if len(kinds) != len(budgets) or any(budget.period not in PERIODS for budget in budgets):
        raise InvalidInput.of_field("budgets", "One budget a day and one a month, each also with sub-agents.")
    if any(not 0 <= budget.tokens <= MAX_TOKENS for budget in budgets):
        raise InvalidInput.of_field("budgets", f"Between 0 and {MAX_TOKENS:,} tokens.")
    return sorted(budgets)


async def of_tenant(session: AsyncSession, tenant_id: str) -> dict[str, list[Budget]]:
    """All budgets of a server by agent."""
    statement = select(AgentBudget).where(AgentBudget.tenant_id == tenant_id)
    found: defaultdict[str, list[Budget]] = defaultdict(list)
    for row in (await session.exec(statement)).all():
        found[row.agent_id].append(Budget(row.period, row.with_sub_agents, row.tokens))
    return {agent_id: sorted(budgets) for agent_id, budgets in found.items()}


async def replace(session: AsyncSession, tenant_id: str, agent_id: str, budgets: Sequence[Budget]) -> None:
    """Set an agent's budgets, in the caller's unit of work."""
    await session.exec(
        delete(AgentBudget).where(
            col(AgentBudget.tenant_id) == tenant_id, col(AgentBudget.agent_id) == agent_id
        )
    )
    session.add_all(
        AgentBudget(id=new_id("bud"), tenant_id=tenant_id, agent_id=agent_id, **budget.as_row())
        for budget in budgets
    )


def for_server(budgets: dict[str, list[Budget]], agent_ids: Sequence[str]) -> list[TokenBudget]:
    """As the server is told; only of agents that are there."""
    return [
        TokenBudget(
            period=BudgetPeriod(budget.period),
            tokens=budget.tokens,
            agent_id=agent_id,
            with_sub_agents=budget.with_sub_agents,
        )
        for agent_id in agent_ids
        for budget in budgets.get(agent_id, [])
    ]
