"""
What goes over the link: a JSON text frame with one envelope.

Durable messages carry an ``id`` and are sent again after a reconnect until an ``ack`` names them;
the receiver applies an id once. Run events are durable by their own name ``(run_id, seq)`` and are
confirmed by ``run.ack``. A heartbeat is never repeated.
"""

from typing import Annotated, Literal, TypeVar

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError
from pydantic_core import from_json

from tenant_daemon.contracts.approvals import (
    ApprovalCarriedOut,
    ApprovalDecided,
    ApprovalForgotten,
    ApprovalRequested,
    ApprovalSettledReport,
    ApprovalWithdrawn,
)
from tenant_daemon.contracts.audit import AuditHeadReported
from tenant_daemon.contracts.base import Message
from tenant_daemon.contracts.budget import BudgetReached
from tenant_daemon.contracts.changes import ChangeRecorded, ChangeSettled, UndoRequested
from tenant_daemon.contracts.chat import (
    ConversationDeleted,
    MessageCleaned,
    RunAcknowledged,
    RunEvent,
    RunResend,
    SendMessage,
    StopRun,
)
from tenant_daemon.contracts.commands import ApplyConfig, ConfigApplied, KeyRenewalAsked
from tenant_daemon.contracts.config import AgentCleaned
from tenant_daemon.contracts.errors import ErrorCode
from tenant_daemon.contracts.health import Heartbeat
from tenant_daemon.contracts.notices import AgentHeldBack
from tenant_daemon.contracts.secrets import (
    CanarySeen,
    RevealAsked,
    SecretAnswered,
    SecretChangeAsked,
    SecretProvided,
    SecretsListed,
)
from tenant_daemon.contracts.usage import UsageReported
from tenant_daemon.contracts.version import PROTOCOL_VERSION

MAX_FRAME_BYTES = 1_048_576
"""A larger frame closes the link with ``CLOSE_BAD_MESSAGE``."""
_ID_LENGTH = 64


class Hello(Message):
    """Daemon -> hub, first frame."""

    kind: Literal["link.hello"] = "link.hello"
    protocol_version: int = PROTOCOL_VERSION
    daemon_version: str
    config_version: int
    link_number: int = Field(default=0, ge=0)
    """
    Grows with every connection of this server, whatever its clock does, so that the hub knows which of two is
    the newer one. 0 from daemons that do not count: then the envelope's time decides.
    """


class Welcome(Message):
    """Hub -> daemon, answer to ``Hello``: only after it may anything else be sent."""

    kind: Literal["link.welcome"] = "link.welcome"
    protocol_version: int
    tenant_id: str
    server_time: AwareDatetime


class Acknowledged(Message):
    """Either way: the durable messages with these ids are safe and need not be sent again."""

    kind: Literal["link.ack"] = "link.ack"
    ids: list[str] = Field(max_length=500)


class Rejected(Message):
    """Either way: the message with this id cannot be applied; it is not to be sent again."""

    kind: Literal["link.reject"] = "link.reject"
    id: str
    code: ErrorCode
    detail: str = ""


DaemonPayload = Annotated[
    Hello
    | Acknowledged
    | Rejected
    | Heartbeat
    | RunEvent
    | MessageCleaned
    | AgentCleaned
    | ApprovalRequested
    | ApprovalSettledReport
    | ApprovalCarriedOut
    | ApprovalForgotten
    | UsageReported
    | BudgetReached
    | ConfigApplied
    | SecretAnswered
    | SecretsListed
    | CanarySeen
    | ChangeRecorded
    | ChangeSettled
    | AuditHeadReported
    | AgentHeldBack,
    Field(discriminator="kind"),
]
"""What a daemon may send."""

HubPayload = Annotated[
    Welcome
    | Acknowledged
    | Rejected
    | SendMessage
    | StopRun
    | ConversationDeleted
    | RunAcknowledged
    | RunResend
    | ApprovalDecided
    | ApprovalWithdrawn
    | ApplyConfig
    | SecretProvided
    | SecretChangeAsked
    | RevealAsked
    | UndoRequested
    | KeyRenewalAsked,
    Field(discriminator="kind"),
]
"""What the hub may send."""


class DaemonEnvelope(Message):
    """A frame from a daemon. ``id`` is empty for what is not durable."""

    id: str = Field(default="", max_length=_ID_LENGTH)
    seq: int = Field(default=0, ge=0)
    """
    Number of a durable message, which grows with each one of a connection: a message of a lower one was
    replayed or moved on its way. 0 for what is not durable, and from peers that do not count.
    """
    sent_at: AwareDatetime
    payload: DaemonPayload


class HubEnvelope(Message):
    """A frame from the hub."""

    id: str = Field(default="", max_length=_ID_LENGTH)
    seq: int = Field(default=0, ge=0)
    """As in ``DaemonEnvelope``."""
    sent_at: AwareDatetime
    payload: HubPayload


Envelope = TypeVar("Envelope", DaemonEnvelope, HubEnvelope)

_daemon_envelope: TypeAdapter[DaemonEnvelope] = TypeAdapter(DaemonEnvelope)
_hub_envelope: TypeAdapter[HubEnvelope] = TypeAdapter(HubEnvelope)


class BadFrame(ValueError):
    """A frame that is no valid envelope. Carries the wire code and never the frame's content."""

    def __init__(self, code: ErrorCode, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


def parse_daemon_frame(frame: str | bytes) -> DaemonEnvelope:
    """The envelope in a frame from a daemon; raises BadFrame."""
    return _parse(_daemon_envelope, frame)


def parse_hub_frame(frame: str | bytes) -> HubEnvelope:
    """The envelope in a frame from the hub; raises BadFrame."""
    return _parse(_hub_envelope, frame)


def _parse(adapter: TypeAdapter[Envelope], frame: str | bytes) -> Envelope:
    if len(frame) > MAX_FRAME_BYTES:
        raise BadFrame(ErrorCode.TOO_LARGE, f"frame of {len(frame)} bytes, at most {MAX_FRAME_BYTES}")
    try:
        return adapter.validate_json(frame)
    except ValidationError as exc:
        first = exc.errors(include_input=False, include_url=False)[0]
        code = ErrorCode.UNKNOWN_KIND if first["type"] == "union_tag_invalid" else ErrorCode.BAD_MESSAGE
        where = ".".join(str(part) for part in first["loc"]) or "frame"
        # No `from exc`: the cause prints its input, which may be anything.
        raise BadFrame(code, f"{where}: {first['type']}") from None


def id_of_frame(frame: str | bytes) -> str:
    """The id of a frame that cannot be parsed, to reject it by; empty where there is none."""
    if len(frame) > MAX_FRAME_BYTES:
        return ""
    try:
        # With the parser that read the frame before: it bounds how deep it goes.
        content = from_json(frame)
    except ValueError:
        return ""
    message_id = content.get("id") if isinstance(content, dict) else None
    return message_id if isinstance(message_id, str) and len(message_id) <= _ID_LENGTH else ""
