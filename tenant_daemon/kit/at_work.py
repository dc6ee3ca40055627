"""For whom this process works right now: whoever finds something on the way can say in whose work."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class AtWork:
    """Whose work it is; both empty where it is nobody's in particular."""

    agent_id: str = ""
    conversation_id: str = ""


_NOBODY: Final = AtWork()
_current: ContextVar[AtWork] = ContextVar("at_work", default=_NOBODY)


def at_work() -> AtWork:
    """Whose work this is, also in threads that were begun with ``asyncio.to_thread``."""
    return _current.get()


@contextmanager
def working_for(agent_id: str, conversation_id: str | None = None) -> Iterator[None]:
    """What happens in the block is this agent's work."""
    token = _current.set(AtWork(agent_id, conversation_id or ""))
    try:
        yield
    finally:
        _current.reset(token)
