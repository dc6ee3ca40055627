"""
Single reports over plain HTTP, below ``/api/v1/tenant``: the link's messages, one per request.

They carry the server's key, change nothing when they come twice, and take an ``Idempotency-Key``. A server
that only reports is not online: what people say to it waits until its next heartbeat, or until it opens a
link.
"""

from typing import Final

from pydantic import AwareDatetime, Field

from tenant_daemon.contracts.approvals import ApprovalDecided, ApprovalStatus
from tenant_daemon.contracts.base import Message
from tenant_daemon.contracts.envelope import HubEnvelope
from tenant_daemon.contracts.health import Heartbeat

HEARTBEAT_PATH: Final = "/heartbeat"
CONFIG_PATH: Final = "/config"
USAGE_PATH: Final = "/usage"
APPROVAL_REQUEST_PATH: Final = "/approval-request"
APPROVAL_RESPONSE_PATH: Final = "/approval-response"

MAX_COMMANDS: Final = 64
"""In one answer; the rest comes with the next one."""


class HeartbeatReport(Heartbeat):
    """``POST .../heartbeat``: the figures, and which commands the server has taken."""

    taken: list[str] = Field(default_factory=list, max_length=500)
    """Ids of commands of earlier answers; each is told again until it stands here."""


class HeartbeatAnswer(Message):
    """What the hub wants: the configuration's version, and commands in their order."""

    config_version: int
    """A greater one than the server's own is fetched from ``GET .../config``."""
    commands: list[HubEnvelope]
    server_time: AwareDatetime


class ApprovalResponse(Message):
    """``GET .../approval-response/{id}``: where an approval stands at the hub."""

    approval_id: str
    status: ApprovalStatus
    """``pending`` until the server itself has reported how it ended."""
    decision: ApprovalDecided | None = None
    """What a person has decided; none while nobody has."""
