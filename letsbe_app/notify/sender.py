"""Brings waiting words to people, and tries again what did not go out."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import NoticePreference, PushSubscription, User, WaitingNotice
from letsbe_app.db.session import Database
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.kit.outbound import BadTarget, Unreachable
from letsbe_app.kit.secret_box import CannotOpen, SecretBox
from letsbe_app.notify import repository
from letsbe_app.notify.inbox import is_wanted
from letsbe_app.notify.kinds import KINDS, Channel, Kind
from letsbe_app.notify.quiet_hours import due_at, until_words
from letsbe_app.notify.service import open_device
from letsbe_app.notify.web_push import Device, Push, WebPush
from letsbe_app.people.mail.letters import notice_letter
from letsbe_app.people.mail.post import PostRoom
from letsbe_app.telemetry import metrics

log = structlog.get_logger()

AT_ONCE: Final = 20
_PAUSES_SECONDS: Final = (10, 60, 300, 900, 3_600)
_GONE: Final = frozenset({404, 410})
"""The push service knows the browser no more (RFC 8030 section 7.3)."""
_NEVER: Final = frozenset({400, 401, 403, 413})
"""Trying again with the same cannot help."""


class NoticeSender:
    """For the jobs process."""

    def __init__(
        self,
        database: Database,
        box: SecretBox,
        web_push: WebPush,
        post: PostRoom,
        *,
        public_url: str,
        clock: Clock = utc_now,
    ) -> None:
        self._database = database
        self._box = box
        self._web_push = web_push
        self._post = post
        self._public_url = public_url
        self._clock = clock

    async def send_due(self) -> float | None:
        """Bring out everything that is due; gives the seconds until the next is, None when nothing waits."""
        while rows := await self._take():
            await asyncio.gather(*(self._push(row) for row in rows))
        async with self._database.read() as session:
            due = await repository.next_due(session)
        return max(0.0, (due - self._clock()).total_seconds()) if due else None

    async def _take(self) -> list[WaitingNotice]:
        """Lease what is to be pushed; mail is handed to the post room at once."""
        now = self._clock()
        pushes: list[WaitingNotice] = []
        while not pushes:
            async with self._database.write() as session:
                rows = await repository.due(session, now, AT_ONCE)
                if not rows:
                    break
                wanted = await repository.preferences(session, {row.user_id for row in rows})
                mailed: set[str] = set()
                for row in rows:
                    kind, person = KINDS.get(row.kind), wanted[row.user_id]
                    if row.id in mailed:
                        continue
                    if kind is None or row.expires_at <= now or not is_wanted(row.channel, person):
                        await session.delete(row)
                    elif (later := due_at(now, row.expires_at, person, is_urgent=kind.is_urgent)) > now:
                        # Its quiet hours have begun since: they were set, or a push service was away.
                        row.due_at = later
                    elif row.channel == Channel.EMAIL:
                        mailed |= await self._mail(session, row, kind, person)
                    else:
                        row.due_at = now + repository.LEASE
                        pushes.append(row)
            self._post.soon()
        return pushes

    async def _mail(
        self, session: AsyncSession, first: WaitingNotice, kind: Kind, person: NoticePreference
    ) -> set[str]:
        """Write one letter; gives the ids of the notices that are in it."""
        now = self._clock()
        rows = [first]
        if kind.several:
            rows = [row for row in await repository.due_alike(session, first, now) if row.expires_at > now]
        for row in rows:
            await session.delete(row)
        user = await session.get(User, first.user_id)
        if user is not None and user.removed_at is None:
            link = self._public_url + kind.path_for([row.subject for row in rows])
            text = kind.text
            if kind.tells_end:
                text += "\n\n" + until_words(min(row.expires_at for row in rows), person.time_zone, len(rows))
            letter = notice_letter(user.email, kind.title_for(len(rows)), text, link)
            await self._post.put(session, first.customer_id, letter)
            metrics.NOTICES.labels(first.channel, "sent").inc()
        return {row.id for row in rows}

    async def _push(self, row: WaitingNotice) -> None:
        async with self._database.read() as session:
            devices = await repository.devices(session, row.user_id)
        push = self._told(row)
        outcomes = await asyncio.gather(*(self._to_device(device, push) for device in devices))
        gone = [device.id for device, outcome in zip(devices, outcomes, strict=True) if outcome == "gone"]
        reached = [device.id for device, outcome in zip(devices, outcomes, strict=True) if outcome == "sent"]
        await self._settle(row, reached, gone, must_retry="later" in outcomes and not reached)

    def _told(self, row: WaitingNotice) -> Push:
        kind = KINDS[row.kind]
        seconds = int((row.expires_at - self._clock()).total_seconds())
        path = kind.path.format(subject=row.subject)
        return Push(kind.title, kind.text, path, row.subject or kind.name, seconds, kind.is_urgent)

    async def _to_device(self, row: PushSubscription, push: Push) -> str:
        try:
            answer = await self._web_push.send(self._opened(row), push)
        except (CannotOpen, BadTarget, ValueError):
            return "gone"
        except Unreachable:
            return "later"
        log.info("notices.pushed", device_id=row.id, status=answer.status)
        if answer.is_success:
            return "sent"
        if answer.status in _GONE:
            return "gone"
        return "never" if answer.status in _NEVER else "later"

    def _opened(self, row: PushSubscription) -> Device:
        return open_device(self._box, row)

    async def _settle(
        self, notice: WaitingNotice, reached: Sequence[str], gone: Sequence[str], *, must_retry: bool
    ) -> None:
        now = self._clock()
        async with self._database.write() as session:
            for device_id in gone:
                await repository.remove_device(session, notice.user_id, device_id)
            for device_id in reached:
                device = await session.get(PushSubscription, device_id)
                if device is not None:
                    device.last_used_at = now
            row = await session.get(WaitingNotice, notice.id)
            if row is None:
                return
            if must_retry and row.attempt_count < len(_PAUSES_SECONDS):
                row.due_at = now + timedelta(seconds=_PAUSES_SECONDS[row.attempt_count])
                row.attempt_count += 1
            else:
                await session.delete(row)
        metrics.NOTICES.labels(Channel.PUSH, "sent" if reached else "failed").inc()
