"""What is done with the links in mails. Tokens come in bodies: addresses are logged on the way."""

from fastapi import APIRouter, Request, Response
from pydantic import Field, SecretStr

from letsbe_app.api.body import Body
from letsbe_app.api.dependencies import CurrentVisitor, FromOurPage, HubServices
from letsbe_app.api.envelope import Answer, answer
from letsbe_app.api.sessions import SignedInAnswer, end_earlier, welcome
from letsbe_app.people.accounts.access import OtherWay
from letsbe_app.people.members.schemas import InvitationOffer

router = APIRouter(prefix="/public", tags=["account"], dependencies=[FromOurPage])


class AskForReset(Body):
    """Whose password is forgotten."""

    email: str = Field(max_length=500)


class WithToken(Body):
    """The part of a mailed link behind the ``#``."""

    token: SecretStr = Field(max_length=200)


class WithPassword(WithToken):
    """A mailed link and the new password."""

    password: SecretStr = Field(max_length=500)


class FinishReset(WithPassword):
    """And what else shall be closed."""

    also_end: list[OtherWay] = Field(
        default=[], max_length=10, description="Ways in that a new password does not close by itself."
    )


@router.post("/password-reset", status_code=202)
async def ask_for_reset(hub: HubServices, visitor: CurrentVisitor, body: AskForReset) -> Answer[None]:
    """Mail a link to choose a new password. The answer is the same for an e-mail without an account."""
    await hub.links.ask_for_reset(body.email, visitor)
    return answer(None)


@router.post("/password-reset/finish")
async def finish_reset(hub: HubServices, visitor: CurrentVisitor, body: FinishReset) -> Answer[None]:
    """Choose the new password; every session of the person ends."""
    await hub.links.reset(
        body.token.get_secret_value(), body.password.get_secret_value(), visitor, body.also_end
    )
    return answer(None)


@router.post("/email-confirmation")
async def confirm_email(hub: HubServices, body: WithToken) -> Answer[None]:
    """Confirm that the address is one's own."""
    await hub.links.confirm(body.token.get_secret_value())
    return answer(None)


@router.post("/invitation")
async def read_invitation(
    hub: HubServices, visitor: CurrentVisitor, body: WithToken
) -> Answer[InvitationOffer]:
    """Who invites, and to what."""
    return answer(await hub.members.offer(body.token.get_secret_value(), visitor))


@router.post("/invitation/accept", status_code=201)
async def accept_invitation(
    hub: HubServices, visitor: CurrentVisitor, request: Request, body: WithPassword, response: Response
) -> Answer[SignedInAnswer]:
    """Join the business that invites, and be signed in."""
    password = body.password.get_secret_value()
    email = await hub.members.accept(body.token.get_secret_value(), password, visitor)
    signed_in = await hub.accounts.sign_in(email, password, visitor, has_read_mail=True)
    await end_earlier(hub, request)
    return welcome(hub, response, signed_in)
