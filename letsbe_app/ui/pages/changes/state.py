"""Handlers of the page of changes."""

from contextlib import suppress

import reflex as rx
from reflex.event import EventSpec

from letsbe_app.errors import Conflict, NotFound
from letsbe_app.people.authz.actor import Actor
from letsbe_app.ui.components.toast import show_toast
from letsbe_app.ui.pages.changes.view_models import (
    ChangeCard,
    PlanView,
    Progress,
    change_card,
    plan_view,
    progress_of,
    with_steps,
)
from letsbe_app.ui.portal.state import PortalState
from letsbe_app.ui.text import texts
from letsbe_app.workforce.changes.steps import plan_undo


class ChangesState(PortalState):
    """What was changed, newest first."""

    changes: list[ChangeCard] = []
    changes_cursor: str = ""
    asked: ChangeCard = ChangeCard()
    """The change that the dialog is about; without an id it is closed."""
    plan: PlanView = PlanView()
    progress: Progress = Progress()

    _followed: list[str] = []
    """What was asked to be undone together, until its outcome was dismissed."""

    @rx.event
    async def load(self) -> None:
        actor = await self._enter()
        await self._load_changes(actor)
        wanted = self.router.url.query_parameters.get("undo", "")
        if wanted and self.frame.has_server:
            with suppress(NotFound):
                await self._plan(actor, wanted, is_whole_answer=False)

    @rx.event
    async def woken(self, topic: str, _id: str) -> None:
        if topic not in {"changes", "resumed"}:
            await self._refresh_frame()
            return
        actor = await self._enter()
        await self._load_changes(actor)
        await self._load_progress(actor)

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

    @rx.event
    async def ask_all(self, change_id: str) -> None:
        await self._plan(await self._actor(), change_id, is_whole_answer=False)

    @rx.event
    async def widen(self, is_whole_answer: bool) -> None:
        await self._plan(await self._actor(), self.plan.change_id, is_whole_answer=is_whole_answer)

    @rx.event
    def close_plan(self) -> None:
        self.plan = PlanView()

    @rx.event
    async def undo_all(self) -> None:
        actor, wanted = await self._actor(), list(self.plan.ids)
        self.plan = PlanView()
        await self._services().changes.undo_all(actor, wanted)
        self._followed = wanted
        await self._load_changes(actor)
        await self._load_progress(actor)

    @rx.event
    def dismiss_progress(self) -> None:
        self._followed, self.progress = [], Progress()

    async def _plan(self, actor: Actor, change_id: str, *, is_whole_answer: bool) -> None:
        services = self._services()
        change, plan = await plan_undo(
            services.changes, services.conversations, actor, change_id, is_whole_answer=is_whole_answer
        )
        self.plan = plan_view(plan, change, is_whole_answer=is_whole_answer)

    async def _load_progress(self, actor: Actor) -> None:
        if self._followed:
            self.progress = progress_of(await self._services().changes.several(actor, self._followed))

    async def _load_changes(self, actor: Actor, cursor: str | None = None) -> None:
        page = await self._services().changes.list(actor, cursor=cursor)
        cards = [change_card(change, self._agent_names) for change in page.items]
        self.changes = with_steps([*self.changes, *cards] if cursor else cards)
        self.changes_cursor = page.next_cursor or ""
