"""The people of a business, invitations, and keys for its programs."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from letsbe_app.api.body import Body
from letsbe_app.api.confirmation import Confirmed
from letsbe_app.api.dependencies import ChangingActor, CurrentActor, HubServices
from letsbe_app.api.envelope import Answer, answer
from letsbe_app.api.idempotency import IdempotentRoute
from letsbe_app.api.ids import Id
from letsbe_app.api.paging import Cursor, Limit, page_of
from letsbe_app.db.models import UserRole
from letsbe_app.people.authz.rules import Permission, require
from letsbe_app.people.keys.service import KeyView
from letsbe_app.people.members.schemas import InvitationView, MemberView

router = APIRouter(prefix="/customer", tags=["people"], route_class=IdempotentRoute)


class SetRole(Body):
    """Another role."""

    role: UserRole


class Invite(Body):
    """Who shall join, and as what."""

    email: str = Field(max_length=500)
    role: UserRole


class CreateKey(Confirmed):
    """What the key is for and what it may do; and who asks, once more, since keys outlive sessions."""

    name: str = Field(max_length=200)
    scopes: list[str] = Field(max_length=20)


class NewKeyAnswer(BaseModel):
    """The key, shown this once."""

    key: str
    details: KeyView


@router.get("/members")
async def members(
    hub: HubServices,
    actor: CurrentActor,
    role: UserRole | None = None,
    cursor: Cursor = None,
    limit: Limit = None,
) -> Answer[list[MemberView]]:
    """Everybody in the business, or of one role; the oldest first."""
    page = page_of(await hub.members.list(actor, role), lambda one: one.user_id, cursor, limit)
    return answer(page.items, next_cursor=page.next_cursor)


@router.put("/members/{user_id}/role")
async def set_role(hub: HubServices, actor: ChangingActor, user_id: Id, body: SetRole) -> Answer[None]:
    """Give somebody another role."""
    await hub.members.set_role(actor, user_id, body.role)
    return answer(None)


@router.delete("/members/{user_id}")
async def remove_member(hub: HubServices, actor: ChangingActor, user_id: Id) -> Answer[None]:
    """Take somebody out of the business."""
    await hub.members.remove(actor, user_id)
    return answer(None)


@router.get("/invitations")
async def invitations(
    hub: HubServices, actor: CurrentActor, cursor: Cursor = None, limit: Limit = None
) -> Answer[list[InvitationView]]:
    """Who is invited and has not come yet."""
    page = page_of(await hub.members.invitations(actor), lambda one: one.id, cursor, limit)
    return answer(page.items, next_cursor=page.next_cursor)


@router.post("/invitations", status_code=201)
async def invite(hub: HubServices, actor: ChangingActor, body: Invite) -> Answer[InvitationView]:
    """Mail somebody an invitation to join."""
    return answer(await hub.members.invite(actor, body.email, body.role))


@router.delete("/invitations/{invitation_id}")
async def take_invitation_back(hub: HubServices, actor: ChangingActor, invitation_id: Id) -> Answer[None]:
    """The invitation no longer counts."""
    await hub.members.take_back(actor, invitation_id)
    return answer(None)


@router.get("/keys")
async def keys(
    hub: HubServices, actor: CurrentActor, cursor: Cursor = None, limit: Limit = None
) -> Answer[list[KeyView]]:
    """The business's API keys, the newest first."""
    page = page_of(await hub.keys.list(actor), lambda one: one.id, cursor, limit)
    return answer(page.items, next_cursor=page.next_cursor)


@router.post("/keys", status_code=201)
async def create_key(hub: HubServices, actor: ChangingActor, body: CreateKey) -> Answer[NewKeyAnswer]:
    """Make an API key, which is shown this once."""
    require(actor, Permission.KEYS)
    await hub.reauthentication.confirm(actor, body.proof())
    made = await hub.keys.create(actor, body.name, body.scopes)
    return answer(NewKeyAnswer(key=made.key, details=made.view))


@router.delete("/keys/{key_id}")
async def revoke_key(hub: HubServices, actor: ChangingActor, key_id: Id) -> Answer[None]:
    """The key works no more."""
    await hub.keys.revoke(actor, key_id)
    return answer(None)
