"""The section that says how long a question of an agent waits for somebody."""

import reflex as rx
from reflex.event import EventSpec

from letsbe_app.ui.components.choice_card import choice_card
from letsbe_app.ui.components.toast import show_toast
from letsbe_app.ui.pages.settings.parts import part
from letsbe_app.ui.pages.settings.view_models import WaitingTimeChoice, waiting_time_choices
from letsbe_app.ui.portal.state import PortalState
from letsbe_app.ui.text import texts


class WaitingTimeState(PortalState):
    """What is set for the server that the portal shows."""

    choices: list[WaitingTimeChoice] = []
    has_choices: bool = False

    @rx.event
    async def load_choices(self) -> None:
        actor = await self._enter()
        self.has_choices = self.frame.has_server
        if self.has_choices:
            tenant = await self._services().tenants.get(actor, self.frame.tenant_id)
            self.choices = waiting_time_choices(tenant.approval_ttl_seconds)

    @rx.event
    async def choose(self, value: str) -> EventSpec:
        tenants = self._services().tenants
        tenant = await tenants.set_approval_ttl(await self._actor(), self.frame.tenant_id, int(value))
        self.choices = waiting_time_choices(tenant.approval_ttl_seconds)
        return show_toast(texts().waiting_time.saved)


def waiting_time() -> rx.Component:
    """Return the section; nothing without a server."""
    t = texts().waiting_time
    section = part(
        t.title,
        rx.el.fieldset(
            rx.el.legend(t.title, class_name="sr-only"),
            rx.foreach(WaitingTimeState.choices, _choice),
            class_name="grid gap-2 sm:grid-cols-2",
        ),
        detail=t.detail,
    )
    return rx.el.div(
        rx.cond(WaitingTimeState.has_choices, section),
        on_mount=WaitingTimeState.load_choices,
    )


def _choice(choice: rx.vars.ObjectVar[WaitingTimeChoice]) -> rx.Component:
    return choice_card(
        choice.title,
        choice.detail,
        name="approval-ttl",
        value=choice.value,
        is_chosen=choice.is_chosen,
        on_choose=WaitingTimeState.choose,
    )
