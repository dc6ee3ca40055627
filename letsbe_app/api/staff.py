"""What the routes of staff ask for, and the cookies of their sessions."""

from typing import Annotated, Final

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel, Field, SecretStr
from starlette.requests import HTTPConnection

from letsbe_app.api.body import Body
from letsbe_app.api.csrf import CSRF_HEADER, check_origin
from letsbe_app.api.dependencies import HubServices
from letsbe_app.api.principals import SESSION_COOKIE, STAFF_COOKIE, cookie_name, cookie_of
from letsbe_app.composition import Services
from letsbe_app.people.staff.actor import StaffActor, StaffPermission, require_staff
from letsbe_app.people.staff.schemas import StaffSignedIn

STAFF_CSRF_COOKIE: Final = "letsbe_staff_csrf"


class StaffAnswer(BaseModel):
    """Who is signed in now; the session itself is in the cookie."""

    staff_id: str
    email: str
    role: str


class Confirmed(Body):
    """Why, which the audit keeps and the customer concerned can read; and the password once more."""

    password: SecretStr = Field(max_length=500)
    reason: str = Field(max_length=500, examples=["The server was restored from a backup."])


async def confirm_staff(
    hub: Services, staff: StaffActor, permission: StaffPermission, password: SecretStr
) -> None:
    """Pass only somebody who may, and who has given the password once more."""
    require_staff(staff, permission)
    await hub.staff.confirm(staff, password.get_secret_value())


def staff_token(connection: HTTPConnection, hub: Services) -> str | None:
    """What the browser's cookie holds."""
    return cookie_of(connection.cookies, STAFF_COOKIE, is_https=hub.settings.is_https)


async def current_staff(request: Request, hub: HubServices) -> StaffActor:
    """The member of staff who is signed in; raises NotSignedIn. API keys are for customers."""
    return await hub.staff.actor_of(staff_token(request, hub))


CurrentStaff = Annotated[StaffActor, Depends(current_staff)]


async def changing_staff(
    hub: HubServices,
    actor: CurrentStaff,
    x_csrf_token: Annotated[str | None, Header(alias=CSRF_HEADER)] = None,
    origin: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> StaffActor:
    """The member of staff, who really asks for this change; raises Forbidden otherwise."""
    check_origin(origin, hub.settings.staff_origins())
    hub.csrf.check(actor.session_id, x_csrf_token)
    return actor


ChangingStaff = Annotated[StaffActor, Depends(changing_staff)]


def welcome_staff(hub: Services, response: Response, signed_in: StaffSignedIn) -> StaffAnswer:
    """Set the cookies of a fresh session. They end with the browser; the session ends earlier by itself."""
    actor = signed_in.actor
    for name, value, is_http_only in (
        (STAFF_COOKIE, signed_in.session_token, True),
        (STAFF_CSRF_COOKIE, hub.csrf.token(actor.session_id), False),
    ):
        response.set_cookie(
            cookie_name(name, is_https=hub.settings.is_https),
            value,
            path="/",
            secure=hub.settings.is_https,
            httponly=is_http_only,
            samesite="strict",
        )
    return StaffAnswer(staff_id=actor.staff_id, email=actor.email, role=actor.role)


def farewell_staff(hub: Services, response: Response) -> None:
    """Take the cookies away."""
    for cookie in (STAFF_COOKIE, STAFF_CSRF_COOKIE):
        _drop(hub, response, cookie)


def enter_account(hub: Services, response: Response, token: str) -> None:
    """From now on the portal shows the account that support looks into."""
    response.set_cookie(
        cookie_name(SESSION_COOKIE, is_https=hub.settings.is_https),
        token,
        path="/",
        secure=hub.settings.is_https,
        httponly=True,
        samesite="strict",
    )


def leave_account(hub: Services, response: Response) -> None:
    """The portal shows nobody's account any more."""
    _drop(hub, response, SESSION_COOKIE)


def _drop(hub: Services, response: Response, cookie: str) -> None:
    is_https = hub.settings.is_https
    response.delete_cookie(
        cookie_name(cookie, is_https=is_https), path="/", secure=is_https, samesite="strict"
    )
