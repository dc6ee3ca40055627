"""What staff does to servers and to people's sessions. Each act has a reason, which its customer can read."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import structlog

from letsbe_app.db.models import Tenant, TenantStatus, User
from letsbe_app.db.session import Database
from letsbe_app.errors import NotFound
from letsbe_app.fleet.tenants.enrolment import TOKEN_LIFETIME
from letsbe_app.fleet.tenants.service import TenantService
from letsbe_app.kit.clock import Clock, utc_now
from letsbe_app.people.accounts.sessions import end_all_sessions
from letsbe_app.people.audit.service import record_act
from letsbe_app.people.staff.actor import StaffActor, StaffPermission, checked_reason, require_staff
from letsbe_app.relay import Relay, Topic

log = structlog.get_logger()

_NO_SERVER: Final = "There is no such server."


@dataclass(frozen=True)
class NewEnrolment:
    """A one-time token for a server, shown this once: ``python -m tenant_daemon enrol`` reads it."""

    tenant_id: str
    token: str = field(repr=False)
    expires_at: datetime


class FleetCare:
    """For operators and admins."""

    def __init__(
        self, database: Database, relay: Relay, tenants: TenantService, *, clock: Clock = utc_now
    ) -> None:
        self._database = database
        self._publisher = relay.publisher
        self._tenants = tenants
        self._clock = clock

    async def revoke_key(self, staff: StaffActor, tenant_id: str, reason: str) -> None:
        """
        Cut a server off at once; it comes back by ``enrol_anew``.

        Raises:
            NotFound: There is no such server.
            InvalidInput: No reason.
        """
        customer_id = await self._act(staff, "tenant.key_revoked", tenant_id, reason)
        await self._tenants.cut_link(customer_id, tenant_id)

    async def enrol_anew(self, staff: StaffActor, tenant_id: str, reason: str) -> NewEnrolment:
        """
        A fresh token for a server that was cut off, or lost its key. Its old key ends now, not with the
        token's use: whoever enrols it anew no longer trusts it. Raises as ``revoke_key``.
        """
        await self.revoke_key(staff, tenant_id, reason)
        token = await self._tenants.issue_token(tenant_id)
        log.warning("tenant.enrolled_anew", tenant_id=tenant_id, staff_id=staff.staff_id)
        return NewEnrolment(tenant_id, token, self._clock() + TOKEN_LIFETIME)

    async def sign_out(self, staff: StaffActor, user_id: str, reason: str) -> int:
        """
        End all sessions of a customer's person; how many there were.

        Raises:
            NotFound: There is no such person.
            InvalidInput: No reason.
        """
        require_staff(staff, StaffPermission.OPERATE)
        reason = checked_reason(reason)
        async with self._database.write() as session:
            user = await session.get(User, user_id)
            if user is None or user.removed_at is not None:
                raise NotFound("There is no such person.")
            customer_id = user.customer_id
            count = await end_all_sessions(session, user_id, self._clock())
            record_act(
                session,
                staff.staff_id,
                "account.signed_out_by_staff",
                subject=user_id,
                customer_id=customer_id,
                reason=reason,
                count=count,
            )
        log.warning("account.signed_out_by_staff", user_id=user_id, staff_id=staff.staff_id, count=count)
        await self._publisher.announce(customer_id, Topic.SESSION, user_id)
        return count

    async def _act(self, staff: StaffActor, action: str, tenant_id: str, reason: str) -> str:
        require_staff(staff, StaffPermission.OPERATE)
        reason = checked_reason(reason)
        async with self._database.write() as session:
            tenant = await session.get(Tenant, tenant_id)
            if tenant is None or tenant.status == TenantStatus.REMOVED:
                raise NotFound(_NO_SERVER)
            customer_id = tenant.customer_id
            await self._tenants.drop_keys(session, tenant_id)
            record_act(
                session,
                staff.staff_id,
                action,
                subject=tenant_id,
                customer_id=customer_id,
                tenant_id=tenant_id,
                reason=reason,
            )
        return customer_id
