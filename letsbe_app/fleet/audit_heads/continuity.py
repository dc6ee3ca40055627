"""Whether a head continues the trail that is known. Pure."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tenant_daemon.contracts.audit import AuditHeadReported

_BEFORE_THE_FIRST: Final = "0" * 64


class HeadProblem(StrEnum):
    """Why a head raises an alarm."""

    NONE = ""
    BAD_SIGNATURE = "bad_signature"
    OTHER_KEY = "other_key"
    """It is signed by another key than every head before."""
    WENT_BACK = "went_back"
    """There are fewer entries than were signed before."""
    FORKED = "forked"
    """An entry that was signed before has another hash now."""
    GAP = "gap"
    """It continues a head that never came here."""


@dataclass(frozen=True)
class KnownTrail:
    """What is known of a server's trail: heads without a problem."""

    public_key: str
    newest_count: int
    heads: Mapping[int, str]
    """Hash by count; at least of the newest and of those that the report names."""


def problem_with(report: AuditHeadReported, known: KnownTrail | None) -> HeadProblem:
    """What is wrong with a head, held against what is known; ``known`` is None before the first."""
    if not _is_signed(report):
        return HeadProblem.BAD_SIGNATURE
    if known is None:
        is_first = report.since_count == 0 and report.since_head == _BEFORE_THE_FIRST
        return HeadProblem.NONE if is_first else HeadProblem.GAP
    if report.public_key != known.public_key:
        return HeadProblem.OTHER_KEY
    if known.heads.get(report.count, report.head) != report.head:
        return HeadProblem.FORKED
    since = known.heads.get(report.since_count)
    if since is not None and since != report.since_head:
        return HeadProblem.FORKED
    if report.count < known.newest_count and report.count not in known.heads:
        return HeadProblem.WENT_BACK
    if since is None:
        # It begins anew (its own memory of what it had sent is gone), or names a head that was never sent.
        return HeadProblem.WENT_BACK if report.since_count == 0 else HeadProblem.GAP
    return HeadProblem.NONE


def _is_signed(report: AuditHeadReported) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(report.public_key, validate=True))
        key.verify(base64.b64decode(report.signature, validate=True), report.signed_text())
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True
