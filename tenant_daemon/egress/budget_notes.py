"""Tells the owner when much of a budget is used: at 80 and 90 %, and when a request was refused for it."""

from typing import Final

from tenant_daemon.contracts.base import utc_now
from tenant_daemon.contracts.budget import BudgetReached
from tenant_daemon.contracts.config import TenantConfig
from tenant_daemon.egress.accounts import Accounts
from tenant_daemon.egress.budget import Standing
from tenant_daemon.egress.budget_words import note

_EARLY: Final = (90, 80)
_KEPT: Final = 1_000


class BudgetNotes:
    """Each thing is told once; the meter remembers it over restarts."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._told: set[str] = set()

    def refused(self, standing: Standing, config: TenantConfig) -> None:
        """A request was refused for a budget."""
        self._tell(standing, config, 100)

    def check(self, standing: Standing, config: TenantConfig) -> None:
        """Something was used."""
        for percent in _EARLY:
            if standing.limit and standing.used * 100 >= standing.limit * percent:
                self._tell(standing, config, percent)
                return

    def _tell(self, standing: Standing, config: TenantConfig, percent: int) -> None:
        budget = standing.budget
        if budget is None:
            return  # The hub itself wrote how much is left.
        whose = f"{budget.agent_id or '*'}{'+' if budget.with_sub_agents else ''}"
        key = f"{whose}:{budget.period}:{standing.began_at:%Y-%m-%dT%H}:{budget.tokens}:{percent}"
        if key in self._told:
            return
        if len(self._told) >= _KEPT:
            self._told.clear()
        self._told.add(key)
        message = BudgetReached(
            percent=percent,
            agent_id=budget.agent_id,
            period=budget.period,
            period_began_at=standing.began_at,
            budget_tokens=budget.tokens,
            used_tokens=standing.used,
            note=note(budget, config, percent)[:500],
            reached_at=utc_now(),
        )
        self._accounts.tell_owner(key, message)
