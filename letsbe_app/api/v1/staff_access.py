"""How staff gets in. Apart from customers' ways: other cookies, other tables, always with a second factor."""

import segno
from fastapi import APIRouter, Response
from pydantic import BaseModel, Field, SecretStr

from letsbe_app.api.body import Body
from letsbe_app.api.dependencies import CurrentVisitor, FromOurPage, HubServices
from letsbe_app.api.envelope import Answer, answer
from letsbe_app.api.staff import StaffAnswer, welcome_staff

router = APIRouter(prefix="/public/staff", tags=["admin"], dependencies=[FromOurPage])


class StaffSignIn(Body):
    """E-mail, password and the code of the authenticator app, asked for together."""

    email: str = Field(max_length=500)
    password: SecretStr = Field(max_length=500)
    code: str = Field(max_length=20)


class StaffLinkToken(Body):
    """The part of the link behind the ``#``."""

    token: SecretStr = Field(max_length=200)


class StaffJoin(StaffLinkToken):
    """The link, a new password, and a first code of the app."""

    password: SecretStr = Field(max_length=500)
    code: str = Field(max_length=20)


class StaffSetupAnswer(BaseModel):
    """What the authenticator app needs."""

    email: str
    secret: str
    app_address: str
    qr_svg: str = Field(description="The same as a picture, as a data address.")


@router.post("/sign-in")
async def staff_sign_in(
    hub: HubServices, visitor: CurrentVisitor, body: StaffSignIn, response: Response
) -> Answer[StaffAnswer]:
    """Open a session."""
    password = body.password.get_secret_value()
    signed_in = await hub.staff.sign_in(body.email, password, body.code, visitor)
    return answer(welcome_staff(hub, response, signed_in))


@router.post("/join/begin")
async def staff_join_begin(
    hub: HubServices, visitor: CurrentVisitor, body: StaffLinkToken
) -> Answer[StaffSetupAnswer]:
    """Begin to join with a link: gives what the authenticator app needs."""
    offer = await hub.staff.offer(body.token.get_secret_value(), visitor)
    picture = segno.make_qr(offer.app_address, error="m").svg_data_uri(scale=5, border=3)
    return answer(
        StaffSetupAnswer(
            email=offer.email, secret=offer.secret, app_address=offer.app_address, qr_svg=picture
        )
    )


@router.post("/join", status_code=201)
async def staff_join(
    hub: HubServices, visitor: CurrentVisitor, body: StaffJoin, response: Response
) -> Answer[StaffAnswer]:
    """Join, and be signed in; the link is used up."""
    password = body.password.get_secret_value()
    signed_in = await hub.staff.join(body.token.get_secret_value(), password, body.code, visitor)
    return answer(welcome_staff(hub, response, signed_in))
