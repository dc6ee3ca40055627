"""Usage as bars, meters and rows."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Literal

from letsbe_app.fleet.secrets.schemas import AlarmView
from letsbe_app.ui.components.avatar import FACES, OTHER_COLOUR
from letsbe_app.ui.text import texts
from letsbe_app.workforce.usage.prices import MICRO_EUR
from letsbe_app.workforce.usage.schemas import BudgetState, DayLine, UsageAlertView, UsageReport, UsageSummary

TIGHT_PERCENT: Final = 80
_MILLION: Final = 1_000_000


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


@dataclass(frozen=True)
class _Group:
    """What has one colour."""

    colour: str
    keys: list[str]


def amount(tokens: int) -> str:
    """Tokens in millions, below that in thousands, below that as they are."""
    if round(tokens / 1_000) >= 1_000:
        return f"{tokens / _MILLION:.1f} M"
    return f"{round(tokens / 1_000)} k" if tokens >= 1_000 else str(tokens)


def euros(micro_eur: int) -> str:
    """An amount to the cent; what is less than a cent is said so."""
    if 0 < micro_eur < MICRO_EUR // 100:
        return "< EUR 0.01"
    return f"EUR {micro_eur / MICRO_EUR:,.2f}"


def series_of(report: UsageReport, by: StackedBy, names: Mapping[str, str]) -> list[Series]:
    """The legend: the most used first, and what shares a colour last."""
    tokens, costs = Counter[str](), Counter[str]()
    for line in report.days:
        tokens[_key(line, by)] += line.used_tokens
        costs[_key(line, by)] += line.cost_micro_eur
    return [
        Series(
            texts().usage.others if len(group.keys) > 1 else names.get(group.keys[0], group.keys[0]),
            group.colour,
            amount(sum(tokens[key] for key in group.keys)),
            euros(sum(costs[key] for key in group.keys)),
        )
        for group in _groups(report, by)
    ]


def bars(report: UsageReport, by: StackedBy = "agent") -> list[Bar]:
    """Every day of the report, also those without usage; none at all when nothing was used."""
    days: defaultdict[date, Counter[str]] = defaultdict(Counter)
    costs = Counter[date]()
    for line in report.days:
        days[line.day][_key(line, by)] += line.used_tokens
        costs[line.day] += line.cost_micro_eur
    most = max((used.total() for used in days.values()), default=0)
    if not most:
        return []
    groups = _groups(report, by)
    count = (report.until - report.since).days + 1
    wanted = [report.since + timedelta(days=number) for number in range(count)]
    return [_bar(day, days[day], costs[day], groups, most) for day in wanted]


def _bar(day: date, used: Counter[str], cost: int, groups: Sequence[_Group], most: int) -> Bar:
    total = used.total()
    sums = [(group.colour, sum(used[key] for key in group.keys)) for group in groups]
    parts = [Part(colour, round(100 * tokens / total)) for colour, tokens in sums if tokens]
    return Bar(day.isoformat(), amount(total), round(100 * total / most), euros(cost), parts)


def _groups(report: UsageReport, by: StackedBy) -> list[_Group]:
    """Agents have the colours of their faces, models those of their rank; who has none shares the last one."""
    whole = Counter[str]()
    for line in report.days:
        whole[_key(line, by)] += line.used_tokens
    ranked = [key for key, _ in whole.most_common()]
    if by == "agent":
        colours = {key: FACES[key][1] for key in ranked if key in FACES}
    else:
        shown = ranked if len(ranked) <= OTHER_COLOUR else ranked[: OTHER_COLOUR - 1]
        colours = {key: number for number, key in enumerate(shown, start=1)}
    others = [key for key in ranked if key not in colours]
    groups = [_Group(_colour(colours[key]), [key]) for key in ranked if key in colours]
    return [*groups, _Group(_colour(OTHER_COLOUR), others)] if others else groups


def _key(line: DayLine, by: StackedBy) -> str:
    return line.agent_id if by == "agent" else line.model


def _colour(number: int) -> str:
    return f"var(--agent-{number})"


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
            t.budget_used(one.percent),
            one.note,
            one.reached_at.isoformat(),
            is_alarm=False,
        )
        for one in alerts
    ]
