"""Where the budgets stand, for ``status``. Reads what the proxy wrote; the proxy itself need not run."""

from datetime import UTC, datetime

from pydantic import ValidationError

from tenant_daemon.contracts.budget import BudgetPeriod, TokenBudget
from tenant_daemon.contracts.config import TenantConfig
from tenant_daemon.contracts.counting import agents_of, applies, period_start
from tenant_daemon.home import TenantHome
from tenant_daemon.metering import Ledger, Meter

_PERIODS = {BudgetPeriod.DAY: "today", BudgetPeriod.MONTH: "this month", BudgetPeriod.PLAN: "this plan month"}


def budget_lines(home: TenantHome) -> list[tuple[bool, str]]:
    """Whether something is left, and the figures, of each budget in force."""
    try:
        config = TenantConfig.model_validate_json(home.config_file.read_bytes())
    except (OSError, ValidationError):
        return []
    now = datetime.now(UTC)
    budgets = [budget for budget in config.budgets if applies(budget, now)]
    if not budgets or not home.metering_db.exists():
        return []
    meter = Meter(home.metering_db)
    try:
        ledger = Ledger(meter.spent())
    finally:
        meter.close()
    return [_line(budget, config, ledger, now) for budget in budgets]


def _line(budget: TokenBudget, config: TenantConfig, ledger: Ledger, now: datetime) -> tuple[bool, str]:
    used = ledger.used(agents_of(budget, config.parents()), period_start(budget, now))
    whose = budget.agent_id or "all agents"
    helpers = " with helpers" if budget.agent_id and budget.with_sub_agents else ""
    text = f"{whose}{helpers}, {_PERIODS[budget.period]}: {used:,} of {budget.tokens:,} tokens"
    return used < budget.tokens, text
