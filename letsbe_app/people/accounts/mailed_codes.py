"""
A code by mail, for a sign-in with a browser that is new and by somebody who has no second factor.

A stolen password alone then opens nothing (ASVS 5.0, 6.3.3), and nobody has to set anything up: whoever has
lost their phone still has their mail. Of browsers that they have signed in with before nothing more is asked.
"""

import hashlib
import secrets
from typing import ClassVar, Final

import structlog

from letsbe_app.db.models import User
from letsbe_app.db.session import Database
from letsbe_app.errors import FieldProblem, LetsBeError
from letsbe_app.people.accounts.devices import device_of, known_or_new
from letsbe_app.people.accounts.schemas import Visitor
from letsbe_app.people.accounts.throttle import Allowance, Throttle
from letsbe_app.people.mail.letters import sign_in_code_letter
from letsbe_app.people.mail.post import PostRoom
from letsbe_app.relay.boxes import BoxShelf

log = structlog.get_logger()

CODE_SECONDS: Final = 600
MAILS_PER_USER: Final = Allowance("mailed-code-mail", 5, 3_600)
TRIES_PER_USER: Final = Allowance("mailed-code-try", 10, 900)
_DIGITS: Final = 8
_SENT: Final = "This browser is new. We have sent you a mail with a code."
_WRONG: Final = "This code is not right, or too old. Leave the field empty to get another one."


class MailedCodeNeeded(LetsBeError):
    """The password is right and the browser new: a code is under way to the person's address."""

    code: ClassVar[str] = "mailed_code_needed"
    status: ClassVar[int] = 401

    def __init__(self, message: str, device_token: str, problem: str = "") -> None:
        """
        Args:
            message: A sentence for the person.
            device_token: Of the browser: a cookie without which the code is worth nothing.
            problem: What is wrong with the code that was given.
        """
        super().__init__(message, [FieldProblem("code", problem)] if problem else [])
        self.device_token = device_token


class MailedCodes:
    """A code is good once, for ten minutes, in the browser that asked for it. Redis has its hash alone."""

    def __init__(
        self, database: Database, throttle: Throttle, shelf: BoxShelf, post: PostRoom, *, is_on: bool
    ) -> None:
        self._database = database
        self._throttle = throttle
        self._shelf = shelf
        self._post = post
        self._is_on = is_on

    async def check(self, user: User, visitor: Visitor, code: str | None) -> None:
        """
        Let a person pass who has proved the password already, and nothing else.

        Raises:
            MailedCodeNeeded: A mail went out, or the code is wrong.
            RateLimited: Too many codes, or mails.
            RelayAway: Redis does not answer.
        """
        if not self._is_on:
            return
        device = known_or_new(visitor.device)
        digits = "".join(letter for letter in code or "" if letter.isdigit())
        if not digits:
            await self._send(user, visitor, device)
            raise MailedCodeNeeded(_SENT, device)
        await self._throttle.take(TRIES_PER_USER, user.id)
        if await self._shelf.take(_name(user, device, digits)) is None:
            log.info("account.mailed_code_refused", user_id=user.id)
            raise MailedCodeNeeded(_WRONG, device, _WRONG)
        await self._throttle.forgive(TRIES_PER_USER, user.id)

    async def _send(self, user: User, visitor: Visitor, device: str) -> None:
        await self._throttle.take(MAILS_PER_USER, user.id)
        digits = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
        await self._shelf.put(_name(user, device, digits), "1", CODE_SECONDS)
        letter = sign_in_code_letter(user.email, f"{digits[:4]} {digits[4:]}", device_of(visitor.user_agent))
        async with self._database.write() as session:
            await self._post.put(session, user.customer_id, letter)
        log.info("account.mailed_code_sent", user_id=user.id)
        self._post.soon()


def _name(user: User, device: str, digits: str) -> str:
    return f"sign-in:{hashlib.sha256(f'{user.id} {device} {digits}'.encode()).hexdigest()}"
