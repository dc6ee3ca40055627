"""Sign-up, sign-in, sign-out: the only routes that set cookies."""

from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import Field, SecretStr

from letsbe_app.api.body import Body
from letsbe_app.api.dependencies import (
    ChangingActor,
    CurrentActor,
    CurrentVisitor,
    FromOurPage,
    HubServices,
)
from letsbe_app.api.envelope import Answer, answer, failure_of
from letsbe_app.api.idempotency import IdempotentRoute
from letsbe_app.api.sessions import SignedInAnswer, end_earlier, farewell, remember_browser, welcome
from letsbe_app.people.accounts.mailed_codes import MailedCodeNeeded
from letsbe_app.people.accounts.schemas import AccountView, SignUp

public_router = APIRouter(prefix="/public", tags=["account"])
customer_router = APIRouter(prefix="/customer", tags=["account"], route_class=IdempotentRoute)


class SignUpRequest(Body):
    """The sign-up form."""

    business_name: str = Field(max_length=500)
    email: str = Field(max_length=500)
    password: SecretStr = Field(max_length=500)


class SignInRequest(Body):
    """The sign-in form."""

    email: str = Field(max_length=500)
    password: SecretStr = Field(max_length=500)
    code: str | None = Field(
        default=None,
        max_length=60,
        description="Of the second factor (error `second_factor_needed`), or out of the mail that goes to "
        "somebody without one whose browser is new (`mailed_code_needed`; send its cookie along).",
    )
    passkey: dict[str, Any] | None = Field(
        default=None, description="Instead of the code; see `/public/passkey/options`."
    )


class PasskeySignIn(Body):
    """What the browser made of the options, with binary values as base64url."""

    credential: dict[str, Any]


@public_router.post("/sign-up", dependencies=[FromOurPage], status_code=201)
async def sign_up(
    hub: HubServices, visitor: CurrentVisitor, request: Request, body: SignUpRequest, response: Response
) -> Answer[SignedInAnswer]:
    """Make a business with its owner, and sign the owner in."""
    wanted = SignUp(body.business_name, body.email, body.password.get_secret_value())
    signed_in = await hub.accounts.sign_up(wanted, visitor)
    await hub.links.send_confirmation(signed_in.actor)
    await end_earlier(hub, request)
    return welcome(hub, response, signed_in)


@public_router.post("/sign-in", dependencies=[FromOurPage], response_model=Answer[SignedInAnswer])
async def sign_in(
    hub: HubServices, visitor: CurrentVisitor, request: Request, body: SignInRequest, response: Response
) -> Answer[SignedInAnswer] | Response:
    """Open a session."""
    password = body.password.get_secret_value()
    try:
        signed_in = await hub.accounts.sign_in(
            body.email, password, visitor, code=body.code, passkey=body.passkey
        )
    except MailedCodeNeeded as needed:
        refused = failure_of(needed)
        remember_browser(hub, refused, needed.device_token)
        return refused
    await end_earlier(hub, request)
    return welcome(hub, response, signed_in)


@public_router.post("/passkey/options", dependencies=[FromOurPage])
async def passkey_options(hub: HubServices, visitor: CurrentVisitor) -> Answer[dict[str, Any]]:
    """What `navigator.credentials.get` needs, with binary values as base64url. Good once, for a while."""
    return answer(await hub.accounts.ask_for_passkey(visitor))


@public_router.post("/passkey/sign-in", dependencies=[FromOurPage])
async def sign_in_with_passkey(
    hub: HubServices, visitor: CurrentVisitor, request: Request, body: PasskeySignIn, response: Response
) -> Answer[SignedInAnswer]:
    """Open a session with a passkey alone."""
    signed_in = await hub.accounts.sign_in_with_passkey(body.credential, visitor)
    await end_earlier(hub, request)
    return welcome(hub, response, signed_in)


@customer_router.post("/sign-out")
async def sign_out(hub: HubServices, actor: ChangingActor, response: Response) -> Answer[None]:
    """End the session."""
    await hub.accounts.sign_out(actor)
    farewell(hub, response)
    return answer(None)


@customer_router.get("/me")
async def me(hub: HubServices, actor: CurrentActor) -> Answer[AccountView]:
    """The signed-in person and their business."""
    return answer(await hub.accounts.account(actor))


router = APIRouter()
router.include_router(public_router)
router.include_router(customer_router)
