"""What an executor gives back."""

from dataclasses import dataclass

from tenant_daemon.execution.seen import Seen


@dataclass(frozen=True)
class Outcome:
    """The end of an action. ``output`` is not redacted yet: it must not leave before it is."""

    is_success: bool
    output: str
    exit_code: int | None = None
    """Of a command; None when it had none."""


class ActionFailed(Exception):
    """An action could not be done; the message says why, in words for the agent."""


@dataclass(frozen=True)
class CallScope:
    """On whose behalf an action runs."""

    agent_id: str
    session_id: str
    conversation_id: str
    """Empty outside a chat."""
    call_id: str
    is_approved: bool = False
    """A person approved this very call."""
    is_reading: bool = False
    """It was judged to change nothing, so nothing is kept for undo."""
    seen: Seen = ()
    """What lay under the names of a command when it was judged."""
    made_by: str = ""
    """The person, when it is a person who puts something back."""
    undoes: str = ""
    """The change that is put back."""

    @property
    def actor(self) -> str:
        """As the vault and the audit trail name the agent."""
        return f"agent:{self.agent_id}"
