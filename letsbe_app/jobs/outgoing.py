"""What goes out of the hub by itself, as chores of the jobs process: events, webhooks, notices, mail."""

from typing import Final

from letsbe_app.composition import Services
from letsbe_app.fleet.health.service import HealthService
from letsbe_app.jobs.chores import Chore
from letsbe_app.notify.inbox import NoticeSink
from letsbe_app.notify.sender import NoticeSender
from letsbe_app.people.events.service import EventOutbox
from letsbe_app.webhooks.sender import WebhookSender
from letsbe_app.webhooks.sink import WebhookSink

LOOK_AGAIN_SECONDS: Final = 15.0
HEALTH_SECONDS: Final = 30.0
TIDY_SECONDS: Final = 3_600.0


class Outgoing:
    """One per jobs process."""

    def __init__(self, services: Services) -> None:
        settings = services.settings
        self._post = services.post
        self._retention = services.retention
        self._attachments = services.attachments
        self._sender = WebhookSender(
            services.database, services.box, services.outbound, services.post, public_url=settings.public_url
        )
        self._notices = NoticeSender(
            services.database, services.box, services.web_push, services.post, public_url=settings.public_url
        )
        self._health = HealthService(services.database, services.relay)
        self._events = EventOutbox(services.database, [WebhookSink(), NoticeSink()])
        self._webhook_chore = Chore("webhooks", self._sender.send_due, LOOK_AGAIN_SECONDS)
        self._notice_chore = Chore("notices", self._notices.send_due, LOOK_AGAIN_SECONDS)
        self._mail_chore = Chore("mail", self._post.send_due, LOOK_AGAIN_SECONDS)
        self._event_chore = Chore("events", self._hand_on, LOOK_AGAIN_SECONDS)
        self._sender.on_room = self._webhook_chore.nudge
        self.chores = [
            self._event_chore,
            self._webhook_chore,
            self._notice_chore,
            self._mail_chore,
            Chore("health", self._look, HEALTH_SECONDS),
            Chore("tidy", self._tidy, TIDY_SECONDS),
        ]

    def nudge(self) -> None:
        """Something has happened."""
        for chore in (self._event_chore, self._webhook_chore, self._notice_chore, self._mail_chore):
            chore.nudge()

    async def close(self) -> None:
        """Leave what is under way: it is tried again."""
        await self._sender.close()

    async def _hand_on(self) -> None:
        if await self._events.hand_on():
            self._webhook_chore.nudge()
            self._notice_chore.nudge()

    async def _look(self) -> None:
        await self._health.look()

    async def _tidy(self) -> None:
        await self._sender.forget_old()
        await self._attachments.drop_expired()
        await self._retention.sweep()
