"""Staff itself."""

from fastapi import APIRouter, Response
from pydantic import Field, SecretStr

from letsbe_app.api.body import Body
from letsbe_app.api.dependencies import HubServices
from letsbe_app.api.envelope import Answer, answer
from letsbe_app.api.idempotency import IdempotentStaffRoute
from letsbe_app.api.ids import Id
from letsbe_app.api.paging import Cursor, Limit, page_of
from letsbe_app.api.staff import (
    ChangingStaff,
    Confirmed,
    CurrentStaff,
    StaffAnswer,
    confirm_staff,
    farewell_staff,
)
from letsbe_app.db.models import StaffRole
from letsbe_app.people.staff.actor import StaffPermission
from letsbe_app.people.staff.schemas import StaffLink, StaffView

router = APIRouter(prefix="/admin", tags=["admin"], route_class=IdempotentStaffRoute)


class AddStaff(Body):
    """Who shall join, and as what."""

    password: SecretStr = Field(max_length=500)
    email: str = Field(max_length=500)
    role: StaffRole


class SetStaffRole(Confirmed):
    """Another role."""

    role: StaffRole


@router.get("/me")
async def staff_me(staff: CurrentStaff) -> Answer[StaffAnswer]:
    """Who is signed in."""
    return answer(StaffAnswer(staff_id=staff.staff_id, email=staff.email, role=staff.role))


@router.post("/sign-out")
async def staff_sign_out(hub: HubServices, staff: ChangingStaff, response: Response) -> Answer[None]:
    """End the session, and every look into an account."""
    await hub.support.end_visits(staff)
    await hub.staff.sign_out(staff)
    farewell_staff(hub, response)
    return answer(None)


@router.get("/staff")
async def staff_list(
    hub: HubServices,
    staff: CurrentStaff,
    role: StaffRole | None = None,
    cursor: Cursor = None,
    limit: Limit = None,
) -> Answer[list[StaffView]]:
    """Everybody, or of one role; the oldest first."""
    page = page_of(await hub.staff.list(staff, role), lambda one: one.id, cursor, limit)
    return answer(page.items, next_cursor=page.next_cursor)


@router.post("/staff", status_code=201)
async def add_staff(hub: HubServices, staff: ChangingStaff, body: AddStaff) -> Answer[StaffLink]:
    """Make a link with which somebody joins; it is shown this once."""
    await confirm_staff(hub, staff, StaffPermission.ADMINISTER, body.password)
    return answer(await hub.staff.add(body.email, body.role, staff))


@router.put("/staff/{staff_id}/role")
async def set_staff_role(
    hub: HubServices, staff: ChangingStaff, staff_id: Id, body: SetStaffRole
) -> Answer[None]:
    """Give somebody another role."""
    await confirm_staff(hub, staff, StaffPermission.ADMINISTER, body.password)
    await hub.staff.set_role(staff, staff_id, body.role, body.reason)
    return answer(None)


@router.post("/staff/{staff_id}/remove")
async def remove_staff(hub: HubServices, staff: ChangingStaff, staff_id: Id, body: Confirmed) -> Answer[None]:
    """Somebody no longer belongs."""
    await confirm_staff(hub, staff, StaffPermission.ADMINISTER, body.password)
    await hub.staff.remove(staff, staff_id, body.reason)
    return answer(None)
