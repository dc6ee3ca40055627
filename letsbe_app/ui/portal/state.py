"""State of the frame; the portal's pages build on it."""

from dataclasses import replace

import reflex as rx
from reflex.event import EventSpec

from letsbe_app.errors import Conflict
from letsbe_app.people.authz.actor import Actor
from letsbe_app.ui.base_state import SignedInState
from letsbe_app.ui.components.toast import show_toast
from letsbe_app.ui.portal.editing import Edit, EditProblem, edit_of, edited_args
from letsbe_app.ui.portal.view_models import (
    ApprovalCard,
    CardGroup,
    Frame,
    approval_card,
    card_groups,
    frame_of,
)
from letsbe_app.ui.text import texts
from letsbe_app.workforce.approvals.schemas import Choice
from tenant_daemon.contracts.approvals import Verdict

REMEMBER_DAYS = 30


class PortalState(SignedInState, rx.State):
    """Who is there, which server, what waits; and what a person says to it."""

    frame: Frame = Frame()
    loaded_pages: list[str] = []
    """Full names of the states whose pages were loaded: until then a page shows nothing, not that there is nothing."""
    cards: list[ApprovalCard] = []
    cards_cursor: str = ""
    refusing_id: str = ""
    remembering_id: str = ""
    edit: Edit = Edit()

    _agent_names: dict[str, str] = {}
    _conversation_id: str = ""

    @rx.var
    def waiting_mark(self) -> str:
        """How many approvals wait, such as ``3`` or ``30+``; empty when none does."""
        count = sum(card.is_open for card in self.cards)
        return f"{count}{'+' if self.cards_cursor else ''}" if count else ""

    @rx.var
    def open_ids(self) -> list[str]:
        """Approvals that wait, as far as they are shown; all of the open conversation's are."""
        return [card.id for card in self.cards if card.is_open]

    @rx.var
    def waiting_text(self) -> str:
        return texts().approvals.waiting(self.waiting_mark) if self.waiting_mark else ""

    @rx.var
    def groups(self) -> list[CardGroup]:
        """Open questions that may be decided with one tap."""
        return card_groups(self.cards)

    async def _refresh_frame(self, conversation_id: str = "") -> Actor:
        """
        Bring the frame up to date, and nothing that stands in it.

        Args:
            conversation_id: The conversation that the page shows. What waits in it is among the cards however
                many others wait.
        """
        self._conversation_id = conversation_id
        actor = await self._actor()
        services = self._services()
        self.frame = frame_of(actor, await services.tenants.list(actor))
        if self.frame.is_visit:
            # What waits and what was said is not for support.
            return actor
        if self.frame.has_server:
            has_alarm = await services.secrets.has_alarm(actor, self.frame.tenant_id)
            self.frame = replace(self.frame, has_alarm=has_alarm)
            agents = await services.agents.list(actor, self.frame.tenant_id)
            self._agent_names = {agent.agent_id: agent.name for agent in agents}
            await self._load_warnings(actor)
        await self._load_cards(actor)
        return actor

    async def _enter(self, conversation_id: str = "") -> Actor:
        """The same, in a handler that brings all that the page shows up to date before it ends."""
        actor = await self._refresh_frame(conversation_id)
        own_name = type(self).get_full_name()
        self.loaded_pages = [name for name in self.loaded_pages if name != own_name] + [own_name]
        return actor

    async def _load_warnings(self, actor: Actor) -> None:
        services, tenant_id = self._services(), self.frame.tenant_id
        notice = await services.notices.newest(actor, tenant_id)
        alarm = await services.audit_heads.newest_problem(tenant_id)
        told = ""
        if notice is not None:
            agent = self._agent_names.get(notice.agent_id, notice.agent_id)
            told = texts().common.held_back(agent, notice.told)
        self.frame = replace(self.frame, notice=told, has_audit_alarm=bool(alarm))

    async def _load_cards(self, actor: Actor, cursor: str | None = None) -> None:
        approvals = self._services().approvals
        page = await approvals.list_open(actor, cursor=cursor)
        found = list(page.items)
        if page.next_cursor and self._conversation_id:
            found += (await approvals.list_open(actor, conversation_id=self._conversation_id)).items
        shown = {card.id: card for card in self.cards} if cursor else {}
        for approval in found:
            shown.setdefault(approval.id, approval_card(approval, self._agent_names))
        self.cards = list(shown.values())
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
    async def ask_to_edit(self, approval_id: str) -> None:
        self.edit = edit_of(await self._services().approvals.get(await self._actor(), approval_id))

    @rx.event
    async def approve_edited(self, form: dict[str, str]) -> EventSpec | None:
        approval = await self._services().approvals.get(await self._actor(), self.edit.approval_id)
        try:
            args = edited_args(approval.tool_args, form)
        except EditProblem as problem:
            self.edit = replace(self.edit, problem=problem.text)
            return None
        return await self._decide(approval.id, Choice(Verdict.EDIT_AND_APPROVE, edited_args=args))

    @rx.event
    async def withdraw(self, approval_id: str) -> EventSpec:
        """Have what was allowed from then on asked about again."""
        try:
            await self._services().remembered.withdraw(await self._actor(), approval_id)
        except Conflict as conflict:
            return show_toast(conflict.message, "danger")
        return show_toast(texts().approvals.withdrawn)

    @rx.event
    def close_dialogs(self) -> None:
        self._close_dialogs()

    def _close_dialogs(self) -> None:
        self.refusing_id = ""
        self.remembering_id = ""
        self.edit = Edit()

    async def _decide(self, approval_id: str, choice: Choice) -> EventSpec:
        """Decide as the signed-in person; the first decision wins, and a later one sees that."""
        actor = await self._actor()
        try:
            await self._services().approvals.decide(actor, approval_id, choice)
            outcome = show_toast(texts().approvals.decision_on_its_way)
        except Conflict as conflict:
            # Nobody did anything wrong: somebody was first, or time ran out.
            outcome = show_toast(conflict.message)
        self._close_dialogs()
        await self._load_cards(actor)
        return outcome
