"""Usage as bars, meters and rows."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Literal

from letsbe_app.fleet.secrets.schemas import AlarmView
from letsbe_app.ui.text import texts
from letsbe_app.workforce.usage.prices import MICRO_EUR
from letsbe_app.workforce.usage.schemas import BudgetState, DayLine, UsageAlertView, UsageReport, UsageSummary

TIGHT_PERCENT: Final = 80
_MILLION: Final = 1_000_000


SERIES: Final = 6
"""As many as there are colours; what is beyond shares the last one."""

StackedBy = Literal["agent", "model"]


@dataclass(frozen=True)
class Part:
    """What one agent or model has of a day."""

    colour: str
    percent: int
    """Of the day's bar."""


@dataclass(frozen=True)
class Bar:
    """One day."""

    day: str
    tokens: str
    percent: int
    """Of the day with the most."""
    cost: str = ""
    parts: list[Part] = field(default_factory=list)
    """From the ground up, in the order of the legend."""


@dataclass(frozen=True)
class Series:
    """One agent or model, and its colour."""

    name: str
    colour: str
    tokens: str
    cost: str


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
    cost: str = ""


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


def euros(micro_eur: int) -> str:
    """An amount to the cent; what is less than a cent is said so."""
    if 0 < micro_eur < MICRO_EUR // 100:
        return "< EUR 0.01"
    return f"EUR {micro_eur / MICRO_EUR:,.2f}"


def series_of(report: UsageReport, by: StackedBy, names: Mapping[str, str]) -> list[Series]:
    """The legend: the most used first, and everything beyond the colours in one."""
    tokens, costs = Counter[str](), Counter[str]()
    for line in report.days:
        tokens[_key(line, by)] += line.used_tokens
        costs[_key(line, by)] += line.cost_micro_eur
    keys = [key for key, _ in tokens.most_common()]
    groups = [[key] for key in keys]
    if len(keys) > SERIES:
        groups = [*groups[: SERIES - 1], keys[SERIES - 1 :]]
    return [
        Series(
            texts().usage.others if len(group) > 1 else names.get(group[0], group[0]),
            _colour(number),
            amount(sum(tokens[key] for key in group)),
            euros(sum(costs[key] for key in group)),
        )
        for number, group in enumerate(groups)
    ]


def bars(report: UsageReport, by: StackedBy = "agent") -> list[Bar]:
    """Every day of the report, also those without usage; none at all when nothing was used."""
    days: defaultdict[str, Counter[str]] = defaultdict(Counter)
    costs, whole = Counter[str](), Counter[str]()
    for line in report.days:
        day = line.day.isoformat()
        days[day][_key(line, by)] += line.used_tokens
        costs[day] += line.cost_micro_eur
        whole[_key(line, by)] += line.used_tokens
    most = max((sum(parts.values()) for parts in days.values()), default=0)
    if not most:
        return []
    places = {key: min(number, SERIES - 1) for number, (key, _) in enumerate(whole.most_common())}
    count = (report.until - report.since).days + 1
    return [
        _bar((report.since + timedelta(days=number)).isoformat(), days, costs, places, most)
        for number in range(count)
    ]


def _bar(
    day: str,
    days: Mapping[str, Counter[str]],
    costs: Mapping[str, int],
    places: Mapping[str, int],
    most: int,
) -> Bar:
    used = days.get(day, Counter[str]())
    total = sum(used.values())
    by_place = Counter[int]()
    for key, tokens in used.items():
        by_place[places[key]] += tokens
    parts = [Part(_colour(place), round(100 * by_place[place] / total)) for place in sorted(by_place)]
    return Bar(day, amount(total), round(100 * total / most), euros(costs.get(day, 0)), parts)


def _key(line: DayLine, by: StackedBy) -> str:
    return line.agent_id if by == "agent" else line.model


def _colour(number: int) -> str:
    return f"var(--agent-{number + 1})"


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
            euros(line.cost_micro_eur),
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
