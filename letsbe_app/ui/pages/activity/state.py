"""Handlers of the activity log."""

import reflex as rx

from letsbe_app.people.authz.actor import Actor
from letsbe_app.ui.pages.activity.view_models import ActivityRow, activity_row
from letsbe_app.ui.portal.state import PortalState


class ActivityState(PortalState):
    """Who did what, the newest first."""

    acts: list[ActivityRow] = []
    acts_cursor: str = ""

    @rx.event
    async def load(self) -> None:
        await self._load_acts(await self._enter())

    @rx.event
    async def woken(self, topic: str, _id: str) -> None:
        if topic == "resumed":
            await self._load_acts(await self._enter())

    @rx.event
    async def more_acts(self) -> None:
        await self._load_acts(await self._actor(), self.acts_cursor)

    async def _load_acts(self, actor: Actor, cursor: str | None = None) -> None:
        page = await self._services().activity.list(actor, cursor)
        rows = [activity_row(act) for act in page.items]
        self.acts = [*self.acts, *rows] if cursor else rows
        self.acts_cursor = page.next_cursor or ""
