"""
The link's protocol without its socket: frames in, events out; values in, frames out.

Calling order: send ``open()`` first. Give every frame of the hub to ``receive``; after ``Welcomed`` anything
may be sent, as far as ``outbox_room()`` and ``run_room()`` allow. Make a new session for each connection:
what was in flight on the old one is simply sent again, and the hub recognises it by its name.
"""

import json
from dataclasses import dataclass, field
from typing import Final

from tenant_daemon.contracts.base import utc_now
from tenant_daemon.contracts.chat import RunAcknowledged, RunEvent, RunResend
from tenant_daemon.contracts.envelope import (
    Acknowledged,
    BadFrame,
    DaemonEnvelope,
    DaemonPayload,
    Hello,
    Rejected,
    Welcome,
    id_of_frame,
    parse_hub_frame,
)
from tenant_daemon.contracts.errors import ErrorCode
from tenant_daemon.contracts.health import Heartbeat
from tenant_daemon.contracts.version import OLDEST_SUPPORTED_VERSION, PROTOCOL_VERSION
from tenant_daemon.hub_client.clock_skew import on_our_clock
from tenant_daemon.hub_client.inbox import InboxPayload

OUTBOX_WINDOW: Final = 200
"""Durable messages that may be on their way unconfirmed."""
RUN_WINDOW: Final = 1_000
"""Run events that may be on their way unconfirmed, all runs together."""


@dataclass(frozen=True)
class Welcomed:
    """The hub knows us; sending may begin."""

    tenant_id: str


@dataclass(frozen=True)
class Arrived:
    """A durable message: store it, then confirm it with ``acknowledge``."""

    id: str
    payload: InboxPayload


@dataclass(frozen=True)
class OutboxConfirmed:
    """The hub has these messages."""

    ids: list[str]


@dataclass(frozen=True)
class RefusedByHub:
    """The hub will never take the message, or the run, of this id."""

    id: str
    code: ErrorCode
    detail: str


@dataclass(frozen=True)
class RunConfirmed:
    """The hub has the run up to ``seq``."""

    run_id: str
    seq: int


@dataclass(frozen=True)
class ResendWanted:
    """The hub lacks the run from ``from_seq`` on."""

    run_id: str
    from_seq: int


@dataclass(frozen=True)
class NotUnderstood:
    """A message that we cannot read: ``reply`` goes back, so that the hub does not send it for ever."""

    code: ErrorCode
    detail: str
    reply: str | None
    """None when the frame has not even an id: then the connection is to be closed."""


LinkEvent = Welcomed | Arrived | OutboxConfirmed | RefusedByHub | RunConfirmed | ResendWanted | NotUnderstood


