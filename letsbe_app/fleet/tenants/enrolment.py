"""
How a fresh server gets its key: a one-time token for an API key.

The token lives 15 minutes and works once; the key is told once. The hub keeps hashes of both.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar, Final

import structlog

from letsbe_app.db.models import EnrolmentToken, Tenant
from letsbe_app.db.session import Database
from letsbe_app.errors import InvalidInput, LetsBeError, NotSignedIn
from letsbe_app.fleet.tenants import repository
from letsbe_app.fleet.tenants.schemas import TenantIdentity, link_url
from letsbe_app.kit.clock import Clock
from letsbe_app.kit.ids import new_id
from letsbe_app.kit.joined import JoinedCalls
from letsbe_app.kit.secrets import new_token, token_hash
from letsbe_app.people.audit.service import record_act, tenant_actor
from tenant_daemon.contracts.enrolment import EnrolmentGranted, EnrolmentRequest, KeyRenewed
from tenant_daemon.contracts.errors import ErrorCode
from tenant_daemon.contracts.version import OLDEST_SUPPORTED_VERSION

log = structlog.get_logger()

TOKEN_LIFETIME: Final = timedelta(minutes=15)
MOST_AT_ONCE: Final = 100
"""Keys in one question, when a whole fleet comes."""


class TokenExpired(LetsBeError):
    """The enrolment token is unknown, used or too old: the answer is the same."""

    code: ClassVar[str] = ErrorCode.TOKEN_EXPIRED.value
    status: ClassVar[int] = 401


class Enrolment:
    """Tokens and keys of servers."""

    def __init__(self, database: Database, public_url: str, clock: Clock) -> None:
        self._database = database
        self._link_url = link_url(public_url)
        self._clock = clock
        self._lookups = JoinedCalls(self._look_up, MOST_AT_ONCE)

    async def issue_token(self, tenant_id: str) -> str:
        """A new one-time token; an unused older one of this server stops working."""
        token, now = new_token("lbe"), self._clock()
        async with self._database.write() as session:
            await repository.drop_unused_tokens(session, tenant_id)
            session.add(
                EnrolmentToken(
                    id=new_id("enr"),
                    tenant_id=tenant_id,
                    token_hash=token_hash(token),
                    expires_at=now + TOKEN_LIFETIME,
                    created_at=now,
                )
            )
        return token

    async def enrol(self, request: EnrolmentRequest) -> EnrolmentGranted:
        """
        Trade a token for an API key. A second enrolment of a server replaces its first key.

        Raises:
            TokenExpired: The token is not good, or no longer.
            InvalidInput: The daemon's wire protocol is too old.
        """
        if request.protocol_version < OLDEST_SUPPORTED_VERSION:
            raise InvalidInput.of_field("protocol_version", "This daemon is too old for the hub. Upgrade it.")
        api_key = new_token("lbt")
        async with self._database.write() as session:
            tenant_id = await repository.claim_token(session, token_hash(request.token), self._clock())
            if tenant_id is None:
                raise TokenExpired("This enrolment token was used already, or is older than 15 minutes.")
            await repository.change(
                session,
                tenant_id,
                api_key_hash=token_hash(api_key),
                next_api_key_hash=None,
                sealing_public_key=request.sealing_public_key,
                daemon_version=request.daemon_version,
                openclaw_version=request.openclaw_version,
            )
            record_act(
                session, tenant_actor(tenant_id), "tenant.enrolled", subject=tenant_id, tenant_id=tenant_id
            )
        log.info("tenant.enrolled", tenant_id=tenant_id, daemon_version=request.daemon_version)
        return EnrolmentGranted(tenant_id=tenant_id, api_key=api_key, link_url=self._link_url)

    async def authenticate(self, api_key: str) -> TenantIdentity:
        """
        The server with this key. The first use of a renewed key ends the one before it.

        Raises:
            NotSignedIn: There is none; a removed server's key no longer counts.
        """
        key_hash = token_hash(api_key)
        [tenant] = await self._lookups.ask([key_hash])
        if tenant is None:
            raise NotSignedIn("This key is not known.")
        if tenant.next_api_key_hash == key_hash:
            async with self._database.write() as session:
                await repository.promote_key(session, key_hash)
            log.info("tenant.key_renewed", tenant_id=tenant.id)
        return TenantIdentity(tenant.id, tenant.customer_id)

    async def _look_up(self, key_hashes: Sequence[str]) -> list[Tenant | None]:
        async with self._database.read() as session:
            tenants = await repository.by_api_keys(session, key_hashes)
        return [tenants.get(key_hash) for key_hash in key_hashes]

    async def renew(self, api_key: str) -> KeyRenewed:
        """
        A new key for the server with this one, which stays good until the new one is used.

        Asking again replaces a new key that was never used: its answer may have been lost.

        Raises:
            NotSignedIn: The key is not good.
        """
        identity = await self.authenticate(api_key)
        renewed = new_token("lbt")
        async with self._database.write() as session:
            await repository.change(session, identity.tenant_id, next_api_key_hash=token_hash(renewed))
            record_act(
                session,
                tenant_actor(identity.tenant_id),
                "tenant.key_handed_out",
                subject=identity.tenant_id,
                customer_id=identity.customer_id,
                tenant_id=identity.tenant_id,
            )
        return KeyRenewed(api_key=renewed)
