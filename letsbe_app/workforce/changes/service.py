"""
Changes at the hub: people's list of what agents did to files.

An undo asked for here is a wish. It is stored and sent; the change stays ``undoing`` until the server has
reported how it went, since it alone knows whether the file was changed again.
"""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import ChangeStatus, Conversation, FileChange, Tenant
from letsbe_app.db.session import Database
from letsbe_app.db.tenant_content import TenantContent
from letsbe_app.errors import Conflict, InvalidInput, NotFound
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.kit.pagination import Page, clamp_limit, page_of_rows
from letsbe_app.people.audit.service import record_act, tenant_actor
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.relay import Relay, Topic
from letsbe_app.workforce.changes import repository
from letsbe_app.workforce.changes.content import SEALED, ChangeContent
from letsbe_app.workforce.changes.schemas import (
    ChangeView,
    UndoOutcome,
    UndoPlan,
    can_be_undone,
    change_view,
)
from letsbe_app.workforce.cursors import TimeCursor
from tenant_daemon.contracts.changes import ChangeRecorded, ChangeSettled, UndoRequested

log = structlog.get_logger()

MOST_AT_ONCE: Final = 200
"""Changes that are undone with one tap: each is a message to the server."""
MOST_LOOKED_AT: Final = 1_000
NO_COUNTS: Final[Mapping[repository.Group, int]] = MappingProxyType({})
_NO_CHANGE: Final = "There is no such change."


