"""What every State class of ours can do: know who is there."""

from http.cookies import CookieError, SimpleCookie
from typing import Final

import reflex as rx

from letsbe_app.composition import Services, get_services
from letsbe_app.people.authz.actor import Actor

SESSION_COOKIE: Final = "letsbe_session"


class SignedInState(rx.State, mixin=True):
    """
    Mixin for State classes of signed-in pages.

    Handlers begin with ``actor = await self._actor()``: the session is looked up in the database each time,
    so that a session that was ended elsewhere ends here as well. What goes wrong is rendered in one place,
    ``ui/errors.py``.
    """

    async def _actor(self) -> Actor:
        """The signed-in person; raises NotSignedIn."""
        return await self._services().accounts.actor_of(session_token(self.router.headers.cookie))

    def _services(self) -> Services:
        return get_services()


def session_token(cookie_header: str) -> str | None:
    """The session token in a Cookie header, None when there is none or the header is broken."""
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(cookie_header)
    except CookieError:
        return None
    morsel = jar.get(SESSION_COOKIE)
    return morsel.value if morsel else None
