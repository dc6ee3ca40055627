"""Handlers of the approvals page. Open ones come with the frame."""

import reflex as rx
from reflex.event import EventSpec

from letsbe_app.errors import NotFound
from letsbe_app.people.authz.actor import Actor
from letsbe_app.ui.components.toast import show_toast
from letsbe_app.ui.portal.state import PortalState
from letsbe_app.ui.portal.view_models import ApprovalCard, CardGroup, approval_card, card_groups
from letsbe_app.ui.text import texts
from letsbe_app.workforce.approvals.schemas import BatchItem
from tenant_daemon.contracts.approvals import Verdict


class ApprovalsState(PortalState):
    """What was decided, newest first."""

    settled: list[ApprovalCard] = []
    settled_cursor: str = ""
    remembered: list[ApprovalCard] = []
    remembered_cursor: str = ""
    tab: str = "open"
    """``open``, ``settled`` or ``remembered``."""
    asked: CardGroup = CardGroup()
    """The group that the dialog is about; without a key it is closed."""
    is_refusing: bool = False

    _shown: list[tuple[str, str]] = []
    """What the dialog showed: ids and digests. Only these are decided, whatever comes in meanwhile."""

    _named_id: str = ""
    """The one that the address names; it stays in sight however many others there are."""

    @rx.event
    async def load(self) -> None:
        self._named_id = ""
        await self._load()

    @rx.event
    async def woken(self, topic: str, _id: str) -> None:
        if topic in {"approvals", "tenant", "resumed"}:
            await self._load()

    @rx.event
    async def show(self, approval_id: str) -> None:
        """Whoever tapped on a notification sees the question, or how it was settled."""
        self._named_id = approval_id
        await self._bring_named(await self._actor())
        self.tab = "settled" if approval_id in {card.id for card in self.settled} else "open"

    @rx.event
    def show_tab(self, tab: str) -> None:
        self.tab = tab

    @rx.event
    def ask_about(self, key: str, is_refusing: bool) -> None:
        self.asked = next((group for group in card_groups(self.cards) if group.key == key), CardGroup())
        self.is_refusing = is_refusing
        self._shown = [
            (card.id, card.call_digest) for card in self.cards if card.group == key and card.is_open
        ]

    @rx.event
    def close_group(self) -> None:
        self.asked = CardGroup()

    @rx.event
    async def decide_group(self, form: dict[str, str]) -> EventSpec:
        actor = await self._actor()
        outcomes = await self._services().approvals.decide_all(
            actor,
            [BatchItem(approval_id, digest) for approval_id, digest in self._shown],
            Verdict.DENY if self.is_refusing else Verdict.APPROVE,
            form.get("reason", "").strip(),
        )
        self.asked = CardGroup()
        await self._load_cards(actor)
        decided = sum(outcome.is_decided for outcome in outcomes)
        others = len(outcomes) - decided
        return show_toast(texts().approvals.group_outcome(decided, others), "danger" if others else "info")

    @rx.event
    async def more_settled(self) -> None:
        await self._load_settled(await self._actor(), self.settled_cursor)

    @rx.event
    async def more_remembered(self) -> None:
        await self._load_remembered(await self._actor(), self.remembered_cursor)

    async def _load(self) -> None:
        actor = await self._enter()
        await self._load_settled(actor)
        await self._load_remembered(actor)
        await self._bring_named(actor)

    async def _bring_named(self, actor: Actor) -> None:
        shown = {card.id for card in [*self.cards, *self.settled]}
        if not self._named_id or self._named_id in shown or self.frame.is_visit:
            return
        try:
            found = await self._services().approvals.get(actor, self._named_id)
        except NotFound:
            return
        card = approval_card(found, self._agent_names)
        if card.is_open:
            self.cards = [card, *self.cards]
        else:
            self.settled = [card, *self.settled]

    async def _load_remembered(self, actor: Actor, cursor: str | None = None) -> None:
        page = await self._services().remembered.list(actor, cursor=cursor)
        cards = [approval_card(approval, self._agent_names) for approval in page.items]
        self.remembered = [*self.remembered, *cards] if cursor else cards
        self.remembered_cursor = page.next_cursor or ""

    async def _load_settled(self, actor: Actor, cursor: str | None = None) -> None:
        page = await self._services().approvals.list_settled(actor, cursor=cursor)
        cards = [approval_card(approval, self._agent_names) for approval in page.items]
        self.settled = [*self.settled, *cards] if cursor else cards
        self.settled_cursor = page.next_cursor or ""
