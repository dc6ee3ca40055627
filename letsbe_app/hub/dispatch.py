"""Brings a daemon's message to the service that it is for, and the answer into the session."""

from collections.abc import Sequence
from typing import Final, assert_never

import structlog

from letsbe_app.errors import Conflict, InvalidInput, LetsBeError, NotFound, TooLarge
from letsbe_app.hub.clock_skew import on_our_clock
from letsbe_app.hub.ports import LinkServices
from letsbe_app.hub.session import LinkSession
from letsbe_app.kit.clock import utc_now
from letsbe_app.kit.ids import new_id
from letsbe_app.telemetry import metrics
from letsbe_app.workforce.conversations.intake import Accepted, Answer, RunIntake
from tenant_daemon.contracts.approvals import (
    ApprovalCarriedOut,
    ApprovalForgotten,
    ApprovalRequested,
    ApprovalSettledReport,
)
from tenant_daemon.contracts.audit import AuditHeadReported
from tenant_daemon.contracts.budget import BudgetReached
from tenant_daemon.contracts.changes import ChangeRecorded, ChangeSettled
from tenant_daemon.contracts.chat import MessageCleaned, RunEvent
from tenant_daemon.contracts.commands import ApplyConfig, ConfigApplied
from tenant_daemon.contracts.config import AgentCleaned
from tenant_daemon.contracts.envelope import Acknowledged, DaemonEnvelope, Hello, Rejected
from tenant_daemon.contracts.errors import ErrorCode
from tenant_daemon.contracts.health import Heartbeat
from tenant_daemon.contracts.notices import AgentHeldBack
from tenant_daemon.contracts.secrets import CanarySeen, SecretAnswered, SecretsListed
from tenant_daemon.contracts.usage import UsageReported

log = structlog.get_logger()

OFFER_AGAIN_SECONDS: Final = 30.0

_CODES: Final[dict[type[LetsBeError], ErrorCode]] = {
    NotFound: ErrorCode.NOT_FOUND,
    Conflict: ErrorCode.CONFLICT,
    InvalidInput: ErrorCode.BAD_MESSAGE,
    TooLarge: ErrorCode.TOO_LARGE,
}
"""Errors that sending the message again cannot help. Any other one ends the connection instead."""


