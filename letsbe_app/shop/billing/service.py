"""Payment: from a checkout to a paid order, its founding place and its server on the way."""

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.session import Database
from letsbe_app.errors import Conflict, InvalidInput
from letsbe_app.fleet.provisioning.service import ProvisioningService
from letsbe_app.fleet.tenants.schemas import NewTenant
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.people.audit.service import SYSTEM, record_act
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.shop.billing import repository
from letsbe_app.shop.billing.founding import claim_place
from letsbe_app.shop.billing.gateway import Checkout, EventKind, GatewayEvent, Payable, PaymentGateway
from letsbe_app.shop.billing.practice_gateway import PracticeGateway
from letsbe_app.shop.onboarding.service import OnboardingService
from letsbe_app.shop.orders.schemas import OrderView
from letsbe_app.shop.orders.service import OrderService

log = structlog.get_logger()


class BillingService:
    """Opens checkouts and acts on the gateway's events, each exactly once."""

    def __init__(
        self,
        database: Database,
        gateway: PaymentGateway,
        orders: OrderService,
        onboarding: OnboardingService,
        provisioning: ProvisioningService,
        *,
        clock: Clock = utc_now,
    ) -> None:
        self._database = database
        self._gateway = gateway
        self._orders = orders
        self._onboarding = onboarding
        self._provisioning = provisioning
        self._clock = clock

    async def checkout(self, actor: Actor, order_id: str) -> Checkout:
        """Where to pay the order; raises NotFound, or Conflict when it needs no payment."""
        require(actor, Permission.BUY)
        order = await self._orders.get(actor, order_id)
        if order.status != "awaiting_payment":
            raise Conflict("This order does not wait for a payment.")
        return await self._gateway.open_checkout(_payable(actor, order))

    async def pay_practice(self, actor: Actor, order_id: str) -> OrderView:
        """
        Press the button of the practice checkout. Pressing it twice pays once.

        Raises:
            Conflict: Payments are for real here, or the order cannot be paid.
        """
        require(actor, Permission.BUY)
        if not isinstance(self._gateway, PracticeGateway):
            raise Conflict("Practice payments are switched off here.")
        order = await self._orders.get(actor, order_id)
        await self.record_event(self._gateway.pay(_payable(actor, order)))
        return await self._orders.get(actor, order_id)

    async def record_event(self, event: GatewayEvent) -> None:
        """
        Store the event and do what follows from it, in one transaction; a known event changes nothing.

        Raises:
            InvalidInput: It does not fit the order.
            Conflict: The order cannot be paid any more.
        """
        tenant_id = None
        async with self._database.write() as session:
            if not await repository.store_once(session, event, self._clock()):
                log.info("billing.event_repeated", gateway=event.gateway, event_id=event.event_id)
                return
            if event.kind == EventKind.PAID and event.order_id is not None:
                tenant_id = await self._settle(session, event, event.order_id)
        log.info("billing.event_recorded", gateway=event.gateway, event_id=event.event_id, kind=event.kind)
        if tenant_id is not None:
            await self._provisioning.announce(tenant_id)

    async def _settle(self, session: AsyncSession, event: GatewayEvent, order_id: str) -> str:
        order = await self._orders.mark_paid(session, order_id)
        if (event.amount_cents, event.currency) != (order.price_cents, order.currency):
            raise InvalidInput("The amount of this payment is not the order's.")
        member = await claim_place(session, order, self._clock())
        await self._onboarding.start_over(session, order.customer_id)
        tenant_id = await self._provisioning.reserve(
            session, NewTenant(customer_id=order.customer_id, order_id=order.id, name=order.server_name)
        )
        record_act(
            session,
            SYSTEM,
            "order.paid",
            subject=order.id,
            customer_id=order.customer_id,
            gateway=event.gateway,
            founding_number=member.number if member else None,
        )
        return tenant_id


def _payable(actor: Actor, order: OrderView) -> Payable:
    return Payable(
        order_id=order.id,
        customer_id=actor.customer_id,
        description=f"LetsBe Biz {order.plan.name}, {order.server_name}, first month",
        amount_cents=order.price_cents,
        currency=order.currency,
    )
