"""What the page of changes shows."""

from collections.abc import Mapping
from dataclasses import dataclass

from letsbe_app.ui.diffs import NO_DIFF, Diff, diff_of
from letsbe_app.ui.text import texts
from letsbe_app.workforce.changes.schemas import ChangeView
from tenant_daemon.contracts.hidden import with_hidden_shown


@dataclass(frozen=True)
class ChangeCard:
    """A change as its card shows it."""

    id: str = ""
    agent_id: str = ""
    who: str = ""
    told: str = ""
    """What was done: the rest of the sentence that begins with ``who``."""
    diff: Diff = NO_DIFF
    state: str = ""
    """``open``, ``undoing``, ``undone`` or ``over``."""
    note: str = ""
    undo_detail: str = ""
    created_at: str = ""
    undo_until: str = ""
    conversation_id: str = ""


def change_card(change: ChangeView, agent_names: Mapping[str, str]) -> ChangeCard:
    """The card of a change."""
    t = texts().changes
    what = (change.change, change.path, change.moved_from, change.setting)
    agent = agent_names.get(change.agent_id, change.agent_id)
    return ChangeCard(
        id=change.id,
        agent_id=change.agent_id,
        who=t.you if change.is_by_person else agent,
        told=with_hidden_shown(t.told(*what, is_put_back=bool(change.undoes))),
        diff=diff_of(change.diff),
        state=_state(change),
        note=_note(change),
        undo_detail=with_hidden_shown(t.undo_detail(*what)),
        created_at=change.created_at.isoformat(),
        undo_until=change.undo_until.isoformat(),
        conversation_id=change.conversation_id or "",
    )


def _state(change: ChangeView) -> str:
    if change.status in {"undoing", "undone"}:
        return change.status
    return "open" if change.can_undo else "over"


def _note(change: ChangeView) -> str:
    """Why it is as it is, where the badge does not say it all."""
    if change.detail:
        return change.detail
    if change.status != "made" or change.can_undo:
        return ""
    t = texts().changes
    return t.too_late if change.is_too_late else t.no_copy
