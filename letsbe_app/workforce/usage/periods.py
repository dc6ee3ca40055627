"""When the period of a budget began. Pure; the server counts in the same periods."""

import calendar
from datetime import UTC, datetime

from tenant_daemon.contracts.budget import BudgetPeriod, TokenBudget


def began(budget: TokenBudget, now: datetime) -> datetime:
    """The beginning of the period that a moment lies in. Days and months are those of UTC."""
    moment = now.astimezone(UTC)
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    match budget.period:
        case BudgetPeriod.DAY:
            return day
        case BudgetPeriod.MONTH:
            return day.replace(day=1)
        case BudgetPeriod.PLAN:
            return _month_of_plan(budget.plan_began_at or day, moment)


def is_in_force(budget: TokenBudget, now: datetime) -> bool:
    """Whether the budget counts at this moment."""
    has_begun = budget.applies_from is None or budget.applies_from <= now
    return has_begun and (budget.applies_until is None or now < budget.applies_until)


def _month_of_plan(plan_began_at: datetime, moment: datetime) -> datetime:
    """The newest anniversary of the plan's day; in a shorter month its last day."""
    start = plan_began_at.astimezone(UTC)
    this_month = _on_day(moment, start)
    if this_month <= moment:
        return this_month
    before = moment.replace(day=1).replace(
        year=moment.year - (moment.month == 1), month=12 if moment.month == 1 else moment.month - 1
    )
    return _on_day(before, start)


def _on_day(month: datetime, start: datetime) -> datetime:
    last = calendar.monthrange(month.year, month.month)[1]
    return start.replace(year=month.year, month=month.month, day=min(start.day, last))
