"""Handlers of the settings page. Passwords and keys do not come by here: their forms speak REST."""

from typing import Literal

import reflex as rx
from reflex.event import EventSpec

from letsbe_app.db.models import UserRole
from letsbe_app.errors import LetsBeError
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import Permission, is_allowed
from letsbe_app.ui.components.toast import show_toast
from letsbe_app.ui.pages.settings.view_models import (
    InvitationRow,
    KeyRow,
    MemberRow,
    PasskeyRow,
    SessionRow,
    invitation_row,
    key_row,
    member_row,
    passkey_row,
    session_row,
)
from letsbe_app.ui.portal.state import PortalState
from letsbe_app.ui.text import texts


class SettingsState(PortalState):
    """One's own way in, and those of others."""

    email: str = ""
    is_email_confirmed: bool = False
    has_second_factor: bool = False
    hides_setup: bool = False
    passkeys: list[PasskeyRow] = []
    has_passkeys: bool = False
    sessions: list[SessionRow] = []
    members: list[MemberRow] = []
    invitations: list[InvitationRow] = []
    keys: list[KeyRow] = []
    is_owner: bool = False
    demands_second_factor: bool = False
    support_until: str = ""
    removing_id: str = ""
    invite_problem: str = ""

    @rx.event
    async def load(self) -> None:
        await self._refresh(await self._enter())
        self.hides_setup = self.has_second_factor

    @rx.event
    async def woken(self, topic: str, _id: str) -> None:
        if topic == "resumed":
            await self._refresh(await self._enter())

    @rx.event
    async def changed(self) -> None:
        """A form that speaks REST has changed something."""
        await self._refresh(await self._actor())
        self.hides_setup = self.has_second_factor

    @rx.event
    async def switched_on(self) -> None:
        """The second factor is on; its form goes on showing the recovery codes until the page is left."""
        self.has_second_factor = True

    @rx.event
    async def send_confirmation(self) -> EventSpec:
        await self._services().links.send_confirmation(await self._actor())
        return show_toast(texts().settings.mail_sent)

    @rx.event
    async def set_role(self, user_id: str, role: str) -> EventSpec:
        actor = await self._actor()
        try:
            await self._services().members.set_role(actor, user_id, UserRole(role))
        except LetsBeError as error:
            return await self._done(actor, error.message, "danger")
        return await self._done(actor, texts().settings.role_saved)

    @rx.event
    def ask_to_remove(self, user_id: str) -> None:
        self.removing_id = user_id

    @rx.event
    def keep(self) -> None:
        self.removing_id = ""

    @rx.event
    async def remove(self) -> EventSpec:
        actor, user_id = await self._actor(), self.removing_id
        self.removing_id = ""
        await self._services().members.remove(actor, user_id)
        return await self._done(actor, texts().settings.removed)

    @rx.event
    async def invite(self, form: dict[str, str]) -> EventSpec | None:
        actor = await self._actor()
        try:
            await self._services().members.invite(
                actor, form.get("invite_email", ""), UserRole(form["invite_role"])
            )
        except LetsBeError as error:
            self.invite_problem = error.message
            return None
        self.invite_problem = ""
        return await self._done(actor, texts().settings.invited)

    @rx.event
    async def take_back(self, invitation_id: str) -> EventSpec:
        actor = await self._actor()
        await self._services().members.take_back(actor, invitation_id)
        return await self._done(actor, texts().settings.taken_back)

    @rx.event
    async def revoke_key(self, key_id: str) -> EventSpec:
        actor = await self._actor()
        await self._services().keys.revoke(actor, key_id)
        return await self._done(actor, texts().settings.revoked)

    @rx.event
    async def allow_support(self, form: dict[str, str]) -> EventSpec:
        actor = await self._actor()
        await self._services().support.allow(actor, int(form["support_hours"]))
        return await self._done(actor, texts().settings.support_allowed)

    @rx.event
    async def end_support(self) -> EventSpec:
        actor = await self._actor()
        await self._services().support.take_back(actor)
        return await self._done(actor, texts().settings.support_ended)

    async def _done(self, actor: Actor, text: str, tone: Literal["info", "danger"] = "info") -> EventSpec:
        await self._refresh(actor)
        return show_toast(text, tone)

    async def _refresh(self, actor: Actor) -> None:
        services = self._services()
        account = await services.accounts.account(actor)
        self.email, self.is_email_confirmed = account.email, account.is_email_confirmed
        self.has_second_factor = (await services.second_factors.view(actor)).is_on
        self.passkeys = [passkey_row(one) for one in await services.passkeys.list(actor)]
        self.has_passkeys = bool(self.passkeys)
        self.sessions = [session_row(one) for one in await services.sessions.list(actor)]
        self.members = [member_row(one) for one in await services.members.list(actor)]
        self.is_owner = is_allowed(actor.role, Permission.PEOPLE)
        if self.is_owner:
            self.demands_second_factor = (await services.sign_in_rules.get(actor)).requires_second_factor
            self.invitations = [invitation_row(one) for one in await services.members.invitations(actor)]
            allowed = await services.support.current(actor)
            self.support_until = allowed.expires_at.isoformat() if allowed else ""
            self.keys = [key_row(one) for one in await services.keys.list(actor)]
