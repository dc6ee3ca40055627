"""
Versions of an agent: how it was set up from one moment on, who did it, and what differs from the one before.

Versions are only added; a secret that a server finds is taken out of them. An agent from before they were
kept gets its first one with its next change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import unified_diff
from typing import Any, Final

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import Agent, AgentVersion
from letsbe_app.kit.ids import new_id
from letsbe_app.workforce.agents.budgets import Budget
from letsbe_app.workforce.cleaned import is_cleaned, is_mostly_kept
from tenant_daemon.contracts.config import AgentCleaned

SETTINGS: Final = (
    "name",
    "duty",
    "soul_md",
    "tools",
    "level",
    "model",
    "has_premium",
    "unlocked_tools",
    "tier_floors",
    "parent_agent_id",
    "is_stopped",
)
"""Columns of an agent that an owner sets."""


@dataclass(frozen=True)
class VersionView:
    """One version."""

    number: int
    changed: list[str]
    """Names of settings; empty for the first version."""
    changed_by: str
    """An e-mail address; empty for what the hub did by itself."""
    restored_number: int | None
    soul_diff: str
    """Unified, against the version before; empty where the text stayed."""
    settings: dict[str, Any]
    created_at: datetime


def snapshot(row: Agent, budgets: Sequence[Budget]) -> dict[str, Any]:
    """All that is set, as a version keeps it."""
    settings = {name: getattr(row, name) for name in SETTINGS}
    return {**settings, "budgets": [budget.as_row() for budget in budgets]}


async def add_version(
    session: AsyncSession,
    row: Agent,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any],
    now: datetime,
    *,
    by: str | None,
    restored: int | None = None,
) -> None:
    """Keep how the agent is set up now, in the caller's unit of work; ``before`` is None for a new agent."""
    newest = await _newest_number(session, row.tenant_id, row.agent_id)
    if newest == 0 and before is not None:
        newest = 1
        session.add(_version(row, 1, before, [], row.updated_at, None, None))
    changed = [name for name in after if before is not None and before.get(name) != after[name]]
    session.add(_version(row, newest + 1, after, changed, now, by, restored))


async def versions(
    session: AsyncSession, tenant_id: str, agent_id: str, before: int | None, limit: int
) -> Sequence[AgentVersion]:
    """Versions, the newest first."""
    statement = select(AgentVersion).where(
        AgentVersion.tenant_id == tenant_id, AgentVersion.agent_id == agent_id
    )
    if before is not None:
        statement = statement.where(AgentVersion.number < before)
    statement = statement.order_by(col(AgentVersion.number).desc()).limit(limit)
    return (await session.exec(statement)).all()


async def version(session: AsyncSession, tenant_id: str, agent_id: str, number: int) -> AgentVersion | None:
    """One version by its number."""
    statement = select(AgentVersion).where(
        AgentVersion.tenant_id == tenant_id,
        AgentVersion.agent_id == agent_id,
        AgentVersion.number == number,
    )
    return (await session.exec(statement)).one_or_none()


async def clean_versions(session: AsyncSession, tenant_id: str, cleaned: AgentCleaned, said: str) -> int:
    """
    Take what a server found to be secret out of the versions that say the same; returns of how many.

    Those are the versions with the text that is in force (``said``), and one that was when it was changed
    before the server had answered.
    """
    statement = select(AgentVersion).where(
        AgentVersion.tenant_id == tenant_id, AgentVersion.agent_id == cleaned.agent_id
    )
    count = 0
    for row in (await session.exec(statement)).all():
        text = row.settings.get("soul_md", "")
        if text == cleaned.soul_md or not is_cleaned(text, cleaned.soul_md):
            continue
        if text == said or is_mostly_kept(text, cleaned.soul_md):
            row.settings = {**row.settings, "soul_md": cleaned.soul_md}
            count += 1
    return count


def version_view(row: AgentVersion, earlier: AgentVersion | None, names: Mapping[str, str]) -> VersionView:
    """The view of a row, beside the version before it."""
    old = earlier.settings.get("soul_md", "") if earlier is not None else ""
    has_diff = earlier is not None and "soul_md" in row.changed
    return VersionView(
        number=row.number,
        changed=list(row.changed),
        changed_by=names.get(row.changed_by_user_id or "", ""),
        restored_number=row.restored_number,
        soul_diff=soul_diff(old, row.settings.get("soul_md", "")) if has_diff else "",
        settings=dict(row.settings),
        created_at=row.created_at,
    )


def soul_diff(old: str, new: str) -> str:
    """What differs, as a unified diff; empty for the same."""
    return "\n".join(unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=2))


async def _newest_number(session: AsyncSession, tenant_id: str, agent_id: str) -> int:
    statement = select(func.max(AgentVersion.number)).where(
        AgentVersion.tenant_id == tenant_id, AgentVersion.agent_id == agent_id
    )
    return (await session.exec(statement)).one() or 0


def _version(
    row: Agent,
    number: int,
    settings: Mapping[str, Any],
    changed: list[str],
    at: datetime,
    by: str | None,
    restored: int | None,
) -> AgentVersion:
    return AgentVersion(
        id=new_id("agv"),
        tenant_id=row.tenant_id,
        agent_id=row.agent_id,
        number=number,
        settings=dict(settings),
        changed=changed,
        changed_by_user_id=by,
        restored_number=restored,
        created_at=at,
    )
