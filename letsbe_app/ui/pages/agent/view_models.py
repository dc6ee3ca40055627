"""One agent's settings as its page shows them, and forms as changes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from letsbe_app.errors import InvalidInput
from letsbe_app.ui.diffs import Diff, diff_of
from letsbe_app.ui.text import texts
from letsbe_app.workforce.agents.budgets import Budget
from letsbe_app.workforce.agents.checks import PRESETS
from letsbe_app.workforce.agents.history import VersionView
from letsbe_app.workforce.agents.schemas import AgentView

_THOUSAND = 1_000
_SEPARATOR = re.compile(r"[ .,]")
_WHOLE = re.compile(r"[0-9]{1,7}|[0-9]{1,3}[ .,][0-9]{3}|[0-9]([ .,][0-9]{3}){2}")
"""Thousands may be set apart as in any country; one and a half is no whole number, and not fifteen."""
OTHER_MODEL = "other"
BUDGET_FIELDS = {
    "budget_day": ("day", False),
    "budget_month": ("month", False),
    "budget_day_tree": ("day", True),
    "budget_month_tree": ("month", True),
}
"""Names of the form's fields: period, and whether sub-agents count."""


@dataclass(frozen=True)
class Tool:
    """A tool and whether the agent has it."""

    name: str
    words: str
    """What it is for."""
    is_on: bool


@dataclass(frozen=True)
class Boss:
    """An agent that this one may work for."""

    agent_id: str
    name: str


@dataclass(frozen=True)
class AgentSheet:
    """All of one agent."""

    agent_id: str = ""
    name: str = ""
    duty: str = ""
    soul_md: str = ""
    model: str = ""
    """A preset, or ``other``."""
    model_id: str = ""
    has_premium: bool = False
    is_stopped: bool = False
    is_default: bool = True
    parent_agent_id: str = ""
    budget_day: str = ""
    budget_month: str = ""
    budget_day_tree: str = ""
    budget_month_tree: str = ""


@dataclass(frozen=True)
class VersionRow:
    """One version in the list."""

    number: str
    who: str
    told: str
    diff: Diff
    created_at: str


def sheet(agent: AgentView) -> AgentSheet:
    """The agent as its page shows it."""
    limits = _by_kind(agent.budgets)
    amounts = {name: _shown(limits.get(kind)) for name, kind in BUDGET_FIELDS.items()}
    is_preset = agent.model in PRESETS
    return AgentSheet(
        agent_id=agent.agent_id,
        name=agent.name,
        duty=agent.duty,
        soul_md=agent.soul_md,
        model=agent.model if is_preset else OTHER_MODEL,
        model_id="" if is_preset else agent.model,
        has_premium=agent.has_premium,
        is_stopped=agent.is_stopped,
        is_default=agent.is_default,
        parent_agent_id=agent.parent_agent_id or "",
        **amounts,
    )


def tools_of(agent: AgentView, known: Sequence[str]) -> list[Tool]:
    """Every tool there is, in the order of what they are for."""
    names = {*known, *agent.tools}
    words = texts().agent.tool
    return [
        Tool(name, words(name), name in agent.tools)
        for name in sorted(names, key=lambda name: words(name).casefold())
    ]


def bosses(agents: Sequence[AgentView], agent_id: str) -> list[Boss]:
    """Whom the agent may work for."""
    return [Boss(one.agent_id, one.name) for one in agents if one.agent_id != agent_id]


def version_row(version: VersionView) -> VersionRow:
    """A version as a sentence."""
    t = texts().agent
    if version.restored_number is not None:
        told = f"{t.restored} {version.restored_number}"
    else:
        told = t.changed(version.changed) if version.changed else t.first
    who = version.changed_by or t.by_hub
    return VersionRow(
        str(version.number), who, told, diff_of(version.soul_diff), version.created_at.isoformat()
    )


def _by_kind(budgets: Iterable[Budget]) -> dict[tuple[str, bool], Budget]:
    return {(budget.period, budget.with_sub_agents): budget for budget in budgets}


def _shown(budget: Budget | None) -> str:
    """In whole thousands, rounded up: what is left of one is not nothing."""
    return "" if budget is None else str(-(-budget.tokens // _THOUSAND))


def budgets_from(form: Mapping[str, str], earlier: Iterable[Budget] = ()) -> list[Budget]:
    """
    The budgets in a form, whose amounts are thousands of tokens.

    One that still reads as it was shown stays as it is, to the token: the API sets any number.

    Raises:
        InvalidInput: An amount is no whole number.
    """
    found = []
    limits = _by_kind(earlier)
    for name, (period, with_sub_agents) in BUDGET_FIELDS.items():
        amount = form.get(name, "").strip()
        if not amount:
            continue
        before = limits.get((period, with_sub_agents))
        if before is not None and amount == _shown(before):
            found.append(before)
            continue
        if not _WHOLE.fullmatch(amount):
            raise InvalidInput.of_field("budgets", "Write whole thousands of tokens, such as 500.")
        found.append(Budget(period, with_sub_agents, int(_SEPARATOR.sub("", amount)) * _THOUSAND))
    return found
