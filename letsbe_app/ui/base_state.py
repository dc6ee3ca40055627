"""What every State class of ours can do: know who is there."""

from http.cookies import CookieError, SimpleCookie

import reflex as rx

from letsbe_app.api.principals import SESSION_COOKIE, STAFF_COOKIE, cookie_name
from letsbe_app.composition import Services, get_services
from letsbe_app.errors import NotSignedIn
from letsbe_app.people.authz.actor import Actor
from letsbe_app.people.staff.actor import StaffActor


class SignedInState(rx.State, mixin=True):
    """
    Mixin for State classes of signed-in pages.

    Handlers begin with ``actor = await self._actor()``: the session is looked up in the database each time,
    so that a session that was ended elsewhere ends here as well. What goes wrong is rendered in one place,
    ``ui/errors.py``.
    """

    async def _actor(self) -> Actor:
        """The signed-in person; raises NotSignedIn."""
        services = self._services()
        name = cookie_name(SESSION_COOKIE, is_https=services.settings.is_https)
        return await services.accounts.actor_of(
            cookie_in(self.router.headers.cookie, name), self.router.url.path
        )

    def _services(self) -> Services:
        return get_services()


class StaffSignedOut(NotSignedIn):
    """No session of staff, or one that ended."""


class StaffState(rx.State, mixin=True):
    """Mixin for State classes of the back office; handlers begin with ``staff = await self._staff()``."""

    async def _staff(self) -> StaffActor:
        """The member of staff who is signed in; raises StaffSignedOut."""
        services = self._services()
        name = cookie_name(STAFF_COOKIE, is_https=services.settings.is_https)
        try:
            return await services.staff.actor_of(cookie_in(self.router.headers.cookie, name))
        except NotSignedIn as error:
            raise StaffSignedOut(error.message) from error

    def _services(self) -> Services:
        return get_services()


def cookie_in(header: str, name: str) -> str | None:
    """A cookie's value in a Cookie header, None when it is not there or the header is broken."""
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(header)
    except CookieError:
        return None
    morsel = jar.get(name)
    return morsel.value if morsel else None
