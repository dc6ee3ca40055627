"""The back office: lists and details for staff, and what staff does to set-ups."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlmodel import col, func, select

from letsbe_app.backoffice import queries
from letsbe_app.backoffice.schemas import (
    Act,
    Component,
    Count,
    CustomerDetail,
    CustomerRow,
    OrderRow,
    Overview,
    Person,
    Run,
    RunDetail,
    ServerDetail,
    ServerRow,
)
from letsbe_app.backoffice.views import act_of, order_row, run_of, run_step, server_row
from letsbe_app.db.models import Customer, Order, OrderStatus, ProvisioningStep, Tenant, TenantStatus, User
from letsbe_app.db.session import Database
from letsbe_app.errors import NotFound
from letsbe_app.fleet.provisioning.service import ProvisioningService
from letsbe_app.fleet.tenants.history import Span, history_of
from letsbe_app.fleet.tenants.schemas import heartbeat_of, history_view
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.kit.pagination import Page, clamp_limit, id_cursor, page_of_rows
from letsbe_app.people.accounts.emails import normalised_email
from letsbe_app.people.audit.service import SYSTEM, record_act
from letsbe_app.people.staff.actor import StaffActor, StaffPermission, checked_reason, require_staff
from letsbe_app.people.support.service import SupportService
from letsbe_app.relay import Relay
from letsbe_app.shop.billing.founding import release_place
from letsbe_app.shop.orders.service import OrderService

_DAYS: Final = 30
_BELONGINGS: Final = 100
"""Servers and orders that a customer's page shows at most."""
_SICK: Final = frozenset({"failed", "offline", "unready"})
_MOST_SICK: Final = 100
_ACTORS: Final = ("usr_", "stf_", "key_", "tenant:", SYSTEM)
"""How the names of those begin who act."""


