"""The chat page: colleagues and conversations beside the one that is open."""

from typing import Final

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from letsbe_app.ui import routes
from letsbe_app.ui.components.avatar import avatar
from letsbe_app.ui.components.icon import icon
from letsbe_app.ui.pages.chat.chat_room import chat_room
from letsbe_app.ui.pages.chat.state import ChatState
from letsbe_app.ui.pages.chat.thread_head import thread_head
from letsbe_app.ui.pages.chat.thread_list import thread_list
from letsbe_app.ui.pages.chat.view_models import Colleague
from letsbe_app.ui.portal.approval_card import approval_card
from letsbe_app.ui.portal.shell import portal_shell
from letsbe_app.ui.portal.view_models import ApprovalCard
from letsbe_app.ui.text import texts

_LABEL: Final = "text-sm font-medium text-muted px-2 py-1"


def chat_page() -> rx.Component:
    """Return the page of a conversation that does not exist yet."""
    return _page()


def conversation_page() -> rx.Component:
    """Return the page of one conversation."""
    return _page()


def _page() -> rx.Component:
    return portal_shell(
        rx.el.div(
            _side(),
            rx.el.div(_switcher(), thread_head(), _room(), class_name="flex flex-col min-h-0 min-w-0"),
            class_name="grow min-h-0 grid lg:grid-cols-[280px_minmax(0,1fr)] gap-5",
        ),
        here=routes.CHAT,
        on_wake=ChatState.woken,
        is_full_height=True,
    )


def _room() -> rx.Component:
    state = ChatState

    def card_here(card: rx.vars.ObjectVar[ApprovalCard]) -> rx.Component:
        return rx.cond(
            (state.open_id != "") & (card.conversation_id == state.open_id),
            approval_card(card, is_in_chat=True),
        )

    return chat_room(
        rx.foreach(state.cards, card_here),
        tenant_id=state.frame.tenant_id,
        agent_id=state.colleague.agent_id,
        agent_name=state.colleague.name,
        agent_duty=state.colleague.duty,
        suggestions=state.colleague.suggestions,
        shown_for=state.shown_for,
        open_approvals=state.open_ids,
        is_reader=state.frame.is_reader,
        why_quiet=state.frame.why_quiet,
    )


def _side() -> rx.Component:
    t = texts().chat
    return rx.el.aside(
        rx.el.nav(
            rx.el.p(t.agents, class_name=_LABEL),
            rx.foreach(ChatState.colleagues, _colleague),
            aria_label=t.agents,
            class_name="flex flex-col gap-0.5",
        ),
        rx.el.nav(
            rx.el.p(t.conversations, class_name=_LABEL),
            thread_list(),
            aria_label=t.conversations,
            class_name="flex flex-col gap-0.5",
        ),
        class_name="hidden lg:flex flex-col gap-5 overflow-y-auto px-1 -mx-1 pb-4",
    )


def _switcher() -> rx.Component:
    """Return the phone's way to colleagues and conversations: one line that opens."""
    t = texts().chat
    return rx.el.details(
        rx.el.summary(
            avatar(ChatState.colleague.agent_id),
            rx.el.span(ChatState.colleague.name, class_name="grow font-medium"),
            icon("chevrons-up-down", class_name="text-muted"),
            class_name="flex items-center gap-3 min-h-target px-2 cursor-pointer list-none",
        ),
        rx.el.div(
            rx.el.p(t.agents, class_name=_LABEL),
            rx.foreach(ChatState.colleagues, _colleague),
            rx.el.p(t.conversations, class_name=f"{_LABEL} mt-2"),
            thread_list(),
            class_name=(
                # Over the conversation: beside it nothing would be left of a small screen.
                "absolute inset-x-0 top-full z-20 mt-1 flex flex-col gap-0.5 *:shrink-0 p-2 bg-card border "
                "border-line rounded-card shadow-soft max-h-[60dvh] overflow-y-auto"
            ),
        ),
        # Choosing something loads another page of ours; the list must not stay open over it.
        key=ChatState.open_id + ChatState.colleague.agent_id,
        class_name="lg:hidden relative bg-card border border-line rounded-card mb-2 shrink-0",
    )


def _colleague(colleague: rx.vars.ObjectVar[Colleague]) -> rx.Component:
    is_here = (ChatState.open_id == "") & (ChatState.colleague.agent_id == colleague.agent_id)
    return ReactRouterLink.create(
        avatar(colleague.agent_id),
        rx.el.span(
            rx.el.span(colleague.name, class_name="block font-medium truncate"),
            rx.el.span(colleague.duty, class_name="block text-sm text-muted truncate"),
            class_name="min-w-0",
        ),
        rx.cond(
            colleague.is_stopped,
            icon("octagon-pause", 16, "text-red ml-auto"),
        ),
        to=f"{routes.CHAT}?agent={colleague.agent_id}",
        aria_current=rx.cond(is_here, "page", "false"),
        class_name=(
            "flex items-center gap-3 px-2 py-1.5 min-h-target rounded-control hover:bg-sunken "
            "aria-[current=page]:bg-sunken"
        ),
    )
