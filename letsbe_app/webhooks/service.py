"""Addresses for events: what their owners do with them."""

from datetime import datetime, timedelta
from typing import Final

import orjson
import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import DeliveryStatus, WebhookDelivery, WebhookEndpoint
from letsbe_app.db.session import Database
from letsbe_app.errors import Conflict, InvalidInput, NotFound
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.kit.ids import new_id
from letsbe_app.kit.one_line import one_line
from letsbe_app.kit.outbound import BadTarget, check_url
from letsbe_app.kit.pagination import Page, clamp_limit, id_cursor, page_of_rows
from letsbe_app.kit.secret_box import SecretBox
from letsbe_app.people.audit.service import record_act
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.people.events.catalog import EVENT_TYPES, WebhookTest
from letsbe_app.relay.publisher import Publisher
from letsbe_app.webhooks import repository
from letsbe_app.webhooks.schemas import (
    MAX_DESCRIPTION,
    DeliveryView,
    EndpointChanges,
    EndpointView,
    NewSecret,
    delivery_view,
    endpoint_view,
)
from letsbe_app.webhooks.signature import new_secret

log = structlog.get_logger()

MAX_ENDPOINTS: Final = 10
OVERLAP: Final = timedelta(hours=24)
"""How long an old secret signs beside its successor."""


class WebhookService:
    """For people and programs that may manage."""

    def __init__(
        self,
        database: Database,
        box: SecretBox,
        publisher: Publisher,
        *,
        allows_local: bool,
        clock: Clock = utc_now,
    ) -> None:
        """
        Args:
            database: The hub's database.
            box: Seals secrets.
            publisher: Wakes the jobs process.
            allows_local: Whether addresses of this machine are taken, for trying things out.
            clock: The time.
        """
        self._database = database
        self._box = box
        self._publisher = publisher
        self._allows_local = allows_local
        self._clock = clock

    async def list(self, actor: Actor) -> list[EndpointView]:
        """The business's addresses, the oldest first."""
        require(actor, Permission.MANAGE)
        now = self._clock()
        async with self._database.read() as session:
            rows = await repository.endpoints_of(session, [actor.customer_id])
        return [endpoint_view(row, now) for row in rows]

    async def get(self, actor: Actor, endpoint_id: str) -> EndpointView:
        """One address; raises NotFound."""
        require(actor, Permission.MANAGE)
        async with self._database.read() as session:
            return endpoint_view(await _owned(session, actor, endpoint_id), self._clock())

    async def add(self, actor: Actor, wanted: EndpointChanges) -> NewSecret:
        """
        Add an address; its secret is shown this once.

        Raises:
            InvalidInput: The address or an event cannot be used.
            Conflict: There are as many as there may be.
        """
        require(actor, Permission.MANAGE)
        if wanted.url is None:
            raise InvalidInput.of_field("url", "This field is needed.")
        self._check(wanted)
        row_id, secret, now = new_id("whe"), new_secret(), self._clock()
        async with self._database.write() as session:
            if len(await repository.endpoints_of(session, [actor.customer_id])) >= MAX_ENDPOINTS:
                raise Conflict(f"There are {MAX_ENDPOINTS} addresses already. Remove one that is not needed.")
            row = WebhookEndpoint(
                id=row_id,
                customer_id=actor.customer_id,
                url=wanted.url,
                secret=self._sealed(row_id, secret),
                created_at=now,
            )
            _change(row, wanted)
            session.add(row)
            record_act(session, actor, "webhook.added", subject=row_id)
        log.info("webhook.added", endpoint_id=row_id, customer_id=actor.customer_id)
        return NewSecret(secret, endpoint_view(row, now))

    async def change(self, actor: Actor, endpoint_id: str, wanted: EndpointChanges) -> EndpointView:
        """Change an address; raises NotFound and InvalidInput."""
        require(actor, Permission.MANAGE)
        self._check(wanted)
        async with self._database.write() as session:
            row = await _owned(session, actor, endpoint_id, lock=True)
            _change(row, wanted)
            record_act(
                session,
                actor,
                "webhook.changed",
                subject=endpoint_id,
                fields=sorted(wanted.model_dump(exclude_none=True)),
            )
        await self._publisher.wake_jobs("")
        return endpoint_view(row, self._clock())

    async def remove(self, actor: Actor, endpoint_id: str) -> None:
        """Remove an address and its log; what was on its way to it is not sent. Raises NotFound."""
        require(actor, Permission.MANAGE)
        async with self._database.write() as session:
            await _owned(session, actor, endpoint_id, lock=True)
            await repository.remove(session, endpoint_id)
            record_act(session, actor, "webhook.removed", subject=endpoint_id)
        log.info("webhook.removed", endpoint_id=endpoint_id, customer_id=actor.customer_id)

    async def rotate(self, actor: Actor, endpoint_id: str) -> NewSecret:
        """A new secret, shown this once; the one before it signs as well for a day. Raises NotFound."""
        require(actor, Permission.MANAGE)
        secret, now = new_secret(), self._clock()
        async with self._database.write() as session:
            row = await _owned(session, actor, endpoint_id, lock=True)
            row.previous_secret, row.previous_until = row.secret, now + OVERLAP
            row.secret = self._sealed(row.id, secret)
            record_act(session, actor, "webhook.secret_renewed", subject=endpoint_id)
        log.info("webhook.secret_renewed", endpoint_id=endpoint_id)
        return NewSecret(secret, endpoint_view(row, now))

    async def test(self, actor: Actor, endpoint_id: str) -> DeliveryView:
        """
        Send a test event to an address.

        Raises:
            NotFound: No such address.
            Conflict: It is switched off.
        """
        require(actor, Permission.MANAGE)
        now = self._clock()
        async with self._database.write() as session:
            row = await _owned(session, actor, endpoint_id)
            _check_on(row)
            data = WebhookTest(endpoint_id=endpoint_id).model_dump(mode="json")
            sent = new_delivery(row, new_id("evt"), WebhookTest.type, data, happened_at=now, now=now)
            session.add(sent)
        await self._publisher.wake_jobs("")
        return delivery_view(sent)

    async def deliveries(
        self, actor: Actor, endpoint_id: str, *, cursor: str | None = None, limit: int | None = None
    ) -> Page[DeliveryView]:
        """What was sent to an address in the last 30 days, the newest first; raises NotFound."""
        require(actor, Permission.MANAGE)
        size, before = clamp_limit(limit), id_cursor(cursor, "whd")
        async with self._database.read() as session:
            await _owned(session, actor, endpoint_id)
            rows = await repository.deliveries(session, endpoint_id, before, size + 1)
        return page_of_rows(rows, size, delivery_view, lambda row: row.id)

    async def redeliver(self, actor: Actor, endpoint_id: str, delivery_id: str) -> DeliveryView:
        """
        Send an event again, under its own id, with all its tries.

        Raises:
            NotFound: No such delivery.
            Conflict: It is on its way already, or its address is switched off.
        """
        require(actor, Permission.MANAGE)
        async with self._database.write() as session:
            row = await _owned(session, actor, endpoint_id)
            found = await repository.delivery(session, actor.customer_id, endpoint_id, delivery_id)
            if found is None:
                raise NotFound("There is no such delivery.")
            _check_on(row)
            if found.status == DeliveryStatus.WAITING:
                raise Conflict("This is on its way already.")
            found.status, found.attempt_count = DeliveryStatus.WAITING, 0
            found.next_attempt_at, found.settled_at = self._clock(), None
            record_act(session, actor, "webhook.redelivered", subject=delivery_id)
        await self._publisher.wake_jobs("")
        return delivery_view(found)

    async def reseal(self) -> int:
        """Seal every secret with the hub's newest key; how many had an older one."""
        from sqlmodel import select

        count = 0
        async with self._database.write() as session:
            for row in (await session.exec(select(WebhookEndpoint))).all():
                for name in ("secret", "previous_secret"):
                    sealed = getattr(row, name)
                    if sealed and not self._box.is_current(sealed):
                        opened = self._box.open(sealed, place(row.id)).decode()
                        setattr(row, name, self._sealed(row.id, opened))
                        count += 1
        return count

    def _check(self, wanted: EndpointChanges) -> None:
        if wanted.url is not None:
            try:
                check_url(wanted.url, allows_local=self._allows_local)
            except BadTarget as exc:
                raise InvalidInput.of_field("url", str(exc)) from None
        unknown = set(wanted.event_types or ()) - set(EVENT_TYPES)
        if unknown:
            raise InvalidInput.of_field(
                "event_types", "There is no such event. The list is in the API's description."
            )

    def _sealed(self, endpoint_id: str, secret: str) -> str:
        return self._box.seal(secret.encode(), place(endpoint_id))


