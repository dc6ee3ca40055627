"""What the classifier says of a call, and what it is told about the server."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, NamedTuple

from tenant_daemon.contracts.tiers import Tier
from tenant_daemon.policy.actions import Action

Resolve = Callable[[str], tuple[str, ...]]
"""Host name -> IP addresses; empty when there is none."""
_SHARED: Final = re.compile(
    r"(?:co|com|org|net|ac|gov|edu|ne|or|gv)\.[a-z]{2}|github\.io|pages\.dev|web\.app|herokuapp\.com"
)


class Judgement(NamedTuple):
    """
    A judged call.

    ``action`` is None when the call was not understood: then it is at least RED, asks at every level
    (``is_unknown``), and cannot be executed even when approved, since nothing is known that could run.
    A call that was understood only in part (a known program with a flag we do not know) has an action,
    ``is_unknown`` True, and can be approved.
    """

    tier: Tier
    is_external: bool
    reason: str
    """Plain words, for the owner."""
    rule_ids: tuple[str, ...]
    action: Action | None
    is_unknown: bool = False
    is_forbidden: bool = False
    """Refused whatever anybody decides: reading the vault's key, a path that cannot be real ..."""
    risk: str = ""
    """What can go wrong, plain words."""


@dataclass(frozen=True)
class HelperLimits:
    """What an agent may have of helpers, and what it has just now. Without settings: none."""

    most_deep: int = 0
    """How many generations of helpers there may be; 0 switches them off."""
    most_running: int = 3
    tokens_each: int = 50_000
    depth: int = 0
    """0 for the agent itself, 1 for its helper ..."""
    running: int = 0
    tokens_left: int = 50_000


@dataclass(frozen=True)
class PolicyContext:
    """What the server looks like to the classifier."""

    workspace: Path
    """The agent's current directory; real path."""
    readable_roots: tuple[Path, ...] = ()
    """Besides the workspace and, unless ``has_own_roots``, the roots that are always readable."""
    has_own_roots: bool = False
    """Whether ``readable_roots`` stand in place of the usual ones."""
    protected_roots: tuple[Path, ...] = ()
    """The daemon's home, without the workspaces: touching it is CRITICAL_RED."""
    allowed_hosts: frozenset[str] = frozenset()
    """Exact ``host:port``."""
    agent_ids: frozenset[str] = frozenset()
    """Colleagues that ``handover`` may name."""
    helpers: HelperLimits = HelperLimits()
    internal_names: frozenset[str] = frozenset()
    """Listed host names that may resolve to private addresses."""
    has_processes: bool = True
    """Whether numbers of processes are those of this computer."""
    now: datetime | None = field(default=None, compare=False)
    """When the call came in, aware: what ``$(date)`` stands for, however long a person takes to decide."""
    resolve: Resolve | None = field(default=None, compare=False)
    """Looks up listed host names; without it only ``localhost`` and literal addresses are known."""

    def is_tools_name(self, host: str) -> bool:
        """Whether a host's name is one of the tools' or lies in the same domain, which the customer owns."""
        return any(_is_of(host, listed.rpartition(":")[0]) for listed in self.allowed_hosts)


def is_shared_suffix(name: str) -> bool:
    """Whether anybody may register names below it, as below ``com`` and ``co.uk``."""
    return "." not in name or _SHARED.fullmatch(name) is not None


def _is_of(host: str, listed: str) -> bool:
    parent = listed.partition(".")[2]
    domain = listed if is_shared_suffix(parent) else parent
    return host in (listed, domain) or host.endswith(f".{domain}")
