"""Handlers of the chat page."""

from contextlib import suppress

import reflex as rx
from reflex.event import EventSpec

from letsbe_app.errors import Forbidden, InvalidInput, NotFound
from letsbe_app.people.authz.actor import Actor
from letsbe_app.ui import routes
from letsbe_app.ui.components.toast import show_toast
from letsbe_app.ui.pages.chat.view_models import (
    Colleague,
    Found,
    Thread,
    chosen,
    colleagues,
    conversation_in,
    found,
    thread,
)
from letsbe_app.ui.portal.state import PortalState
from letsbe_app.ui.text import texts
from letsbe_app.workforce.conversations.search import MAX_WORDS_LENGTH


class ChatState(PortalState):
    """Whom one talks to, and which conversations there are."""

    open_id: str = ""
    shown_for: str = ""
    """Which address the rest is about: a conversation's id, or ``new:`` and the agent that it asks for."""
    colleague: Colleague = Colleague()
    colleagues: list[Colleague] = []
    threads: list[Thread] = []
    threads_cursor: str = ""
    title: str = ""
    """Of the open conversation."""
    words: str = ""
    """What is looked for; empty while the list of all conversations is shown."""
    finds: list[Found] = []
    finds_cursor: str = ""
    is_renaming: bool = False
    is_exporting: bool = False
    rename_problem: str = ""
    is_deleting: bool = False
    delete_problem: str = ""

    @rx.event
    async def load(self) -> EventSpec | None:
        return await self._load()

    async def _load(self) -> EventSpec | None:
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
                conversation = await services.conversations.get(actor, self.open_id)
            except NotFound:
                return rx.redirect(routes.CHAT, replace=True)
            wanted, self.title = conversation.agent_id, thread(conversation).title
        self.colleagues = colleagues(await services.agents.list(actor, self.frame.tenant_id))
        self.colleague = chosen(self.colleagues, wanted)
        self.shown_for = shown_for
        await self._load_threads(actor)
        return None

    @rx.event
    async def woken(self, topic: str, _id: str) -> EventSpec | None:
        if topic == "resumed" and self.get_full_name() not in self.loaded_pages:
            return await self._load()
        actor = await self._refresh_frame(self.open_id)
        if self.frame.has_server and topic in {"conversation", "resumed"}:
            await self._load_threads(actor)
            if self.open_id:
                await self._refresh_title(actor)
        return None

    async def _refresh_title(self, actor: Actor) -> None:
        """A conversation that was deleted meanwhile keeps its title until the page has left it."""
        with suppress(NotFound):
            self.title = thread(await self._services().conversations.get(actor, self.open_id)).title

    @rx.event
    async def more_threads(self) -> None:
        await self._load_threads(await self._actor(), self.threads_cursor)

    async def _load_threads(self, actor: Actor, cursor: str | None = None) -> None:
        page = await self._services().conversations.list(actor, self.frame.tenant_id, cursor=cursor)
        threads = [thread(conversation) for conversation in page.items]
        self.threads = [*self.threads, *threads] if cursor else threads
        self.threads_cursor = page.next_cursor or ""

    @rx.event
    async def search(self, words: str) -> None:
        """Look for what was typed; nothing typed shows all conversations again."""
        self.words = words.strip()[:MAX_WORDS_LENGTH]
        self.finds, self.finds_cursor = [], ""
        if self.words:
            await self._find(await self._actor())

    @rx.event
    async def search_further(self) -> None:
        await self._find(await self._actor())

    async def _find(self, actor: Actor) -> None:
        page = await self._services().conversations.search(
            actor, self.frame.tenant_id, self.words, cursor=self.finds_cursor or None
        )
        self.finds = [*self.finds, *(found(hit) for hit in page.items)]
        self.finds_cursor = page.next_cursor or ""

    @rx.event
    def ask_for_title(self) -> None:
        self.is_renaming, self.rename_problem = True, ""

    @rx.event
    def ask_for_file(self) -> None:
        self.is_exporting = True

    @rx.event
    def close_thread_dialogs(self) -> None:
        self.is_renaming, self.is_exporting, self.is_deleting = False, False, False

    @rx.event
    def ask_to_delete(self) -> None:
        self.is_deleting, self.delete_problem = True, ""

    @rx.event
    async def delete(self) -> list[EventSpec] | None:
        actor = await self._actor()
        try:
            await self._services().turns.delete(actor, self.open_id)
        except Forbidden as exc:
            self.delete_problem = exc.message
            return None
        self.is_deleting = False
        return [rx.redirect(routes.CHAT, replace=True), show_toast(texts().chat.deleted)]

    @rx.event
    async def rename(self, form: dict[str, str]) -> None:
        actor = await self._actor()
        try:
            view = await self._services().conversations.rename(actor, self.open_id, form.get("title", ""))
        except InvalidInput as exc:
            self.rename_problem = exc.details[0].message
            return
        self.title, self.is_renaming = view.title, False
        await self._load_threads(actor)
        if self.words:
            self.finds, self.finds_cursor = [], ""
            await self._find(actor)