def place(endpoint_id: str) -> str:
    """Where the secret of an address is sealed for."""
    return f"webhook_endpoint.secret:{endpoint_id}"


def new_delivery(
    endpoint: WebhookEndpoint,
    event_id: str,
    event_type: str,
    data: object,
    *,
    happened_at: datetime,
    now: datetime,
) -> WebhookDelivery:
    """An event on its way to an address, to be tried at once."""
    message = {"type": event_type, "timestamp": happened_at.isoformat(), "data": data}
    return WebhookDelivery(
        id=new_id("whd"),
        customer_id=endpoint.customer_id,
        endpoint_id=endpoint.id,
        event_id=event_id,
        event_type=event_type,
        payload=orjson.dumps(message).decode(),
        next_attempt_at=now,
        created_at=now,
    )


async def _owned(
    session: AsyncSession, actor: Actor, endpoint_id: str, *, lock: bool = False
) -> WebhookEndpoint:
    row = await repository.endpoint(session, actor.customer_id, endpoint_id, lock=lock)
    if row is None:
        raise NotFound("There is no such address.")
    return row


def _check_on(row: WebhookEndpoint) -> None:
    if row.is_paused or row.disabled_at is not None:
        raise Conflict("This address is switched off. Switch it on first.")


def _change(row: WebhookEndpoint, wanted: EndpointChanges) -> None:
    if wanted.url is not None:
        row.url = wanted.url
    if wanted.description is not None:
        row.description = one_line(wanted.description, "description", longest=MAX_DESCRIPTION)
    if wanted.event_types is not None:
        row.event_types = sorted(set(wanted.event_types))
    if wanted.is_paused is not None:
        row.is_paused = wanted.is_paused
        if not wanted.is_paused:
            row.disabled_at = row.failing_since = None
