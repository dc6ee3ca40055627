"""One's own way in: password, second factor, sessions."""

import segno
from fastapi import APIRouter
from pydantic import BaseModel, Field, SecretStr

from letsbe_app.api.body import Body
from letsbe_app.api.confirmation import Confirmed
from letsbe_app.api.dependencies import ChangingActor, CurrentActor, HubServices
from letsbe_app.api.envelope import Answer, answer
from letsbe_app.api.idempotency import IdempotentRoute
from letsbe_app.api.ids import Id
from letsbe_app.api.paging import Cursor, Limit, page_of
from letsbe_app.people.accounts.access import OtherWay
from letsbe_app.people.accounts.second_factor import FactorView
from letsbe_app.people.accounts.sessions import SessionView
from letsbe_app.people.accounts.sign_in_rules import RulesView
from letsbe_app.people.authz.rules import Permission, require

router = APIRouter(prefix="/customer/account", tags=["security"], route_class=IdempotentRoute)


class ChangePassword(Confirmed):
    """The old password and the new one."""

    new_password: SecretStr = Field(max_length=500)
    also_end: list[OtherWay] = Field(
        default=[], max_length=10, description="Ways in that a new password does not close by itself."
    )


class SetSignInRules(Confirmed):
    """What shall be demanded."""

    requires_second_factor: bool


class WithCode(Body):
    """A code of the authenticator app."""

    code: str = Field(max_length=20)


class SetupAnswer(BaseModel):
    """What an authenticator app needs."""

    secret: str
    app_address: str
    qr_svg: str = Field(description="The same as a picture, as a data address.")


class RecoveryCodes(BaseModel):
    """Shown this once."""

    codes: list[str]


@router.post("/email-confirmation")
async def send_confirmation(hub: HubServices, actor: ChangingActor) -> Answer[None]:
    """Mail the link that confirms one's address once more."""
    await hub.links.send_confirmation(actor)
    return answer(None)


@router.post("/password")
async def change_password(hub: HubServices, actor: ChangingActor, body: ChangePassword) -> Answer[None]:
    """Choose a new password; all other sessions end."""
    require(actor, Permission.ACCOUNT)
    await hub.reauthentication.confirm(actor, body.proof())
    await hub.links.change_password(actor, body.new_password.get_secret_value(), body.also_end)
    return answer(None)


@router.get("/sign-in-rules")
async def sign_in_rules(hub: HubServices, actor: CurrentActor) -> Answer[RulesView]:
    """What the business demands of its people at sign-in."""
    return answer(await hub.sign_in_rules.get(actor))


@router.post("/sign-in-rules")
async def set_sign_in_rules(
    hub: HubServices, actor: ChangingActor, body: SetSignInRules
) -> Answer[RulesView]:
    """Demand a second factor of everybody; whoever has none sets one up before anything else."""
    require(actor, Permission.PEOPLE)
    await hub.reauthentication.confirm(actor, body.proof())
    wanted = body.requires_second_factor
    return answer(await hub.sign_in_rules.set(actor, requires_second_factor=wanted))


@router.get("/sessions")
async def sessions(
    hub: HubServices, actor: CurrentActor, cursor: Cursor = None, limit: Limit = None
) -> Answer[list[SessionView]]:
    """Where one is signed in, the newest first."""
    page = page_of(await hub.sessions.list(actor), lambda one: one.id, cursor, limit)
    return answer(page.items, next_cursor=page.next_cursor)


@router.post("/sessions/{session_id}/end")
async def end_session(
    hub: HubServices, actor: ChangingActor, session_id: Id, body: Confirmed
) -> Answer[None]:
    """End one of one's sessions."""
    require(actor, Permission.ACCOUNT)
    await hub.reauthentication.confirm(actor, body.proof())
    await hub.sessions.revoke(actor, session_id)
    return answer(None)


@router.post("/sessions/end-others")
async def end_other_sessions(hub: HubServices, actor: ChangingActor, body: Confirmed) -> Answer[int]:
    """End all of one's other sessions; says how many there were."""
    require(actor, Permission.ACCOUNT)
    await hub.reauthentication.confirm(actor, body.proof())
    return answer(await hub.sessions.revoke_others(actor))


@router.get("/second-factor")
async def second_factor(hub: HubServices, actor: CurrentActor) -> Answer[FactorView]:
    """Whether a second factor is on."""
    return answer(await hub.second_factors.view(actor))


@router.post("/second-factor")
async def begin_second_factor(hub: HubServices, actor: ChangingActor, body: Confirmed) -> Answer[SetupAnswer]:
    """Begin to set an authenticator app up."""
    require(actor, Permission.ACCOUNT)
    await hub.reauthentication.confirm(actor, body.proof())
    setup = await hub.second_factors.begin(actor)
    picture = segno.make_qr(setup.app_address, error="m").svg_data_uri(scale=5, border=3)
    return answer(SetupAnswer(secret=setup.secret, app_address=setup.app_address, qr_svg=picture))


@router.post("/second-factor/enable")
async def enable_second_factor(
    hub: HubServices, actor: ChangingActor, body: WithCode
) -> Answer[RecoveryCodes]:
    """Switch it on with a first code; gives the recovery codes."""
    return answer(RecoveryCodes(codes=await hub.second_factors.enable(actor, body.code)))


@router.post("/second-factor/recovery-codes")
async def renew_recovery_codes(
    hub: HubServices, actor: ChangingActor, body: Confirmed
) -> Answer[RecoveryCodes]:
    """New recovery codes in place of the old ones."""
    require(actor, Permission.ACCOUNT)
    await hub.reauthentication.confirm(actor, body.proof())
    return answer(RecoveryCodes(codes=await hub.second_factors.renew_codes(actor)))


@router.post("/second-factor/disable")
async def disable_second_factor(hub: HubServices, actor: ChangingActor, body: Confirmed) -> Answer[None]:
    """Switch the second factor off."""
    require(actor, Permission.ACCOUNT)
    await hub.reauthentication.confirm(actor, body.proof())
    await hub.second_factors.disable(actor)
    return answer(None)
