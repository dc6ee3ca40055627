"""Orders: placed from the wizard's draft, moved along their lifecycle."""

from collections.abc import Awaitable, Callable

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import Order, OrderStatus
from letsbe_app.db.session import Database
from letsbe_app.errors import InvalidInput, NotFound
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.kit.ids import new_id
from letsbe_app.kit.pagination import Page, clamp_limit, id_cursor, page_of_rows
from letsbe_app.people.audit.service import SYSTEM, record_act
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.shop.catalog.schemas import Plan
from letsbe_app.shop.catalog.service import Catalog
from letsbe_app.shop.onboarding.schemas import DraftView
from letsbe_app.shop.onboarding.server_name import checked_server_name
from letsbe_app.shop.onboarding.service import OnboardingService
from letsbe_app.shop.orders import repository
from letsbe_app.shop.orders.lifecycle import check_move
from letsbe_app.shop.orders.schemas import OrderView

log = structlog.get_logger()

RoomCheck = Callable[[], Awaitable[None]]
"""Raises Conflict when no further server can be made: nobody shall pay for one that cannot come."""


class OrderService:
    """For customers the methods with an actor; for billing and jobs the others."""

    def __init__(
        self,
        database: Database,
        catalog: Catalog,
        onboarding: OnboardingService,
        ensure_room: RoomCheck,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._database = database
        self._catalog = catalog
        self._onboarding = onboarding
        self._ensure_room = ensure_room
        self._clock = clock

    async def place(self, actor: Actor) -> OrderView:
        """
        An order of what the draft says. It takes the place of an earlier one that was not paid.

        Raises:
            InvalidInput: The draft is not complete, or the plan is too small for its tools.
            Conflict: No further server can be made.
        """
        require(actor, Permission.BUY)
        draft = await self._onboarding.draft(actor)
        plan = self._plan_of(draft)
        server_name = checked_server_name(draft.server_name)
        await self._ensure_room()
        order = Order(
            id=new_id("ord"),
            customer_id=actor.customer_id,
            plan_id=plan.id,
            bundle_id=draft.bundle_id,
            tool_ids=draft.tool_ids,
            server_name=server_name,
            price_cents=plan.price_cents,
            created_at=self._clock(),
        )
        async with self._database.write() as session:
            for earlier in await repository.unpaid(session, actor.customer_id):
                earlier.status = OrderStatus.CANCELLED
            session.add(order)
            await session.flush()
            record_act(session, actor, "order.placed", subject=order.id, plan_id=plan.id)
        log.info("order.placed", order_id=order.id, plan_id=plan.id, tools=len(order.tool_ids))
        return self._view(order)

    async def get(self, actor: Actor, order_id: str) -> OrderView:
        """One of the actor's orders; raises NotFound."""
        require(actor, Permission.READ)
        async with self._database.read() as session:
            order = await repository.find(session, actor.customer_id, order_id)
        if order is None:
            raise NotFound("There is no such order.")
        return self._view(order)

    async def list(self, actor: Actor) -> list[OrderView]:
        """The actor's orders, newest first."""
        require(actor, Permission.READ)
        async with self._database.read() as session:
            return [self._view(order) for order in await repository.of_customer(session, actor.customer_id)]

    async def page(
        self, actor: Actor, *, cursor: str | None = None, limit: int | None = None
    ) -> Page[OrderView]:
        """As ``list``, page by page; the cursor is the id of a page's last order."""
        require(actor, Permission.READ)
        size, before = clamp_limit(limit), id_cursor(cursor, "ord")
        async with self._database.read() as session:
            rows = list(await repository.page(session, actor.customer_id, before, size + 1))
        return page_of_rows(rows, size, self._view, lambda row: row.id)

    async def mark_paid(self, session: AsyncSession, order_id: str) -> Order:
        """The order, now paid, within the payment's own transaction; raises NotFound or Conflict."""
        order = await repository.locked(session, order_id)
        if order is None:
            raise NotFound("There is no such order.")
        check_move(OrderStatus(order.status), OrderStatus.PAID)
        order.status, order.paid_at = OrderStatus.PAID, self._clock()
        return order

    async def move(self, order_id: str, wanted: OrderStatus, failure: str = "") -> None:
        """
        Take the order to a state; harmless when it is there already. For jobs.

        Raises:
            NotFound: There is no such order.
            Conflict: It may not go there from where it is.
        """
        async with self._database.write() as session:
            await self.move_within(session, order_id, wanted, failure)

    async def move_within(
        self, session: AsyncSession, order_id: str, wanted: OrderStatus, failure: str = ""
    ) -> Order:
        """As ``move``, within the transaction of what it belongs to; gives the order."""
        order = await repository.locked(session, order_id)
        if order is None:
            raise NotFound("There is no such order.")
        if order.status == wanted:
            return order
        check_move(OrderStatus(order.status), wanted)
        order.status, order.failure = wanted, failure[:1_000]
        record_act(session, SYSTEM, f"order.{wanted.value}", subject=order_id, customer_id=order.customer_id)
        log.info("order.moved", order_id=order_id, status=wanted.value)
        return order

    def _plan_of(self, draft: DraftView) -> Plan:
        if not draft.tool_ids:
            raise InvalidInput.of_field("tool_ids", "Choose at least one tool.")
        if draft.plan_id is None:
            if draft.quote.smallest_plan is None:
                raise InvalidInput.of_field("tool_ids", "No plan is large enough for all of these tools.")
            return draft.quote.smallest_plan
        fit = next(fit for fit in draft.quote.fits if fit.plan.id == draft.plan_id)
        if not fit.is_fit:
            raise InvalidInput.of_field("plan_id", f"{fit.plan.name}: {fit.why}")
        return fit.plan

    def _view(self, order: Order) -> OrderView:
        return OrderView(
            id=order.id,
            plan=self._catalog.plan(order.plan_id),
            bundle_id=order.bundle_id,
            tools=self._catalog.tools_of(order.tool_ids),
            server_name=order.server_name,
            price_cents=order.price_cents,
            currency=order.currency,
            status=order.status,
            failure=order.failure,
            created_at=order.created_at,
            paid_at=order.paid_at,
        )
