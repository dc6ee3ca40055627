"""Handlers of the sections of what goes out. Secrets do not come by here: their forms speak REST."""

from typing import Literal

import reflex as rx
from pydantic import ValidationError
from reflex.event import EventSpec

from letsbe_app.errors import InvalidInput, LetsBeError
from letsbe_app.notify.schemas import Preferences
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import Permission, is_allowed
from letsbe_app.ui.components.toast import show_toast
from letsbe_app.ui.pages.settings.outgoing.view_models import (
    DeviceRow,
    WebhookRow,
    device_row,
    quiet_words,
    webhook_row,
)
from letsbe_app.ui.portal.state import PortalState
from letsbe_app.ui.text import texts
from letsbe_app.webhooks.schemas import EndpointChanges

SHOWN_DELIVERIES = 5


class OutgoingState(PortalState):
    """How one is told, and what programs are told."""

    has_push: bool = True
    has_email: bool = True
    quiet_from: str = ""
    quiet_until: str = ""
    time_zone: str = ""
    """Empty until quiet hours are set: then the page proposes the browser's."""
    quiet_told: str = ""
    quiet_problem: str = ""
    devices: list[DeviceRow] = []
    webhooks: list[WebhookRow] = []
    asks_to_revoke: bool = False

    @rx.event
    async def load(self) -> None:
        await self._look(await self._actor())

    @rx.event
    async def set_push(self, is_on: bool) -> EventSpec:
        return await self._prefer(has_push=is_on)

    @rx.event
    async def set_email(self, is_on: bool) -> EventSpec:
        return await self._prefer(has_email=is_on)

    @rx.event
    async def save_quiet(self, form: dict[str, str]) -> EventSpec | None:
        self.quiet_problem = ""
        try:
            return await self._prefer(
                quiet_from=form.get("quiet_from", ""),
                quiet_until=form.get("quiet_until", ""),
                time_zone=form.get("time_zone", "").strip() or "UTC",
            )
        except LetsBeError as error:
            self.quiet_problem = error.message
            return None

    @rx.event
    async def remove_device(self, device_id: str) -> EventSpec:
        actor = await self._actor()
        await self._services().notify.unsubscribe(actor, device_id)
        return await self._said(actor, texts().outgoing.device_removed)

    @rx.event
    async def try_notices(self) -> EventSpec:
        actor = await self._actor()
        await self._services().notify.test(actor)
        return await self._said(actor, texts().outgoing.tried)

    @rx.event
    async def switch_webhook(self, webhook_id: str, is_on: bool) -> EventSpec:
        actor = await self._actor()
        await self._services().webhooks.change(actor, webhook_id, EndpointChanges(is_paused=not is_on))
        return await self._said(actor, texts().outgoing.saved)

    @rx.event
    async def test_webhook(self, webhook_id: str) -> EventSpec:
        actor = await self._actor()
        await self._services().webhooks.test(actor, webhook_id)
        return await self._said(actor, texts().outgoing.tried)

    @rx.event
    async def redeliver(self, webhook_id: str, delivery_id: str) -> EventSpec:
        actor = await self._actor()
        try:
            await self._services().webhooks.redeliver(actor, webhook_id, delivery_id)
        except LetsBeError as error:
            return await self._said(actor, error.message, "danger")
        return await self._said(actor, texts().outgoing.tried)

    @rx.event
    async def remove_webhook(self, webhook_id: str) -> EventSpec:
        actor = await self._actor()
        await self._services().webhooks.remove(actor, webhook_id)
        return await self._said(actor, texts().outgoing.webhook_removed)

    @rx.event
    async def renew_key(self) -> EventSpec:
        actor = await self._actor()
        await self._services().tenants.renew_key(actor, self.frame.tenant_id)
        return await self._said(actor, texts().outgoing.renewed)

    @rx.event
    def ask_to_revoke(self, asks: bool) -> None:
        self.asks_to_revoke = asks

    @rx.event
    async def revoke_key(self) -> EventSpec:
        self.asks_to_revoke = False
        actor = await self._actor()
        await self._services().tenants.revoke_key(actor, self.frame.tenant_id)
        return await self._said(actor, texts().outgoing.revoked)

    async def _prefer(self, **changes: str | bool) -> EventSpec:
        actor, notify = await self._actor(), self._services().notify
        now = await notify.preferences(actor)
        try:
            wanted = Preferences.model_validate(now.model_dump() | changes)
        except ValidationError as exc:
            # No browser's field for a time gives this; whoever speaks to the socket without one can.
            raise InvalidInput(texts().outgoing.no_times) from exc
        await notify.set_preferences(actor, wanted)
        return await self._said(actor, texts().outgoing.saved)

    async def _said(self, actor: Actor, text: str, tone: Literal["info", "danger"] = "info") -> EventSpec:
        await self._look(actor)
        return show_toast(text, tone)

    async def _look(self, actor: Actor) -> None:
        services = self._services()
        self._show(await services.notify.preferences(actor))
        self.devices = [device_row(one) for one in await services.notify.devices(actor)]
        if is_allowed(actor.role, Permission.MANAGE):
            rows = []
            for one in await services.webhooks.list(actor):
                page = await services.webhooks.deliveries(actor, one.id, limit=SHOWN_DELIVERIES)
                rows.append(webhook_row(one, page.items))
            self.webhooks = rows

    def _show(self, wanted: Preferences) -> None:
        self.has_push, self.has_email = wanted.has_push, wanted.has_email
        self.quiet_from, self.quiet_until = wanted.quiet_from, wanted.quiet_until
        self.time_zone = wanted.time_zone if wanted.quiet_from else ""
        self.quiet_told = quiet_words(wanted)
