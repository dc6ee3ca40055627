"""
The header ``Idempotency-Key`` on changes.

A route class rather than a middleware: it runs where the services are at hand and the route is known, and the
caller is looked up as the route itself does it, before anything of an earlier answer is told.
"""

import re
from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from letsbe_app.api.csrf import CSRF_HEADER
from letsbe_app.api.dependencies import changing_actor, current_actor, current_tenant, services
from letsbe_app.api.envelope import failure_of
from letsbe_app.api.staff import changing_staff, current_staff
from letsbe_app.composition import Services
from letsbe_app.errors import InvalidInput, LetsBeError
from letsbe_app.kit.tasks import to_the_end
from letsbe_app.people.requests.service import Asker, Hold, KeptAnswer

IDEMPOTENCY_HEADER: Final = "Idempotency-Key"
REPLAYED_HEADER: Final = "Idempotency-Replayed"
CHANGING: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})

_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")
NOT_KEPT: Final = {"x-answer-kept": False}
"""In the description of a change whose answer is never kept, so that it takes no key."""
_PASSING: Final = frozenset({401, 403, 409, 429})
"""Answers that say nothing of the change itself: another try may well succeed."""

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class IdempotentRoute(APIRoute):
    """A route whose changes are made once per idempotency key."""

    def get_route_handler(self) -> Handler:
        """The route's handler behind the look at the key."""
        handle = super().get_route_handler()

        async def handle_once(request: Request) -> Response:
            key = request.headers.get(IDEMPOTENCY_HEADER)
            if key is None or request.method not in CHANGING:
                return await handle(request)
            if not _KEY.fullmatch(key):
                raise InvalidInput.of_field(
                    IDEMPOTENCY_HEADER, "Use 1 to 255 visible ASCII characters, such as a UUID."
                )
            hub = await services(request)
            asker = await self.asker(request, hub)
            begun = await hub.requests.begin(asker, key, await _content(request))
            if isinstance(begun, KeptAnswer):
                return _replay(begun)
            return await to_the_end(_carry_out(hub, begun, handle, request))

        return handle_once

    async def asker(self, request: Request, hub: Services) -> Asker:
        """Who asks; raises what the route itself would raise for somebody who may not."""
        actor = await current_actor(request, hub)
        return Asker.of(
            await changing_actor(hub, actor, request.headers.get(CSRF_HEADER), request.headers.get("origin"))
        )


class IdempotentStaffRoute(IdempotentRoute):
    """The same for staff."""

    async def asker(self, request: Request, hub: Services) -> Asker:
        """The member of staff who is signed in."""
        staff = await current_staff(request, hub)
        return Asker.of_staff(
            await changing_staff(hub, staff, request.headers.get(CSRF_HEADER), request.headers.get("origin"))
        )


class IdempotentTenantRoute(IdempotentRoute):
    """The same for servers."""

    async def asker(self, request: Request, hub: Services) -> Asker:
        """The server with the key."""
        identity = await current_tenant(request, hub)
        return Asker(identity.tenant_id, identity.customer_id)


async def _carry_out(hub: Services, hold: Hold, handle: Handler, request: Request) -> Response:
    try:
        response = await handle(request)
    except LetsBeError as error:
        response = failure_of(error)
    except BaseException:
        await hub.requests.release(hold)
        raise
    if response.status_code in _PASSING or response.status_code >= 500:
        await hub.requests.release(hold)
    else:
        await hub.requests.settle(hold, response.status_code, bytes(response.body))
    return response


async def _content(request: Request) -> bytes:
    address = f"{request.method} {request.url.path}?{request.url.query}\n"
    return address.encode() + await request.body()


def _replay(kept: KeptAnswer) -> Response:
    headers = {REPLAYED_HEADER: "true", "Cache-Control": "no-store"}
    return Response(kept.body, kept.status, headers, media_type=JSONResponse.media_type)