class BackOffice:
    """Every method takes a member of staff; looking at one customer is noted in that customer's record."""

    def __init__(
        self,
        database: Database,
        relay: Relay,
        provisioning: ProvisioningService,
        orders: OrderService,
        support: SupportService,
        *,
        cautions: Sequence[str] = (),
        clock: Clock = utc_now,
    ) -> None:
        self._cautions = cautions
        self._database = database
        self._presence = relay.presence
        self._provisioning = provisioning
        self._orders = orders
        self._support = support
        self._clock = clock

    async def overview(self, staff: StaffActor) -> Overview:
        """The fleet at a glance."""
        require_staff(staff, StaffPermission.LOOK)
        since = self._clock() - timedelta(days=_DAYS)
        async with self._database.read() as session:
            servers = await queries.servers(session)
            customers = (await session.exec(select(func.count()).select_from(Customer))).one()
            paid = select(func.count(), func.coalesce(func.sum(Order.price_cents), 0)).where(
                col(Order.paid_at) >= since
            )
            order_count, cents = (await session.exec(paid)).one()
            joined = (
                await session.exec(select(Customer.created_at).where(Customer.created_at >= since))
            ).all()
        rows = [row for row in await self._server_rows(servers) if row.health != "removed"]
        attention = sorted(
            (row for row in rows if row.has_alarm or row.health in _SICK), key=lambda row: not row.has_alarm
        )
        return Overview(
            customers=customers,
            servers=len(rows),
            orders_paid_30_days=order_count,
            revenue_cents_30_days=int(cents),
            failed_runs=sum(row.health == "failed" for row in rows),
            running_runs=sum(row.health == "setting_up" for row in rows),
            health=_counts(row.health for row in rows),
            daemon_versions=_counts(row.daemon_version for row in rows if row.daemon_version),
            openclaw_versions=_counts(row.openclaw_version for row in rows if row.openclaw_version),
            sign_ups=_by_day(joined, self._clock()),
            needs_attention=attention[:_MOST_SICK],
            attention_count=len(attention),
            cautions=list(self._cautions),
        )

    # Customers

    async def customers(
        self, staff: StaffActor, words: str = "", cursor: str | None = None, limit: int | None = None
    ) -> Page[CustomerRow]:
        """Customers by a part of a name or an address, or by an id of theirs; the newest first."""
        require_staff(staff, StaffPermission.LOOK)
        size = clamp_limit(limit)
        async with self._database.read() as session:
            rows = await queries.customers(session, words.strip(), id_cursor(cursor, "cus"), size + 1)
        return page_of_rows(rows, size, lambda row: _customer_row(*row), lambda row: row[0].id)

    async def customer(self, staff: StaffActor, customer_id: str) -> CustomerDetail:
        """One customer; raises NotFound."""
        require_staff(staff, StaffPermission.LOOK)
        async with self._database.read() as session:
            found = await queries.customers(session, customer_id, None, 2)
            match = next((row for row in found if row[0].id == customer_id), None)
            if match is None:
                raise NotFound("There is no such customer.")
            people = await queries.people(session, customer_id)
            servers = await queries.servers(session, customer_id=customer_id, count=_BELONGINGS)
            orders = await queries.orders(session, customer_id=customer_id, count=_BELONGINGS)
        await self._note(staff, "staff.looked_at_customer", customer_id, customer_id=customer_id)
        return CustomerDetail(
            customer=_customer_row(*match),
            people=[_person(user, since) for user, since in people],
            servers=await self._server_rows(servers),
            orders=[order_row(order) for order in orders],
            support_allowed_until=await self._support.allowed_until(staff, customer_id),
        )

    # Servers

    async def servers(
        self,
        staff: StaffActor,
        words: str = "",
        status: TenantStatus | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page[ServerRow]:
        """Servers by a part of a name or by an id, the newest first."""
        require_staff(staff, StaffPermission.LOOK)
        size, before = clamp_limit(limit), id_cursor(cursor, "ten")
        async with self._database.read() as session:
            rows = await queries.servers(
                session, words=words.strip(), status=status or "", before=before, count=size + 1
            )
        shown = await self._server_rows(rows)
        return page_of_rows(shown, size, lambda row: row, lambda row: row.id)

    async def server(self, staff: StaffActor, tenant_id: str) -> ServerDetail:
        """One server with its parts and the figures of 30 days; raises NotFound."""
        require_staff(staff, StaffPermission.LOOK)
        async with self._database.read() as session:
            found = await queries.servers(session, tenant_id=tenant_id, count=1)
            if not found:
                raise NotFound("There is no such server.")
            kept = await history_of(session, tenant_id, Span.MONTH, self._clock())
        tenant, _ = found[0]
        heartbeat = heartbeat_of(tenant)
        await self._note(
            staff,
            "staff.looked_at_server",
            tenant_id,
            customer_id=tenant.customer_id,
            tenant_id=tenant_id,
        )
        return ServerDetail(
            server=(await self._server_rows(found))[0],
            # Without their details, which are a server's own words.
            components=[Component(one.name, one.is_healthy) for one in heartbeat.components]
            if heartbeat
            else [],
            history=history_view(Span.MONTH, kept),
        )

    # Orders and set-ups

    async def orders(
        self, staff: StaffActor, status: str = "", cursor: str | None = None, limit: int | None = None
    ) -> Page[OrderRow]:
        """Orders, the newest first."""
        require_staff(staff, StaffPermission.LOOK)
        size, before = clamp_limit(limit), id_cursor(cursor, "ord")
        async with self._database.read() as session:
            rows = await queries.orders(session, status=status, before=before, count=size + 1)
        return page_of_rows(rows, size, order_row, lambda row: row.id)

    async def runs(
        self,
        staff: StaffActor,
        status: TenantStatus | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page[Run]:
        """Set-ups, the newest first."""
        require_staff(staff, StaffPermission.LOOK)
        size, before = clamp_limit(limit), id_cursor(cursor, "ten")
        async with self._database.read() as session:
            rows = await queries.servers(session, status=status or "", before=before, count=size + 1)
            steps = await queries.steps(session, [tenant.order_id for tenant, _ in rows])
        return page_of_rows(
            rows,
            size,
            lambda row: run_of(row[0], row[1], _steps_of(steps, row[0].order_id)),
            lambda row: row[0].id,
        )

    async def run(self, staff: StaffActor, order_id: str) -> RunDetail:
        """One set-up with its steps; raises NotFound."""
        require_staff(staff, StaffPermission.LOOK)
        async with self._database.read() as session:
            found = await queries.servers(session, order_id=order_id, count=1)
            if not found:
                raise NotFound("There is no such set-up.")
            steps = await queries.steps(session, [order_id])
        return RunDetail(run_of(*found[0], steps), [run_step(step) for step in steps])

    async def retry_run(self, staff: StaffActor, order_id: str, reason: str) -> RunDetail:
        """Let a set-up go on from where it failed; raises NotFound, Conflict."""
        require_staff(staff, StaffPermission.OPERATE)
        await self._provisioning.retry_as(staff.staff_id, order_id, checked_reason(reason))
        return await self.run(staff, order_id)

    async def cancel_run(self, staff: StaffActor, order_id: str, reason: str) -> RunDetail:
        """
        Give a failed set-up up: its machine goes, its order is cancelled, a founder's place free again.

        What was paid for it is to be given back by hand.

        Raises:
            NotFound: There is no such set-up.
            Conflict: It has not failed.
        """
        require_staff(staff, StaffPermission.OPERATE)
        why = checked_reason(reason)
        async with self._database.write() as session:
            given_up = await self._provisioning.give_up_as(session, staff.staff_id, order_id, why)
            await release_place(
                session, await self._orders.move_within(session, order_id, OrderStatus.CANCELLED)
            )
        await self._provisioning.announce_given_up(*given_up)
        return await self.run(staff, order_id)

    # The audit

    async def acts(
        self,
        staff: StaffActor,
        *,
        customer_id: str = "",
        actor: str = "",
        action: str = "",
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page[Act]:
        """Who did what, the newest first."""
        require_staff(staff, StaffPermission.LOOK)
        size, before = clamp_limit(limit), id_cursor(cursor, "aud")
        async with self._database.read() as session:
            rows = await queries.acts(
                session, customer_id=customer_id, actor=actor, action=action, before=before, count=size + 1
            )
            names = await queries.names_of(session, {row.actor for row in rows})
        return page_of_rows(rows, size, lambda row: act_of(row, names), lambda row: row.id)

    async def find_acts(self, staff: StaffActor, words: str, cursor: str | None = None) -> Page[Act]:
        """
        As ``acts``, by what somebody typed.

        Args:
            staff: Who looks.
            words: An address or an id of whoever acted, an id of a customer, or the beginning of an act's
                name; empty for everything.
            cursor: Where the page begins.
        """
        words = words.strip()
        if words.startswith("cus_"):
            return await self.acts(staff, customer_id=words, cursor=cursor)
        if "@" in words:
            require_staff(staff, StaffPermission.LOOK)
            async with self._database.read() as session:
                actor = await queries.actor_by_email(session, normalised_email(words))
            return await self.acts(staff, actor=actor or words, cursor=cursor)
        if words.startswith(_ACTORS):
            return await self.acts(staff, actor=words, cursor=cursor)
        return await self.acts(staff, action=words, cursor=cursor)

    async def _server_rows(self, rows: Sequence[tuple[Tenant, str]]) -> list[ServerRow]:
        ids = [tenant.id for tenant, _ in rows]
        online = await self._presence.online_among(ids)
        async with self._database.read() as session:
            kept = await queries.health(session, ids)
            alarms = await queries.alarms(session, ids)
        return [
            server_row(tenant, name, kept.get(tenant.id), alarms, is_online=tenant.id in online)
            for tenant, name in rows
        ]

    async def _note(
        self,
        staff: StaffActor,
        action: str,
        subject: str,
        *,
        customer_id: str,
        tenant_id: str | None = None,
    ) -> None:
        async with self._database.write() as session:
            record_act(
                session,
                staff.staff_id,
                action,
                subject=subject,
                customer_id=customer_id,
                tenant_id=tenant_id,
            )


def _customer_row(customer: Customer, people: int, servers: int, number: int | None) -> CustomerRow:
    return CustomerRow(customer.id, customer.name, people, servers, number, customer.created_at)


def _person(user: User, factor_since: datetime | None) -> Person:
    return Person(
        user_id=user.id,
        email=user.email,
        role=user.role,
        is_email_confirmed=user.email_confirmed_at is not None,
        has_second_factor=factor_since is not None,
        created_at=user.created_at,
    )


def _steps_of(steps: Iterable[ProvisioningStep], order_id: str) -> list[ProvisioningStep]:
    return [step for step in steps if step.order_id == order_id]


def _counts(names: Iterable[str]) -> list[Count]:
    return [Count(name, count) for name, count in Counter(names).most_common()]


def _by_day(moments: Iterable[datetime], now: datetime) -> list[Count]:
    counted = Counter(moment.date() for moment in moments)
    days = [(now - timedelta(days=back)).date() for back in reversed(range(_DAYS))]
    return [Count(day.isoformat(), counted[day]) for day in days]
