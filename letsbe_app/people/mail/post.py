"""
The post room: takes mail at once and hands it over in the background.

Whoever asks must not be able to tell from the time of the answer whether a mail went out: that would tell
which addresses have an account.
"""

import asyncio
from typing import Final

import structlog

from letsbe_app.people.mail.mailer import Mail, Mailer, MailFailed

log = structlog.get_logger()

MAX_WAITING: Final = 1_000
_PAUSES_SECONDS: Final = (1.0, 5.0, 30.0)


class PostRoom:
    """One per process."""

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer
        self._tasks: set[asyncio.Task[None]] = set()

    def take(self, mail: Mail) -> None:
        """Send it soon. What is too much is dropped and told to the operator."""
        if len(self._tasks) >= MAX_WAITING:
            log.error("mail.dropped", waiting=len(self._tasks))
            return
        task = asyncio.create_task(self._deliver(mail))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settle(self) -> None:
        """Wait until everything taken so far is handed over or given up."""
        await asyncio.gather(*self._tasks)

    async def close(self) -> None:
        """End; what waits for another try is lost."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _deliver(self, mail: Mail) -> None:
        for pause in (*_PAUSES_SECONDS, None):
            try:
                await self._mailer.send(mail)
            except MailFailed as exc:
                log.warning("mail.failed", cause=str(exc), will_retry=pause is not None)
                if pause is not None:
                    await asyncio.sleep(pause)
            else:
                log.info("mail.sent")
                return
        log.error("mail.given_up")
