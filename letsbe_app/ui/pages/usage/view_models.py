"""Usage as bars, meters and rows."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from letsbe_app.fleet.secrets.schemas import AlarmView
from letsbe_app.ui.text import texts
from letsbe_app.workforce.usage.schemas import BudgetState, UsageAlertView, UsageReport, UsageSummary

TIGHT_PERCENT: Final = 80
_MILLION: Final = 1_000_000


@dataclass(frozen=True)
class Bar:
    """One day."""

    day: str
    tokens: str
    percent: int
    """Of the day with the most."""


@dataclass(frozen=True)
class BudgetBar:
    """One budget."""

    name: str
    value: str
    percent: int
    is_tight: bool


@dataclass(frozen=True)
class ModelRow:
    """One agent with one model."""

    agent_id: str
    agent: str
    model: str
    tokens: str
    share: str
    is_estimated: bool


@dataclass(frozen=True)
class Concern:
    """Something to look at."""

    id: str
    title: str
    detail: str
    at: str
    is_alarm: bool


def amount(tokens: int) -> str:
    """Tokens in millions, below that in thousands, below that as they are."""
    if tokens >= _MILLION:
        return f"{tokens / _MILLION:.1f} M"
    return f"{round(tokens / 1_000)} k" if tokens >= 1_000 else str(tokens)


def bars(report: UsageReport) -> list[Bar]:
    """Every day of the report, also those without usage; none at all when nothing was used."""
    sums: defaultdict[str, int] = defaultdict(int)
    for line in report.days:
        sums[line.day.isoformat()] += line.used_tokens
    most = max(sums.values(), default=0)
    if not most:
        return []
    count = (report.until - report.since).days + 1
    days = [(report.since + timedelta(days=number)).isoformat() for number in range(count)]
    return [Bar(day, amount(sums[day]), round(100 * sums[day] / most)) for day in days]


def budget_bars(budgets: Sequence[BudgetState], names: Mapping[str, str]) -> list[BudgetBar]:
    """Every budget in force."""
    t = texts().usage
    found = []
    for budget in budgets:
        whose = names.get(budget.agent_id, budget.agent_id) if budget.agent_id else t.whole_server
        percent = min(100, round(100 * budget.used_tokens / budget.tokens)) if budget.tokens else 100
        found.append(
            BudgetBar(
                t.budget_name(whose, budget.period, with_sub_agents=budget.with_sub_agents),
                t.used_of(amount(budget.used_tokens), amount(budget.tokens)),
                percent,
                percent >= TIGHT_PERCENT,
            )
        )
    return found


def model_rows(summary: UsageSummary, names: Mapping[str, str]) -> list[ModelRow]:
    """Agents with their models, the most used first."""
    whole = summary.used_tokens
    return [
        ModelRow(
            line.agent_id,
            names.get(line.agent_id, line.agent_id),
            line.model,
            amount(line.used_tokens),
            f"{round(100 * line.used_tokens / whole)} %" if whole else "",
            line.estimated_count > 0,
        )
        for line in summary.lines
    ]


def warnings(alarms: Sequence[AlarmView], alerts: Sequence[UsageAlertView]) -> list[Concern]:
    """What to look at, alarms first."""
    t = texts().usage
    found = [
        Concern(
            one.id,
            t.alarm_title,
            f"{t.alarm(one.name, one.door)} {t.alarm_todo}",
            one.seen_at.isoformat(),
            is_alarm=True,
        )
        for one in alarms
    ]
    return found + [
        Concern(
            f"{one.agent_id} {one.percent} {one.reached_at.isoformat()}",
            f"{one.percent} %",
            one.note,
            one.reached_at.isoformat(),
            is_alarm=False,
        )
        for one in alerts
    ]
