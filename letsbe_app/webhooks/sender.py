"""
Posting what is due, and writing down how it went.

A delivery is taken with a lease: whoever dies over it leaves it to be tried again, so that a receiver may see
the same id twice, and never misses one.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import DeliveryStatus, User, UserRole, WebhookDelivery, WebhookEndpoint
from letsbe_app.db.session import Database
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.kit.outbound import BadTarget, Outbound, Unreachable
from letsbe_app.kit.secret_box import CannotOpen, SecretBox
from letsbe_app.people.audit.service import SYSTEM, record_act
from letsbe_app.people.mail.letters import webhook_letter
from letsbe_app.people.mail.post import PostRoom
from letsbe_app.telemetry import metrics
from letsbe_app.webhooks import repository
from letsbe_app.webhooks.schedule import GONE, LONGEST_REST, is_given_up, next_attempt
from letsbe_app.webhooks.service import place
from letsbe_app.webhooks.signature import signed_headers

log = structlog.get_logger()

AT_ONCE: Final = 20
PER_ENDPOINT: Final = 4
"""So that one slow receiver does not take all places."""
FULL_SECONDS: Final = 5.0
"""How long to wait for room, if nobody says that there is some."""
LEASE: Final = timedelta(seconds=60)
KEPT: Final = timedelta(days=30)
MAX_TRIES_SHOWN: Final = 24


@dataclass(frozen=True)
class _Parcel:
    """What is needed to post one delivery."""

    delivery_id: str
    endpoint_id: str
    customer_id: str
    event_id: str
    url: str
    keys: list[str]
    payload: bytes


@dataclass(frozen=True)
class _Outcome:
    """How a try went."""

    status: int | None = None
    milliseconds: int | None = None
    problem: str = ""
    retry_after_seconds: int | None = None

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


class WebhookSender:
    """For the jobs process: call ``send_due`` when something may be due."""

    def __init__(
        self,
        database: Database,
        box: SecretBox,
        outbound: Outbound,
        post: PostRoom,
        *,
        public_url: str,
        clock: Clock = utc_now,
    ) -> None:
        self._database = database
        self._box = box
        self._outbound = outbound
        self._post = post
        self._public_url = public_url
        self._clock = clock
        self._running: set[asyncio.Task[None]] = set()
        self._per_endpoint: Counter[str] = Counter()
        self.on_room: Callable[[], None] = _nothing

    async def send_due(self) -> float | None:
        """
        Begin to post what is due, as far as there is room.

        Gives the seconds until it should be called again, None when nothing waits; ``on_room`` is called when
        something was posted and there is room for more.
        """
        while parcels := await self._take():
            for parcel in parcels:
                self._start(parcel)
        async with self._database.read() as session:
            due = await repository.next_due(session)
        if due is None:
            return None
        return max(FULL_SECONDS if self._running else 0.0, (due - self._clock()).total_seconds())

    @property
    def is_posting(self) -> bool:
        return bool(self._running)

    async def settle(self) -> None:
        """Wait until nothing is being posted any more."""
        while self._running:
            await asyncio.wait(self._running)

    async def forget_old(self) -> int:
        """Delete the log of more than 30 days ago."""
        async with self._database.write() as session:
            return await repository.forget_settled(session, self._clock() - KEPT)

    async def depth(self) -> int:
        """How many deliveries wait."""
        async with self._database.read() as session:
            return await repository.waiting_count(session)

    async def close(self) -> None:
        """Leave what is being posted; its lease lets it be tried again."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _start(self, parcel: _Parcel) -> None:
        self._per_endpoint[parcel.endpoint_id] += 1
        task = asyncio.create_task(self._deliver(parcel))
        self._running.add(task)

        def done(finished: asyncio.Task[None]) -> None:
            self._running.discard(finished)
            self._per_endpoint[parcel.endpoint_id] -= 1
            if not self._per_endpoint[parcel.endpoint_id]:
                del self._per_endpoint[parcel.endpoint_id]
            self.on_room()
            if not finished.cancelled() and (error := finished.exception()) is not None:
                # What could not be written down is tried again when the lease is over.
                log.error("webhook.lost_track", delivery_id=parcel.delivery_id, exc_info=error)

        task.add_done_callback(done)

    async def _take(self) -> list[_Parcel]:
        room = AT_ONCE - len(self._running)
        if room <= 0:
            return []
        now = self._clock()
        busy = [endpoint for endpoint, count in self._per_endpoint.items() if count >= PER_ENDPOINT]
        parcels: list[_Parcel] = []
        counts = Counter(self._per_endpoint)
        async with self._database.write() as session:
            for row in await repository.due(session, now, busy, room):
                if counts[row.endpoint_id] >= PER_ENDPOINT:
                    continue
                counts[row.endpoint_id] += 1
                row.next_attempt_at = now + LEASE
                endpoint = await session.get_one(WebhookEndpoint, row.endpoint_id)
                try:
                    parcels.append(self._parcel(row, endpoint, now))
                except CannotOpen:
                    # Its key is gone: a new secret helps, trying again does not.
                    log.error("webhook.cannot_open", endpoint_id=endpoint.id, delivery_id=row.id)
                    row.status, row.next_attempt_at, row.settled_at = DeliveryStatus.FAILED, None, now
        return parcels

    def _parcel(self, row: WebhookDelivery, endpoint: WebhookEndpoint, now: datetime) -> _Parcel:
        sealed = [endpoint.secret]
        if endpoint.previous_until is not None and endpoint.previous_until > now:
            sealed.append(endpoint.previous_secret)
        keys = [self._box.open(one, place(endpoint.id)).decode() for one in sealed]
        return _Parcel(
            row.id, endpoint.id, row.customer_id, row.event_id, endpoint.url, keys, row.payload.encode()
        )

    async def _deliver(self, parcel: _Parcel) -> None:
        outcome = await self._post_one(parcel)
        metrics.WEBHOOK_TRIES.labels("delivered" if outcome.is_success else "failed").inc()
        log.info(
            "webhook.tried",
            delivery_id=parcel.delivery_id,
            customer_id=parcel.customer_id,
            status=outcome.status,
            problem=outcome.problem,
            milliseconds=outcome.milliseconds,
        )
        await self._settle(parcel, outcome)

    async def _post_one(self, parcel: _Parcel) -> _Outcome:
        headers = signed_headers(
            parcel.keys, parcel.event_id, int(self._clock().timestamp()), parcel.payload
        ) | {"Content-Type": "application/json", "User-Agent": "LetsBe-Webhooks/1"}
        try:
            answer = await self._outbound.post(parcel.url, headers, parcel.payload)
        except BadTarget:
            return _Outcome(problem="forbidden")
        except Unreachable as exc:
            return _Outcome(problem=str(exc))
        return _Outcome(answer.status, answer.milliseconds, retry_after_seconds=answer.retry_after_seconds)

    async def _settle(self, parcel: _Parcel, outcome: _Outcome) -> None:
        now = self._clock()
        async with self._database.write() as session:
            endpoint = await session.get(WebhookEndpoint, parcel.endpoint_id, with_for_update=True)
            row = await session.get(WebhookDelivery, parcel.delivery_id, with_for_update=True)
            if row is None or endpoint is None:
                return
            row.attempt_count += 1
            # A new list: changes inside the old one would not be noticed.
            row.tries = [*row.tries, _told(outcome, now)][-MAX_TRIES_SHOWN:]
            if outcome.is_success:
                row.status, row.next_attempt_at, row.settled_at = DeliveryStatus.DELIVERED, None, now
                endpoint.failing_since = None
            else:
                row.next_attempt_at = next_attempt(row.attempt_count, now, outcome.retry_after_seconds)
                if row.next_attempt_at is None:
                    row.status, row.settled_at = DeliveryStatus.FAILED, now
                await self._note_failure(session, endpoint, row, outcome, now)

    async def _note_failure(
        self,
        session: AsyncSession,
        endpoint: WebhookEndpoint,
        row: WebhookDelivery,
        outcome: _Outcome,
        now: datetime,
    ) -> None:
        if row.attempt_count == 1 and not await repository.was_tried(
            session, endpoint.id, now - LONGEST_REST, row.id
        ):
            # Nothing was posted for a while: that the last event did not arrive says nothing of these days.
            endpoint.failing_since = None
        endpoint.failing_since = endpoint.failing_since or now
        is_over = outcome.status == GONE or is_given_up(endpoint.failing_since, now)
        if not is_over or endpoint.disabled_at is not None:
            return
        endpoint.disabled_at = now
        await session.flush()
        await repository.give_up_waiting(session, endpoint.id, now)
        record_act(session, SYSTEM, "webhook.disabled", subject=endpoint.id, customer_id=endpoint.customer_id)
        log.warning("webhook.disabled", endpoint_id=endpoint.id, customer_id=endpoint.customer_id)
        for email in await _owners(session, endpoint.customer_id):
            letter = webhook_letter(
                email, endpoint.description or endpoint.url, f"{self._public_url}/portal/settings"
            )
            await self._post.put(session, endpoint.customer_id, letter)


def _nothing() -> None:
    """Nobody wants to know."""


def _told(outcome: _Outcome, now: datetime) -> dict[str, Any]:
    return {
        "at": now.isoformat(),
        "status": outcome.status,
        "milliseconds": outcome.milliseconds,
        "problem": outcome.problem,
    }


async def _owners(session: AsyncSession, customer_id: str) -> Sequence[str]:
    statement = select(User.email).where(
        User.customer_id == customer_id, User.role == UserRole.OWNER, col(User.removed_at).is_(None)
    )
    return (await session.exec(statement)).all()
