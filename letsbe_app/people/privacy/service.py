"""Everything of one customer in one archive, and the end of everything of one customer."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

import orjson
import structlog
from sqlalchemy import Table, select
from sqlmodel import col, delete, update
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import Conversation, Customer, Order, OrderStatus, Tenant, TenantStatus, User
from letsbe_app.db.session import Database
from letsbe_app.db.tenant_content import TenantContent
from letsbe_app.errors import InvalidInput
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.kit.secret_box import CannotOpen
from letsbe_app.people.accounts.access import shut_out
from letsbe_app.people.audit.service import record_act
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.people.mail.letters import deleted_letter
from letsbe_app.people.mail.post import PostRoom
from letsbe_app.people.privacy.belongings import KEPT, TECHNICAL, belongs_to, exported_columns, tables
from letsbe_app.relay import Topic
from letsbe_app.relay.publisher import Publisher

log = structlog.get_logger()

FORMAT_VERSION: Final = 1
_SEALED: Final = "box1."
_NAME_AFTERWARDS: Final = "Deleted business"
_ORDER_AFTERWARDS: Final = "Its business was deleted."


class PrivacyService:
    """For owners alone."""

    def __init__(
        self,
        database: Database,
        content: TenantContent,
        publisher: Publisher,
        post: PostRoom,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._database = database
        self._content = content
        self._publisher = publisher
        self._post = post
        self._clock = clock

    async def export(self, actor: Actor) -> AsyncIterator[bytes]:
        """
        The archive as pieces of one JSON document: a list of rows for every table, texts opened.

        Raises:
            Forbidden: Not an owner.
        """
        require(actor, Permission.DATA)
        async with self._database.write() as session:
            record_act(session, actor, "data.exported", subject=actor.customer_id)
        log.info("data.exported", customer_id=actor.customer_id)
        return self._pieces(actor.customer_id)

    async def delete(self, actor: Actor, business_name: str) -> None:
        """
        Forget the business: its people are signed out, its servers cut off, what was said is gone at once.

        Its orders end, its servers are erased by jobs, and each of its people gets a last letter.

        Args:
            actor: An owner, who has just given the password.
            business_name: As a confirmation, the name of the business.

        Raises:
            InvalidInput: Another name.
        """
        require(actor, Permission.DATA)
        now = self._clock()
        async with self._database.write() as session:
            customer = await session.get_one(Customer, actor.customer_id, with_for_update=True)
            if " ".join(business_name.split()).casefold() != customer.name.casefold():
                raise InvalidInput.of_field("business_name", "This is not the name of your business.")
            people = await _people(session, actor.customer_id)
            servers = await _ids(session, Tenant.__table__, actor.customer_id)  # type: ignore[attr-defined]
            for user_id in people:
                await shut_out(session, user_id, now)
                await _forget_person(session, user_id, now)
            await _forget_servers(session, actor.customer_id)
            await _end_orders(session, actor.customer_id)
            for table in reversed(tables()):
                if table.name not in KEPT:
                    await session.exec(delete(table).where(belongs_to(table, actor.customer_id)))
            # After what waits to be sent has gone with the rest.
            for email in filter(None, people.values()):
                letter = deleted_letter(email, customer.name, actor.email, now)
                await self._post.put(session, actor.customer_id, letter)
            customer.name = _NAME_AFTERWARDS
            record_act(session, actor, "data.deleted", subject=actor.customer_id)
        self._post.soon()
        log.warning("data.deleted", customer_id=actor.customer_id, servers=len(servers))
        for tenant_id in servers:
            await self._publisher.check_link_key(tenant_id)
            await self._publisher.wake_jobs(tenant_id)
        await self._publisher.announce(actor.customer_id, Topic.SESSION, actor.customer_id)

    async def _pieces(self, customer_id: str) -> AsyncIterator[bytes]:
        head = {"format": FORMAT_VERSION, "exported_at": self._clock(), "customer_id": customer_id}
        yield orjson.dumps(head)[:-1] + b',"tables":{'
        is_first_table = True
        async with self._database.read() as session:
            servers = await _servers_of_conversations(session, customer_id)
            for table in tables():
                if table.name in TECHNICAL:
                    continue
                yield (b"" if is_first_table else b",") + orjson.dumps(table.name) + b":["
                is_first_table, is_first_row = False, True
                async for row in self._rows(session, table, customer_id, servers):
                    yield (b"" if is_first_row else b",") + orjson.dumps(row, default=str)
                    is_first_row = False
                yield b"]"
        yield b"}}"

    async def _rows(
        self, session: AsyncSession, table: Table, customer_id: str, servers: Mapping[str, str]
    ) -> AsyncIterator[dict[str, Any]]:
        names = exported_columns(table)
        statement = select(*(table.columns[name] for name in names)).where(belongs_to(table, customer_id))
        result = await session.stream(statement.order_by(*table.primary_key.columns))
        async for found in result:
            row = dict(zip(names, found, strict=True))
            tenant_id = row.get("tenant_id") or servers.get(row.get("conversation_id", ""))
            for name, value in row.items():
                if isinstance(value, str) and value.startswith(_SEALED):
                    place = f"{table.name}.{name}:{row.get('id')}"
                    row[name] = await self._open(session, place, value, tenant_id)
            yield row

    async def _open(
        self, session: AsyncSession, place: str, sealed: str, tenant_id: str | None
    ) -> str | None:
        if tenant_id is None:
            return None
        try:
            return (await self._content.of(session, tenant_id)).open(sealed, place)
        except CannotOpen:
            # Its key was thrown away: nobody can read it any more, and the archive says so by an empty place.
            return None


async def _people(session: AsyncSession, customer_id: str) -> dict[str, str]:
    """Everybody who ever belonged to it, and the addresses of those who still do."""
    table = User.__table__  # type: ignore[attr-defined]
    connection = await session.connection()
    columns = (table.columns[name] for name in ("id", "email", "removed_at"))
    rows = await connection.execute(select(*columns).where(belongs_to(table, customer_id)))
    return {user_id: email if removed_at is None else "" for user_id, email, removed_at in rows}


async def _end_orders(session: AsyncSession, customer_id: str) -> None:
    await session.exec(
        update(Order)
        .where(col(Order.customer_id) == customer_id, col(Order.status) != OrderStatus.CANCELLED)
        .values(status=OrderStatus.CANCELLED, failure=_ORDER_AFTERWARDS)
    )


async def _ids(session: AsyncSession, table: Table, customer_id: str) -> list[str]:
    connection = await session.connection()
    rows = await connection.execute(select(table.columns["id"]).where(belongs_to(table, customer_id)))
    return [row[0] for row in rows]


async def _servers_of_conversations(session: AsyncSession, customer_id: str) -> dict[str, str]:
    """On which server each conversation is: asked for once, not for each message."""
    table = Conversation.__table__  # type: ignore[attr-defined]
    connection = await session.connection()
    mine = belongs_to(table, customer_id)
    rows = await connection.execute(select(table.columns["id"], table.columns["tenant_id"]).where(mine))
    return {row[0]: row[1] for row in rows}


async def _forget_person(session: AsyncSession, user_id: str, now: Any) -> None:
    await session.exec(
        update(User)
        .where(col(User.id) == user_id)
        .values(email=f"removed:{user_id}", password_hash="", removed_at=now)
    )


async def _forget_servers(session: AsyncSession, customer_id: str) -> None:
    await session.exec(
        update(Tenant)
        .where(col(Tenant.customer_id) == customer_id)
        .values(
            status=TenantStatus.REMOVED,
            name="removed",
            api_key_hash=None,
            next_api_key_hash=None,
            # Without it nothing that was said there can be read, not even in a backup.
            content_key="",
            sealing_public_key="",
            heartbeat={},
        )
    )
