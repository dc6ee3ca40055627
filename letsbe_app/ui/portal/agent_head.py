"""An agent as a person: who it is, how it is, and its kill switch."""

from collections.abc import Callable
from typing import Any, Literal

import reflex as rx

from letsbe_app.ui import routes
from letsbe_app.ui.components.avatar import avatar
from letsbe_app.ui.components.badge import badge
from letsbe_app.ui.components.button import button, link_button
from letsbe_app.ui.portal.state import PortalState
from letsbe_app.ui.text import texts


def agent_head(
    agent: Any, set_stopped: Callable[[bool], Any], *more: rx.Component, level: Literal["h1", "h2"]
) -> rx.Component:
    """
    Return the head.

    Args:
        agent: A var with ``agent_id``, ``name``, ``duty`` and ``is_stopped``.
        set_stopped: Gives the event that stops the agent, or lets it go on.
        more: Further buttons, after stopping and talking.
        level: Which heading the name is: the page's own, or one of several on a page.
    """
    t = texts().agents
    name = (
        rx.el.h1(agent.name, class_name="text-2xl font-semibold wrap-anywhere")
        if level == "h1"
        else rx.el.h2(agent.name, class_name="text-lg font-semibold wrap-anywhere")
    )
    return rx.el.div(
        rx.el.div(
            avatar(agent.agent_id, size="size-14" if level == "h1" else "size-11"),
            rx.el.div(
                name,
                rx.el.p(agent.duty, class_name="text-muted" if level == "h1" else "text-sm text-muted"),
                class_name="grow min-w-0 basis-[calc(100%-5rem)] sm:basis-0",
            ),
            rx.cond(
                agent.is_stopped | PortalState.frame.is_stopped,
                badge(t.stopped, tone="red", icon_name="octagon-pause"),
                badge(t.working, tone="green", icon_name="check"),
            ),
            class_name="flex flex-wrap sm:flex-nowrap items-start gap-3 sm:gap-4",
        ),
        rx.el.div(
            link_button(
                t.talk, f"{routes.CHAT}?agent={agent.agent_id}", kind="quiet", icon_name="message-circle"
            ),
            *more,
            rx.cond(
                PortalState.frame.can_manage,
                rx.cond(
                    agent.is_stopped,
                    button(t.resume, icon_name="play", on_click=set_stopped(False)),
                    button(t.stop, kind="danger", icon_name="octagon-pause", on_click=set_stopped(True)),
                ),
            ),
            class_name="flex flex-wrap gap-2",
        ),
        class_name="flex flex-col gap-4",
    )
