"""Handlers of the approvals page. Open ones come with the frame."""

import reflex as rx

from letsbe_app.people.authz.actor import Actor
from letsbe_app.ui.portal.state import PortalState
from letsbe_app.ui.portal.view_models import ApprovalCard, approval_card


class ApprovalsState(PortalState):
    """What was decided, newest first."""

    settled: list[ApprovalCard] = []
    settled_cursor: str = ""
    shows_settled: bool = False

    @rx.event
    async def load(self) -> None:
        await self._load_settled(await self._enter())

    @rx.event
    async def woken(self, topic: str, _id: str) -> None:
        if topic in {"approvals", "tenant", "resumed"}:
            await self._load_settled(await self._enter())

    @rx.event
    def show_settled(self, shows_settled: bool) -> None:
        self.shows_settled = shows_settled

    @rx.event
    async def more_settled(self) -> None:
        await self._load_settled(await self._actor(), self.settled_cursor)

    async def _load_settled(self, actor: Actor, cursor: str | None = None) -> None:
        page = await self._services().approvals.list_settled(actor, cursor=cursor)
        cards = [approval_card(approval, self._agent_names) for approval in page.items]
        self.settled = [*self.settled, *cards] if cursor else cards
        self.settled_cursor = page.next_cursor or ""
