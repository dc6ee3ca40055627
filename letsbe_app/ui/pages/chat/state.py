"""Handlers of the chat page."""

import reflex as rx
from reflex.event import EventSpec

from letsbe_app.errors import NotFound
from letsbe_app.people.authz.actor import Actor
from letsbe_app.ui import routes
from letsbe_app.ui.pages.chat.view_models import (
    Colleague,
    Thread,
    chosen,
    colleagues,
    conversation_in,
    thread,
)
from letsbe_app.ui.portal.state import PortalState


class ChatState(PortalState):
    """Whom one talks to, and which conversations there are."""

    open_id: str = ""
    shown_for: str = ""
    """Which address the rest is about: a conversation's id, or ``new:`` and the agent that it asks for."""
    colleague: Colleague = Colleague()
    colleagues: list[Colleague] = []
    threads: list[Thread] = []
    threads_cursor: str = ""

    @rx.event
    async def load(self) -> EventSpec | None:
        open_id = conversation_in(self.router.url.path)
        wanted = self.router.url.query_parameters.get("agent", "")
        shown_for = open_id or f"new:{wanted}"
        actor = await self._enter(open_id)
        if not self.frame.has_server:
            return None
        services = self._services()
        self.open_id = open_id
        if self.open_id:
            try:
                wanted = (await services.conversations.get(actor, self.open_id)).agent_id
            except NotFound:
                return rx.redirect(routes.CHAT, replace=True)
        self.colleagues = colleagues(await services.agents.list(actor, self.frame.tenant_id))
        self.colleague = chosen(self.colleagues, wanted)
        self.shown_for = shown_for
        await self._load_threads(actor)
        return None

    @rx.event
    async def woken(self, topic: str, _id: str) -> None:
        actor = await self._enter(self.open_id)
        if self.frame.has_server and topic in {"conversation", "resumed"}:
            await self._load_threads(actor)

    @rx.event
    async def more_threads(self) -> None:
        await self._load_threads(await self._actor(), self.threads_cursor)

    async def _load_threads(self, actor: Actor, cursor: str | None = None) -> None:
        page = await self._services().conversations.list(actor, self.frame.tenant_id, cursor=cursor)
        threads = [thread(conversation) for conversation in page.items]
        self.threads = [*self.threads, *threads] if cursor else threads
        self.threads_cursor = page.next_cursor or ""
