"""API keys: made once, shown once, hashed, limited to scopes, revoked at once."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from letsbe_app.db.models import ApiKey, UserRole
from letsbe_app.db.session import Database
from letsbe_app.errors import Conflict, InvalidInput, NotFound, NotSignedIn
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.kit.ids import new_id
from letsbe_app.kit.one_line import one_line
from letsbe_app.kit.secrets import new_token, token_hash
from letsbe_app.people.audit.service import record_act
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.authz.rules import IMPLIED, SESSION_ONLY, Permission, require
from letsbe_app.people.keys import repository

log = structlog.get_logger()

MAX_KEYS: Final = 50
_PREFIX_LENGTH: Final = 12
_SEEN_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class KeyView:
    """A key as a list shows it: never the key itself."""

    id: str
    name: str
    prefix: str
    scopes: list[str]
    created_by_user_id: str
    last_used_at: datetime | None
    created_at: datetime


@dataclass(frozen=True)
class NewKey:
    """A key that was just made. The secret part is shown this once."""

    view: KeyView
    key: str = field(repr=False)


class KeyService:
    """A key acts for the person who made it, never beyond their role."""

    def __init__(self, database: Database, *, clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    async def list(self, actor: Actor) -> list[KeyView]:
        """The business's keys that work, the newest first."""
        require(actor, Permission.KEYS)
        async with self._database.read() as session:
            return [_view(row) for row in await repository.of_customer(session, actor.customer_id)]

    async def create(self, actor: Actor, name: str, scopes: Collection[str]) -> NewKey:
        """
        Make a key.

        Raises:
            InvalidInput: No name, or a scope that there is not or that keys may not have.
            Conflict: Too many keys.
        """
        require(actor, Permission.KEYS)
        name = one_line(name, "name", longest=60, missing="Give the key a name.")
        allowed = {str(one) for one in Permission if one not in SESSION_ONLY and one not in IMPLIED}
        if not scopes or set(scopes) - allowed:
            raise InvalidInput.of_field("scopes", f"Choose from: {', '.join(sorted(allowed))}.")
        key = new_token("lbk")
        row = ApiKey(
            id=new_id("key"),
            customer_id=actor.customer_id,
            user_id=actor.user_id,
            name=name,
            prefix=key[:_PREFIX_LENGTH],
            key_hash=token_hash(key),
            # Whoever may do something sees what came of it.
            scopes=sorted({*scopes, Permission.READ.value}),
            created_at=self._clock(),
        )
        async with self._database.write() as session:
            if await repository.count(session, actor.customer_id) >= MAX_KEYS:
                raise Conflict(f"There are {MAX_KEYS} keys already. Revoke one first.")
            session.add(row)
            record_act(session, actor, "key.created", subject=row.id, scopes=row.scopes)
        log.info("key.created", key_id=row.id)
        return NewKey(_view(row), key)

    async def revoke(self, actor: Actor, key_id: str) -> None:
        """The key works no more; raises NotFound."""
        require(actor, Permission.KEYS)
        async with self._database.write() as session:
            if not await repository.revoke(session, actor.customer_id, key_id, self._clock()):
                raise NotFound("There is no such key.")
            record_act(session, actor, "key.revoked", subject=key_id)
        log.info("key.revoked", key_id=key_id)

    async def actor_of(self, key: str) -> Actor:
        """
        The person for whom the key acts, with its scopes.

        Raises:
            NotSignedIn: There is no such key, or it was revoked.
        """
        now = self._clock()
        async with self._database.read() as session:
            found = await repository.by_hash(session, token_hash(key))
        if found is None:
            raise NotSignedIn("This API key is not known, or was revoked.")
        row, user = found
        if row.last_used_at is None or now - row.last_used_at > _SEEN_EVERY:
            async with self._database.write() as session:
                await repository.touch(session, row.id, now)
        return Actor(
            user.id, user.customer_id, UserRole(user.role), user.email, row.id, scopes=frozenset(row.scopes)
        )


def _view(row: ApiKey) -> KeyView:
    return KeyView(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        scopes=list(row.scopes),
        created_by_user_id=row.user_id,
        last_used_at=row.last_used_at,
        created_at=row.created_at,
    )
