"""Passkeys: a way in that cannot be guessed, phished or copied from a database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NoReturn

import structlog
from sqlalchemy.exc import IntegrityError

from letsbe_app.db.models import Passkey, User
from letsbe_app.db.session import Database
from letsbe_app.errors import Conflict, InvalidInput, NotFound, WrongCredentials
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.kit.ids import new_id
from letsbe_app.kit.one_line import one_line
from letsbe_app.people.accounts import passkey_repository as repository
from letsbe_app.people.accounts.passkey_ceremony import (
    TIMEOUT_SECONDS,
    BadPasskey,
    Json,
    Place,
    challenge_name,
    challenge_of,
    check_new,
    check_use,
    creation_options,
    credential_id_of,
    request_options,
    user_of,
)
from letsbe_app.people.audit.service import record_act
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.people.mail.letters import passkey_letter
from letsbe_app.people.mail.post import PostRoom
from letsbe_app.relay.boxes import BoxShelf

log = structlog.get_logger()

MAX_PASSKEYS: Final = 20
_NAME_MAX_LENGTH: Final = 60
_NOT_MADE: Final = "This passkey could not be added. Begin anew: what the hub asked is good for five minutes."
_REFUSED: Final = (
    "This passkey is not known here, or the hub's question was too old. Try again, or use your password."
)


@dataclass(frozen=True)
class PasskeyView:
    """A passkey as its owner sees it."""

    id: str
    name: str
    created_at: datetime
    last_used_at: datetime | None


class Passkeys:
    """
    Call ``begin`` and then ``add``; or ``begin_sign_in`` and then ``prove``.

    What a device is asked to sign is kept for a few minutes, and taken away with the first answer to it.
    """

    def __init__(
        self,
        database: Database,
        challenges: BoxShelf,
        post: PostRoom,
        *,
        place: Place,
        clock: Clock = utc_now,
    ) -> None:
        self._database = database
        self._challenges = challenges
        self._post = post
        self._place = place
        self._clock = clock

    async def list(self, actor: Actor) -> list[PasskeyView]:
        """The actor's own, the oldest first."""
        require(actor, Permission.ACCOUNT)
        async with self._database.read() as session:
            return [_view(row) for row in await repository.of_user(session, actor.user_id)]

    async def begin(self, actor: Actor) -> Json:
        """What the browser needs to make one. The caller has asked for the password before."""
        require(actor, Permission.ACCOUNT)
        async with self._database.read() as session:
            known = await repository.of_user(session, actor.user_id)
        if len(known) >= MAX_PASSKEYS:
            raise Conflict(f"You have {MAX_PASSKEYS} passkeys already. Remove one first.")
        options = creation_options(
            self._place,
            user_id=actor.user_id,
            email=actor.email,
            known_ids=[row.credential_id for row in known],
        )
        await self._challenges.put(_for_session(actor), options["challenge"], TIMEOUT_SECONDS)
        return options

    async def add(self, actor: Actor, name: str, credential: Json) -> PasskeyView:
        """
        Keep the passkey that the browser has made.

        Raises:
            InvalidInput: No name, or not the answer to what was asked in this session.
            Conflict: It is known already.
        """
        require(actor, Permission.ACCOUNT)
        name = one_line(name, "name", longest=_NAME_MAX_LENGTH, missing="Give the passkey a name.")
        challenge = await self._challenges.take(_for_session(actor))
        try:
            made = check_new(self._place, credential, challenge or _raise("no challenge"))
        except BadPasskey as error:
            log.info("passkey.not_made", user_id=actor.user_id, cause=str(error))
            raise InvalidInput.of_field("credential", _NOT_MADE) from error
        row = Passkey(
            id=new_id("psk"),
            user_id=actor.user_id,
            name=name,
            credential_id=made.credential_id,
            public_key=made.public_key,
            use_count=made.use_count,
            transports=made.transports,
            created_at=self._clock(),
        )
        try:
            async with self._database.write() as session:
                session.add(row)
                await self._post.put(
                    session, actor.customer_id, passkey_letter(actor.email, name, is_new=True)
                )
                record_act(session, actor, "account.passkey_added", subject=row.id)
        except IntegrityError as exc:
            raise Conflict("This passkey is known already.") from exc
        log.info("passkey.added", user_id=actor.user_id, passkey_id=row.id)
        self._post.soon()
        return _view(row)

    async def remove(self, actor: Actor, passkey_id: str) -> None:
        """The passkey opens nothing any more; raises NotFound. The caller has asked for the password."""
        require(actor, Permission.ACCOUNT)
        async with self._database.write() as session:
            name = await repository.drop(session, actor.user_id, passkey_id)
            if name is None:
                raise NotFound("There is no such passkey.")
            letter = passkey_letter(actor.email, name, is_new=False)
            await self._post.put(session, actor.customer_id, letter)
            record_act(session, actor, "account.passkey_removed", subject=passkey_id)
        log.info("passkey.removed", user_id=actor.user_id, passkey_id=passkey_id)
        self._post.soon()

    async def begin_sign_in(self) -> Json:
        """What the browser needs to use one; says nothing about who there is."""
        options = request_options(self._place)
        await self._challenges.put(
            challenge_name(options["challenge"]), options["challenge"], TIMEOUT_SECONDS
        )
        return options

    async def prove(self, credential: Json, *, user_id: str | None = None) -> User:
        """
        Whose passkey this is, when it was used just now, here, and by its owner.

        Args:
            credential: The browser's answer.
            user_id: It must be this person's; anybody's when left out.

        Raises:
            WrongCredentials: It was not; does not say why.
        """
        try:
            return await self._prove(credential, user_id)
        except BadPasskey as error:
            log.info("passkey.refused", cause=str(error))
            raise WrongCredentials(_REFUSED) from error

    async def _prove(self, credential: Json, user_id: str | None) -> User:
        told = challenge_of(credential)
        # Taken before anything else: each challenge has one try.
        challenge = await self._challenges.take(challenge_name(told)) or _raise("unknown challenge")
        async with self._database.read() as session:
            found = await repository.by_credential(session, credential_id_of(credential))
        row, user = found or _raise("unknown passkey")
        if user_of(credential) not in ("", user.id) or user_id not in (None, user.id):
            raise BadPasskey("another person's")
        count = check_use(
            self._place, credential, challenge, public_key=row.public_key, use_count=row.use_count
        )
        async with self._database.write() as session:
            # Two answers with the same count at the same time: one of them is a copy's.
            if not await repository.note_use(session, row, count, self._clock()):
                raise BadPasskey("used twice at once")
        return user


def _for_session(actor: Actor) -> str:
    return f"new:{actor.session_id}"


def _raise(cause: str) -> NoReturn:
    raise BadPasskey(cause)


def _view(row: Passkey) -> PasskeyView:
    return PasskeyView(row.id, row.name, row.created_at, row.last_used_at)
