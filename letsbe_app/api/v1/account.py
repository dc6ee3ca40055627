"""Sign-up, sign-in, sign-out: the only routes that set cookies."""

from datetime import datetime

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from letsbe_app.api.csrf import CSRF_COOKIE
from letsbe_app.api.dependencies import (
    SESSION_COOKIE,
    ChangingActor,
    CurrentActor,
    CurrentVisitor,
    FromOurPage,
    HubServices,
)
from letsbe_app.api.envelope import Answer, answer
from letsbe_app.api.idempotency import IdempotentRoute
from letsbe_app.composition import Services
from letsbe_app.people.accounts.schemas import AccountView, SignedIn, SignUp

public_router = APIRouter(prefix="/public", tags=["account"])
customer_router = APIRouter(prefix="/customer", tags=["account"], route_class=IdempotentRoute)


class SignUpRequest(BaseModel):
    """The sign-up form."""

    model_config = ConfigDict(extra="forbid")

    business_name: str = Field(max_length=500)
    email: str = Field(max_length=500)
    password: SecretStr = Field(max_length=500)


class SignInRequest(BaseModel):
    """The sign-in form."""

    model_config = ConfigDict(extra="forbid")

    email: str = Field(max_length=500)
    password: SecretStr = Field(max_length=500)
    code: str | None = Field(default=None, max_length=60, description="For accounts with a second factor.")


class SignedInAnswer(BaseModel):
    """Who is signed in now; the session itself is in the cookie."""

    user_id: str
    customer_id: str
    email: str
    role: str
    expires_at: datetime


@public_router.post("/sign-up", dependencies=[FromOurPage], status_code=201)
async def sign_up(
    hub: HubServices, visitor: CurrentVisitor, body: SignUpRequest, response: Response
) -> Answer[SignedInAnswer]:
    """Make a business with its owner, and sign the owner in."""
    request = SignUp(body.business_name, body.email, body.password.get_secret_value())
    signed_in = await hub.accounts.sign_up(request, visitor)
    await hub.links.send_confirmation(signed_in.actor.user_id)
    return _welcome(hub, response, signed_in)


@public_router.post("/sign-in", dependencies=[FromOurPage])
async def sign_in(
    hub: HubServices, visitor: CurrentVisitor, body: SignInRequest, response: Response
) -> Answer[SignedInAnswer]:
    """Open a session."""
    password = body.password.get_secret_value()
    signed_in = await hub.accounts.sign_in(body.email, password, visitor, code=body.code)
    return _welcome(hub, response, signed_in)


@customer_router.post("/sign-out")
async def sign_out(hub: HubServices, actor: ChangingActor, response: Response) -> Answer[None]:
    """End the session."""
    await hub.accounts.sign_out(actor)
    for cookie in (SESSION_COOKIE, CSRF_COOKIE):
        response.delete_cookie(cookie, path="/", secure=_is_https(hub), samesite="lax")
    return answer(None)


@customer_router.get("/me")
async def me(hub: HubServices, actor: CurrentActor) -> Answer[AccountView]:
    """The signed-in person and their business."""
    return answer(await hub.accounts.account(actor))


def _welcome(hub: Services, response: Response, signed_in: SignedIn) -> Answer[SignedInAnswer]:
    actor = signed_in.actor
    csrf_token = hub.csrf.token(actor.session_id)
    # The page's own script must read the second one, to repeat it in a header.
    for name, value, is_http_only in (
        (SESSION_COOKIE, signed_in.session_token, True),
        (CSRF_COOKIE, csrf_token, False),
    ):
        response.set_cookie(
            name,
            value,
            max_age=hub.settings.session_days * 86_400,
            path="/",
            secure=_is_https(hub),
            httponly=is_http_only,
            samesite="lax",
        )
    response.headers["Cache-Control"] = "no-store"
    return answer(
        SignedInAnswer(
            user_id=actor.user_id,
            customer_id=actor.customer_id,
            email=actor.email,
            role=actor.role,
            expires_at=signed_in.expires_at,
        )
    )


def _is_https(hub: Services) -> bool:
    return hub.settings.public_url.startswith("https://")


router = APIRouter()
router.include_router(public_router)
router.include_router(customer_router)
