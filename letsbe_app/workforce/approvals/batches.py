"""Approvals that are alike, and deciding them with one tap. Pure."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from letsbe_app.errors import InvalidInput
from letsbe_app.workforce.approvals.schemas import ApprovalView, BatchItem
from tenant_daemon.contracts.approvals import Verdict

MAX_BATCH: Final = 50
_CONNECTORS: Final = frozenset({"|", "&&", "||", ";"})
_BEFORE_A_PROGRAM: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=.*|\[in .*\]", re.DOTALL)
"""Variables and the folder, as servers write them before a program."""


def group_key(approval: ApprovalView) -> tuple[str, str, str]:
    """What makes approvals alike: the same agent, with the same programs or tool, as risky."""
    programs = ", ".join(dict.fromkeys(_programs(approval.argv)))
    return (approval.agent_id, programs or approval.tool_name, approval.tier)


def _programs(argv: Sequence[str]) -> Iterator[str]:
    """Each program of the line. An argument that looks like a connector brings one more, which only parts."""
    is_next = True
    for word in argv:
        if word in _CONNECTORS:
            is_next = True
        elif is_next and not _BEFORE_A_PROGRAM.fullmatch(word):
            yield word
            is_next = False


def fits_batch(approval: ApprovalView) -> bool:
    """Whether it may be approved together with others: not what cannot be undone, which wants a look each."""
    return approval.is_open and approval.tier != "CRITICAL_RED"


def check_batch(items: Sequence[BatchItem], verdict: Verdict) -> None:
    """Raises InvalidInput for what cannot be decided together."""
    if verdict not in {Verdict.APPROVE, Verdict.DENY}:
        raise InvalidInput.of_field("verdict", "Several can only be approved or refused.")
    if not 1 <= len(items) <= MAX_BATCH:
        raise InvalidInput.of_field("items", f"Between 1 and {MAX_BATCH} approvals.")
    if any(not item.call_digest for item in items):
        raise InvalidInput.of_field("items", "Each approval needs the digest of the call that was shown.")


def check_fits_batch(approval: ApprovalView) -> None:
    """Raises InvalidInput for an approval that must be looked at alone."""
    if approval.tier == "CRITICAL_RED":
        raise InvalidInput.of_field("items", "This cannot be undone, so it is approved by itself.")
