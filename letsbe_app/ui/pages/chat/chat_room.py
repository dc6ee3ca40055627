"""The conversation itself: messages, composer, stop. A React part, since words stream into it."""

from dataclasses import asdict
from typing import Any

import reflex as rx

from letsbe_app.ui import routes
from letsbe_app.ui.islands import Island, island
from letsbe_app.ui.text import texts
from letsbe_app.workforce.attachments.schemas import TYPE_OF
from tenant_daemon.contracts.chat import MAX_ATTACHMENT_BYTES, MAX_ATTACHMENTS


class ChatRoom(Island):
    """
    Loads and sends over REST, streams over the tab's websocket.

    Its children are shown at the end of the conversation, where a run waits for a person.
    """

    library = island("chat_room.jsx")
    lib_dependencies: list[str] = ["react-markdown@10.1.0", "remark-gfm@4.0.1"]
    tag = "ChatRoom"

    tenant_id: rx.Var[str]
    agent_id: rx.Var[str]
    agent_name: rx.Var[str]
    agent_duty: rx.Var[str]
    suggestions: rx.Var[list[str]]
    shown_for: rx.Var[str]
    open_approvals: rx.Var[list[str]]
    is_reader: rx.Var[bool]
    why_quiet: rx.Var[str]
    chat_path: rx.Var[str]
    secrets_path: rx.Var[str]
    file_limits: rx.Var[dict[str, Any]]
    texts: rx.Var[dict[str, Any]]


def chat_room(*children: Any, **props: Any) -> rx.Component:
    """Return the conversation."""
    limits = {"count": MAX_ATTACHMENTS, "bytes": MAX_ATTACHMENT_BYTES, "suffixes": sorted(TYPE_OF)}
    paths = {"chat_path": routes.CHAT, "secrets_path": routes.SECRETS}
    return ChatRoom.create(*children, file_limits=limits, texts=_room_texts(), **paths, **props)


def _room_texts() -> dict[str, Any]:
    t = texts()
    words = asdict(t.chat)
    words.pop("suggestions")
    approvals = t.approvals
    words["tiers"] = {
        "GREEN": approvals.tier_green,
        "YELLOW": approvals.tier_yellow,
        "YELLOW_EXTERNAL": approvals.tier_yellow_external,
        "RED": approvals.tier_red,
        "CRITICAL_RED": approvals.tier_critical_red,
    }
    words["changes_path"] = routes.CHANGES
    for name in ("something_failed", "copy", "copied", "cancel"):
        words[name] = getattr(t.common, name)
    return words
