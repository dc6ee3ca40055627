"""Cookies of a session: set at sign-in, taken away at its end."""

from datetime import datetime
from typing import Final

from fastapi import Request, Response
from pydantic import BaseModel

from letsbe_app.api.csrf import CSRF_COOKIE
from letsbe_app.api.dependencies import session_token
from letsbe_app.api.envelope import Answer, answer
from letsbe_app.api.principals import DEVICE_COOKIE, SESSION_COOKIE, cookie_name
from letsbe_app.composition import Services
from letsbe_app.people.accounts.schemas import SignedIn

DEVICE_DAYS: Final = 400
"""As long as browsers keep a cookie at most (RFC 6265bis section 5.6.1)."""


class SignedInAnswer(BaseModel):
    """Who is signed in now; the session itself is in the cookie."""

    user_id: str
    customer_id: str
    email: str
    role: str
    expires_at: datetime


def welcome(hub: Services, response: Response, signed_in: SignedIn) -> Answer[SignedInAnswer]:
    """Set the cookies of a fresh session and say whose it is."""
    actor = signed_in.actor
    session_days = hub.settings.session_days
    # The page's own script must read the second one, to repeat it in a header.
    _set_cookie(hub, response, SESSION_COOKIE, signed_in.session_token, session_days)
    _set_cookie(
        hub, response, CSRF_COOKIE, hub.csrf.token(actor.session_id), session_days, is_http_only=False
    )
    remember_browser(hub, response, signed_in.device_token)
    return answer(
        SignedInAnswer(
            user_id=actor.user_id,
            customer_id=actor.customer_id,
            email=actor.email,
            role=actor.role,
            expires_at=signed_in.expires_at,
        )
    )


def remember_browser(hub: Services, response: Response, device_token: str) -> None:
    """Set the cookie by which the browser is known again."""
    _set_cookie(hub, response, DEVICE_COOKIE, device_token, DEVICE_DAYS)


def _set_cookie(
    hub: Services, response: Response, name: str, value: str, days: int, *, is_http_only: bool = True
) -> None:
    response.set_cookie(
        cookie_name(name, is_https=hub.settings.is_https),
        value,
        max_age=days * 86_400,
        path="/",
        secure=hub.settings.is_https,
        httponly=is_http_only,
        samesite="lax",
    )


async def end_earlier(hub: Services, request: Request) -> None:
    """A browser has one session: the one that it came with ends when it gets another."""
    if token := session_token(request, hub):
        await hub.accounts.end(token)


def farewell(hub: Services, response: Response) -> None:
    """Take the cookies away."""
    for cookie in (SESSION_COOKIE, CSRF_COOKIE):
        name = cookie_name(cookie, is_https=hub.settings.is_https)
        response.delete_cookie(name, path="/", secure=hub.settings.is_https, samesite="lax")
