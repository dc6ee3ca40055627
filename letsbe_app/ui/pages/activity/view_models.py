"""What the activity log shows."""

from dataclasses import dataclass

from letsbe_app.people.audit.activity import Activity
from letsbe_app.ui.text import texts


@dataclass(frozen=True)
class ActivityRow:
    """One act."""

    id: str
    who: str
    told: str
    reason: str
    created_at: str
    is_support: bool


def activity_row(act: Activity) -> ActivityRow:
    """The row of an act."""
    t = texts().activity
    names = {"person": act.name or t.gone, "support": t.support, "server": t.server, "system": t.system}
    return ActivityRow(
        id=act.id,
        who=names[act.who],
        told=t.act(act.action, act.place),
        reason=act.reason,
        created_at=act.created_at.isoformat(),
        is_support=act.who == "support",
    )
