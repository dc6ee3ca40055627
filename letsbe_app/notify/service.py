"""What people set about being told: how, when, and on which devices."""

from typing import Final
from zoneinfo import available_timezones

import orjson
import structlog
from sqlmodel import select

from letsbe_app.db.models import NoticePreference, PushSubscription
from letsbe_app.db.session import Database
from letsbe_app.errors import Conflict, InvalidInput, NotFound
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.kit.ids import new_id
from letsbe_app.kit.outbound import BadTarget, check_url
from letsbe_app.kit.secret_box import SecretBox
from letsbe_app.kit.secrets import token_hash
from letsbe_app.notify import kinds, repository
from letsbe_app.notify.inbox import put_notices
from letsbe_app.notify.kinds import KINDS
from letsbe_app.notify.quiet_hours import due_at
from letsbe_app.notify.schemas import DeviceView, Preferences, SubscriptionForm
from letsbe_app.notify.web_push import Device, encrypted
from letsbe_app.people.audit.service import record_act
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.relay.publisher import Publisher

log = structlog.get_logger()

MAX_DEVICES: Final = 10


class NotifyService:
    """Each person for themselves."""

    def __init__(
        self,
        database: Database,
        box: SecretBox,
        publisher: Publisher,
        *,
        public_key: str,
        allows_local: bool,
        clock: Clock = utc_now,
    ) -> None:
        """
        Args:
            database: The hub's database.
            box: Seals the addresses of devices.
            publisher: Wakes the jobs process.
            public_key: What browsers need to subscribe; see ``WebPush.public_key``.
            allows_local: Whether push services on this machine are taken, for trying things out.
            clock: The time.
        """
        self._database = database
        self._box = box
        self._publisher = publisher
        self._allows_local = allows_local
        self._clock = clock
        self.public_key = public_key

    async def preferences(self, actor: Actor) -> Preferences:
        """How the person wants to be told."""
        require(actor, Permission.ACCOUNT)
        async with self._database.read() as session:
            row = (await repository.preferences(session, [actor.user_id]))[actor.user_id]
        return Preferences.model_validate(row.model_dump(include=set(Preferences.model_fields)))

    async def set_preferences(self, actor: Actor, wanted: Preferences) -> Preferences:
        """Set all of it; raises InvalidInput."""
        require(actor, Permission.ACCOUNT)
        if bool(wanted.quiet_from) != bool(wanted.quiet_until):
            raise InvalidInput.of_field("quiet_until", "Quiet hours need a beginning and an end.")
        if wanted.time_zone not in available_timezones():
            raise InvalidInput.of_field("time_zone", "This is not a time zone, such as Europe/Berlin.")
        async with self._database.write() as session:
            row = await session.get(NoticePreference, actor.user_id)
            if row is None:
                row = NoticePreference(user_id=actor.user_id)
                session.add(row)
            for name, value in wanted.model_dump().items():
                setattr(row, name, value)
            now = self._clock()
            for notice in await repository.held_back(session, actor.user_id, now):
                kind = KINDS.get(notice.kind)
                is_urgent = kind is not None and kind.is_urgent
                notice.due_at = due_at(now, notice.expires_at, row, is_urgent=is_urgent)
            record_act(session, actor, "notices.changed", subject=actor.user_id)
        await self._publisher.wake_jobs("")
        return wanted

    async def devices(self, actor: Actor) -> list[DeviceView]:
        """The browsers that are told, the oldest first."""
        require(actor, Permission.ACCOUNT)
        async with self._database.read() as session:
            return [_view(row) for row in await repository.devices(session, actor.user_id)]

    async def subscribe(self, actor: Actor, form: SubscriptionForm, device: str) -> DeviceView:
        """
        Add a browser; one that is known already becomes this person's.

        Raises:
            InvalidInput: It is no subscription that we can send to.
            Conflict: There are as many as there may be.
        """
        require(actor, Permission.ACCOUNT)
        details = self._checked(form)
        address_hash = token_hash(details.endpoint)
        async with self._database.write() as session:
            row = await repository.device_by_address(session, address_hash)
            if row is None:
                if len(await repository.devices(session, actor.user_id)) >= MAX_DEVICES:
                    raise Conflict(f"You are told on {MAX_DEVICES} devices already. Remove one first.")
                row = PushSubscription(
                    id=new_id("psh"),
                    customer_id=actor.customer_id,
                    user_id=actor.user_id,
                    address_hash=address_hash,
                    details="",
                    created_at=self._clock(),
                )
                session.add(row)
            # Whoever is signed in at the browser now is the one it shows things to.
            row.user_id, row.customer_id, row.device = actor.user_id, actor.customer_id, device[:300]
            row.details = seal_device(self._box, row.id, details)
            record_act(session, actor, "notices.device_added", subject=row.id)
        log.info("notices.device_added", device_id=row.id, user_id=actor.user_id)
        return _view(row)

    async def unsubscribe(self, actor: Actor, device_id: str) -> None:
        """The browser is told no more; raises NotFound."""
        require(actor, Permission.ACCOUNT)
        async with self._database.write() as session:
            if not await repository.remove_device(session, actor.user_id, device_id):
                raise NotFound("There is no such device.")
            record_act(session, actor, "notices.device_removed", subject=device_id)

    async def test(self, actor: Actor) -> None:
        """Send something to all of the person's devices; raises Conflict when there are none."""
        require(actor, Permission.ACCOUNT)
        now = self._clock()
        async with self._database.write() as session:
            if not await repository.devices(session, actor.user_id):
                raise Conflict("No device is set up to be told.")
            await put_notices(session, actor.customer_id, [actor.user_id], kinds.TEST, "test", now=now)
        await self._publisher.wake_jobs("")

    async def reseal(self) -> int:
        """Seal every device with the hub's newest key; how many had an older one."""
        count = 0
        async with self._database.write() as session:
            for row in (await session.exec(select(PushSubscription))).all():
                if not self._box.is_current(row.details):
                    row.details = seal_device(self._box, row.id, open_device(self._box, row))
                    count += 1
        return count

    def _checked(self, form: SubscriptionForm) -> Device:
        endpoint = form.endpoint.get_secret_value()
        device = Device(endpoint, form.keys.p256dh, form.keys.auth)
        try:
            check_url(endpoint, allows_local=self._allows_local)
            encrypted(device, b"{}")
        except BadTarget:
            raise InvalidInput.of_field("endpoint", "This is not the address of a push service.") from None
        except Exception:  # noqa: BLE001 - the libraries raise many kinds; whatever it is, the keys are none
            raise InvalidInput.of_field("keys", "These are not the keys of a browser.") from None
        return device


def seal_device(box: SecretBox, device_id: str, device: Device) -> str:
    """A device as text for its column."""
    content = {"endpoint": device.endpoint, "p256dh": device.p256dh, "auth": device.auth}
    return box.seal(orjson.dumps(content), _place(device_id))


def open_device(box: SecretBox, row: PushSubscription) -> Device:
    """The device in a row; raises CannotOpen."""
    return Device(**orjson.loads(box.open(row.details, _place(row.id))))


def _place(device_id: str) -> str:
    return f"push_subscription.details:{device_id}"


def _view(row: PushSubscription) -> DeviceView:
    return DeviceView(row.id, row.device, row.created_at, row.last_used_at)
