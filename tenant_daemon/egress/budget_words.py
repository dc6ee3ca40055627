"""What people read about budgets."""

from typing import Final

from tenant_daemon.contracts.budget import BudgetPeriod, TokenBudget
from tenant_daemon.contracts.config import TenantConfig

_PERIODS: Final = {
    BudgetPeriod.DAY: "today",
    BudgetPeriod.MONTH: "this month",
    BudgetPeriod.PLAN: "this month of your plan",
}
_AGAIN: Final = {
    BudgetPeriod.DAY: "It begins anew at midnight (UTC).",
    BudgetPeriod.MONTH: "It begins anew on the first of next month.",
    BudgetPeriod.PLAN: "It begins anew with the next month of your plan.",
}


def refusal(budget: TokenBudget | None, config: TenantConfig) -> str:
    """Why a request is not passed on; the agent and its owner read it."""
    if budget is None:
        return (
            "The tokens of this billing period are used up, so the agents pause. "
            "More tokens or overage can be switched on in the portal under Usage."
        )
    whose, _ = _whose(budget, config)
    pause = "pauses" if budget.agent_id and not budget.with_sub_agents else "pause"
    return (
        f"The tokens that {whose} may use {_PERIODS[budget.period]} are used up, or too few are left for "
        f"this request, so {whose} {pause}. {_AGAIN[budget.period]} "
        "The limit can be changed in the portal under Usage."
    )


def note(budget: TokenBudget, config: TenantConfig, percent: int) -> str:
    """What the owner hears when a part of a budget is used."""
    if percent >= 100:
        return refusal(budget, config)
    whose, verb = _whose(budget, config)
    return (
        f"{whose[0].upper()}{whose[1:]} {verb} used {percent} % of the tokens for {_PERIODS[budget.period]}."
    )


def _whose(budget: TokenBudget, config: TenantConfig) -> tuple[str, str]:
    if budget.agent_id is None:
        return "your agents", "have"
    names = [agent.name for agent in config.agents if agent.agent_id == budget.agent_id]
    name = names[0] if names else budget.agent_id
    return (f"{name} and its helpers", "have") if budget.with_sub_agents else (name, "has")
