"""
Changes of files and settings that agents made, and putting them back.

The daemon keeps what was there before for seven days. The hub's list is what people see; an undo asked for
there is a wish until the daemon has answered with ``ChangeSettled``.
"""

from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, Field

from tenant_daemon.contracts.base import Message


class ChangeKind(StrEnum):
    """What was done to a file."""

    CREATED = "created"
    CHANGED = "changed"
    SETTING = "setting"
    """A setting in an ``.env`` file was changed or added."""
    MOVED = "moved"
    DELETED = "deleted"


class ChangeRecorded(Message):
    """Daemon -> hub: a file is not what it was. All texts are redacted. Kept once per ``change_id``."""

    kind: Literal["change.recorded"] = "change.recorded"
    change_id: str
    conversation_id: str | None
    agent_id: str
    tool_call_id: str
    change: ChangeKind
    path: str = Field(max_length=500)
    """As the owner knows it: relative to the agent's workspace where it lies there."""
    moved_from: str = Field(default="", max_length=500)
    setting: str = Field(default="", max_length=120)
    """Name of the setting, for ``SETTING``."""
    diff: str = Field(default="", max_length=20_000)
    """Unified diff of a text file; empty for settings, whose values are nobody's business."""
    undoes: str = ""
    """The change that was put back by this one."""
    made_by: str = ""
    """Id of the user who put something back; empty for the agent itself."""
    can_undo: bool = True
    """False when no copy could be kept."""
    created_at: AwareDatetime
    undo_until: AwareDatetime


class UndoRequested(Message):
    """Hub -> daemon: a person wants a change put back. Applied once per ``change_id``."""

    kind: Literal["change.undo"] = "change.undo"
    change_id: str
    requested_by: str
    """Id of the user, for the tenant's audit."""


class ChangeSettled(Message):
    """Daemon -> hub: what became of an undo, whoever asked for it (hub or command line)."""

    kind: Literal["change.settled"] = "change.settled"
    change_id: str
    is_undone: bool
    detail: str = Field(default="", max_length=500)
    """Why it was not put back, in words for the owner."""
    is_final: bool = True
    """False when asking again later may work."""
    requested_by: str = ""
    settled_at: AwareDatetime
