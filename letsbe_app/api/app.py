"""Builds the API: every door for programs under ``/api/v1``, and the health checks beside it."""

from collections.abc import Sequence
from functools import partial
from typing import Final

from fastapi import APIRouter, FastAPI, Request
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from letsbe_app.api import health, legal, metrics
from letsbe_app.api.dependencies import ServicesProvider
from letsbe_app.api.description import describe
from letsbe_app.api.envelope import FailureAnswer
from letsbe_app.api.errors import UnknownErrors, install_error_handlers
from letsbe_app.api.limits import BodyLimit
from letsbe_app.api.rates import RateLimits
from letsbe_app.api.request_ids import RequestIds
from letsbe_app.api.safety_headers import SafetyHeaders
from letsbe_app.api.v1 import (
    account,
    admin,
    admin_care,
    admin_staff,
    agents,
    attachments,
    fleet,
    mailed,
    notices,
    passkeys,
    people,
    privacy,
    public,
    secrets,
    security,
    shop,
    staff_access,
    stream,
    support,
    tenant,
    tenant_reports,
    threads,
    webhooks,
    workforce,
)
from letsbe_app.api.warming import warm_routes
from letsbe_app.composition import get_services
from letsbe_app.server.garbage import let_garbage_rest

_PREFIX: Final = "/api/v1"
_ALL_METHODS: Final = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def build_api(services_provider: ServicesProvider = get_services) -> FastAPI:
    """
    The API as an ASGI application.

    Args:
        services_provider: Gives the services of this process; called at the first request.
    """
    app = FastAPI(
        title="LetsBe Biz",
        version="1",
        openapi_url=f"{_PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses={500: {"model": FailureAnswer, "description": "Our fault"}},
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.services_provider = services_provider
    install_error_handlers(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(RateLimits)
    app.add_middleware(UnknownErrors)
    app.add_middleware(SafetyHeaders)
    app.add_middleware(RequestIds)
    app.include_router(health.router)
    app.include_router(metrics.router)
    app.include_router(legal.router)
    for module in (
        public,
        account,
        shop,
        fleet,
        workforce,
        threads,
        agents,
        attachments,
        secrets,
        tenant,
        tenant_reports,
        stream,
        mailed,
        security,
        passkeys,
        people,
        privacy,
        support,
        staff_access,
        admin,
        admin_care,
        admin_staff,
        webhooks,
        notices,
    ):
        app.include_router(module.router, prefix=_PREFIX)
    app.include_router(_unknown_addresses(app))
    app.openapi = partial(describe, app)  # type: ignore[method-assign]  # as FastAPI's manual does it
    return app


def served_api() -> FastAPI:
    """The API without the pages, as a worker serves it; called at its start."""
    app = build_api()
    warm_routes(app)
    let_garbage_rest()
    return app


class _Anything(Convertor[str]):
    """Also addresses with line breaks, which Starlette's own ``path`` would let slip through to the pages."""

    regex = r"[\s\S]*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("anything", _Anything())


def _unknown_addresses(app: FastAPI) -> APIRouter:
    """
    The API's own 404 and 405.

    Reflex is mounted behind this application and answers what it does not know with the HTML page for lost
    visitors; below ``/api`` that would be wrong.
    """
    known = list(app.routes)
    router = APIRouter()

    @router.api_route("/api/{rest:anything}", methods=_ALL_METHODS, include_in_schema=False)
    async def unknown_address(request: Request) -> Response:
        # This route takes every method, so Starlette's own 405 never comes: the question is asked here.
        allowed = [method for method in _ALL_METHODS if _is_known(known, request.scope, method)]
        if allowed:
            raise HTTPException(405, headers={"Allow": ", ".join(allowed)})
        raise HTTPException(404)

    return router


def _is_known(routes: Sequence[BaseRoute], scope: Scope, method: str) -> bool:
    asked = {**scope, "method": method}
    return any(route.matches(asked)[0] is Match.FULL for route in routes)
