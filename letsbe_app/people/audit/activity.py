"""A business's own record: who did what, and when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from letsbe_app.db.models import AuditEntry, StaffMember, User
from letsbe_app.db.session import Database
from letsbe_app.kit.pagination import Page, clamp_limit, id_cursor, page_of_rows
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import Permission, require


@dataclass(frozen=True)
class Activity:
    """One act, as the business sees it."""

    id: str
    who: str
    """``person``, ``support``, ``server`` or ``system``."""
    name: str
    """A person's address; empty for support, whose people are no business of the customer's."""
    action: str
    subject: str
    reason: str
    object: str
    """What it was about, by name: a page that support looked at, a secret; empty for most acts."""
    created_at: datetime


class ActivityLog:
    """For owners: it tells of everybody."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list(self, actor: Actor, cursor: str | None = None, limit: int | None = None) -> Page[Activity]:
        """The newest first."""
        require(actor, Permission.PEOPLE)
        size, before = clamp_limit(limit), id_cursor(cursor, "aud")
        statement = (
            select(AuditEntry)
            .where(AuditEntry.customer_id == actor.customer_id)
            .order_by(col(AuditEntry.id).desc())
            .limit(size + 1)
        )
        if before:
            statement = statement.where(AuditEntry.id < before)
        async with self._database.read() as session:
            rows = (await session.exec(statement)).all()
            names: dict[str, str] = {}
            for table, who in ((User, "person"), (StaffMember, "support")):
                ids = {row.actor for row in rows}
                found = await session.exec(select(table.id, table.email).where(col(table.id).in_(ids)))
                names |= {row[0]: f"{who}:{row[1] if who == 'person' else ''}" for row in found.all()}
        return page_of_rows(rows, size, lambda row: _activity(row, names), lambda row: row.id)


def _activity(row: AuditEntry, names: dict[str, str]) -> Activity:
    who, _, name = names.get(row.actor, _others(row.actor)).partition(":")
    return Activity(
        id=row.id,
        who=who,
        # The row of somebody who left stays; their address is gone from it.
        name="" if name.startswith("removed:") else name,
        action=row.action,
        subject=row.subject,
        reason=_text(row.detail, "reason") if who == "support" else "",
        object=_text(row.detail, "place") or _text(row.detail, "secret_name"),
        created_at=row.created_at,
    )


def _others(actor: str) -> str:
    return "server:" if actor.startswith("tenant:") else "system:"


def _text(detail: dict[str, Any], name: str) -> str:
    value = detail.get(name, "")
    return value if isinstance(value, str) else ""
