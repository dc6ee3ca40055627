"""
The hub's side of the link's protocol, without I/O.

Give every frame to ``receive`` and act on what it returns; call ``take_frames`` for what is to be sent.
Before ``Hello`` was received nothing is sent and nothing else is taken.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.relay.outbox import Waiting
from tenant_daemon.contracts.chat import RunAcknowledged, RunResend
from tenant_daemon.contracts.envelope import (
    Acknowledged,
    BadFrame,
    DaemonEnvelope,
    Hello,
    HubEnvelope,
    HubPayload,
    Rejected,
    Welcome,
    id_of_frame,
    parse_daemon_frame,
)
from tenant_daemon.contracts.errors import (
    CLOSE_BAD_MESSAGE,
    CLOSE_VERSION_UNSUPPORTED,
    ErrorCode,
)
from tenant_daemon.contracts.version import OLDEST_SUPPORTED_VERSION, PROTOCOL_VERSION

WINDOW: Final = 64
"""Durable messages under way to a daemon at most; the rest waits in the database."""


@dataclass(frozen=True)
class Opened:
    """The daemon introduced itself."""

    hello: Hello
    link_number: int
    """Greater than those of the server's earlier links."""


@dataclass(frozen=True)
class Arrived:
    """A message to apply; then ``acknowledge`` or ``reject`` its id, if it has one."""

    envelope: DaemonEnvelope


@dataclass(frozen=True)
class Confirmed:
    """The daemon has these messages."""

    ids: list[str]


@dataclass(frozen=True)
class Refused:
    """The daemon will never take the message, or knows no run, of this id."""

    id: str
    code: ErrorCode
    detail: str


@dataclass(frozen=True)
class NotUnderstood:
    """A frame that was refused; the connection goes on."""

    code: ErrorCode
    detail: str


LinkEvent = Opened | Arrived | Confirmed | Refused | NotUnderstood


