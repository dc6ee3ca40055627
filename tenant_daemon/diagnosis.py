"""What a check of this server finds."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from tenant_daemon.home import TenantHome


class State(StrEnum):
    """How a check ended, as ``doctor`` marks it."""

    RIGHT = "ok"
    WEAK = "!!"
    """It works, with less than it could have."""
    WRONG = "--"


class Wrong(Exception):
    """A check failed; says what is wrong and what to do."""


class Weak(Exception):
    """What was checked works, but not as well as it could; says what is missing."""


@dataclass(frozen=True)
class Finding:
    """The outcome of one check."""

    name: str
    state: State
    detail: str


def finding(name: str, check: Callable[[], str]) -> Finding:
    """Do one check. Whatever happens in it becomes its outcome, so that no failure hides the other checks."""
    try:
        return Finding(name, State.RIGHT, check())
    except Weak as exc:
        return Finding(name, State.WEAK, str(exc))
    except SystemExit as exc:
        return Finding(name, State.WRONG, str(exc))
    except Exception as exc:  # noqa: BLE001 - see above
        return Finding(name, State.WRONG, str(exc) or type(exc).__name__)


def counted(number: int, word: str) -> str:
    """``1 agent``, ``2 agents``."""
    plural = f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
    return f"{number} {word if number == 1 else plural}"


def typed(home: TenantHome, command: str) -> str:
    """A command of the daemon for this home, as a person types it."""
    return f"python -m tenant_daemon {command} --home {shlex.quote(str(home.root))}"
