"""Handlers of the secrets' page. No value ever comes here: islands seal and open them in the browser."""

import re
from urllib.parse import quote

import reflex as rx
from reflex.event import EventSpec

from letsbe_app.errors import LetsBeError, NotFound
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import Permission, is_allowed
from letsbe_app.ui import routes
from letsbe_app.ui.components.toast import show_toast
from letsbe_app.ui.pages.secrets.view_models import (
    AlarmRow,
    SecretRow,
    alarm_row,
    matching,
    outcome_text,
    secret_row,
)
from letsbe_app.ui.portal.state import PortalState
from letsbe_app.ui.text import texts
from tenant_daemon.contracts.secrets import NAME_PATTERN, SecretChange


class SecretsState(PortalState):
    """The server's secrets, alarms, and what is asked of the server."""

    secrets: list[SecretRow] = []
    found: list[SecretRow] = []
    """Those of them that are shown."""
    words: str = ""
    """What is searched for; empty shows them all."""
    alarms: list[AlarmRow] = []
    public_key: str = ""
    is_listed: bool = False
    is_cut: bool = False
    can_change: bool = False
    is_adding: bool = False
    wanted: str = ""
    """The name of the secret that an agent asked for; the form starts with it."""
    is_planting: bool = False
    plant_error: str = ""
    replacing: str = ""
    showing: str = ""
    rotating: str = ""
    rotating_detail: str = ""
    deleting: str = ""

    _asked: list[str] = []
    _back_to: str = ""
    """The conversation in which it was asked for."""

    @rx.event
    async def load(self) -> None:
        # No dialog is closed here: this comes as well when a connection is back, and somebody may be typing.
        await self._refresh(await self._enter())
        query = self.router.url.query_parameters
        name = query.get("add", "")
        if (
            self.can_change
            and re.fullmatch(NAME_PATTERN, name)
            and name not in {secret.name for secret in self.secrets}
        ):
            self.wanted, self._back_to = name, query.get("from", "")
            self.is_adding = True

    @rx.event
    async def woken(self, topic: str, _id: str) -> list[EventSpec]:
        if topic not in {"approvals", "tenant", "secrets", "resumed"}:
            return []
        actor = await self._enter()
        await self._refresh(actor)
        return await self._outcomes(actor)

    @rx.event
    def search(self, words: str) -> None:
        """Show the secrets that have these words in their name or note."""
        self.words = words.strip()
        self.found = matching(self.secrets, self.words)

    @rx.event
    def ask_to_add(self) -> None:
        self.is_adding = True

    @rx.event
    def ask_to_plant(self) -> None:
        self.is_planting = True

    @rx.event
    def ask_to_replace(self, name: str) -> None:
        self.replacing = name

    @rx.event
    def ask_to_show(self, name: str) -> None:
        self.showing = name

    @rx.event
    def ask_to_rotate(self, name: str) -> None:
        self.rotating = name
        self.rotating_detail = next((row.rotate_detail for row in self.secrets if row.name == name), "")

    @rx.event
    def ask_to_delete(self, name: str) -> None:
        self.deleting = name

    @rx.event
    def close(self) -> None:
        self._close()

    @rx.event
    async def sent(self, request_id: str) -> list[EventSpec]:
        """The server has taken the value that an island sent."""
        back_to = self._back_to
        self._close()
        outcomes = await self._follow(request_id)
        return [rx.redirect(f"{routes.CHAT}/{quote(back_to, safe='')}"), *outcomes] if back_to else outcomes

    @rx.event
    async def follow(self, request_id: str) -> list[EventSpec]:
        """The form was closed before the server had answered."""
        return await self._follow(request_id)

    @rx.event
    async def rotate(self) -> list[EventSpec]:
        return await self._change(self.rotating, SecretChange.ROTATE)

    @rx.event
    async def delete(self) -> list[EventSpec]:
        return await self._change(self.deleting, SecretChange.DELETE)

    @rx.event
    async def plant(self, form: dict[str, str]) -> list[EventSpec]:
        name = form.get("plant-name", "").strip().lower()
        if any(secret.name == name for secret in self.secrets):
            self.plant_error = f"“{name}” exists already."
            return []
        return await self._change(name, SecretChange.PLANT_CANARY)

    @rx.event
    async def acknowledge(self, alarm_id: str) -> None:
        actor = await self._actor()
        await self._services().secrets.acknowledge(actor, alarm_id)
        await self._refresh(actor)

    @rx.event
    async def stop(self, agent_id: str) -> EventSpec:
        """Stop the agent in whose work a trap was touched, or all where nobody knows whose it was."""
        actor = await self._actor()
        services, t = self._services(), texts().secrets
        if agent_id:
            await services.agents.set_stopped(actor, self.frame.tenant_id, agent_id, True)
        else:
            await services.tenants.set_stopped(actor, self.frame.tenant_id, True)
        await self._refresh(await self._enter())
        return show_toast(t.alarm_stopped if agent_id else t.alarm_stopped_all)

    async def _change(self, name: str, change: SecretChange) -> list[EventSpec]:
        actor = await self._actor()
        try:
            asked = await self._services().secrets.change(actor, self.frame.tenant_id, name, change)
        except LetsBeError as error:
            if change is SecretChange.PLANT_CANARY and error.details:
                self.plant_error = error.details[0].message
                return []
            self._close()
            return [show_toast(error.message, "danger")]
        self._close()
        return await self._follow(asked.id)

    async def _follow(self, request_id: str) -> list[EventSpec]:
        """Tell the outcome when it comes; it may have come already."""
        actor = await self._actor()
        self._asked = [*self._asked, request_id][-20:]
        outcomes = await self._outcomes(actor)
        return outcomes or [show_toast(texts().secrets.on_its_way)]

    async def _outcomes(self, actor: Actor) -> list[EventSpec]:
        toasts: list[EventSpec] = []
        waiting: list[str] = []
        for request_id in self._asked:
            try:
                request = await self._services().secrets.request(actor, request_id)
            except NotFound:
                continue
            if request.status == "waiting":
                waiting.append(request_id)
            elif text := outcome_text(request):
                toasts.append(show_toast(text, "info" if request.status == "done" else "danger"))
        self._asked = waiting
        return toasts

    async def _refresh(self, actor: Actor) -> None:
        self.can_change = is_allowed(actor.role, Permission.SECRETS)
        if not self.frame.has_server:
            return
        view = await self._services().secrets.list(actor, self.frame.tenant_id)
        self.public_key = view.sealing_public_key
        self.is_listed = view.listed_at is not None
        self.is_cut = view.is_cut
        self.secrets = [secret_row(secret, actor.user_id, self._agent_names) for secret in view.secrets]
        self.found = matching(self.secrets, self.words)
        found = await self._services().agents.list(actor, self.frame.tenant_id) if view.alarms else []
        agents = {agent.agent_id: agent for agent in found}
        is_all_stopped = self.frame.is_stopped
        self.alarms = [alarm_row(alarm, agents, is_all_stopped=is_all_stopped) for alarm in view.alarms]

    def _close(self) -> None:
        self.is_adding = self.is_planting = False
        self.wanted = self._back_to = ""
        self.plant_error = self.replacing = self.showing = self.rotating = self.deleting = ""
