"""
Secrets of servers: asked for by people, done by the server, told to people.

Values are sealed in the browser for the server, and on the server for the browser. What is asked goes
through the outbox and is deleted there when the server has it; what is revealed lies in Redis for a minute at
most and is handed out once.
"""

from datetime import datetime, timedelta
from typing import Final

import structlog
from pydantic import ValidationError
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import CanaryAlarm, SecretList, SecretRequest, SecretRequestStatus, Tenant
from letsbe_app.db.session import Database
from letsbe_app.errors import InvalidInput, NotFound, Unavailable
from letsbe_app.fleet.secrets import repository
from letsbe_app.fleet.secrets.schemas import (
    Provided,
    RequestView,
    SecretsView,
    request_view,
    secrets_view,
)
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.kit.ids import new_id
from letsbe_app.people.accounts.reauthentication import Reauthentication
from letsbe_app.people.accounts.schemas import Proof
from letsbe_app.people.audit.service import record_act, tenant_actor
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.ownership import owned_tenant
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.people.events.catalog import CanarySeen as CanarySeenEvent
from letsbe_app.people.events.service import record_event
from letsbe_app.relay import Relay, Topic
from tenant_daemon.contracts.secrets import (
    REVEAL_SECONDS,
    CanarySeen,
    RevealAsked,
    SecretAnswered,
    SecretChange,
    SecretChangeAsked,
    SecretProvided,
    SecretsListed,
)

log = structlog.get_logger()

_ASKED_FOR: Final = timedelta(minutes=5)
"""How long the server has to take a request that carries no revealed value."""
_REVEALED_FOR: Final = timedelta(seconds=REVEAL_SECONDS)
_AWAY: Final = "Your server is not connected right now, so nothing was sent. Try again when it is back."

Request = SecretProvided | SecretChangeAsked | RevealAsked


