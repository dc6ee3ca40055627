"""What the back office shows. Every list is made of the same lines."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from letsbe_app.backoffice.schemas import (
    Act,
    Component,
    Count,
    CustomerRow,
    OrderRow,
    Overview,
    Run,
    RunStep,
    ServerRow,
)
from letsbe_app.fleet.provisioning.steps import STEPS
from letsbe_app.people.staff.schemas import StaffView
from letsbe_app.ui import routes
from letsbe_app.ui.text import texts

_TONES: Final = {
    "well": "green",
    "unready": "yellow",
    "setting_up": "info",
    "offline": "red",
    "failed": "red",
    "stopped": "yellow",
    "removed": "muted",
    "active": "green",
    "provisioning": "info",
    "done": "green",
    "running": "info",
}


@dataclass(frozen=True)
class Line:
    """One line of a list."""

    id: str
    title: str
    detail: str = ""
    code: str = ""
    """The technical name of what the title says in words."""
    path: str = ""
    mark: str = ""
    tone: str = "muted"
    at: str = ""
    """ISO time; empty for none."""
    can_act: bool = False


@dataclass(frozen=True)
class Bar:
    """One bar of a chart."""

    name: str
    count: int
    height: str
    """As CSS takes it."""
    tone: str = "accent"
    """A colour of the theme."""


@dataclass(frozen=True)
class Figure:
    """A number and what it counts."""

    name: str
    value: str


def customer_line(row: CustomerRow) -> Line:
    """A customer."""
    t = texts().admin
    place = f" · founding member {row.founding_number}" if row.founding_number else ""
    return Line(
        id=row.id,
        title=row.name,
        detail=f"{t.people_count(row.people)} · {t.servers_owned(row.servers)}{place}",
        path=f"{routes.ADMIN_CUSTOMERS}/{row.id}",
        at=row.created_at.isoformat(),
    )


def caution_line(caution: str) -> Line:
    """A setting of the hub that is wrong once customers come."""
    return Line(caution, texts().admin.settings, caution, mark=texts().admin.check, tone="yellow")


def attention_title(overview: Overview) -> str:
    """What calls for somebody, and on how many servers."""
    t = texts().admin
    shown, count = len(overview.needs_attention), overview.attention_count
    return t.attention_of(count, shown) if count else t.attention


def hub_lines(overview: Overview) -> list[Line]:
    """What to look at first where half of the fleet fell silent together."""
    if not overview.is_hub_suspect:
        return []
    t = texts().admin
    return [Line("hub", t.hub_suspect, t.hub_suspect_detail, mark=t.check, tone="red")]


def server_line(row: ServerRow) -> Line:
    """A server."""
    versions = f" · daemon {row.daemon_version}" if row.daemon_version else ""
    pending = " · settings not in force yet" if row.is_config_pending and row.health == "well" else ""
    trembles = " · away at this moment" if row.health == "well" and not row.is_online else ""
    told = _alarm_words(row)
    return Line(
        id=row.id,
        title=row.name,
        detail=f"{row.customer_name}{versions}{pending}{trembles}" + "".join(f" · {word}" for word in told),
        path=f"{routes.ADMIN_SERVERS}/{row.id}",
        mark=texts().admin.alarm if told else texts().admin.health_words(row.health),
        tone="red" if told else _TONES.get(row.health, "muted"),
        at=_iso(row.last_seen_at),
    )


def server_head(row: ServerRow) -> Line:
    """A server on its own page, whose title is its name already: whose it is, and what runs on it."""
    versions = [
        f"{name} {version}"
        for name, version in (("daemon", row.daemon_version), ("OpenClaw", row.openclaw_version))
        if version
    ]
    return replace(
        server_line(row),
        title=row.customer_name,
        detail=" · ".join([*versions, *_alarm_words(row)]),
        path=f"{routes.ADMIN_CUSTOMERS}/{row.customer_id}",
    )


def _alarm_words(row: ServerRow) -> list[str]:
    """What calls for somebody on this server, and how it is besides."""
    t = texts().admin
    told = [t.touched_traps(row.touched_traps)] if row.touched_traps else []
    told += [t.audit_problem] if row.has_audit_problem else []
    told += [t.vault_troubles[row.vault_trouble]] if row.vault_trouble else []
    told += [t.disk_full] if row.is_disk_full else []
    return [*told, t.health_words(row.health)] if told else []


def order_line(row: OrderRow) -> Line:
    """An order."""
    return Line(
        id=row.id,
        title=f"{row.plan_id.capitalize()} · {_money(row.price_cents, row.currency)} per month",
        detail=row.failure or row.server_name,
        path=f"{routes.ADMIN_RUNS}/{row.id}" if row.paid_at else "",
        mark=_state(row.status),
        tone=_TONES.get(row.status, "muted"),
        at=row.created_at.isoformat(),
    )


def run_line(run: Run) -> Line:
    """A set-up."""
    now = run.failure or (_step_title(run.current_step) if run.status == "provisioning" else "")
    return Line(
        id=run.order_id,
        title=run.server_name,
        detail=f"{run.customer_name} · attempt {run.attempt}" + (f" · {now}" if now else ""),
        path=f"{routes.ADMIN_RUNS}/{run.order_id}",
        mark=_state(run.status),
        tone=_TONES.get(run.status, "muted"),
        at=run.created_at.isoformat(),
        can_act=run.can_retry,
    )


def step_line(step: RunStep) -> Line:
    """A step of a set-up."""
    tries = f"{step.attempts} tries" if step.attempts > 1 else ""
    detail = " · ".join(part for part in (step.detail, tries) if part)
    return Line(
        step.name,
        _step_title(step.name),
        detail,
        code=step.name,
        mark=_state(step.state),
        tone=_TONES.get(step.state, "muted"),
    )


def staff_line(row: StaffView) -> Line:
    """A member of staff."""
    t = texts().admin
    told = t.you if row.is_self else ("" if row.has_joined else t.not_joined)
    return Line(
        row.id,
        row.email,
        told,
        mark=role_words(row.role),
        at=row.created_at.isoformat(),
        can_act=not row.is_self,
    )


def act_line(act: Act) -> Line:
    """An entry of the audit."""
    told = [act.reason, act.subject, *(f"{name}: {value}" for name, value in act.detail.items())]
    return Line(
        id=act.id,
        title=f"{act.actor_name} · {_act_words(act.action)}",
        code=act.action,
        detail=" · ".join(str(part) for part in told if part)[:400],
        path=f"{routes.ADMIN_CUSTOMERS}/{act.customer_id}" if act.customer_id else "",
        at=act.created_at.isoformat(),
    )


def part_line(part: Component) -> Line:
    """A part of a server."""
    t = texts().admin
    return Line(
        part.name,
        t.parts_of_servers.get(part.name, part.name),
        code=part.name,
        mark=t.well if part.is_healthy else t.unready,
        tone="green" if part.is_healthy else "red",
    )


def role_words(role: str) -> str:
    """A role of somebody of a customer's or of staff."""
    return texts().admin.roles.get(role, role)