class LinkClosed(Exception):
    """The connection is to be closed with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason[:100]


class LinkSession:
    """The state of one connection."""

    __slots__ = (
        "_acknowledged",
        "_clock",
        "_frames",
        "_heard_seq",
        "_in_flight",
        "_is_open",
        "_run_acks",
        "_tenant_id",
        "sent_seq",
    )

    def __init__(self, tenant_id: str, clock: Clock = utc_now) -> None:
        self._tenant_id = tenant_id
        self._clock = clock
        self._is_open = False
        self._frames: list[str] = []
        self._acknowledged: list[str] = []
        self._run_acks: dict[str, int] = {}
        self._in_flight: set[str] = set()
        self._heard_seq = 0
        self.sent_seq = 0
        """Number of the last durable message that was sent."""

    @property
    def under_way(self) -> list[str]:
        """Ids of the durable messages that were sent and not confirmed."""
        return sorted(self._in_flight)

    def resume(self, under_way: Iterable[str], sent_seq: int) -> None:
        """Go on where an earlier session of the same link stood."""
        self._in_flight.update(under_way)
        self.sent_seq = sent_seq

    @property
    def is_open(self) -> bool:
        return self._is_open

    @property
    def room(self) -> int:
        """How many durable messages may be sent now."""
        return WINDOW - len(self._in_flight)

    def receive(self, frame: str | bytes) -> LinkEvent:
        """
        What a frame means.

        Raises:
            LinkClosed: Nothing after this frame can be trusted.
        """
        try:
            envelope = parse_daemon_frame(frame)
        except BadFrame as exc:
            return self._refuse_frame(frame, exc)
        payload = envelope.payload
        if isinstance(payload, Hello):
            return self._open(payload, int(envelope.sent_at.timestamp() * 1_000_000))
        if not self._is_open:
            raise LinkClosed(CLOSE_BAD_MESSAGE, f"{payload.kind} before link.hello")
        if isinstance(payload, Acknowledged):
            return Confirmed(payload.ids)
        if isinstance(payload, Rejected):
            return Refused(payload.id, payload.code, payload.detail)
        if envelope.seq:
            self._check_order(envelope.seq)
        return Arrived(envelope)

    def offer(self, waiting: Sequence[Waiting]) -> None:
        """Send those of the messages that are not under way, in their order, as far as there is room."""
        for message in waiting:
            if message.id in self._in_flight:
                continue
            if self.room <= 0:
                return
            self._in_flight.add(message.id)
            # The payload was checked when it was stored; writing it as it lies there keeps what is newer.
            frame = {
                "id": message.id,
                "seq": self._next_seq(),
                "sent_at": self._clock().isoformat(),
                "payload": message.payload,
            }
            self._frames.append(orjson.dumps(frame).decode())

    def forget(self, ids: Iterable[str]) -> None:
        """These messages are out of the outbox; until then they count as under way."""
        self._in_flight.difference_update(ids)

    def send(self, payload: HubPayload, message_id: str = "") -> None:
        """Send a message that is not kept in the outbox."""
        seq = self._next_seq() if message_id else 0
        envelope = HubEnvelope(id=message_id, seq=seq, sent_at=self._clock(), payload=payload)
        self._frames.append(envelope.model_dump_json())

    def acknowledge(self, message_id: str) -> None:
        """The daemon's durable message is safe."""
        self._acknowledged.append(message_id)

    def reject(self, message_id: str, code: ErrorCode, detail: str) -> None:
        """The daemon's durable message, or its run, can never be applied."""
        self.send(Rejected(id=message_id, code=code, detail=detail))

    def acknowledge_run(self, run_id: str, seq: int) -> None:
        """Every event of the run up to ``seq`` is safe; only the newest such word is sent."""
        self._run_acks[run_id] = max(seq, self._run_acks.get(run_id, 0))

    def ask_again(self, run_id: str, from_seq: int) -> None:
        """The run is needed again from ``from_seq``; what was to be confirmed of it is void."""
        self._run_acks.pop(run_id, None)
        self.send(RunResend(run_id=run_id, from_seq=from_seq))

    @property
    def has_urgent_frames(self) -> bool:
        """Whether there is more to send than confirmations of run events."""
        return bool(self._frames or self._acknowledged)

    @property
    def has_frames(self) -> bool:
        return self.has_urgent_frames or bool(self._run_acks)

    def take_frames(self) -> list[str]:
        """Everything to be sent now, in order."""
        for start in range(0, len(self._acknowledged), 500):
            self.send(Acknowledged(ids=self._acknowledged[start : start + 500]))
        for run_id, seq in self._run_acks.items():
            self.send(RunAcknowledged(run_id=run_id, seq=seq))
        frames = self._frames
        self._frames, self._acknowledged, self._run_acks = [], [], {}
        return frames

    def _next_seq(self) -> int:
        self.sent_seq += 1
        return self.sent_seq

    def _check_order(self, seq: int) -> None:
        if seq <= self._heard_seq:
            raise LinkClosed(CLOSE_BAD_MESSAGE, f"{ErrorCode.OUT_OF_ORDER}: {seq} after {self._heard_seq}")
        self._heard_seq = seq

    def _open(self, hello: Hello, sent_at_us: int) -> Opened:
        if self._is_open:
            raise LinkClosed(CLOSE_BAD_MESSAGE, "a second link.hello")
        if hello.protocol_version < OLDEST_SUPPORTED_VERSION:
            raise LinkClosed(
                CLOSE_VERSION_UNSUPPORTED, f"the oldest supported version is {OLDEST_SUPPORTED_VERSION}"
            )
        self._is_open = True
        # A newer daemon is answered with our version, and decides whether it speaks that.
        version = min(hello.protocol_version, PROTOCOL_VERSION)
        self.send(Welcome(protocol_version=version, tenant_id=self._tenant_id, server_time=self._clock()))
        return Opened(hello, hello.link_number or sent_at_us)

    def _refuse_frame(self, frame: str | bytes, problem: BadFrame) -> NotUnderstood:
        message_id = id_of_frame(frame)
        if not self._is_open or (not message_id and problem.code is not ErrorCode.UNKNOWN_KIND):
            raise LinkClosed(CLOSE_BAD_MESSAGE, problem.detail)
        if message_id:
            self.reject(message_id, problem.code, problem.detail)
        return NotUnderstood(problem.code, problem.detail)
