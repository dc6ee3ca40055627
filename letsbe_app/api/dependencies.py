"""
What routes ask for: the services, the visitor, the signed-in actor.

A route that reads takes ``CurrentActor``; one that changes something takes ``ChangingActor``, which also
checks where the call comes from.
"""

from collections.abc import Callable
from typing import Annotated, cast

import structlog
from fastapi import Depends, Header, Request
from starlette.requests import HTTPConnection

from letsbe_app.api.addresses import client_address, counted_address
from letsbe_app.api.csrf import CSRF_HEADER, check_origin
from letsbe_app.api.principals import DEVICE_COOKIE, bearer_token, cookie_of
from letsbe_app.api.principals import SESSION_COOKIE as SESSION_COOKIE
from letsbe_app.composition import Services
from letsbe_app.errors import InvalidInput
from letsbe_app.fleet.tenants.schemas import TenantIdentity
from letsbe_app.people.accounts.schemas import Visitor
from letsbe_app.people.authz.actor import Actor

ServicesProvider = Callable[[], Services]


async def services(connection: HTTPConnection) -> Services:
    """The services of this process; for requests and websockets."""
    provider = cast(ServicesProvider, connection.app.state.services_provider)
    return provider()


HubServices = Annotated[Services, Depends(services)]


def visitor(request: Request, hub: HubServices) -> Visitor:
    """The browser at the other end."""
    return Visitor(
        user_agent=request.headers.get("user-agent", ""),
        device=cookie_of(request.cookies, DEVICE_COOKIE, is_https=hub.settings.is_https) or "",
        ip=counted_address(client_address(request, hub.settings.trusted_networks())),
    )


CurrentVisitor = Annotated[Visitor, Depends(visitor)]


def session_token(connection: HTTPConnection, hub: Services) -> str | None:
    """What the browser's cookie holds; for requests and websockets."""
    return cookie_of(connection.cookies, SESSION_COOKIE, is_https=hub.settings.is_https)


async def current_actor(request: Request, hub: HubServices) -> Actor:
    """The signed-in person, or the one for whom an API key acts; raises NotSignedIn."""
    if key := bearer_token(request):
        actor = await hub.keys.actor_of(key)
    else:
        place = f"{request.method} {request.url.path}"
        actor = await hub.accounts.actor_of(session_token(request, hub), place)
    # From here on every line of this request says whose it is; ``RequestIds`` takes it back at the end.
    structlog.contextvars.bind_contextvars(customer_id=actor.customer_id)
    return actor


CurrentActor = Annotated[Actor, Depends(current_actor)]


async def current_tenant(request: Request, hub: HubServices) -> TenantIdentity:
    """The server whose key the request carries; raises NotSignedIn."""
    identity = await hub.tenants.authenticate(bearer_token(request))
    structlog.contextvars.bind_contextvars(tenant_id=identity.tenant_id)
    return identity


CurrentTenant = Annotated[TenantIdentity, Depends(current_tenant)]


async def changing_actor(
    hub: HubServices,
    actor: CurrentActor,
    x_csrf_token: Annotated[str | None, Header(alias=CSRF_HEADER)] = None,
    origin: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Actor:
    """
    The person, who really asks for this change; raises Forbidden otherwise.

    A page of another site can make a browser send its cookie, but not an ``Authorization`` header.
    """
    if actor.scopes is None:
        check_origin(origin, hub.settings.allowed_origins())
        hub.csrf.check(actor.session_id, x_csrf_token)
    return actor


ChangingActor = Annotated[Actor, Depends(changing_actor)]


def from_our_page(
    request: Request,
    hub: HubServices,
    origin: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> None:
    """
    For calls that change something before there is a session.

    Only JSON is taken: a form of another site cannot send that without asking first (CORS), and we answer no.
    """
    check_origin(origin, hub.settings.allowed_origins())
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise InvalidInput("Send JSON, with the header Content-Type: application/json.")


FromOurPage = Depends(from_our_page)