class ChangeService:
    """With an actor for people; with a server's id for its link."""

    def __init__(
        self, database: Database, relay: Relay, content: TenantContent, *, clock: Clock = utc_now
    ) -> None:
        self._database = database
        self._content = content
        self._publisher = relay.publisher
        self._outbox = relay.outbox
        self._clock = clock

    # For people

    async def list(
        self,
        actor: Actor,
        tenant_id: str | None = None,
        *,
        conversation_id: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page[ChangeView]:
        """What was changed, on one server or on all, or in one conversation; newest first."""
        require(actor, Permission.CONTENT)
        size, after = clamp_limit(limit), TimeCursor.parse(cursor)
        async with self._database.read() as session:
            rows = await repository.newest(
                session, actor.customer_id, tenant_id, conversation_id, after, size + 1
            )
            counts = await repository.count_open(session, rows[:size], self._clock())
            views = {row.id: await self._view(session, row, counts) for row in rows[:size]}
        return page_of_rows(
            rows,
            size,
            lambda row: views[row.id],
            lambda row: str(TimeCursor(row.created_at, row.id)),
        )

    async def get(self, actor: Actor, change_id: str) -> ChangeView:
        """One change; raises NotFound."""
        require(actor, Permission.CONTENT)
        async with self._database.read() as session:
            return await self._view(session, await _owned(session, actor, change_id))

    async def undo(self, actor: Actor, change_id: str) -> ChangeView:
        """
        Have a change put back.

        Raises:
            NotFound: No such change on one of the actor's servers.
            Conflict: It is put back already, or cannot be.
        """
        require(actor, Permission.APPROVE)
        async with self._database.write() as session:
            row = await self._ask(session, actor, change_id)
            view = await self._view(session, row)
        await self._tell_asked(actor, [row])
        return view

    async def plan(self, actor: Actor, change_id: str, tool_call_ids: Collection[str] = ()) -> UndoPlan:
        """
        What undoing all changes of a change's call, or of these calls of the same agent, would do.

        Raises:
            NotFound: No such change on one of the actor's servers.
        """
        require(actor, Permission.CONTENT)
        now = self._clock()
        async with self._database.read() as session:
            row = await _owned(session, actor, change_id)
            calls = {row.tool_call_id, *tool_call_ids}
            rows = await repository.beside(session, row, calls, now, MOST_LOOKED_AT)
            views = [await self._view(session, one) for one in rows]
        able = [view for view in views if view.can_undo]
        return UndoPlan(
            able[:MOST_AT_ONCE],
            [view for view in views if not view.can_undo],
            is_cut=len(able) > MOST_AT_ONCE or len(rows) == MOST_LOOKED_AT,
        )

    async def several(self, actor: Actor, change_ids: Sequence[str]) -> Sequence[ChangeView]:
        """Those of these changes that are on the actor's servers, the newest first."""
        require(actor, Permission.CONTENT)
        async with self._database.read() as session:
            rows = await repository.several(session, actor.customer_id, change_ids[:MOST_AT_ONCE])
            return [await self._view(session, row) for row in rows]

    async def undo_all(self, actor: Actor, change_ids: Sequence[str]) -> Sequence[UndoOutcome]:
        """
        Have several changes put back, the newest first, whatever order they are named in.

        One that cannot be, any more, keeps none of the others: its outcome says why. What the server makes of
        each wish, its change then says.

        Raises:
            InvalidInput: Too many at a time.
        """
        require(actor, Permission.APPROVE)
        if len(change_ids) > MOST_AT_ONCE:
            raise InvalidInput.of_field("change_ids", f"At most {MOST_AT_ONCE} at a time.")
        asked: list[FileChange] = []
        problems: dict[str, str] = {}
        async with self._database.write() as session:
            for row in await repository.several(session, actor.customer_id, change_ids):
                try:
                    asked.append(await self._ask(session, actor, row.id))
                except Conflict as conflict:
                    problems[row.id] = conflict.message
        await self._tell_asked(actor, asked)
        done = {row.id for row in asked}
        return [
            UndoOutcome(one, one in done, "" if one in done else problems.get(one, _NO_CHANGE))
            for one in dict.fromkeys(change_ids)
        ]

    async def _ask(self, session: AsyncSession, actor: Actor, change_id: str) -> FileChange:
        """Note the wish and send it; raises NotFound, Conflict."""
        row = await _owned(session, actor, change_id, lock=True)
        if not can_be_undone(row, self._clock()):
            raise Conflict(_why_not(row, (await self._view(session, row)).detail))
        row.status = ChangeStatus.UNDOING
        row.detail = ""
        row.requested_by_user_id = actor.user_id
        wish = UndoRequested(change_id=change_id, requested_by=actor.user_id)
        await self._outbox.put(session, row.tenant_id, wish)
        record_act(session, actor, "change.undo_requested", subject=change_id, tenant_id=row.tenant_id)
        return row

    async def _tell_asked(self, actor: Actor, rows: Sequence[FileChange]) -> None:
        for row in rows:
            log.info("change.undo_requested", change_id=row.id, tenant_id=row.tenant_id)
        for tenant_id in {row.tenant_id for row in rows}:
            await self._publisher.wake_link(tenant_id)
        if rows:
            await self._publisher.announce(actor.customer_id, Topic.CHANGES, rows[0].id)

    # For links

    async def record(self, tenant_id: str, made: ChangeRecorded) -> None:
        """
        Keep what was changed; a second delivery changes nothing.

        Raises:
            Conflict: The id belongs to another server's change.
        """
        async with self._database.write() as session:
            tenant = await session.get_one(Tenant, tenant_id)
            earlier = await session.get(FileChange, made.change_id)
            if earlier is not None:
                if earlier.tenant_id != tenant_id:
                    raise Conflict("The change's id is in use.")
                return
            content = ChangeContent(await self._content.for_writing(session, tenant_id))
            session.add(await _row(session, tenant_id, made, content))
        log.info("change.recorded", change_id=made.change_id, tenant_id=tenant_id)
        await self._publisher.announce(tenant.customer_id, Topic.CHANGES, made.change_id)

    async def settle(self, tenant_id: str, report: ChangeSettled) -> None:
        """
        Note what became of an undo; a second delivery changes nothing.

        Raises:
            NotFound: The server never reported such a change.
        """
        async with self._database.write() as session:
            tenant = await session.get_one(Tenant, tenant_id)
            row = await session.get(FileChange, report.change_id, with_for_update=True)
            if row is None or row.tenant_id != tenant_id:
                raise NotFound(_NO_CHANGE)
            if row.status == ChangeStatus.UNDONE:
                return
            row.status = _status_after(report)
            content = ChangeContent(await self._content.for_writing(session, tenant_id))
            row.detail = content.seal(row.id, "detail", report.detail)
            row.settled_at = report.settled_at
            record_act(
                session,
                tenant_actor(tenant_id),
                "change.settled",
                subject=row.id,
                customer_id=tenant.customer_id,
                tenant_id=tenant_id,
                is_undone=report.is_undone,
                requested_by=report.requested_by[:60],
            )
        log.info("change.settled", change_id=row.id, tenant_id=tenant_id, is_undone=report.is_undone)
        await self._publisher.announce(tenant.customer_id, Topic.CHANGES, row.id)

    async def _view(
        self, session: AsyncSession, row: FileChange, counts: Mapping[repository.Group, int] = NO_COUNTS
    ) -> ChangeView:
        content = ChangeContent(await self._content.of(session, row.tenant_id))
        now = self._clock()
        open_beside = counts.get(repository.group_of(row), 0) - can_be_undone(row, now)
        return change_view(row, content.texts(row), now, max(0, open_beside))


def _status_after(report: ChangeSettled) -> ChangeStatus:
    if report.is_undone:
        return ChangeStatus.UNDONE
    return ChangeStatus.KEPT if report.is_final else ChangeStatus.MADE


def _why_not(row: FileChange, detail: str) -> str:
    match row.status:
        case ChangeStatus.UNDONE:
            return "This was put back already."
        case ChangeStatus.UNDOING:
            return "Your server is putting this back already."
        case ChangeStatus.KEPT:
            return detail or "This cannot be put back."
    if not row.can_undo:
        return "The file was too large to keep a copy of how it was."
    return "This was too long ago: what was there before is kept for seven days."


async def _owned(session: AsyncSession, actor: Actor, change_id: str, *, lock: bool = False) -> FileChange:
    row = await repository.of_customer(session, actor.customer_id, change_id, lock=lock)
    if row is None:
        raise NotFound(_NO_CHANGE)
    return row


async def _row(
    session: AsyncSession, tenant_id: str, made: ChangeRecorded, content: ChangeContent
) -> FileChange:
    conversation = (
        await session.get(Conversation, made.conversation_id) if made.conversation_id is not None else None
    )
    is_own = conversation is not None and conversation.tenant_id == tenant_id
    values = made.model_dump(exclude={"kind", "change_id", "conversation_id"})
    values |= {name: content.seal(made.change_id, name, values[name]) for name in SEALED if name in values}
    return FileChange(
        id=made.change_id,
        tenant_id=tenant_id,
        conversation_id=made.conversation_id if is_own else None,
        **values,
    )