class LinkDispatch:
    """One per connection."""

    __slots__ = (
        "_held_version",
        "_intake",
        "_offered",
        "_refused_version",
        "_services",
        "_session",
        "_tenant_id",
    )

    def __init__(self, tenant_id: str, session: LinkSession, services: LinkServices) -> None:
        self._tenant_id = tenant_id
        self._session = session
        self._services = services
        self._intake = RunIntake(tenant_id, services.relay.streams, services.runs)
        self._held_version = 0
        self._offered: tuple[int, float] = (0, 0.0)
        self._refused_version = 0

    def opened(self, hello: Hello) -> None:
        """Note what the daemon says of itself."""
        self._held_version = hello.config_version

    @property
    def held_version(self) -> int:
        """The configuration that the daemon has in force, as far as it said."""
        return self._held_version

    def holds_config(self, version: int) -> None:
        """Note which configuration the daemon has in force."""
        self._held_version = version

    @property
    def offered(self) -> tuple[int, float]:
        """The configuration that was offered last, and when."""
        return self._offered

    def resume_offer(self, version: int, offered_at: float) -> None:
        """An earlier request of the same link offered this version."""
        self._offered = (version, offered_at)

    @property
    def has_stalled_runs(self) -> bool:
        """Whether events could not be kept, since Redis is away."""
        return self._intake.has_stalled

    async def apply(self, envelope: DaemonEnvelope) -> None:
        """Apply a message and queue the answer; raises what cannot be answered."""
        payload = on_our_clock(envelope.payload, envelope.sent_at, utc_now())
        try:
            match payload:
                case RunEvent():
                    self._answer(await self._intake.take(payload))
                case MessageCleaned():
                    await self._services.runs.clean(self._tenant_id, payload)
                case AgentCleaned():
                    await self._services.agents.clean(self._tenant_id, payload)
                case Heartbeat():
                    self._held_version = payload.config_version
                    await self._services.tenants.record_heartbeat(self._tenant_id, payload)
                case ApprovalRequested():
                    await self._services.approvals.request(self._tenant_id, payload)
                case ApprovalSettledReport():
                    await self._services.approvals.settle(self._tenant_id, payload)
                case ApprovalCarriedOut():
                    await self._services.approvals.carried_out(self._tenant_id, payload)
                case ApprovalForgotten():
                    await self._services.remembered.forgotten(self._tenant_id, payload)
                case ChangeRecorded():
                    await self._services.changes.record(self._tenant_id, payload)
                case ChangeSettled():
                    await self._services.changes.settle(self._tenant_id, payload)
                case AuditHeadReported():
                    await self._services.audit_heads.record(self._tenant_id, payload)
                case AgentHeldBack():
                    await self._services.notices.record(self._tenant_id, payload)
                case SecretsListed():
                    await self._services.secrets.record_list(self._tenant_id, payload)
                case SecretAnswered():
                    await self._services.secrets.settle(self._tenant_id, payload)
                case CanarySeen():
                    await self._services.secrets.record_alarm(self._tenant_id, payload)
                case UsageReported():
                    await self._services.usage.record(self._tenant_id, payload)
                case BudgetReached():
                    await self._services.usage.record_alert(self._tenant_id, payload)
                case ConfigApplied():
                    await self._note_config(payload)
                case Hello() | Acknowledged() | Rejected():
                    raise AssertionError(f"{payload.kind} belongs to the session")
                case _:
                    assert_never(payload)
        except LetsBeError as exc:
            metrics.LINK_MESSAGES.labels(payload.kind, "refused").inc()
            self._refuse(envelope, exc)
        else:
            metrics.LINK_MESSAGES.labels(payload.kind, "taken").inc()
            if envelope.id:
                self._session.acknowledge(envelope.id)

    def is_plain(self, event: RunEvent) -> bool:
        """Whether the event may be applied together with others, by ``apply_plain``."""
        return self._intake.is_plain(event)

    async def apply_plain(self, envelopes: Sequence[DaemonEnvelope]) -> None:
        """Apply run events in their order, in one step."""
        events = [one.payload for one in envelopes if isinstance(one.payload, RunEvent)]
        self._answer(await self._intake.take_plain(events))

    def ask_for_stalled_runs(self) -> None:
        """Redis is back: ask for the runs of which events could not be kept."""
        for missing in self._intake.stalled():
            self._session.ask_again(missing.run_id, missing.from_seq)

    async def abandon_run(self, run_id: str) -> None:
        """The daemon knows the run no more."""
        await self._intake.abandon(run_id)

    async def offer_config(self, now: float) -> None:
        """
        Send the wanted configuration if the daemon holds an older one.

        Args:
            now: Seconds, always of the same clock; the same version is offered again only after a while.
        """
        wanted = await self._services.agents.wanted_version(self._tenant_id)
        version, offered_at = self._offered
        is_under_way = version == wanted and now - offered_at < OFFER_AGAIN_SECONDS
        if wanted <= self._held_version or wanted == self._refused_version or is_under_way:
            return
        config = await self._services.agents.wanted_config(self._tenant_id)
        self._offered = (config.version, now)
        # A fresh id each time: the daemon applies an id once, and this may have to be applied again.
        self._session.send(ApplyConfig(config=config), new_id("cfg"))

    def _answer(self, answers: Sequence[Answer]) -> None:
        for answer in answers:
            if isinstance(answer, Accepted):
                self._session.acknowledge_run(answer.run_id, answer.seq)
            else:
                self._session.ask_again(answer.run_id, answer.from_seq)

    async def _note_config(self, report: ConfigApplied) -> None:
        if report.is_applied:
            self._held_version = max(self._held_version, report.version)
        else:
            # The same again would be refused again; the next change or connection is another try.
            self._refused_version = report.version
        await self._services.tenants.record_config_applied(self._tenant_id, report)

    def _refuse(self, envelope: DaemonEnvelope, error: LetsBeError) -> None:
        code = _CODES.get(type(error))
        if code is None:
            raise error
        payload = envelope.payload
        subject = payload.run_id if isinstance(payload, RunEvent) else envelope.id
        log.warning("link.message_refused", tenant_id=self._tenant_id, kind=payload.kind, code=code)
        if subject:
            self._session.reject(subject, code, error.message)