def _state(state: str) -> str:
    return texts().admin.states.get(state, state.replace("_", " "))


def _step_title(name: str) -> str:
    """As customers read it; a step of a later version is told by its name."""
    return next((step.title for step in STEPS if step.name == name), name)


def _act_words(action: str) -> str:
    return texts().admin.acts.get(action) or texts().activity.act(action, "")


def figures_of(overview: Overview) -> list[Figure]:
    """The numbers at the top."""
    t = texts().admin
    return [
        Figure(t.customers_count, str(overview.customers)),
        Figure(t.servers_count, str(overview.servers)),
        Figure(t.paid_orders, str(overview.orders_paid_30_days)),
        Figure(t.revenue, _money(overview.revenue_cents_30_days, "EUR")),
    ]


def health_bars(counts: Sequence[Count]) -> list[Bar]:
    """How many servers are how."""
    words = texts().admin.health_words
    named = [(words(one.name), one.count, _TONES.get(one.name, "muted")) for one in counts]
    return _bars(named)


def bars(counts: Sequence[Count]) -> list[Bar]:
    """How many there are of each."""
    return _bars([(one.name, one.count, "accent") for one in counts])


def day_bars(counts: Sequence[Count]) -> list[Bar]:
    """How many there were on each day, by its date as people write it."""
    return [replace(bar, name=_day(bar.name)) for bar in bars(counts)]


def _day(name: str) -> str:
    day = date.fromisoformat(name)
    return f"{day.day} {day:%b}"


def _bars(named: Sequence[tuple[str, int, str]]) -> list[Bar]:
    most = max((count for _, count, _ in named), default=0) or 1
    return [Bar(name, count, _height(count, most), tone) for name, count, tone in named]


def _height(count: int, most: int) -> str:
    return f"{max(2, round(100 * count / most))}%" if count else "0%"


def _money(cents: int, currency: str) -> str:
    return f"{currency.upper()} {cents / 100:,.2f}"


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
