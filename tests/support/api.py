"""The API over the services of a test, without putting its two hundred routes together for each."""

from contextvars import ContextVar
from functools import lru_cache
from typing import Final

from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from letsbe_app.api.app import build_api
from letsbe_app.api.dependencies import ServicesProvider
from letsbe_app.composition import Services

_PROVIDER: Final[ContextVar[ServicesProvider]] = ContextVar("services_of_the_request")


@lru_cache(maxsize=1)
def shared_api() -> FastAPI:
    """One per process: it keeps nothing but its routes, whose making takes most of a second."""
    return build_api(lambda: _PROVIDER.get()())


def api_over(services: Services) -> ASGIApp:
    """The API as a worker with these services serves it."""
    return api_with(lambda: services)


def api_with(provider: ServicesProvider) -> ASGIApp:
    """The API, asking for its services at each request."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        before = _PROVIDER.set(provider)
        try:
            await shared_api()(scope, receive, send)
        finally:
            _PROVIDER.reset(before)

    return serve
