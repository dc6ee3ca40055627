"""What staff does to servers and to people's sessions."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import BaseModel

from letsbe_app.api.dependencies import HubServices
from letsbe_app.api.envelope import Answer, answer
from letsbe_app.api.idempotency import IdempotentStaffRoute
from letsbe_app.api.ids import Id
from letsbe_app.api.staff import ChangingStaff, Confirmed, confirm_staff
from letsbe_app.people.staff.actor import StaffPermission

router = APIRouter(prefix="/admin", tags=["admin"], route_class=IdempotentStaffRoute)


class EnrolmentAnswer(BaseModel):
    """The token is shown this once."""

    tenant_id: str
    token: str
    expires_at: datetime


@router.post("/servers/{tenant_id}/key/revoke")
async def admin_revoke_key(
    hub: HubServices, staff: ChangingStaff, tenant_id: Id, body: Confirmed
) -> Answer[None]:
    """Cut a server off at once."""
    await confirm_staff(hub, staff, StaffPermission.OPERATE, body.password)
    await hub.care.revoke_key(staff, tenant_id, body.reason)
    return answer(None)


@router.post("/servers/{tenant_id}/enrolment", status_code=201)
async def admin_enrol_anew(
    hub: HubServices, staff: ChangingStaff, tenant_id: Id, body: Confirmed
) -> Answer[EnrolmentAnswer]:
    """Cut a server off and make a one-time token with which it comes back."""
    await confirm_staff(hub, staff, StaffPermission.OPERATE, body.password)
    made = await hub.care.enrol_anew(staff, tenant_id, body.reason)
    return answer(EnrolmentAnswer(tenant_id=made.tenant_id, token=made.token, expires_at=made.expires_at))


@router.post("/people/{user_id}/sign-out")
async def admin_sign_out(hub: HubServices, staff: ChangingStaff, user_id: Id, body: Confirmed) -> Answer[int]:
    """End all sessions of a customer's person; says how many there were."""
    await confirm_staff(hub, staff, StaffPermission.OPERATE, body.password)
    return answer(await hub.care.sign_out(staff, user_id, body.reason))
