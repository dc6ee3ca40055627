"""What the secrets' page shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from letsbe_app.fleet.secrets.schemas import AlarmView, RequestView, SecretView
from letsbe_app.ui.text import texts
from letsbe_app.workforce.agents.schemas import AgentView

_t = texts().secrets

PROVIDABLE: Final = ("password", "api_key", "other")
"""Kinds that a person chooses from."""


@dataclass(frozen=True)
class SecretRow:
    """A secret as its row shows it."""

    name: str
    kind: str
    is_canary: bool
    note: str
    changed_at: str
    changed_by: str
    used_at: str
    used_by: str
    reference: str
    """How agents write it."""
    told_tool: str = ""
    """What is said of who takes a new value as well."""
    is_unsettled: bool = False
    rotate_detail: str = ""
    """What becomes of it, and of who uses it, when it gets a new value."""


@dataclass(frozen=True)
class AlarmRow:
    """A planted secret that turned up."""

    id: str
    detail: str
    seen_at: str
    conversation_id: str = ""
    """Where it was; empty where that is not known."""
    agent_id: str = ""
    """In whose work; empty where that is not known, and where there is no such agent any more."""
    stop: str = ""
    """What the button says that stops whoever may have touched it; empty where that stands still already."""


def matching(rows: Sequence[SecretRow], words: str) -> list[SecretRow]:
    """Those that have each of these words in their name or note."""
    wanted = words.casefold().split()
    return [row for row in rows if all(word in f"{row.name} {row.note}".casefold() for word in wanted)]


def secret_row(secret: SecretView, user_id: str, agent_names: Mapping[str, str]) -> SecretRow:
    """The row of a secret, as this person reads it."""
    return SecretRow(
        name=secret.name,
        kind=_t.kinds.get(secret.secret_kind, _t.kinds["other"]),
        is_canary=secret.secret_kind == "canary",  # noqa: S105
        note=secret.note,
        changed_at=secret.changed_at.isoformat(),
        changed_by=_who(secret.changed_by, user_id, agent_names),
        used_at=secret.used_at.isoformat() if secret.used_at else "",
        used_by=_who(secret.used_by, user_id, agent_names) if secret.used_at else "",
        reference=f"SECRET_REF({secret.name})",
        told_tool=_t.told_tool(secret.told_tool) if secret.told_tool else "",
        is_unsettled=secret.is_unsettled,
        rotate_detail=_t.rotate_detail(secret.told_tool) if secret.told_tool else _t.rotate_alone_detail,
    )


def alarm_row(alarm: AlarmView, agents: Mapping[str, AgentView], *, is_all_stopped: bool) -> AlarmRow:
    """The row of an alarm."""
    agent = agents.get(alarm.agent_id)
    is_stopped = is_all_stopped or (agent is not None and agent.is_stopped)
    stop = _t.alarm_stop(agent.name) if agent is not None else _t.alarm_stop_all
    return AlarmRow(
        id=alarm.id,
        detail=_t.alarm_detail(alarm.name, alarm.door, agent.name if agent is not None else alarm.agent_id),
        seen_at=alarm.seen_at.isoformat(),
        conversation_id=alarm.conversation_id,
        agent_id=agent.agent_id if agent is not None else "",
        stop="" if is_stopped else stop,
    )


def outcome_text(request: RequestView) -> str:
    """What to say of a settled request; empty while it waits, and of a reveal, which says it itself."""
    if request.action == "reveal" or request.status == "waiting":
        return ""
    if request.status == "done":
        return _t.done.get(request.action, _t.on_its_way)
    return request.detail or _t.expired


def _who(actor: str, user_id: str, agent_names: Mapping[str, str]) -> str:
    kind, _, name = actor.partition(":")
    match kind:
        case "user":
            return _t.by_you if name == user_id else _t.by_somebody
        case "agent":
            return agent_names.get(name, name)
        case "shell":
            return _t.on_server
        case _:
            return _t.by_server
