"""
Idempotency keys: the first request with a key is carried out, every later one gets its answer.

A row is added before the work and settled after it. What the work itself commits is another transaction, so a
worker that dies in between leaves a row without an answer: the next request with the key waits until its hold
is over and then does the work again. That is what every change of ours stands anyway.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

import structlog

from letsbe_app.db.models import IdempotentRequest
from letsbe_app.db.session import Database
from letsbe_app.errors import Conflict, LetsBeError
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.kit.ids import new_id
from letsbe_app.kit.secret_box import CannotOpen, SecretBox
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.requests import repository
from letsbe_app.people.staff.actor import StaffActor

log = structlog.get_logger()

KEPT_FOR: Final = timedelta(hours=24)
HELD_FOR: Final = timedelta(seconds=60)
"""Longer than any request of ours takes."""


class KeyReused(LetsBeError):
    """The idempotency key belongs to another request."""

    code: ClassVar[str] = "idempotency_key_reused"
    status: ClassVar[int] = 422


class StillRunning(Conflict):
    """The first request with this key is being worked on."""

    code: ClassVar[str] = "idempotency_in_progress"
    retry_after_seconds = 1


@dataclass(frozen=True)
class Asker:
    """Whose keys these are: those of different askers have nothing to do with each other."""

    name: str
    customer_id: str | None
    """None for staff."""

    @classmethod
    def of(cls, actor: Actor) -> "Asker":
        """
        A person or a program. By user, so that signing in again between two tries does not make it another
        request; API keys have ids of their own in place of the session.
        """
        return cls(actor.session_id if actor.scopes is not None else actor.user_id, actor.customer_id)

    @classmethod
    def of_staff(cls, actor: StaffActor) -> "Asker":
        """
        A member of staff in the role they have now: whoever has lost it gets no answer that it gave them.
        """
        return cls(f"{actor.staff_id} {actor.role}", None)


@dataclass(frozen=True)
class KeptAnswer:
    """The first answer, as it went out."""

    status: int
    body: bytes


@dataclass(frozen=True)
class Hold:
    """The right to carry out the request and to settle its answer."""

    request_id: str
    holder: str


class RequestService:
    """Answers of changes by their idempotency keys."""

    def __init__(
        self, database: Database, secret_box: SecretBox, digest_key: bytes, *, clock: Clock = utc_now
    ) -> None:
        self._database = database
        self._secret_box = secret_box
        self._digest_key = digest_key
        self._clock = clock

    async def begin(self, asker: Asker, key: str, content: bytes) -> Hold | KeptAnswer:
        """
        The right to carry the request out, or the answer it had before.

        Args:
            asker: Who asks.
            key: What the caller chose.
            content: Method, address and body of the request.

        Raises:
            KeyReused: The key belongs to another request.
            StillRunning: The first one is not answered yet.
        """
        now, request_id, digest = self._clock(), _request_id(asker, key), self._digest(content)
        hold = Hold(request_id, new_id("hld"))
        async with self._database.write() as session:
            await repository.drop_old(session, now, request_id, asker.customer_id)
            row = IdempotentRequest(
                id=request_id,
                customer_id=asker.customer_id,
                digest=digest,
                holder=hold.holder,
                held_until=now + HELD_FOR,
                expires_at=now + KEPT_FOR,
                created_at=now,
            )
            earlier = await repository.find(session, request_id)
            if earlier is None and await repository.add(session, row):
                return hold
            earlier = earlier or await repository.find(session, request_id)
            if earlier is not None and earlier.digest != digest:
                raise KeyReused("This Idempotency-Key belongs to another request. Choose a new one.")
            if earlier is not None and earlier.status is not None:
                return self._kept(earlier)
            if await repository.take_over(session, request_id, hold.holder, now, now + HELD_FOR):
                log.warning("request.taken_over", request_id=request_id)
                return hold
        raise StillRunning("The first request with this Idempotency-Key is still being worked on.")

    async def settle(self, hold: Hold, status: int, body: bytes) -> None:
        """Keep the answer for whoever asks again."""
        async with self._database.write() as session:
            sealed = self._secret_box.seal(body, _purpose(hold.request_id))
            await repository.settle(session, hold.request_id, hold.holder, status=status, answer=sealed)

    async def release(self, hold: Hold) -> None:
        """It came to nothing: the key may be used again."""
        async with self._database.write() as session:
            await repository.release(session, hold.request_id, hold.holder)

    def _digest(self, content: bytes) -> str:
        # Keyed: a body may hold a password, and whoever reads the table must not be able to try some.
        return hmac.new(self._digest_key, b"request:" + content, hashlib.sha256).hexdigest()

    def _kept(self, row: IdempotentRequest) -> KeptAnswer:
        assert row.status is not None
        try:
            return KeptAnswer(row.status, self._secret_box.open(row.answer, _purpose(row.id)))
        except CannotOpen as exc:
            raise StillRunning("The first answer cannot be read any more. Use a new key.") from exc


def _request_id(asker: Asker, key: str) -> str:
    name = f"{asker.name} {key}"
    return f"idm_{hashlib.sha256(name.encode()).hexdigest()[:32]}"


def _purpose(request_id: str) -> str:
    return f"answer:{request_id}"
