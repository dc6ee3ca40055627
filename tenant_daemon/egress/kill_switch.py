"""What runs for an agent ends at the moment that its owner switches it off, whatever it is waiting for."""

import asyncio
from types import TracebackType
from typing import Final, Self

from tenant_daemon.egress.errors import Refused
from tenant_daemon.egress.known import Known
from tenant_daemon.egress.tenant_config import admitted

_CODES: Final = frozenset({"stopped", "unknown_agent"})


class KillSwitch:
    """Used in the event loop alone. Call ``look`` whenever the configuration has changed."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._running: set[UntilStopped] = set()

    def is_stopped(self, agent_id: str) -> bool:
        """Whether it is on for this agent at this moment."""
        try:
            admitted(self._known.config, agent_id)
        except Refused as refused:
            return refused.code in _CODES
        return False

    def until_stopped(self, agent_id: str) -> "UntilStopped":
        """Around what runs for an agent: raises Refused within as soon as it is stopped."""
        return UntilStopped(self, self._running, agent_id)

    def look(self) -> None:
        """End what may not run any more."""
        for work in list(self._running):
            if self.is_stopped(work.agent_id):
                work.stop()


class UntilStopped:
    """A context for the task that enters it; as ``UntilGone``, it takes its own cancellation back."""

    def __init__(self, switch: KillSwitch, running: "set[UntilStopped]", agent_id: str) -> None:
        self.agent_id = agent_id
        self._switch = switch
        self._running = running
        self._work: asyncio.Task[object] | None = None
        self._cancelled_before = 0
        self._is_stopped = False

    def stop(self) -> None:
        """Cancel what runs within, once."""
        if self._work is not None and not self._is_stopped:
            self._is_stopped = True
            self._work.cancel()

    async def __aenter__(self) -> Self:
        # It may have been switched off since the request was let in.
        if self._switch.is_stopped(self.agent_id):
            raise _stopped()
        work = self._work = asyncio.current_task()
        self._cancelled_before = work.cancelling() if work else 0
        self._running.add(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.discard(self)
        if not self._is_stopped or self._work is None:
            return
        # The client may have left as well: that cancellation stands.
        if self._work.uncancel() <= self._cancelled_before and kind is asyncio.CancelledError:
            raise _stopped() from None


def _stopped() -> Refused:
    return Refused(400, "stopped", "The agent was switched off.")
