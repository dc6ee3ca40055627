"""What the activity log shows."""

from dataclasses import dataclass
from typing import Final

from letsbe_app.people.audit.activity import Activity
from letsbe_app.ui import routes
from letsbe_app.ui.text import texts

_GONE: Final = {"removed", "delete"}
"""Ends of acts after which there is nothing more to see."""


@dataclass(frozen=True)
class ActivityRow:
    """One act."""

    id: str
    who: str
    told: str
    reason: str
    created_at: str
    is_support: bool
    link: str
    """The page that shows more about it; empty where there is none."""


def activity_row(act: Activity) -> ActivityRow:
    """The row of an act."""
    t = texts().activity
    names = {"person": act.name or t.gone, "support": t.support, "server": t.server, "system": t.system}
    return ActivityRow(
        id=act.id,
        who=names[act.who],
        told=t.act(act.action, act.object),
        reason=act.reason,
        created_at=act.created_at.isoformat(),
        is_support=act.who == "support",
        link=_link(act),
    )


def _link(act: Activity) -> str:
    kind, _, what = act.action.partition(".")
    if not act.subject or what in _GONE:
        return ""
    match kind:
        case "approval":
            return f"{routes.APPROVALS}#{act.subject}"
        case "agent":
            return f"{routes.AGENTS}/{act.subject}"
        case "secret":
            return routes.SECRETS
        case "change":
            return routes.CHANGES
        case _:
            return ""
