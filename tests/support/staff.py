"""A member of staff who has joined, and their browser."""

import base64
from dataclasses import dataclass

import httpx

from letsbe_app.composition import Services
from letsbe_app.db.models import StaffRole
from letsbe_app.people.accounts.schemas import Visitor
from letsbe_app.people.accounts.totp import code_at
from letsbe_app.people.staff.actor import StaffActor
from letsbe_app.ui import routes
from tests.support.api import api_over
from tests.support.browser_client import BrowserClient
from tests.support.hub import FakeClock

OFFICE = (
    (routes.ADMIN, "Overview"),
    (routes.ADMIN_CUSTOMERS, "Customers"),
    (routes.ADMIN_CUSTOMER, "Ada's Bakery"),
    (routes.ADMIN_SERVERS, "Servers"),
    (routes.ADMIN_SERVER, "ada-s-bakery"),
    (routes.ADMIN_RUNS, "Set-ups"),
    (routes.ADMIN_RUN, "ada-s-bakery"),
    (routes.ADMIN_STAFF, "Staff"),
    (routes.ADMIN_AUDIT, "Audit"),
    (routes.ADMIN_SIGN_IN, "Back office"),
)
"""Pages of the back office with the titles that they have."""

STAFF_PASSWORD = "seven quiet lighthouses"


@dataclass(frozen=True)
class Member:
    """Somebody who has joined."""

    actor: StaffActor
    session_token: str
    secret: str

    def code(self, clock: FakeClock) -> str:
        """What their app shows."""
        return code_at(base64.b32decode(self.secret), int(clock().timestamp()) // 30)


async def new_member(
    services: Services,
    clock: FakeClock,
    role: StaffRole = StaffRole.ADMIN,
    email: str = "grace@letsbe.example",
) -> Member:
    """Somebody who joins with a link."""
    link = await services.staff.add(email, role)
    token = link.url.partition("#")[2]
    secret = (await services.staff.offer(token, Visitor())).secret
    code = code_at(base64.b32decode(secret), int(clock().timestamp()) // 30)
    signed_in = await services.staff.join(token, STAFF_PASSWORD, code, Visitor())
    return Member(signed_in.actor, signed_in.session_token, secret)


def staff_browser(services: Services, member: Member) -> BrowserClient:
    """Their browser, signed in."""
    client = BrowserClient(httpx.ASGITransport(api_over(services)))
    client.cookies.set("letsbe_staff", member.session_token)
    client.headers["X-CSRF-Token"] = services.csrf.token(member.actor.session_id)
    return client
