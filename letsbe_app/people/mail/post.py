"""
The post room: takes mail within the unit of work that it belongs to, and hands it over in the background.

What was taken survives a restart: it lies sealed in the database until a mail server has it. Whoever asks
must not be able to tell from the time of the answer whether a mail went out: that would tell which addresses
have an account.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from typing import Any, Final

import orjson
import structlog
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from letsbe_app.db.models import MailOutbox
from letsbe_app.db.session import Database
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.kit.ids import new_id
from letsbe_app.kit.secret_box import CannotOpen, SecretBox
from letsbe_app.people.mail.mailer import Mail, Mailer, MailFailed
from letsbe_app.telemetry import metrics

log = structlog.get_logger()

AT_ONCE: Final = 20
LEASE: Final = timedelta(seconds=90)
"""Whoever dies over a mail leaves it for so long; a mail may come twice, and is never lost."""
_PAUSES_SECONDS: Final = (5, 30, 120, 600, 1_800, 3_600)
"""After the first try, the second ...; the last one is used again and again."""
GIVEN_UP_AFTER: Final = timedelta(days=2)


class PostRoom:
    """One per process; all of them share the outbox."""

    def __init__(self, database: Database, box: SecretBox, mailer: Mailer, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._box = box
        self._mailer = mailer
        self._clock = clock
        self._tasks: set[asyncio.Task[float | None]] = set()

    async def put(self, session: AsyncSession, customer_id: str, mail: Mail) -> None:
        """Keep a mail with what it is about; after the commit call ``soon``."""
        mail_id, now = new_id("mai"), self._clock()
        content = orjson.dumps({"to": mail.to, "subject": mail.subject, "text": mail.text})
        session.add(
            MailOutbox(
                id=mail_id,
                customer_id=customer_id,
                content=self._box.seal(content, _place(mail_id)),
                next_attempt_at=now,
                created_at=now,
            )
        )

    def soon(self) -> None:
        """Hand over in the background what is due."""
        if len(self._tasks) < AT_ONCE:
            self._begin(self.send_due())

    async def settle(self) -> None:
        """Wait until what ``soon`` began is done."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def close(self) -> None:
        """End; what waits goes out by another process, or after the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def send_due(self) -> float | None:
        """Hand over everything that is due; gives the seconds until the next is, None when nothing waits."""
        while mails := await self._take():
            await asyncio.gather(*(self._deliver(*one) for one in mails))
        async with self._database.read() as session:
            due = (await session.exec(select(func.min(col(MailOutbox.next_attempt_at))))).one()
        return max(0.0, (due - self._clock()).total_seconds()) if due else None

    async def depth(self) -> int:
        """How many mails wait."""
        async with self._database.read() as session:
            return (await session.exec(select(func.count()).select_from(MailOutbox))).one()

    async def reseal(self) -> int:
        """Seal what waits with the hub's newest key; how many had an older one."""
        count = 0
        async with self._database.write() as session:
            for row in (await session.exec(select(MailOutbox))).all():
                if not self._box.is_current(row.content):
                    opened = self._box.open(row.content, _place(row.id))
                    row.content = self._box.seal(opened, _place(row.id))
                    count += 1
        return count

    async def _take(self) -> Sequence[tuple[str, Mail]]:
        now = self._clock()
        taken: list[tuple[str, Mail]] = []
        async with self._database.write() as session:
            statement = (
                select(MailOutbox)
                .where(col(MailOutbox.next_attempt_at) <= now)
                .order_by(col(MailOutbox.next_attempt_at))
                .limit(AT_ONCE)
                .with_for_update(skip_locked=True)
            )
            for row in (await session.exec(statement)).all():
                row.next_attempt_at = now + LEASE
                try:
                    taken.append((row.id, self._opened(row)))
                except CannotOpen:
                    log.error("mail.cannot_open", mail_id=row.id)
                    await session.delete(row)
        return taken

    def _opened(self, row: MailOutbox) -> Mail:
        content = orjson.loads(self._box.open(row.content, _place(row.id)))
        return Mail(content["to"], content["subject"], content["text"])

    async def _deliver(self, mail_id: str, mail: Mail) -> None:
        failure = ""
        try:
            await self._mailer.send(mail)
        except MailFailed as exc:
            failure = str(exc)
        async with self._database.write() as session:
            row = await session.get(MailOutbox, mail_id)
            if row is None:
                return
            metrics.MAILS.labels("failed" if failure else "sent").inc()
            if failure and self._clock() - row.created_at < GIVEN_UP_AFTER:
                pause = _PAUSES_SECONDS[min(row.attempt_count, len(_PAUSES_SECONDS) - 1)]
                row.attempt_count += 1
                row.next_attempt_at = self._clock() + timedelta(seconds=pause)
                log.warning("mail.failed", mail_id=mail_id, cause=failure, will_retry=True)
                return
            await session.delete(row)
        if failure:
            log.error("mail.given_up", mail_id=mail_id, cause=failure)
        else:
            log.info("mail.sent", mail_id=mail_id)

    def _begin(self, part: Coroutine[Any, Any, float | None]) -> None:
        task = asyncio.create_task(part)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[float | None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # The database is away: the mail lies there, and the next look finds it.
            log.error("mail.put_off", exc_info=error)


def _place(mail_id: str) -> str:
    return f"mail_outbox.content:{mail_id}"
