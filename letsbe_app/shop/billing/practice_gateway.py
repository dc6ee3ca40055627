"""Paying for practice: the whole way of a real payment, but no money moves."""

from letsbe_app.shop.billing.gateway import Checkout, EventKind, GatewayEvent, Payable


class PracticeGateway:
    """Its checkout is a page of our own with one button, and says that it is for practice."""

    name = "practice"
    is_practice = True

    async def open_checkout(self, payable: Payable) -> Checkout:
        return Checkout(f"/start/payment/{payable.order_id}", is_practice=True)

    def pay(self, payable: Payable) -> GatewayEvent:
        """The event that says it was paid. Pressing the button twice gives the same event."""
        return GatewayEvent(
            gateway=self.name,
            event_id=f"practice_{payable.order_id}",
            kind=EventKind.PAID,
            order_id=payable.order_id,
            amount_cents=payable.amount_cents,
            currency=payable.currency,
            payload={"is_practice": True},
        )
