"""Conversations beside the open one, and the search through them."""

import reflex as rx
from reflex_components_core.react_router.dom import ReactRouterLink

from letsbe_app.ui import routes
from letsbe_app.ui.components.avatar import avatar
from letsbe_app.ui.components.button import button
from letsbe_app.ui.components.field import INPUT
from letsbe_app.ui.components.time_ago import time_ago
from letsbe_app.ui.pages.chat.state import ChatState
from letsbe_app.ui.pages.chat.view_models import Found, Thread
from letsbe_app.ui.text import texts
from letsbe_app.workforce.conversations.search import MAX_WORDS_LENGTH

_WAIT_MS = 300
"""A search reads what it finds; one for each letter would be wasted."""


def thread_list() -> rx.Component:
    """Return the search box with all conversations, or with what was found, below it."""
    return rx.fragment(
        _search_box(),
        rx.el.div(
            rx.cond(ChatState.words == "", _all(), _finds()),
            aria_live="polite",
            class_name="flex flex-col gap-0.5",
        ),
    )


def _search_box() -> rx.Component:
    label = texts().chat.search
    return rx.el.input(
        type="search",
        aria_label=label,
        placeholder=label,
        max_length=MAX_WORDS_LENGTH,
        default_value=ChatState.words,
        on_change=ChatState.search.debounce(_WAIT_MS),
        class_name=f"{INPUT} my-1 text-sm",
    )


def _all() -> rx.Component:
    t = texts().chat
    return rx.fragment(
        rx.cond(
            ChatState.threads.length() == 0,
            rx.el.p(t.no_conversations, class_name="text-sm text-muted px-2 py-1"),
            rx.foreach(ChatState.threads, _thread),
        ),
        rx.cond(
            ChatState.threads_cursor != "",
            button(texts().common.load_more, kind="bare", on_click=ChatState.more_threads),
        ),
    )


def _finds() -> rx.Component:
    t = texts().chat
    has_more = ChatState.finds_cursor != ""
    return rx.fragment(
        rx.cond(
            ChatState.finds.length() == 0,
            rx.el.p(
                rx.cond(has_more, t.search_going_on, t.search_nothing),
                class_name="text-sm text-muted px-2 py-1",
            ),
            rx.foreach(ChatState.finds, _find),
        ),
        rx.cond(has_more, button(t.search_further, kind="bare", on_click=ChatState.search_further)),
    )


def _thread(thread: rx.vars.ObjectVar[Thread]) -> rx.Component:
    return _link(
        thread,
        avatar(thread.agent_id, size="size-6", glyph_size=14),
        rx.el.span(thread.title, class_name="grow truncate"),
        rx.el.span(time_ago(thread.last_message_at), class_name="text-xs text-muted shrink-0"),
    )


def _find(find: rx.vars.ObjectVar[Found]) -> rx.Component:
    thread = find.thread
    return _link(
        thread,
        avatar(thread.agent_id, size="size-6", glyph_size=14),
        rx.el.span(
            rx.el.span(thread.title, class_name="block truncate font-medium"),
            rx.el.span(find.excerpt, class_name="text-muted line-clamp-2"),
            class_name="grow min-w-0 py-1.5",
        ),
    )


def _link(thread: rx.vars.ObjectVar[Thread], *parts: rx.Component) -> rx.Component:
    return ReactRouterLink.create(
        *parts,
        to=f"{routes.CHAT}/{thread.id}",
        aria_current=rx.cond(ChatState.open_id == thread.id, "page", "false"),
        data_thread=True,
        class_name=(
            "flex items-center gap-2.5 px-2 min-h-target rounded-control text-sm hover:bg-sunken "
            "aria-[current=page]:bg-sunken aria-[current=page]:font-medium"
        ),
    )
