"""State of the frame; the portal's pages build on it."""

import reflex as rx
from reflex.event import EventSpec

from letsbe_app.errors import Conflict
from letsbe_app.people.authz.actor import Actor
from letsbe_app.ui.base_state import SignedInState
from letsbe_app.ui.components.toast import show_toast
from letsbe_app.ui.portal.view_models import ApprovalCard, Frame, approval_card, frame_of
from letsbe_app.ui.text import texts
from letsbe_app.workforce.approvals.schemas import Choice
from tenant_daemon.contracts.approvals import Verdict

REMEMBER_DAYS = 30


class PortalState(SignedInState, rx.State):
    """Who is there, which server, what waits; and what a person says to it."""

    frame: Frame = Frame()
    is_loaded: bool = False
    cards: list[ApprovalCard] = []
    cards_cursor: str = ""
    refusing_id: str = ""
    remembering_id: str = ""

    _agent_names: dict[str, str] = {}

    @rx.var
    def waiting_count(self) -> int:
        return sum(card.is_open for card in self.cards)

    @rx.var
    def waiting_text(self) -> str:
        count = sum(card.is_open for card in self.cards)
        return texts().approvals.waiting_count(count) if count else ""

    async def _enter(self) -> Actor:
        """Bring the frame up to date; the first line of every page's load and wake handlers."""
        actor = await self._actor()
        services = self._services()
        self.frame = frame_of(actor, await services.tenants.list(actor))
        if self.frame.has_server:
            agents = await services.agents.list(actor, self.frame.tenant_id)
            self._agent_names = {agent.agent_id: agent.name for agent in agents}
        await self._load_cards(actor)
        self.is_loaded = True
        return actor

    async def _load_cards(self, actor: Actor, cursor: str | None = None) -> None:
        page = await self._services().approvals.list_open(actor, cursor=cursor)
        cards = [approval_card(approval, self._agent_names) for approval in page.items]
        self.cards = [*self.cards, *cards] if cursor else cards
        self.cards_cursor = page.next_cursor or ""

    @rx.event
    async def more_cards(self) -> None:
        await self._load_cards(await self._actor(), self.cards_cursor)

    @rx.event
    async def approve(self, approval_id: str) -> EventSpec:
        return await self._decide(approval_id, Choice(Verdict.APPROVE))

    @rx.event
    def ask_to_remember(self, approval_id: str) -> None:
        self.remembering_id = approval_id

    @rx.event
    async def remember(self) -> EventSpec:
        choice = Choice(Verdict.APPROVE_AND_REMEMBER, remember_days=REMEMBER_DAYS)
        return await self._decide(self.remembering_id, choice)

    @rx.event
    def ask_to_refuse(self, approval_id: str) -> None:
        self.refusing_id = approval_id

    @rx.event
    async def refuse(self, form: dict[str, str]) -> EventSpec:
        return await self._decide(
            self.refusing_id, Choice(Verdict.DENY, deny_reason=form.get("reason", "").strip())
        )

    @rx.event
    def close_dialogs(self) -> None:
        self._close_dialogs()

    def _close_dialogs(self) -> None:
        self.refusing_id = ""
        self.remembering_id = ""

    async def _decide(self, approval_id: str, choice: Choice) -> EventSpec:
        """Decide as the signed-in person; the first decision wins, and a later one sees that."""
        actor = await self._actor()
        try:
            await self._services().approvals.decide(actor, approval_id, choice)
            outcome = show_toast(texts().approvals.decision_on_its_way)
        except Conflict as conflict:
            outcome = show_toast(conflict.message, "danger")
        self._close_dialogs()
        await self._load_cards(actor)
        return outcome
