"""State of the practice payment."""

import reflex as rx
from reflex.event import EventSpec

from letsbe_app.ui import routes
from letsbe_app.ui.base_state import SignedInState
from letsbe_app.ui.text import texts


class PaymentState(SignedInState, rx.State):
    """The order that is paid."""

    order_name: str = ""
    price_text: str = ""

    @rx.event
    async def open_page(self) -> EventSpec | None:
        """Show the order; one that is paid already leads to its server."""
        actor = await self._actor()
        order = await self._services().orders.get(actor, self._order_id())
        if order.paid_at is not None:
            return rx.redirect(routes.provisioning(order.id))
        self.order_name = order.server_name
        self.price_text = f"{texts().site.price(order.price_cents)} {texts().site.per_month}"
        return None

    @rx.event
    async def pay(self) -> EventSpec:
        """Pay in practice and watch the server being set up."""
        actor = await self._actor()
        order = await self._services().billing.pay_practice(actor, self._order_id())
        return rx.redirect(routes.provisioning(order.id))

    def _order_id(self) -> str:
        return str(self.router.url.path).rstrip("/").rpartition("/")[2]
