"""Handlers of the page of changes."""

import reflex as rx
from reflex.event import EventSpec

from letsbe_app.errors import Conflict
from letsbe_app.people.authz.actor import Actor
from letsbe_app.ui.components.toast import show_toast
from letsbe_app.ui.pages.changes.view_models import ChangeCard, change_card
from letsbe_app.ui.portal.state import PortalState
from letsbe_app.ui.text import texts


class ChangesState(PortalState):
    """What was changed, newest first."""

    changes: list[ChangeCard] = []
    changes_cursor: str = ""
    asked: ChangeCard = ChangeCard()
    """The change that the dialog is about; without an id it is closed."""

    @rx.event
    async def load(self) -> None:
        await self._load_changes(await self._enter())

    @rx.event
    async def woken(self, topic: str, _id: str) -> None:
        actor = await self._enter()
        if topic in {"changes", "resumed"}:
            await self._load_changes(actor)

    @rx.event
    async def more_changes(self) -> None:
        await self._load_changes(await self._actor(), self.changes_cursor)

    @rx.event
    def ask(self, change_id: str) -> None:
        self.asked = next((card for card in self.changes if card.id == change_id), ChangeCard())

    @rx.event
    def close(self) -> None:
        self.asked = ChangeCard()

    @rx.event
    async def undo(self) -> EventSpec:
        actor = await self._actor()
        try:
            await self._services().changes.undo(actor, self.asked.id)
            outcome = show_toast(texts().changes.on_its_way)
        except Conflict as conflict:
            outcome = show_toast(conflict.message, "danger")
        self.asked = ChangeCard()
        await self._load_changes(actor)
        return outcome

    async def _load_changes(self, actor: Actor, cursor: str | None = None) -> None:
        page = await self._services().changes.list(actor, cursor=cursor)
        cards = [change_card(change, self._agent_names) for change in page.items]
        self.changes = [*self.changes, *cards] if cursor else cards
        self.changes_cursor = page.next_cursor or ""
