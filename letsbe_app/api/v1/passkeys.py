"""One's passkeys. Signing in with one is beside the other ways to sign in, in ``account.py``."""

from typing import Any

from fastapi import APIRouter
from pydantic import Field

from letsbe_app.api.body import Body
from letsbe_app.api.confirmation import Confirmed
from letsbe_app.api.dependencies import ChangingActor, CurrentActor, HubServices
from letsbe_app.api.envelope import Answer, answer
from letsbe_app.api.idempotency import IdempotentRoute
from letsbe_app.api.ids import Id
from letsbe_app.api.paging import Cursor, Limit, page_of
from letsbe_app.people.accounts.passkeys import PasskeyView
from letsbe_app.people.authz.rules import Permission, require

router = APIRouter(prefix="/customer/account/passkeys", tags=["security"], route_class=IdempotentRoute)


class AddPasskey(Body):
    """What the browser made of the options, and how its owner calls it."""

    name: str = Field(max_length=200)
    credential: dict[str, Any]


@router.get("")
async def passkeys(
    hub: HubServices, actor: CurrentActor, cursor: Cursor = None, limit: Limit = None
) -> Answer[list[PasskeyView]]:
    """One's passkeys, the oldest first."""
    page = page_of(await hub.passkeys.list(actor), lambda one: one.id, cursor, limit)
    return answer(page.items, next_cursor=page.next_cursor)


@router.post("/options")
async def new_passkey_options(
    hub: HubServices, actor: ChangingActor, body: Confirmed
) -> Answer[dict[str, Any]]:
    """What `navigator.credentials.create` needs, with binary values as base64url. Good once, for a while."""
    require(actor, Permission.ACCOUNT)
    await hub.reauthentication.confirm(actor, body.proof())
    return answer(await hub.passkeys.begin(actor))


@router.post("", status_code=201)
async def add_passkey(hub: HubServices, actor: ChangingActor, body: AddPasskey) -> Answer[PasskeyView]:
    """Keep a passkey that was just made."""
    return answer(await hub.passkeys.add(actor, body.name, body.credential))


@router.post("/{passkey_id}/remove")
async def remove_passkey(
    hub: HubServices, actor: ChangingActor, passkey_id: Id, body: Confirmed
) -> Answer[None]:
    """The passkey opens nothing any more."""
    require(actor, Permission.ACCOUNT)
    await hub.reauthentication.confirm(actor, body.proof())
    await hub.passkeys.remove(actor, passkey_id)
    return answer(None)
