"""Budgets as ``status`` shows them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tenant_daemon.contracts.budget import BudgetPeriod, TokenBudget
from tenant_daemon.contracts.config import AgentConfig, TenantConfig
from tenant_daemon.egress.budget import Budget
from tenant_daemon.egress.budget_status import budget_lines
from tenant_daemon.hub_client.status_command import describe
from tenant_daemon.metering import Ledger, Meter, Usage, open_request


def test_status_shows_what_is_used_of_each_budget_in_force(tmp_path: Path) -> None:
    meter = Meter(tmp_path / "metering.db")
    for agent_id, tokens in (("sales", 900), ("caller", 150)):
        request = open_request(agent_id, "m", 1)
        meter.open(request)
        meter.close_request(request, Usage(tokens, 0))
    budget = Budget(Ledger(meter.spent()), meter.used_before)
    now = datetime.now(UTC)
    config = TenantConfig(
        version=1,
        agents=[
            AgentConfig(agent_id="sales", name="Sales"),
            AgentConfig(agent_id="caller", name="Caller", parent_agent_id="sales"),
        ],
        budgets=[
            TokenBudget(period=BudgetPeriod.PLAN, tokens=8_000_000, plan_began_at=now),
            TokenBudget(period=BudgetPeriod.DAY, tokens=1_000, agent_id="sales", with_sub_agents=True),
            TokenBudget(
                period=BudgetPeriod.DAY, tokens=1, agent_id="sales", applies_from=now + timedelta(days=1)
            ),
        ],
    )
    lines = budget_lines(budget, config)
    assert lines == [
        (True, "all agents, this plan month: 1,050 of 8,000,000 tokens"),
        (False, "sales with helpers, today: 1,050 of 1,000 tokens"),
    ]
    shown = describe({"budgets": [{"is_left": left, "text": text} for left, text in lines]})
    assert "sales with helpers, today: 1,050 of 1,000 tokens" in shown