class ProtocolError(Exception):
    """The hub broke the order of the protocol, or shares no version with us: close the connection."""

    def __init__(self, code: ErrorCode, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code


@dataclass
class _RunInFlight:
    sent_seq: int
    acked_seq: int


@dataclass
class LinkSession:
    """One connection's state."""

    hello: Hello
    is_open: bool = False
    outbox_position: int = 0
    """Position in the outbox of the last message that was sent."""
    _sent_seq: int = 0
    _heard_seq: int = 0
    _outbox: set[str] = field(default_factory=set)
    _runs: dict[str, _RunInFlight] = field(default_factory=dict)

    def open(self) -> str:
        """The first frame."""
        return encode(self.hello)

    def outbox_room(self) -> int:
        """How many durable messages may be sent now."""
        return OUTBOX_WINDOW - len(self._outbox) if self.is_open else 0

    def run_room(self) -> int:
        """How many run events may be sent now."""
        in_flight = sum(run.sent_seq - run.acked_seq for run in self._runs.values())
        return max(0, RUN_WINDOW - in_flight) if self.is_open else 0

    def in_flight(self) -> int:
        """Everything that was sent and is not confirmed."""
        return len(self._outbox) + sum(run.sent_seq - run.acked_seq for run in self._runs.values())

    def sent_seq(self, run_id: str, acked_seq: int) -> int:
        """How far the run was sent on this connection; on a new one, as far as it was confirmed before."""
        run = self._runs.get(run_id)
        return run.sent_seq if run else acked_seq

    def send_message(self, position: int, message_id: str, payload_json: str) -> str:
        """The frame of a durable message."""
        self.outbox_position = position
        self._outbox.add(message_id)
        self._sent_seq += 1
        return (
            f'{{"id":{json.dumps(message_id)},"seq":{self._sent_seq},'
            f'"sent_at":"{utc_now().isoformat()}","payload":{payload_json}}}'
        )

    def send_run_event(self, event: RunEvent) -> str:
        """The frame of a run's next event."""
        run = self._runs.setdefault(event.run_id, _RunInFlight(event.seq - 1, event.seq - 1))
        run.sent_seq = event.seq
        return encode(event)

    def send_heartbeat(self, heartbeat: Heartbeat) -> str:
        """The frame of a heartbeat; it is never repeated."""
        return encode(heartbeat)

    def acknowledge(self, message_id: str) -> str:
        """The frame that tells the hub that a message of it is stored here."""
        return encode(Acknowledged(ids=[message_id]))

    def reject(self, message_id: str, code: ErrorCode, detail: str) -> str:
        """The frame that tells the hub that its message, or the run it asks for, is nothing for us."""
        return encode(Rejected(id=message_id, code=code, detail=detail))

    def receive(self, frame: str | bytes) -> LinkEvent:
        """
        What a frame of the hub means.

        Raises:
            ProtocolError: Nothing after this frame can be trusted.
        """
        try:
            envelope = parse_hub_frame(frame)
        except BadFrame as exc:
            return self._not_understood(frame, exc)
        payload = envelope.payload
        if isinstance(payload, Welcome):
            return self._welcome(payload)
        if not self.is_open:
            raise ProtocolError(ErrorCode.BAD_MESSAGE, f"{payload.kind} before link.welcome")
        if isinstance(payload, Acknowledged):
            self._outbox.difference_update(payload.ids)
            return OutboxConfirmed(payload.ids)
        if isinstance(payload, Rejected):
            self._outbox.discard(payload.id)
            self._runs.pop(payload.id, None)
            return RefusedByHub(payload.id, payload.code, payload.detail)
        if isinstance(payload, RunAcknowledged):
            return self._confirm_run(payload)
        if isinstance(payload, RunResend):
            self._runs[payload.run_id] = _RunInFlight(payload.from_seq - 1, payload.from_seq - 1)
            return ResendWanted(payload.run_id, payload.from_seq)
        if not envelope.id:
            raise ProtocolError(ErrorCode.BAD_MESSAGE, f"{payload.kind} without an id")
        if envelope.seq and envelope.seq <= self._heard_seq:
            raise ProtocolError(ErrorCode.OUT_OF_ORDER, f"{envelope.seq} after {self._heard_seq}")
        self._heard_seq = max(self._heard_seq, envelope.seq)
        return Arrived(envelope.id, on_our_clock(payload, envelope.sent_at, utc_now()))

    def _welcome(self, welcome: Welcome) -> Welcomed:
        if not OLDEST_SUPPORTED_VERSION <= welcome.protocol_version <= PROTOCOL_VERSION:
            raise ProtocolError(
                ErrorCode.VERSION_UNSUPPORTED, f"the hub speaks version {welcome.protocol_version}"
            )
        self.is_open = True
        return Welcomed(welcome.tenant_id)

    def _confirm_run(self, ack: RunAcknowledged) -> RunConfirmed:
        run = self._runs.get(ack.run_id)
        if run is not None:
            run.acked_seq = max(run.acked_seq, ack.seq)
            run.sent_seq = max(run.sent_seq, ack.seq)
        return RunConfirmed(ack.run_id, ack.seq)

    def forget_run(self, run_id: str) -> None:
        """The run is confirmed to its end."""
        self._runs.pop(run_id, None)

    def _not_understood(self, frame: str | bytes, problem: BadFrame) -> NotUnderstood:
        message_id = id_of_frame(frame)
        reply = self.reject(message_id, problem.code, problem.detail) if message_id else None
        return NotUnderstood(problem.code, problem.detail, reply)


def encode(payload: DaemonPayload) -> str:
    """The frame of a payload that has no id."""
    return DaemonEnvelope(sent_at=utc_now(), payload=payload).model_dump_json()