class SecretService:
    """With an actor for people; with a server's id for its link."""

    def __init__(
        self, database: Database, relay: Relay, people: Reauthentication, *, clock: Clock = utc_now
    ) -> None:
        self._database = database
        self._presence = relay.presence
        self._publisher = relay.publisher
        self._outbox = relay.outbox
        self._boxes = relay.boxes
        self._people = people
        self._clock = clock

    # For people

    async def list(self, actor: Actor, tenant_id: str) -> SecretsView:
        """A server's secrets by name, as it told them last; raises NotFound."""
        require(actor, Permission.CONTENT)
        await self._take_back(tenant_id)
        async with self._database.read() as session:
            tenant = await owned_tenant(session, actor, tenant_id)
            listed = await session.get(SecretList, tenant_id)
            alarms = await repository.open_alarms(session, tenant_id)
            return secrets_view(tenant_id, tenant.sealing_public_key, listed, alarms)

    async def has_alarm(self, actor: Actor, tenant_id: str) -> bool:
        """Whether a planted secret turned up and nobody has looked into it; raises NotFound."""
        require(actor, Permission.READ)
        async with self._database.read() as session:
            await owned_tenant(session, actor, tenant_id)
            return bool(await repository.open_alarms(session, tenant_id))

    async def provide(self, actor: Actor, tenant_id: str, given: Provided) -> RequestView:
        """
        Have the server keep a value.

        Raises:
            NotFound: No such server of the actor's.
            Forbidden: Only owners may.
            Unavailable: The server is not connected; nothing was kept.
            InvalidInput: The name has not the right form.
        """
        action = "provide" if given.is_new else "replace"
        row = self._row(actor, tenant_id, action, given.name, self._clock() + _ASKED_FOR)
        message = _checked(
            SecretProvided,
            request_id=row.id,
            name=given.name,
            secret_kind=given.secret_kind,
            note=given.note,
            is_new=given.is_new,
            sealed=given.sealed,
            asked_by=actor.user_id,
            expires_at=row.expires_at,
        )
        return await self._ask(actor, row, message)

    async def change(self, actor: Actor, tenant_id: str, name: str, change: SecretChange) -> RequestView:
        """Have the server make, rotate, delete or plant a secret; raises as ``provide``."""
        row = self._row(actor, tenant_id, change.value, name, self._clock() + _ASKED_FOR)
        message = _checked(
            SecretChangeAsked,
            request_id=row.id,
            name=name,
            change=change,
            asked_by=actor.user_id,
            expires_at=row.expires_at,
        )
        return await self._ask(actor, row, message)

    async def reveal(
        self, actor: Actor, tenant_id: str, name: str, *, proof: Proof, public_key: str
    ) -> RequestView:
        """
        Have the server seal a value for the browser's one-time key; ``take`` then gives the box, once.

        Raises:
            InvalidInput: It is not the actor's password.
            SecondFactorNeeded: The actor has a second factor, and this is not it.
            RateLimited: Too many wrong ones.
        """
        require(actor, Permission.SECRETS)
        await self._people.confirm(actor, proof)
        row = self._row(actor, tenant_id, "reveal", name, self._clock() + _REVEALED_FOR)
        message = _checked(
            RevealAsked,
            request_id=row.id,
            name=name,
            public_key=public_key,
            asked_by=actor.user_id,
            expires_at=row.expires_at,
        )
        return await self._ask(actor, row, message)

    async def request(self, actor: Actor, request_id: str) -> RequestView:
        """What became of a request; raises NotFound. Only the person who asked is told."""
        require(actor, Permission.SECRETS)
        async with self._database.read() as session:
            row = await _own_request(session, actor, request_id)
        if row.status == SecretRequestStatus.WAITING and row.expires_at < self._clock():
            await self._take_back(row.tenant_id)
            async with self._database.read() as session:
                row = await _own_request(session, actor, request_id)
        return request_view(row)

    async def take(self, actor: Actor, request_id: str) -> str:
        """The box with a revealed value, once; raises NotFound when it is gone, or never was."""
        require(actor, Permission.SECRETS)
        async with self._database.read() as session:
            row = await _own_request(session, actor, request_id)
        box = await self._boxes.take(row.id)
        if box is None or row.expires_at < self._clock():
            raise NotFound("This was shown already, or took too long. Ask for it again.")
        return box

    async def acknowledge(self, actor: Actor, alarm_id: str) -> None:
        """Somebody has seen the alarm; raises NotFound."""
        require(actor, Permission.SECRETS)
        async with self._database.write() as session:
            row = await repository.alarm_of_customer(session, actor.customer_id, alarm_id)
            if row is None:
                raise NotFound("There is no such alarm.")
            if row.acknowledged_at is None:
                row.acknowledged_at = self._clock()
                row.acknowledged_by_user_id = actor.user_id
                record_act(session, actor, "canary.acknowledged", subject=alarm_id, tenant_id=row.tenant_id)
        await self._publisher.announce(actor.customer_id, Topic.SECRETS, alarm_id)

    # For links

    async def record_list(self, tenant_id: str, listed: SecretsListed) -> None:
        """Keep the server's list in place of the one before."""
        async with self._database.write() as session:
            tenant = await session.get_one(Tenant, tenant_id)
            row = await session.get(SecretList, tenant_id)
            if row is None:
                row = SecretList(tenant_id=tenant_id, received_at=self._clock())
                session.add(row)
            if listed.sealing_public_key:
                tenant.sealing_public_key = listed.sealing_public_key
            await self._expire(session, tenant_id)
            row.secrets = [one.model_dump(mode="json") for one in listed.secrets]
            row.is_cut = listed.is_cut
            row.received_at = self._clock()
        await self._publisher.announce(tenant.customer_id, Topic.SECRETS, tenant_id)

    async def settle(self, tenant_id: str, answer: SecretAnswered) -> None:
        """
        Note what became of a request, and put a box aside for who asked; a second delivery changes nothing.

        Raises:
            NotFound: The server was never asked this.
        """
        async with self._database.write() as session:
            tenant = await session.get_one(Tenant, tenant_id)
            row = await session.get(SecretRequest, answer.request_id, with_for_update=True)
            if row is None or row.tenant_id != tenant_id:
                raise NotFound("There is no such request.")
            if row.status != SecretRequestStatus.WAITING:
                return
            now = self._clock()
            seconds_left = int((row.expires_at - now).total_seconds())
            if seconds_left <= 0 and answer.sealed:
                row.status, row.detail = SecretRequestStatus.EXPIRED, ""
            else:
                row.status = SecretRequestStatus.DONE if answer.is_done else SecretRequestStatus.REFUSED
                row.detail = answer.detail
            row.settled_at = now
            record_act(
                session,
                tenant_actor(tenant_id),
                f"secret.{row.action}",
                subject=row.id,
                customer_id=tenant.customer_id,
                tenant_id=tenant_id,
                secret_name=row.name,
                status=row.status,
            )
            # Before the commit: whoever hears that it is done finds the box.
            if answer.sealed and row.status == SecretRequestStatus.DONE:
                await self._boxes.put(row.id, answer.sealed, seconds_left)
        log.info("secret.settled", request_id=row.id, tenant_id=tenant_id, status=row.status)
        await self._publisher.announce(tenant.customer_id, Topic.SECRETS, row.id)

    async def undeliverable(self, tenant_id: str, request_id: str) -> None:
        """The server will never take the request: it is older than what it was asked."""
        detail = "The software on your server is too old for this. It is updated soon; try again then."
        await self.settle(tenant_id, SecretAnswered(request_id=request_id, is_done=False, detail=detail))

    async def record_alarm(self, tenant_id: str, seen: CanarySeen) -> None:
        """A planted secret turned up; a second delivery changes nothing."""
        async with self._database.write() as session:
            tenant = await session.get_one(Tenant, tenant_id)
            if await session.get(CanaryAlarm, seen.alarm_id) is not None:
                return
            session.add(
                CanaryAlarm(
                    id=seen.alarm_id,
                    tenant_id=tenant_id,
                    name=seen.name,
                    door=seen.door,
                    seen_at=seen.seen_at,
                    agent_id=seen.agent_id,
                    conversation_id=seen.conversation_id,
                )
            )
            record_act(
                session,
                tenant_actor(tenant_id),
                "canary.seen",
                subject=seen.alarm_id,
                customer_id=tenant.customer_id,
                tenant_id=tenant_id,
                secret_name=seen.name,
                door=seen.door,
            )
            alarm = CanarySeenEvent(server_id=tenant_id, alarm_id=seen.alarm_id, seen_at=seen.seen_at)
            record_event(session, tenant.customer_id, alarm, tenant_id=tenant_id)
        log.error("canary.seen", tenant_id=tenant_id, alarm_id=seen.alarm_id, door=seen.door)
        await self._publisher.announce(tenant.customer_id, Topic.SECRETS, seen.alarm_id)
        await self._publisher.wake_jobs(tenant_id)

    def _row(
        self, actor: Actor, tenant_id: str, action: str, name: str, expires_at: datetime
    ) -> SecretRequest:
        return SecretRequest(
            id=new_id("sec"),
            tenant_id=tenant_id,
            user_id=actor.user_id,
            action=action,
            name=name[:63],
            created_at=self._clock(),
            expires_at=expires_at,
        )

    async def _ask(self, actor: Actor, row: SecretRequest, message: Request) -> RequestView:
        require(actor, Permission.SECRETS)
        async with self._database.write() as session:
            await owned_tenant(session, actor, row.tenant_id)
            if not await self._presence.is_online(row.tenant_id):
                raise Unavailable(_AWAY)
            await self._expire(session, row.tenant_id)
            row.outbox_id = await self._outbox.put(session, row.tenant_id, message)
            session.add(row)
            record_act(
                session,
                actor,
                f"secret.{row.action}_asked",
                subject=row.id,
                tenant_id=row.tenant_id,
                secret_name=row.name,
            )
            view = request_view(row)
        log.info("secret.asked", request_id=view.id, tenant_id=view.tenant_id, action=view.action)
        await self._publisher.wake_link(view.tenant_id)
        return view

    async def _take_back(self, tenant_id: str) -> None:
        """As ``_expire``; without anything to do it takes no lock."""
        async with self._database.read() as session:
            if not await repository.overdue(session, tenant_id, self._clock()):
                return
        async with self._database.write() as session:
            await self._expire(session, tenant_id)

    async def _expire(self, session: AsyncSession, tenant_id: str) -> None:
        """Take back what the server did not fetch in time: no sealed value lies here for longer."""
        now = self._clock()
        for row in await repository.overdue(session, tenant_id, now):
            row.status, row.settled_at = SecretRequestStatus.EXPIRED, now
            await self._outbox.confirm(session, tenant_id, [row.outbox_id])


async def _own_request(session: AsyncSession, actor: Actor, request_id: str) -> SecretRequest:
    row = await repository.request_of_customer(session, actor.customer_id, request_id)
    if row is None or row.user_id != actor.user_id:
        raise NotFound("There is no such request.")
    return row


def _checked(kind: type[Request], **values: object) -> Request:
    try:
        return kind.model_validate(values)
    except ValidationError as exc:
        field = str(exc.errors(include_input=False, include_url=False)[0]["loc"][0])
        message = (
            "Use 2 to 63 lowercase letters, digits and hyphens, beginning with a letter."
            if field == "name"
            else "This cannot be used as it is."
        )
        raise InvalidInput.of_field(field, message) from None
